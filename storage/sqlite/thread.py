"""Threads that own a connection each, and what runs on them: transactions, and cleaning up after erasures."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, Self, TypeVar

from storage.cleaner import Cleaner
from storage.database import Database
from storage.sqlite.cleaning import clean, empty_log, rewrite_mark
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.transactions import transaction
from storage.waiting import run_to_the_end

T = TypeVar("T")

_PATIENCE_MS = 100
"""How long cutting the log waits for a reader, and whoever writes with it."""


class DatabaseThread:
    """A thread with a connection of its own, fed by a queue.

    A caller that is cancelled stops waiting; its transaction runs to the end all the same.
    """

    def __init__(self, executor: ThreadPoolExecutor, database: SqliteDatabase) -> None:
        self._executor = executor
        self._database = database
        self._log_is_unclean = False
        self.cleaner = Cleaner(lambda: self._run(self._clean))

    @classmethod
    async def start(cls, connect: Callable[[], SqliteDatabase]) -> Self:
        """Start the thread and let it connect; raises what ``connect`` raises."""
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="troupe-database")
        try:
            database = await asyncio.get_running_loop().run_in_executor(executor, connect)
        except BaseException:
            executor.shutdown(wait=False)
            raise
        return cls(executor, database)

    async def read(self, work: Callable[[Database], T]) -> T:
        """Run ``work`` on one unchanging view of the data."""
        return await self._run(lambda: self._transact("BEGIN", work))

    async def write(self, work: Callable[[Database], T]) -> T:
        """Run ``work`` and commit it."""
        return await self._run(lambda: self._transact("BEGIN IMMEDIATE", work))

    async def take(self, work: Callable[[Database], T]) -> T:
        """Run ``work`` and commit it; nobody else writes meanwhile."""
        return await self.write(work)

    async def erase(self, work: Callable[[Database], T]) -> T:
        """Run ``work``, commit it and cut the log, where copies of what it deleted stand.

        The rest, the file itself if ``work`` marked it unclean, is done soon, in the background.
        """
        try:
            return await self._run(lambda: self._erase(work))
        finally:
            self.cleaner.soon()

    async def check_writable(self) -> None:
        """Write what stands there already; raises NotStored when nothing can be written."""
        await self._run(lambda: self._transact("BEGIN IMMEDIATE", lambda _: rewrite_mark(self._database)))

    async def aclose(self) -> None:
        """Finish what is queued and try to clean once more, then close the connection and end the thread."""
        await self.cleaner.aclose()
        closed = asyncio.get_running_loop().run_in_executor(self._executor, self._database.close)
        self._executor.shutdown(wait=False)
        await asyncio.shield(closed)

    async def _run(self, work: Callable[[], T]) -> T:
        return await run_to_the_end(self._executor, work)

    def _transact(self, begin: Literal["BEGIN", "BEGIN IMMEDIATE"], work: Callable[[Database], T]) -> T:
        with transaction(self._database, begin):
            result = work(self._database)
        if self._log_is_unclean:
            self._log_is_unclean = not empty_log(self._database, patience_ms=0)
        return result

    def _erase(self, work: Callable[[Database], T]) -> T:
        with transaction(self._database, "BEGIN IMMEDIATE"):
            result = work(self._database)
        self._log_is_unclean = not empty_log(self._database, _PATIENCE_MS)
        return result

    def _clean(self) -> bool:
        is_clean = clean(self._database)
        self._log_is_unclean = not empty_log(self._database, _PATIENCE_MS)
        return is_clean and not self._log_is_unclean
