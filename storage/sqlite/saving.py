"""Writing a backup's database, and reading it back: one plain file that nobody else has open."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.domain.errors import BackupRefused
from storage.full import tells_of_a_full_disk
from storage.keyring import read_checks
from storage.schema import migrations
from storage.sqlite.connection import connect_reader, wrap
from storage.sqlite.database import SqliteDatabase
from storage.tables import count_in, tables_of
from storage.tombstones import Tombstone

CARRIED = "_erased"
"""The table of the tombstones that a backup carries along; no table of the store's begins with a line."""
_LOOK_EVERY_STEPS = 200_000
Tell = Callable[[int, int], object]


def save_file(source: Path, part: Path, tell: Tell) -> None:
    """Write what a database file holds to an empty file, while others use it. Raises BackupRefused.

    It is one view of the data, and written anew: nothing that was deleted is in it.
    """
    with as_refusal(f"{source} cannot be backed up"), closing(connect_reader(source)) as database:
        pages, size = (database.execute(f"PRAGMA {one}").fetchone()[0] for one in ("page_count", "page_size"))

        def look() -> int:
            tell(min(part.stat().st_size, pages * size), pages * size)
            return 0

        database.conn.set_progress_handler(look, _LOOK_EVERY_STEPS)
        database.execute("VACUUM INTO ?", (str(part),))


@contextmanager
def open_part(path: Path) -> Iterator[SqliteDatabase]:
    """Open a file that is thrown away if this fails: without a journal, or waiting for the disk."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}").close()
        yield wrap(connection)


def carry_tombstones(database: SqliteDatabase, stones: Iterable[Tombstone]) -> None:
    """Let a backup carry tombstones along, so that they are not lost with the place that they stand in."""
    database.execute(f"CREATE TABLE {CARRIED} (number INTEGER, kind TEXT, fingerprint TEXT) STRICT")
    database.execute("BEGIN")
    rows = ((one.number, one.kind, one.fingerprint) for one in stones)
    database.executemany(f"INSERT INTO {CARRIED} VALUES (?, ?, ?)", rows)  # noqa: S608  ours
    database.execute("COMMIT")


def take_tombstones(database: SqliteDatabase) -> list[Tombstone]:
    """Return the tombstones that a backup carries, and take their table out of the database."""
    rows = database.execute(f"SELECT number, kind, fingerprint FROM {CARRIED}").fetchall()  # noqa: S608  ours
    database.execute(f"DROP TABLE {CARRIED}")
    return [Tombstone(*row) for row in rows]


def find_faults(database: SqliteDatabase) -> str:
    """Return what is wrong with a database in SQLite's words, nothing if it is whole."""
    said = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        return str(said).replace("\n", " ")
    loose = database.execute("PRAGMA foreign_key_check").fetchone()
    return f"a row of {loose[0]} refers to nothing" if loose else ""


def count_tables(database: SqliteDatabase) -> dict[str, int]:
    """Return how many rows each table has."""
    return {table: count_in(database, table) for table in tables_of(database)}


def names_of_steps(database: SqliteDatabase) -> tuple[str, ...]:
    """Return the steps of the schema that a database has."""
    return tuple(step.name for step in migrations.applied(database))


def key_checks(database: SqliteDatabase) -> tuple[str, ...]:
    """Return the values that tell the keys of a database, oldest first; none before it has any."""
    return read_checks(database) if "settings" in tables_of(database) else ()


@contextmanager
def as_refusal(what: str) -> Iterator[None]:
    """Say in one sentence that something cannot be done, but leave it to others that a disk is full."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if tells_of_a_full_disk(error):
            raise
        raise BackupRefused(f"{what}: {error}.") from error
