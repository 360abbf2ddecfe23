"""Tombstones on a server: in a schema of their own, which a backup of ``public`` does not bring back."""

from collections.abc import Iterable, Iterator

from storage.database import Database
from storage.tombstones import Tombstone

SCHEMA = """
    CREATE SCHEMA IF NOT EXISTS troupe_erased;
    CREATE TABLE IF NOT EXISTS troupe_erased.tombstones (
        number BIGINT PRIMARY KEY, kind TEXT NOT NULL, fingerprint TEXT NOT NULL
    )
"""


class TombstonesOnServer:
    """A ``storage.tombstones.Tombstones``, written in the transaction that erases."""

    def read(self, database: Database) -> Iterator[Tombstone]:
        """Yield them in order."""
        rows = database.execute("SELECT * FROM troupe_erased.tombstones ORDER BY number")
        return (Tombstone(row["number"], row["kind"], row["fingerprint"]) for row in rows)

    def newest(self, database: Database) -> int:
        """Return the number of the newest one, 0 where there is none."""
        query = "SELECT coalesce(max(number), 0) FROM troupe_erased.tombstones"
        number: int = database.execute(query).fetchone()[0]
        return number

    def add(self, database: Database, stones: Iterable[Tombstone]) -> None:
        """Write them down."""
        database.executemany(
            "INSERT INTO troupe_erased.tombstones VALUES (?, ?, ?)",
            [(one.number, one.kind, one.fingerprint) for one in stones],
        )
