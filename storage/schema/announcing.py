"""Which characters were announced where."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m019_announced(db: Database) -> None:
    """The characters that a board knows, by generation; ``is_due`` while one is yet to be announced there.

    A board has a row with an empty slug from the moment when it was first named.
    """
    run(
        db,
        """
        CREATE TABLE announced (
            board TEXT NOT NULL,
            slug TEXT NOT NULL,
            generation INTEGER NOT NULL,
            is_due INTEGER NOT NULL,
            PRIMARY KEY (board, slug, generation)
        ) STRICT, WITHOUT ROWID;
    """,
    )
