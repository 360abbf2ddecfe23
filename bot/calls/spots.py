"""Where members stood when they asked for a call, for as long as its page may go on with another.

A page says nothing of roles and channels. Held in memory: after a restart a page may go on with whomever
nobody limited, and ``/call`` with everybody else.
"""

from datetime import datetime, timedelta

from bot.domain.call import CallId
from bot.domain.permission import Spot

KNOWN_FOR = timedelta(hours=2)
MOST_CALLS = 10_000


class Spots:
    """The spots of each call's member, and when they were looked at."""

    def __init__(self) -> None:
        self._seen: dict[CallId, tuple[tuple[Spot, ...], datetime]] = {}

    def note(self, call_id: CallId, spots: tuple[Spot, ...], now: datetime) -> None:
        """Remember where somebody stood who just asked for a call; a caller without any is not looked at."""
        if spots:
            self._seen[call_id] = (spots, now)
        if len(self._seen) > MOST_CALLS:
            del self._seen[next(iter(self._seen))]

    def pass_on(self, call_id: CallId, next_id: CallId) -> None:
        """Let a call that goes on from another be from the same spots, and known no longer than they are."""
        if call_id in self._seen:
            self._seen[next_id] = self._seen[call_id]

    def get(self, call_id: CallId, now: datetime) -> tuple[Spot, ...]:
        """Return where a call was asked for; nothing where that is not known (any more)."""
        spots, seen_at = self._seen.get(call_id, ((), now))
        return spots if now - seen_at < KNOWN_FOR else ()
