"""The tables of a database file as those see them who copy all of it: names, counts, and sums of rows."""

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Protocol


class Readable(Protocol):
    """A connection to a file."""

    def execute(self, sql: str, /) -> sqlite3.Cursor:
        """Run one statement."""


_TABLES = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND substr(name, 1, 1) <> '_' AND substr(name, 1, 7) <> 'sqlite_'
"""


def tables_of(source: Readable) -> list[str]:
    """Return all tables, what others refer to first."""
    waiting = {name: _referred(source, name) - {name} for (name,) in source.execute(_TABLES)}
    ordered: list[str] = []
    while waiting:
        ready = sorted(name for name, others in waiting.items() if others <= set(ordered))
        ordered += ready
        waiting = {name: others for name, others in waiting.items() if name not in ready}
    return ordered


def _referred(source: Readable, table: str) -> set[str]:
    return {row[2] for row in source.execute(f"PRAGMA foreign_key_list({table})")}


def count_in(source: Readable, table: str) -> int:
    """Return how many rows a table has."""
    return int(source.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  ours


def mark_of(row: Sequence[Any]) -> int:
    """Return a number that tells a row from others; the sum of many says nothing of their order."""
    return int.from_bytes(blake2b(repr(tuple(row)).encode(), digest_size=8).digest(), "big")
