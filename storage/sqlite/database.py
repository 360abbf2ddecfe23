"""A connection to SQLite as the rooms of the store use it."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import sqlite_utils

from storage.database import Values
from storage.sqlite.cleaning import mark_unclean


class SqliteDatabase(sqlite_utils.Database):
    """A ``storage.database.Database``: SQLite speaks the rooms' statements as they are written."""

    def execute(self, sql: str, parameters: Values | None = None) -> sqlite3.Cursor:
        """Run one statement."""
        return self.conn.execute(sql, parameters or ())

    def executemany(self, statement: str, rows: Iterable[Values]) -> None:
        """Run one statement for each of these."""
        self.conn.executemany(statement, rows)

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Add a row by the names of its columns."""
        names = ", ".join(row)
        places = ", ".join(f":{name}" for name in row)
        # Tables and columns are ours.
        self.conn.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", row)  # noqa: S608

    def mark_unclean(self) -> None:
        """Note that the file may hold copies of what is erased in this transaction."""
        mark_unclean(self)

    def wake(self, whom: str) -> None:
        """Wake nobody: a file is one process's own."""
