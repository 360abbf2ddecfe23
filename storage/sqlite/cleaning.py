"""Leaving nothing behind: not in the file's unused bytes, and not in its write-ahead log.

SQLite's ``secure_delete`` clears a row where it stands, but not the copies that stay in the unused part of a
page after its rows moved to a neighbour. Only VACUUM is rid of those. That a file needs it stands in its
``user_version``, written with the erasure, so that it is done even if the process dies in between.
"""

import sqlite3

from sqlite_utils import Database

_CLEAN, _UNCLEAN = 0, 1


def mark_unclean(database: Database) -> None:
    """Note, in the transaction of an erasure, that the file may hold copies of what was erased."""
    database.conn.execute(f"PRAGMA user_version = {_UNCLEAN}")


def clean(database: Database) -> bool:
    """Rewrite the file if it may hold such copies; False if that must wait (disk full, file locked)."""
    (version,) = database.conn.execute("PRAGMA user_version").fetchone()
    if version == _CLEAN:
        return True
    try:
        database.conn.execute("VACUUM")
        database.conn.execute(f"PRAGMA user_version = {_CLEAN}")
    except sqlite3.OperationalError:
        return False
    return True


def empty_log(database: Database, patience_ms: int) -> bool:
    """Move the write-ahead log into the file and cut it to nothing; False if a reader stood in the way."""
    (usual_ms,) = database.conn.execute("PRAGMA busy_timeout").fetchone()
    database.conn.execute(f"PRAGMA busy_timeout = {patience_ms}")
    try:
        busy, _, _ = database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    finally:
        database.conn.execute(f"PRAGMA busy_timeout = {usual_ms}")
    return not busy
