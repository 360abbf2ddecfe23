"""What is still to be counted."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m013_unsettled(db: Database) -> None:
    """Calls that were erased before it was known how long they took: what was reserved for them, and where.

    ``holder`` is a keyed hash; ``subject`` a conversation id, or the reference of a call by which one may be
    found. Nothing says who talked with whom, and the rows go as soon as the length is known.
    """
    run(
        db,
        """
        CREATE TABLE unsettled (
            id INTEGER PRIMARY KEY,
            holder TEXT NOT NULL,
            place TEXT NOT NULL,
            delivery TEXT NOT NULL,
            day TEXT NOT NULL,
            minutes INTEGER NOT NULL,
            seconds INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX unsettled_of_holder ON unsettled (holder);
        CREATE TABLE unsettled_talks (
            subject TEXT PRIMARY KEY NOT NULL,
            unsettled INTEGER NOT NULL REFERENCES unsettled (id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX unsettled_talks_of_call ON unsettled_talks (unsettled);
    """,
    )
