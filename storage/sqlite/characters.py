"""Which characters are there, and whether a slug still means the one that it meant before."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlite_utils import Database

from storage.rows import to_text, to_time
from storage.sqlite.thread import Room, writes

_LONGEST_CHECKOUT = timedelta(minutes=10)
"""A file that is away for no longer was being replaced, not removed."""


class Characters(Room):
    """The part of the store that tells generations of a character apart.

    A conversation is stamped with the generation of its slug when it is asked for or imported, and is read
    only by that generation. A slug that was never noted has generation 0.
    """

    @writes
    def note_characters(self, database: Database, slugs: Collection[str], now: datetime) -> None:
        """Note whose files are there; one that comes back after more than ten minutes is a new character."""
        rows = database.execute("SELECT * FROM characters").fetchall()
        known = {row["slug"]: row for row in rows}
        for slug in set(slugs) - set(known):
            database.execute("INSERT INTO characters VALUES (?, 0, NULL)", (slug,))
        for slug, row in known.items():
            if slug not in slugs and row["absent_since"] is None:
                database.execute(
                    "UPDATE characters SET absent_since = ? WHERE slug = ?", (to_text(now), slug)
                )
            elif slug in slugs and row["absent_since"] is not None:
                is_new = now - to_time(row["absent_since"]) > _LONGEST_CHECKOUT
                database.execute(
                    "UPDATE characters SET absent_since = NULL, generation = generation + ? WHERE slug = ?",
                    (is_new, slug),
                )


def find_generation(database: Database, slug: str) -> int:
    """Return the present generation of a slug; 0 for the empty slug, which means every character."""
    row = database.execute("SELECT generation FROM characters WHERE slug = ?", (slug,)).fetchone()
    return row["generation"] if row else 0
