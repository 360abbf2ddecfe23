"""Where members stood when they asked for a call, for as long as its page may go on with another.

A page says nothing of roles and channels. Where several processes share a store it is kept there, sealed:
the page may be another one's. Else in memory: after a restart a page may go on with whomever nobody limited,
and ``/call`` with everybody else.
"""

import contextlib
from datetime import datetime, timedelta

from bot.calls.switchboard import Switchboard
from bot.domain.call import CallId
from bot.domain.errors import NotStored
from bot.domain.permission import Spot

KNOWN_FOR = timedelta(hours=2)
MOST_CALLS = 10_000


class Spots:
    """The spots of each call's member, and when they were looked at."""

    def __init__(self, lines: Switchboard | None = None) -> None:
        self._lines = lines or Switchboard()
        self._seen: dict[CallId, tuple[tuple[Spot, ...], datetime]] = {}

    async def note(self, call_id: CallId, spots: tuple[Spot, ...], now: datetime) -> None:
        """Remember where somebody stood who just asked for a call; a caller without any is not looked at."""
        if not spots:
            return
        if store := self._lines.shared:
            with contextlib.suppress(NotStored):  # the call is placed; its page goes on with fewer
                await store.keep_spots(call_id, spots, now)
            return
        self._seen[call_id] = (spots, now)
        if len(self._seen) > MOST_CALLS:
            del self._seen[next(iter(self._seen))]

    async def pass_on(self, call_id: CallId, next_id: CallId) -> None:
        """Let a call that goes on from another be from the same spots, and known no longer than they are."""
        if store := self._lines.shared:
            await store.pass_spots_on(call_id, next_id)
        elif call_id in self._seen:
            self._seen[next_id] = self._seen[call_id]

    async def get(self, call_id: CallId, now: datetime) -> tuple[Spot, ...]:
        """Return where a call was asked for; nothing where that is not known (any more)."""
        if store := self._lines.shared:
            return await store.fetch_spots(call_id, now - KNOWN_FOR)
        spots, seen_at = self._seen.get(call_id, ((), now))
        return spots if now - seen_at < KNOWN_FOR else ()
