"""Which characters are there, and whether a slug still means the one that it meant before."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from bot.domain.call import NewJob
from storage.database import Database
from storage.rooms.jobs import queue
from storage.rooms.room import Room, reads, writes
from storage.rows import to_text, to_time

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

    @writes
    def note_live(
        self,
        database: Database,
        boards: Collection[str],
        on_disk: Collection[str],
        live: Collection[str],
        now: datetime,
    ) -> None:
        """Note which characters can be called, and queue ``announce`` for every board where one is new."""
        named = json.dumps(list(boards))
        database.execute(
            "DELETE FROM announced WHERE board NOT IN (SELECT value FROM json_each(?))", (named,)
        )
        for board in boards:
            known = database.execute("SELECT 1 FROM announced WHERE board = ? AND slug = ''", (board,))
            is_new_board = known.fetchone() is None
            noted = {*on_disk, *live, ""} if is_new_board else live
            database.execute(
                """
                INSERT INTO announced SELECT ?, one.value, coalesce(generation, 0), ?
                FROM json_each(?) AS one LEFT JOIN characters ON characters.slug = one.value
                WHERE true ON CONFLICT DO NOTHING
                """,
                (board, not is_new_board, json.dumps(list(noted))),
            )
            if database.execute(_DUE, (board, json.dumps(list(live)))).fetchone():
                queue(database, [NewJob("announce", board, now)])

    @reads
    def fetch_unannounced(self, database: Database, board: str) -> tuple[str, ...]:
        """Return who is new on a board, each as slug and generation with a space."""
        rows = database.execute(
            """
            SELECT slug, generation FROM announced
            WHERE board = ? AND is_due = 1 AND generation = (
                SELECT generation FROM characters WHERE characters.slug = announced.slug
            ) ORDER BY slug
            """,
            (board,),
        )
        return tuple(f"{row['slug']} {row['generation']}" for row in rows)

    @writes
    def note_announced(self, database: Database, board: str, keys: Collection[str]) -> None:
        """Note that these are not new there any more."""
        database.execute(
            """
            UPDATE announced SET is_due = 0
            WHERE board = ? AND slug || ' ' || generation IN (SELECT value FROM json_each(?))
            """,
            (board, json.dumps(list(keys))),
        )


_DUE = """
    SELECT 1 FROM announced
    WHERE board = ? AND is_due = 1 AND slug IN (SELECT value FROM json_each(?)) LIMIT 1
"""


def find_generation(database: Database, slug: str) -> int:
    """Return the present generation of a slug; 0 for the empty slug, which means every character."""
    row = database.execute("SELECT generation FROM characters WHERE slug = ?", (slug,)).fetchone()
    return row["generation"] if row else 0
