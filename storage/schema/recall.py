"""Finding what was said by its words."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m016_recall(db: Database) -> None:
    """Shelves: the conversations of one person that are always read together, and the terms on each.

    What is here already stands on none yet (``shelf`` is null), and is put there in the background, a few
    conversations at a time: ``storage.rooms.indexing``. Numbers of shelves are never used again.
    """
    run(
        db,
        """
        CREATE TABLE shelves (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            person_id TEXT NOT NULL REFERENCES people (id),
            slug TEXT NOT NULL,
            generation INTEGER NOT NULL,
            reach TEXT NOT NULL,
            version INTEGER NOT NULL,
            turns INTEGER NOT NULL,
            UNIQUE (person_id, version, slug, generation, reach)
        ) STRICT;
        CREATE INDEX shelves_by_version ON shelves (version);

        CREATE TABLE terms (
            shelf INTEGER NOT NULL,
            term TEXT NOT NULL,
            turn INTEGER NOT NULL,
            marks INTEGER NOT NULL,
            PRIMARY KEY (shelf, term, turn)
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE conversations ADD COLUMN shelf INTEGER REFERENCES shelves (number);
        CREATE INDEX conversations_on_shelf ON conversations (shelf, started_at) WHERE shelf IS NOT NULL;
        CREATE INDEX conversations_off_shelf ON conversations (id)
            WHERE shelf IS NULL AND held_until IS NULL;
    """,
    )
