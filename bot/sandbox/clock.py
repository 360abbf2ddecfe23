"""The sandbox's time: a clock that is given to it, moved on request, and waiting by that clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime


class Time:
    """Times inside the sandbox are unix seconds as a float; `nudge` wakes every sleeper to look again.

    `advance` moves it for everything that happens inside; `outside` stays with the clock that was given,
    and is what stands in signatures, because whoever checks them has a clock of their own.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._bell = asyncio.Event()
        self.offset_seconds = 0.0

    def unix(self) -> float:
        return self.outside() + self.offset_seconds

    def outside(self) -> float:
        return self._clock().timestamp()

    def advance(self, seconds: float) -> None:
        self.offset_seconds += seconds
        self.nudge()

    def bell(self) -> asyncio.Event:
        """Take it before looking for work, so that no nudge is lost between looking and napping."""
        return self._bell

    def nudge(self) -> None:
        self._bell.set()
        self._bell = asyncio.Event()

    async def nap(self, bell: asyncio.Event, until: float | None) -> None:
        """Return at the next nudge, or when the clock may have reached `until`."""
        try:
            async with asyncio.timeout(None if until is None else max(0.0, until - self.unix())):
                await bell.wait()
        except TimeoutError:
            return

    async def sleep_until(self, when: float) -> None:
        while True:
            bell = self.bell()
            if self.unix() >= when:
                return
            await self.nap(bell, when)
