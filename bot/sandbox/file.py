"""One SQLite file that belongs to one process, used on a thread of its own."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from pathlib import Path
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound="File")


class File:
    """A subclass has the schema, and methods that are one `transaction` each."""

    schema: ClassVar[str]
    db: sqlite3.Connection

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread

    async def on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def transact(self, work: Callable[[], T]) -> T:
        with self.db:
            self.db.execute("BEGIN IMMEDIATE")
            return work()

    def connect(self, path: Path) -> None:
        """Raises OSError when another process has it: two of us would end each other's conversations."""
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        path.chmod(0o600)
        self.db = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=True)
        try:
            self.db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = FULL")
            self.db.execute("PRAGMA foreign_keys = ON")
            self.db.execute("PRAGMA secure_delete = ON")
            self.db.executescript(self.schema)
        except sqlite3.OperationalError as error:
            self.db.close()
            if error.sqlite_errorname != "SQLITE_BUSY":
                raise
            raise BlockingIOError(f"{path} is in use by another sandbox") from error

    def clean(self) -> None:
        """Let nothing that was deleted stand in the log of the file; not inside a transaction."""
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def disconnect(self) -> None:
        self.db.close()


def transaction(
    method: Callable[Concatenate[F, P], T],
) -> Callable[Concatenate[F, P], Coroutine[Any, Any, T]]:
    """Run a method of a file on the file's thread, as one transaction."""

    @wraps(method)
    async def run(self: F, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.on_thread(partial(self.transact, partial(method, self, *args, **kwargs)))

    return run
