"""What processes that share a database have for each other."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m022_between(db: Database) -> None:
    """Chats and talk pages by the process that holds their line, what is on its way to them, and spots.

    ``state`` of what is carried: ``waiting``, then ``taken`` by the holder, then ``heard`` or ``unheard``.
    ``spots`` are where members stood who asked for a call. All of it is short-lived, and words are sealed.
    """
    run(
        db,
        """
        CREATE TABLE lines (
            call_id TEXT PRIMARY KEY NOT NULL REFERENCES calls (id),
            kind TEXT NOT NULL CHECK (kind IN ('chat', 'page')),
            holder TEXT NOT NULL,
            held_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE carried (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            call_id TEXT NOT NULL REFERENCES calls (id),
            kind TEXT NOT NULL,
            sealed BLOB NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting',
            sent_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX carried_to_call ON carried (call_id, number);
        CREATE INDEX carried_by_age ON carried (sent_at);

        CREATE TABLE spots (
            call_id TEXT PRIMARY KEY NOT NULL REFERENCES calls (id),
            sealed BLOB NOT NULL,
            seen_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX spots_by_age ON spots (seen_at);
    """,
    )
