"""Discord's shards, divided among the processes that share a database."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m020_shards(db: Database) -> None:
    """Who holds which of how many shards, and how long for; and whose turn it is to begin a connection.

    ``shard_turns`` has a row for each bucket in which a turn was ever taken.
    """
    run(
        db,
        """
        CREATE TABLE shards (
            shard INTEGER NOT NULL,
            shards INTEGER NOT NULL,
            holder TEXT NOT NULL,
            holder_name TEXT NOT NULL,
            lease_until TEXT NOT NULL,
            PRIMARY KEY (shard)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE shard_turns (
            bucket INTEGER NOT NULL,
            next_at TEXT NOT NULL,
            PRIMARY KEY (bucket)
        ) STRICT, WITHOUT ROWID;
    """,
    )
