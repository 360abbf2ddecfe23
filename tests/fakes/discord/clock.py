"""The fake's time, its ids, and the bell that rings whenever something happened."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

EPOCH_MS = 1_420_070_400_000
T = TypeVar("T")


class Clock:
    """The time, moved as far as a test likes."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved


class Snowflakes:
    """Ids that carry the time and never repeat."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self, *, apart: bool = False) -> str:
        """Return the next id; ids that are ``apart`` differ in their milliseconds, which decide the shard."""
        milliseconds = int(self._clock().timestamp() * 1000) - EPOCH_MS
        self._last = max(milliseconds << 22, self._last + (1 << 22 if apart else 1))
        return str(self._last)


class Bell:
    """Wakes those who wait for something to become so."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Let everybody look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, is_so: Callable[[], T], timeout: float, complaint: Callable[[], str]) -> T:
        """Wait until something is so and return it; fail with the complaint when it takes too long."""
        try:
            async with asyncio.timeout(timeout):
                while not (found := is_so()):
                    await self._rung()
        except TimeoutError:
            raise AssertionError(complaint()) from None
        return found

    async def _rung(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)
