"""Threads that own a connection each, and the transactions that run on them."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, Self, TypeVar

from sqlite_utils import Database

from bot.domain.errors import NotStored
from storage.sqlite.cleaning import clean, empty_log, mark_unclean

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R", bound="Room")

_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "the database is locked by another process",
    sqlite3.SQLITE_LOCKED: "the database is locked by another process",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_READONLY: "the database may not be written",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is not a database",
    sqlite3.SQLITE_NOMEM: "there is no memory left",
}
"""SQLite's primary result codes that are the world's fault; every other one is ours and stays as it is."""


@contextmanager
def transaction(database: Database, begin: Literal["BEGIN", "BEGIN IMMEDIATE"]) -> Iterator[None]:
    """Run a block as one transaction; whatever it raises, nothing of it stays.

    Raises NotStored when the world is at fault: full, locked, unreadable.
    """
    connection = database.conn
    try:
        connection.execute(begin)
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if reason := _REASONS.get(code & 0xFF):
            raise NotStored(f"Nothing was changed: {reason}.") from error
        raise


class DatabaseThread:
    """A thread with a connection of its own, fed by a queue.

    A caller that is cancelled stops waiting; its transaction runs to the end all the same.
    """

    def __init__(self, executor: ThreadPoolExecutor, database: Database) -> None:
        self._executor = executor
        self._database = database
        self._log_is_unclean = False

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
        """Run ``work``, commit it, and leave no copy of what it deleted in the file or its log.

        What cannot be cleaned now, because somebody is reading or the disk is full, is cleaned later.
        """
        return await self._run(lambda: self._erase(work))

    async def aclose(self) -> None:
        """Finish what is queued, then close the connection and end the thread."""
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
            mark_unclean(self._database)
        clean(self._database)
        self._log_is_unclean = not empty_log(self._database, patience_ms=1_000)
        return result


class Room:
    """What the rooms of the store share: the thread that writes and the one that reads."""

    def __init__(self, writer: DatabaseThread, reader: DatabaseThread) -> None:
        self.writer = writer
        self.reader = reader


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
    """Make a method over a connection one that callers await: one transaction that leaves no bytes behind."""

    @wraps(method)
    async def awaitable(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.writer.erase(lambda database: method(self, database, *args, **kwargs))

    return awaitable
