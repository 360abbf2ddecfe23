"""Copying a database in a file to one on a server: in one transaction, counted and summed on both sides."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bot.domain.errors import SettingsError
from storage.postgres.connection import connect, may_take_long, name_of
from storage.postgres.dialect import IN_ORDER
from storage.postgres.migrating import migrate
from storage.sqlite.connection import as_settings_error, connect_reader
from storage.sqlite.database import SqliteDatabase
from storage.tables import count_in, mark_of, tables_of
from storage.tombstones import Tombstone, TombstonesInFile, tombstones_of

_AT_ONCE = 2_000


def count_rows(path: Path) -> int:
    """Return how many rows a file holds. Raises SettingsError."""
    with as_settings_error(path), closing(connect_reader(path)) as source:
        return sum(count_in(source, table) for table in tables_of(source))


def count_people(url: str) -> int:
    """Return how many people a database on a server knows, once its schema is there. Raises SettingsError."""
    with connect(url) as target:
        migrate(target, name_of(url))
        row = target.execute("SELECT count(*) FROM people").fetchone()
        return int(row[0]) if row else 0


def copy(
    path: Path, url: str, advance: Callable[[int], object], more_stones: Iterable[Tombstone] | None = None
) -> None:
    """Make a database on a server hold what a file holds, in place of what it held; ``advance`` counts rows.

    Nothing is changed unless all of it came over: rows are counted, and a sum of them is compared, read back
    from the server. Its tombstones become those of the file; with ``more_stones`` the server keeps its own,
    and gets these besides. Raises SettingsError.
    """
    with as_settings_error(path), closing(connect_reader(path)) as source, connect(url) as target:
        migrate(target, name_of(url))
        may_take_long(target)
        source.execute("BEGIN")
        with target.transaction():
            tables = tables_of(source)
            names = sql.SQL(", ").join(map(sql.Identifier, tables))
            target.execute(sql.SQL("TRUNCATE {}").format(names))
            for table in tables:
                columns = columns_of(source, table)
                sent = _send(source, target, table, columns, advance)
                if sent != sum_there(target, table, columns):
                    raise SettingsError(f"Nothing was copied: {table} did not come over as it is.")
                _go_on_counting(target, table, columns)
            if more_stones is None:
                target.execute("TRUNCATE troupe_erased.tombstones")
                more_stones = TombstonesInFile(tombstones_of(path)).read(source)
            _send_tombstones(more_stones, target)


def columns_of(source: SqliteDatabase, table: str) -> list[str]:
    """Return the columns of a table, with the one that keeps its order."""
    columns = [row["name"] for row in source.execute(f"PRAGMA table_info({table})")]
    return [*columns, "rowid"] if table in IN_ORDER else columns


def _send(
    source: SqliteDatabase,
    target: psycopg.Connection[Any],
    table: str,
    columns: Sequence[str],
    advance: Callable[[int], object],
) -> tuple[int, int]:
    """Send the rows of a table, and return how many they are and their sum."""
    count = total = 0
    rows = source.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608  ours
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with target.cursor().copy(statement) as into:
        while some := rows.fetchmany(_AT_ONCE):
            for row in some:
                into.write_row(tuple(row))
                total += mark_of(row)
            count += len(some)
            advance(len(some))
    return count, total


def sum_there(target: psycopg.Connection[Any], table: str, columns: Sequence[str]) -> tuple[int, int]:
    """Return how many rows a table on the server has, and their sum."""
    count = total = 0
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
    )
    with target.cursor(name="copied") as cursor:
        cursor.itersize = _AT_ONCE
        for row in cursor.execute(query):
            total += mark_of(row)
            count += 1
    return count, total


def _go_on_counting(target: psycopg.Connection[Any], table: str, columns: Sequence[str]) -> None:
    """Let what a table numbers by itself go on after what came over."""
    for column in columns:
        row = target.execute("SELECT pg_get_serial_sequence(%s, %s)", (table, column)).fetchone()
        if row and row[0]:
            last = sql.SQL("(SELECT coalesce(max({}), 0) FROM {})").format(
                sql.Identifier(column), sql.Identifier(table)
            )
            target.execute(sql.SQL("SELECT setval({}, {} + 1, false)").format(sql.Literal(row[0]), last))


def _send_tombstones(stones: Iterable[Tombstone], target: psycopg.Connection[Any]) -> None:
    target.cursor().executemany(
        "INSERT INTO troupe_erased.tombstones VALUES (%s, %s, %s)",
        [(one.number, one.kind, one.fingerprint) for one in stones],
    )
