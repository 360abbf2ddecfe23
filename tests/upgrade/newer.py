"""A Troupe that is one release newer: this one, with a step more. To be imported by its process alone."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m998_moods(db: Database) -> None:
    """Add what a step may add: columns with a default to what everybody reads, an index, a table."""
    run(
        db,
        """
        ALTER TABLE people ADD COLUMN mood TEXT NOT NULL DEFAULT '';
        ALTER TABLE calls ADD COLUMN mood TEXT NOT NULL DEFAULT '';
        ALTER TABLE conversations ADD COLUMN mood TEXT NOT NULL DEFAULT '';
        ALTER TABLE facts ADD COLUMN mood TEXT NOT NULL DEFAULT '';
        ALTER TABLE jobs ADD COLUMN mood TEXT NOT NULL DEFAULT '';
        ALTER TABLE links ADD COLUMN mood TEXT NOT NULL DEFAULT '';
        CREATE INDEX calls_by_mood ON calls (mood, asked_at);
        CREATE TABLE moods (id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT NOT NULL) STRICT;
    """,
    )
