"""Response URLs: each takes five answers within half an hour, which we count ourselves.

Source: Slack, "Handling user interaction": "up to 5 times within 30 minutes of receiving the payload".
"""

from collections.abc import Callable
from datetime import datetime, timedelta

MOST_USES = 5
GOOD_FOR = timedelta(minutes=30)
KNOWN_FOR = timedelta(days=1)
"""How long a window may lie open before we forget when its address came."""


class Addresses:
    """When each came, and how often it was used since."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._used: dict[str, tuple[datetime, int]] = {}

    def see(self, url: str) -> None:
        """Note that an address came; one that is known already stays as old as it is."""
        now = self._now()
        while self._used and now - next(iter(self._used.values()))[0] > KNOWN_FOR:
            del self._used[next(iter(self._used))]
        self._used.setdefault(url, (now, 0))

    def use(self, url: str) -> bool:
        """Use an address once more; False where Slack would not take it."""
        self.see(url)
        seen_at, uses = self._used[url]
        if uses >= MOST_USES or self._now() - seen_at >= GOOD_FOR:
            return False
        self._used[url] = (seen_at, uses + 1)
        return True
