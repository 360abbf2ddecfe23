"""Leaving nothing behind: not in the file's unused bytes, and not in its write-ahead log.

SQLite's ``secure_delete`` clears a row where it stands, but not the copies that stay in the unused part of a
page after its rows moved to a neighbour. Only VACUUM is rid of those. How many erasures a file needs it for
stands in its ``user_version``, written with the erasure, so that it is done even if the process dies before.
"""

import sqlite3

from sqlite_utils import Database

from bot.domain.errors import NotStored
from storage.sqlite.transactions import transaction


def mark_unclean(database: Database) -> None:
    """Note, in the transaction of an erasure, that the file may hold copies of what was erased."""
    _mark(database, _count_marks(database) + 1)


def rewrite_mark(database: Database) -> None:
    """Write the note as it is: the cheapest thing that really reaches the disk."""
    _mark(database, _count_marks(database))


def clean(database: Database) -> bool:
    """Rewrite the file if it may hold such copies; False if that must wait (disk full, file locked)."""
    try:
        seen = _count_marks(database)
        if seen == 0:
            return True
        database.conn.execute("VACUUM")
        with transaction(database, "BEGIN IMMEDIATE"):
            # Another process may have erased something since the file was rewritten.
            left = _count_marks(database) - seen
            _mark(database, max(left, 0))
    except (sqlite3.DatabaseError, NotStored):
        return False
    return left <= 0


def empty_log(database: Database, patience_ms: int) -> bool:
    """Move the write-ahead log into the file and cut it to nothing; False if a reader stood in the way."""
    (usual_ms,) = database.conn.execute("PRAGMA busy_timeout").fetchone()
    database.conn.execute(f"PRAGMA busy_timeout = {patience_ms}")
    try:
        busy, _, _ = database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:
        return False
    finally:
        database.conn.execute(f"PRAGMA busy_timeout = {usual_ms}")
    return not busy


def _count_marks(database: Database) -> int:
    count: int = database.conn.execute("PRAGMA user_version").fetchone()[0]
    return count


def _mark(database: Database, count: int) -> None:
    database.conn.execute(f"PRAGMA user_version = {count}")
