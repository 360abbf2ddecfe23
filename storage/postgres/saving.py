"""Writing what a server's database holds to a file: one view of it, counted and summed on both sides."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bot.domain.errors import BackupRefused
from storage.backups.sealing import counted
from storage.postgres.connection import connect, may_take_long, name_of
from storage.postgres.copying import columns_of
from storage.postgres.database import PostgresDatabase
from storage.postgres.migrating import compare_steps
from storage.postgres.tombstones import TombstonesOnServer
from storage.postgres.transactions import READS
from storage.schema import migrations
from storage.schema.steps import all_steps
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.saving import open_part
from storage.tables import mark_of, tables_of
from storage.tombstones import Tombstone

_AT_ONCE = 2_000
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'troupe'
"""


def save_server(url: str, part: Path, tell: Callable[[int, int], object]) -> list[Tombstone]:
    """Write what a database holds to an empty file, while others use it; return its tombstones.

    The file has the same schema, be it an older one. Raises BackupRefused and SettingsError.
    """
    with connect(url) as source, open_part(part) as target:
        _make_schema(source, target, name_of(url))
        may_take_long(source)
        source.execute(READS)
        tables = tables_of(target)
        advance = counted(tell, sum(_count(source, table) for table in tables))
        target.execute("BEGIN")
        for table in tables:
            columns = columns_of(target, table)
            if _fetch(source, target, table, columns, advance) != _sum_here(target, table, columns):
                raise BackupRefused(f"Nothing was written: {table} did not come over as it is.")
        target.execute("COMMIT")
        stones = list(TombstonesOnServer().read(PostgresDatabase(source)))
        source.execute("COMMIT")
    return stones


def read_tombstones(url: str) -> list[Tombstone]:
    """Return what a server knows to be erased, nothing of a database that is new. Raises SettingsError."""
    with connect(url) as source:
        if source.execute("SELECT to_regclass('troupe_erased.tombstones')").fetchone() == (None,):
            return []
        return list(TombstonesOnServer().read(PostgresDatabase(source)))


def count_others(url: str) -> int:
    """Return how many connections other processes of Troupe's have to a database. Raises SettingsError."""
    with connect(url) as connection:
        row = connection.execute(_OTHERS).fetchone()
        return int(row[0]) if row else 0


def _make_schema(source: psycopg.Connection[Any], target: SqliteDatabase, where: str) -> None:
    newer, missing = compare_steps(source)
    if newer:
        raise BackupRefused(
            f"{where} was written by a newer Troupe (it knows {', '.join(newer)}); update this one."
        )
    known = list(all_steps())
    first_missing = next(iter(missing), None)
    if first_missing == known[0]:
        raise BackupRefused(f"There is nothing to back up yet: {where} is empty.")
    if first_missing and list(missing) != known[known.index(first_missing) :]:
        raise BackupRefused(
            f"{where} lacks steps in the middle of its schema; start Troupe once, to add them."
        )
    migrations.apply(target, stop_before=first_missing)
    for table in tables_of(target):
        target.execute(f"DELETE FROM {table}")  # noqa: S608  ours


def _count(source: psycopg.Connection[Any], table: str) -> int:
    row = source.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0


def _fetch(
    source: psycopg.Connection[Any],
    target: SqliteDatabase,
    table: str,
    columns: Sequence[str],
    advance: Callable[[int], object],
) -> tuple[int, int]:
    """Fetch the rows of a table, and return how many they are and their sum."""
    count = total = 0
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
    )
    places = ", ".join("?" for _ in columns)
    insertion = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  ours
    with source.cursor(name="saved") as cursor:
        cursor.execute(query)
        while some := cursor.fetchmany(_AT_ONCE):
            target.executemany(insertion, some)
            total += sum(map(mark_of, some))
            count += len(some)
            advance(len(some))
    return count, total


def _sum_here(target: SqliteDatabase, table: str, columns: Sequence[str]) -> tuple[int, int]:
    count = total = 0
    for row in target.execute(f"SELECT {', '.join(columns)} FROM {table}"):  # noqa: S608  ours
        count, total = count + 1, total + mark_of(row)
    return count, total
