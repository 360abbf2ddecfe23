"""Threads that own a connection each, and what runs on them: transactions, and cleaning up after erasures."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, Self, TypeVar

from sqlite_utils import Database

from storage.sqlite.cleaner import Cleaner
from storage.sqlite.cleaning import clean, empty_log
from storage.sqlite.transactions import transaction
from storage.tombstones import Tombstones
from storage.vault import Vault

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R", bound="Room")

_PATIENCE_MS = 100
"""How long cutting the log waits for a reader, and whoever writes with it."""


class DatabaseThread:
    """A thread with a connection of its own, fed by a queue.

    A caller that is cancelled stops waiting; its transaction runs to the end all the same.
    """

    def __init__(self, executor: ThreadPoolExecutor, database: Database) -> None:
        self._executor = executor
        self._database = database
        self._log_is_unclean = False
        self.cleaner = Cleaner(lambda: self._run(self._clean))

    @classmethod
    async def start(cls, connect: Callable[[], Database]) -> Self:
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

    async def erase(self, work: Callable[[Database], T]) -> T:
        """Run ``work``, commit it and cut the log, where copies of what it deleted stand.

        The rest, the file itself if ``work`` marked it unclean, is done soon, in the background.
        """
        try:
            return await self._run(lambda: self._erase(work))
        finally:
            self.cleaner.soon()

    async def aclose(self) -> None:
        """Finish what is queued and try to clean once more, then close the connection and end the thread."""
        await self.cleaner.aclose()
        closed = asyncio.get_running_loop().run_in_executor(self._executor, self._database.close)
        self._executor.shutdown(wait=False)
        await asyncio.shield(closed)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._executor, work))

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


class Room:
    """What the rooms share: the thread that writes, the one that reads, the vault, the tombstones."""

    def __init__(
        self,
        writer: DatabaseThread,
        reader: DatabaseThread,
        vault: Vault,
        tombstones: Tombstones | None = None,
    ) -> None:
        self.writer = writer
        self.reader = reader
        self.vault = vault
        self.tombstones = tombstones


def reads(
    method: Callable[Concatenate[R, Database, P], T],
) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]:
    """Make a method over a connection one that callers await: one view of the data."""

    @wraps(method)
    async def awaitable(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.reader.read(lambda database: method(self, database, *args, **kwargs))

    return awaitable


def writes(
    method: Callable[Concatenate[R, Database, P], T],
) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]:
    """Make a method over a connection one that callers await: one transaction."""

    @wraps(method)
    async def awaitable(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.writer.write(lambda database: method(self, database, *args, **kwargs))

    return awaitable


def erases(
    method: Callable[Concatenate[R, Database, P], T],
) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]:
    """Make a method over a connection one that callers await: one transaction; the log keeps no copy."""

    @wraps(method)
    async def awaitable(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.writer.erase(lambda database: method(self, database, *args, **kwargs))

    return awaitable
