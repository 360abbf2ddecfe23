"""A transaction, and what is said when the world does not let it be stored."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlite_utils import Database

from bot.domain.errors import NotStored

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
