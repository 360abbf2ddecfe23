"""Posting for follow-up: a few posts at a time, each for so long, and only while the job's lease lasts."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from datetime import datetime

from bot.domain.call import Job
from bot.domain.errors import NobodyThere

POSTS_AT_ONCE, POST_SECONDS = 3, 20.0

_lease_until: ContextVar[datetime] = ContextVar("_lease_until")


class Posting:
    """Lets posts through; other work has the rest of the slots."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._few = asyncio.Semaphore(POSTS_AT_ONCE)

    def begin(self, job: Job) -> None:
        """Note which job this task works on."""
        _lease_until.set(job.lease_until)

    async def through(self, posting: Awaitable[None]) -> None:
        """Let a front post. Raises NobodyThere where that takes too long, or comes too late.

        What waited until its lease was over is left to whoever has the job by now. So only what a process
        posted that ended, or was stopped, before it noted that is asked for twice; a front finds out whether
        it stands there already, where its platform lets it (``Reply.is_again``).
        """
        try:
            async with self._few, asyncio.timeout(POST_SECONDS):
                if self._now() >= _lease_until.get():
                    raise NobodyThere("the lease is over")
                await posting
        except TimeoutError:
            raise NobodyThere("the front takes too long") from None
        finally:
            if isinstance(posting, Coroutine):
                posting.close()
