"""What members want characters to know: one sentence each, theirs to change and erase."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from bot.domain.caller import PersonId
from bot.domain.errors import CallerError
from bot.domain.fact import MOST_FACTS, Fact, FactId
from bot.domain.record import Reading
from storage.rows import Row, storable, to_text, to_time
from storage.sqlite.burying import bury
from storage.sqlite.characters import find_generation
from storage.sqlite.cleaning import mark_unclean
from storage.sqlite.thread import Room, erases, reads, writes
from storage.sqlite.together import people_sharing

_READABLE = """
    SELECT facts.* FROM facts LEFT JOIN characters ON characters.slug = facts.slug
    WHERE person_id IN (SELECT value FROM json_each(:people))
    AND facts.generation = coalesce(characters.generation, 0)
    AND (facts.slug = :slug OR (
        :shares AND reach = 'shared' AND facts.slug IN (SELECT value FROM json_each(:shared_slugs))
    )) ORDER BY added_at DESC, facts.rowid DESC
"""


class Facts(Room):
    """The part of the store that keeps facts.

    A fact is stamped with the generation of its character, as conversations are, and is read only by that.
    """

    @writes
    def add_fact(self, database: Database, person_id: PersonId, fact: Fact) -> bool:
        """Keep a fact; False when the same words, whatever their case, are there for its character already.

        Raises CallerError when the person has as many as one may have.
        """
        generation = find_generation(database, fact.slug)
        if _is_there(_of_character(database, person_id, fact.slug, generation), fact.text):
            return False
        (count,) = database.execute("SELECT count(*) FROM facts WHERE person_id = ?", (person_id,)).fetchone()
        if count >= MOST_FACTS:
            raise CallerError(
                f"You have told {MOST_FACTS} things already, and no more are kept. Delete one first; /memory "
                "and a character's name shows them."
            )
        database.table("facts").insert(
            {
                "id": fact.id,
                "person_id": person_id,
                "slug": fact.slug,
                "generation": generation,
                "reach": fact.reach,
                "text": storable(fact.text),
                "added_at": to_text(fact.added_at),
            }
        )
        return True

    @erases
    def change_fact(
        self, database: Database, person_id: PersonId, fact_id: FactId, text: str, now: datetime
    ) -> Fact | None:
        """Give a person's fact other words, as of now; the old ones are erased as by ``erase_fact``.

        It stays with the account that added it. None if there is no such fact. Raises CallerError when its
        character has the same words already.
        """
        row = _find(database, person_id, fact_id)
        if row is None:
            return None
        others = _of_character(database, row["person_id"], row["slug"], row["generation"])
        if _is_there((other for other in others if other["id"] != fact_id), text):
            raise CallerError("Another one says the same already, so this one was left as it is.")
        changed = database.execute(
            "UPDATE facts SET text = ?, added_at = ? WHERE id = ? RETURNING *",
            (storable(text), to_text(now), fact_id),
        ).fetchone()
        mark_unclean(database)
        return fact_from(changed)

    @erases
    def erase_fact(self, database: Database, person_id: PersonId, fact_id: FactId, now: datetime) -> bool:
        """Erase a person's fact, in the file as well; False if there is no such fact."""
        del now  # nothing of it is anywhere else, so there is no work to queue
        erased = _find(database, person_id, fact_id) is not None
        if erased:
            bury(database, self.vault, self.tombstones, [("fact", fact_id)])
            database.execute("DELETE FROM facts WHERE id = ?", (fact_id,))
            mark_unclean(database)
        return erased

    @reads
    def fetch_facts(self, database: Database, person_id: PersonId, reading: Reading) -> tuple[Fact, ...]:
        """Return what a character may know, newest first: its own facts and, if it shares, shared ones.

        Those of other characters were stamped ``shared`` when they were added, and their character still
        shares. A character that remembers nothing knows none.
        """
        return find_facts(database, people_sharing(database, person_id), reading)


def find_facts(database: Database, people: Mapping[str, str], reading: Reading) -> tuple[Fact, ...]:
    """Return what a character may know of these people, inside a transaction that is open already."""
    if reading.memory == "none":
        return ()
    asked = {
        "people": json.dumps(list(people)),
        "slug": reading.slug,
        "shares": reading.memory == "shared",
        "shared_slugs": json.dumps(sorted(reading.shared_slugs)),
    }
    return tuple(fact_from(row, people[row["person_id"]]) for row in database.execute(_READABLE, asked))


def fact_from(row: Row, elsewhere: str = "") -> Fact:
    """Build a fact from ``facts``."""
    added_at = to_time(row["added_at"])
    return Fact(FactId(row["id"]), row["slug"], row["reach"], row["text"], added_at, elsewhere)


def _find(database: Database, person_id: str, fact_id: str) -> Row | None:
    """Return a fact of a person's, or of who shares their memory with them."""
    row: Row | None = database.execute("SELECT * FROM facts WHERE id = ?", (fact_id,)).fetchone()
    return row if row is not None and row["person_id"] in people_sharing(database, person_id) else None


def _of_character(database: Database, person_id: str, slug: str, generation: int) -> list[Row]:
    return database.execute(
        "SELECT * FROM facts WHERE person_id = ? AND slug = ? AND generation = ?",
        (person_id, slug, generation),
    ).fetchall()


def _is_there(rows: Iterable[Row], text: str) -> bool:
    """Whether one of these says the same; SQLite itself folds the case of ASCII only."""
    return any(_folded(row["text"]) == _folded(storable(text)) for row in rows)


def _folded(text: str) -> str:
    return text.strip().casefold()
