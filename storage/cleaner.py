"""When to clean up after erasures: soon, once for several, until it succeeds."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

_GATHERING_SECONDS = 2.0
"""How long more erasures are waited for before the file is rewritten for all of them."""
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 15.0


class Cleaner:
    """Calls ``clean`` in the background after it was asked to, and again while it answers False."""

    def __init__(self, clean: Callable[[], Awaitable[bool]]) -> None:
        self._clean = clean
        self._is_wanted = False
        self._task: asyncio.Task[None] | None = None
        self._waiting = 0
        self._hurry = asyncio.Event()
        self._closing = asyncio.Event()

    def soon(self) -> None:
        """Clean a little later; what is erased until then is cleaned up after with it."""
        self._is_wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._clean_until_done())

    async def finished(self) -> None:
        """Clean now instead of soon, and return when it is done."""
        self._waiting += 1
        self._hurry.set()
        try:
            if self._task is not None:
                await asyncio.shield(self._task)
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._hurry.clear()

    async def aclose(self) -> None:
        """Try what is still wanted once more, and end."""
        self._closing.set()
        await self.finished()

    async def _clean_until_done(self) -> None:
        failures = 0
        while self._is_wanted:
            if failures:
                pause = _FIRST_PAUSE_SECONDS * 2 ** min(failures, 10)
                await _wait(self._closing, min(pause, _LONGEST_PAUSE_SECONDS))
            else:
                await _wait(self._hurry, _GATHERING_SECONDS)
            self._is_wanted = False
            if await self._clean():
                failures = 0
            else:
                failures += 1
                self._is_wanted = not self._closing.is_set()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
