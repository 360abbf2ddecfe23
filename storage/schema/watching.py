"""What whoever watches over Troupe looks at, and what they were told."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m024_watching(db: Database) -> None:
    """What an alert was raised about, one row for each time; and open calls, counted without the others.

    ``over_at`` is empty while it is so; ``over_sentence`` is what is told then, empty where nothing is.
    """
    run(
        db,
        """
        CREATE TABLE alerts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            cause TEXT NOT NULL,
            sentence TEXT NOT NULL,
            over_sentence TEXT NOT NULL,
            raised_at TEXT NOT NULL,
            over_at TEXT
        ) STRICT;
        CREATE UNIQUE INDEX alerts_raised ON alerts (cause) WHERE over_at IS NULL;
        CREATE INDEX calls_open ON calls (state, delivery, slug)
            WHERE state IN ('scheduled', 'asked', 'dialing', 'live', 'unknown');
    """,
    )
