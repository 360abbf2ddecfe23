"""How often the bot may identify: so many at once, each five seconds, and so many a day.

Source: Discord, "Gateway": "Identifying", "Session start limit object" and "Sharding: max concurrency".
"""

from datetime import datetime, timedelta
from typing import Any

from tests.fakes.discord.clock import Clock

APART = timedelta(seconds=5)
A_DAY = timedelta(hours=24)


class Starts:
    """Counts identities; ``is_strict`` also about how soon one follows another in its bucket."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._resets_at = clock() + A_DAY
        self._last: dict[int, datetime] = {}
        self.is_strict = False
        self.total = self._left = 1000
        self.max_concurrency = 1
        self.shards = 1
        self.too_soon = 0

    @property
    def left(self) -> int:
        """How many identities are left until the day is over."""
        if self._clock() >= self._resets_at:
            self._resets_at = self._clock() + A_DAY
            self._left = self.total
        return self._left

    @left.setter
    def left(self, left: int) -> None:
        self._left = left

    def take(self, shard: int) -> bool:
        """Count an identity of a shard; whether it may come in now."""
        self._left = self.left - 1
        now, bucket = self._clock(), shard % self.max_concurrency
        last = self._last.get(bucket)
        if self.is_strict and last is not None and now - last < APART:
            self.too_soon += 1
            return False
        self._last[bucket] = now
        return True

    def told(self, url: str) -> dict[str, Any]:
        """Return what ``GET /gateway/bot`` says."""
        left = self.left
        limit = {
            "total": self.total,
            "remaining": left,
            "reset_after": int((self._resets_at - self._clock()).total_seconds() * 1000),
            "max_concurrency": self.max_concurrency,
        }
        return {"url": url, "shards": self.shards, "session_start_limit": limit}
