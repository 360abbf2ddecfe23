"""Something of theirs that changes seldom: asked once, and anew after a while."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")

LIFETIME = timedelta(minutes=10)


class Cached(Generic[T]):
    """Asks at most once in 10 minutes, however many want it at the same time; an error is not kept."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Callable[[], datetime]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = asyncio.Lock()
        self._known: tuple[datetime, T] | None = None

    async def get(self) -> T:
        """Return what is known, or ask. Raises what asking raises."""
        async with self._lock:
            if self._known is None or self._clock() - self._known[0] >= LIFETIME:
                self._known = (self._clock(), await self._fetch())
            return self._known[1]

    @property
    def latest(self) -> T | None:
        """What was known last, however long ago; None if nothing was, or it was forgotten."""
        return None if self._known is None else self._known[1]

    def forget(self) -> None:
        """Ask anew next time."""
        self._known = None
