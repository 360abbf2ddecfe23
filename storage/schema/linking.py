"""Accounts that belong to one person."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m012_linking(db: Database) -> None:
    """Which people are one person, and the codes that make them so; every record stays where it is.

    ``together`` is the same for all rows of one person; a row alone is none. ``code_hash`` and ``holder`` are
    keyed hashes.
    """
    run(
        db,
        """
        CREATE TABLE linked_people (
            person_id TEXT PRIMARY KEY NOT NULL REFERENCES people (id),
            together TEXT NOT NULL,
            shares_memory INTEGER NOT NULL,
            linked_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX linked_people_together ON linked_people (together);

        CREATE TABLE link_codes (
            person_id TEXT PRIMARY KEY NOT NULL REFERENCES people (id),
            code_hash TEXT NOT NULL,
            expires_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX link_codes_by_hash ON link_codes (code_hash);

        CREATE TABLE link_tries (
            id INTEGER PRIMARY KEY,
            holder TEXT NOT NULL,
            tried_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX link_tries_of_holder ON link_tries (holder, tried_at);
    """,
    )
