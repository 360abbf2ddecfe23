"""Processes that share a database, and which of them relays a chat."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m021_processes(db: Database) -> None:
    """Each process that runs, with when it was last heard of; ``holder`` of a post is who relays that chat.

    A file admits one process, which keeps no row: whatever was relayed there is over when it starts.
    """
    run(
        db,
        """
        CREATE TABLE processes (
            id TEXT PRIMARY KEY NOT NULL,
            roles TEXT NOT NULL,
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            version TEXT NOT NULL,
            started_at TEXT NOT NULL,
            seen_at TEXT NOT NULL,
            public_url TEXT NOT NULL,
            address TEXT NOT NULL,
            api_url TEXT NOT NULL,
            agent_id TEXT NOT NULL,
            cast_version TEXT NOT NULL,
            fronts TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE posts ADD COLUMN holder TEXT NOT NULL DEFAULT '';
    """,
    )
