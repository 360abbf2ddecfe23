"""Opening the file: pragmas, permissions, schema, and one sentence when it cannot be done."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from bot.domain.errors import NotStored, SettingsError
from storage.files import make_private_file
from storage.lock import read_lock_of
from storage.schema import migrations
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.transactions import transaction

_OLDEST = (3, 37, 0)
"""The first SQLite with both RETURNING and STRICT."""
_BUSY_SECONDS = 5.0
_STEP_SECONDS = 0.02
_READERS_CACHE_KIB = 65_536
"""How much of the file is kept at hand for searches, taken as it is used; with SQLite's own 2 MB a search of
one person's 100,000 turns took twice as long."""


def connect_writer(path: Path | None) -> SqliteDatabase:
    """Open the connection that writes, make the file private, and bring the schema up to date.

    ``path`` None means in memory. Raises SettingsError.
    """
    if sqlite3.sqlite_version_info < _OLDEST:
        raise SettingsError(f"This Python has SQLite {sqlite3.sqlite_version}; Troupe needs 3.37 or newer.")
    if path is not None:
        os.close(make_private_file(path))
        _make_private(path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm"))
    with as_settings_error(path):
        connection = sqlite3.connect(path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            _switch_to_wal(connection)
            for pragma in ("synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}").close()
            database = wrap(connection)
            if path is None:
                _copy_empty(connection)
            else:
                _migrate(database, path)
        except BaseException:
            connection.close()
            raise
    return database


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Switch the journal, also while another process opens the same new file.

    The switch alone does not wait for the other's lock: SQLite, "PRAGMA busy_timeout".
    """
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_STEP_SECONDS)
        else:
            return


def connect_reader(path: Path) -> SqliteDatabase:
    """Open a connection that cannot write; the writer has made the file."""
    with as_settings_error(path):
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
        )
    connection.execute(f"PRAGMA cache_size = -{_READERS_CACHE_KIB}").close()
    return wrap(connection)


def wrap(connection: sqlite3.Connection) -> SqliteDatabase:
    """Return a connection as the rooms of the store use it."""
    connection.row_factory = sqlite3.Row
    return SqliteDatabase(connection, execute_plugins=False)


def _make_private(*left_behind: Path) -> None:
    for path in left_behind:
        if path.exists():
            os.close(make_private_file(path))


def _copy_empty(connection: sqlite3.Connection) -> None:
    """Give a database in memory its schema; of many in one process only the first is made step by step."""
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(_empty())
        copy.backup(connection)


@cache
def _empty() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        _migrate(wrap(empty), None)
        return empty.serialize()


def _migrate(database: SqliteDatabase, path: Path | None) -> None:
    if not migrations.pending(database) and not find_newer_steps(database):
        return
    with transaction(database, "BEGIN IMMEDIATE"):
        if unknown := find_newer_steps(database):
            raise SettingsError(
                f"{path} was written by a newer Troupe (it knows {', '.join(unknown)}); update this one."
            )
        if path and (holder := (read_lock_of(path) or {}).get("pid", "")) not in {"", str(os.getpid())}:
            raise SettingsError(
                f"An older Troupe runs with {path} (process {holder}): start it anew, which brings the "
                "database up to date."
            )
        migrations.apply(database)


def find_newer_steps(database: SqliteDatabase) -> list[str]:
    """Return the steps of a database that this Troupe does not know: a newer one took them."""
    with closing(sqlite3.connect(":memory:")) as empty:
        known = {step.name for step in migrations.pending(wrap(empty))}
    return [step.name for step in migrations.applied(database) if step.name not in known]


@contextmanager
def as_settings_error(path: Path | None) -> Iterator[None]:
    """Say in one sentence that a file cannot be used, whatever SQLite says of it. Raises SettingsError."""
    try:
        yield
    except NotStored as error:
        raise SettingsError(f"{path} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise SettingsError(f"{path} cannot be used: {error}.") from error
