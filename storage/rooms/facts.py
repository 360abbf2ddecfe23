"""What members want characters to know: one sentence each, theirs to change and erase."""

import json
from collections.abc import Iterable
from datetime import datetime

from bot.domain.call import CallId
from bot.domain.caller import PersonId
from bot.domain.errors import CallerError
from bot.domain.fact import MOST_FACTS, MOST_PINNED, Fact, FactId
from bot.domain.record import Reading
from storage.database import Database
from storage.rooms.burying import bury
from storage.rooms.characters import find_generation
from storage.rooms.learning import count_facts, fact_from, find_facts, insert_fact, is_same, let_back, weigh
from storage.rooms.room import Room, erases, reads, writes
from storage.rooms.together import people_sharing
from storage.rows import Row, storable, to_text


class Facts(Room):
    """The part of the store that keeps facts.

    A fact is stamped with the generation of its character, as conversations are, and is read only by that.
    """

    @writes
    def add_fact(self, database: Database, person_id: PersonId, fact: Fact) -> bool:
        """Keep a fact; False when its character is to know already what it says.

        What it contradicts stands no more, and can be brought back (``bot.domain.agreeing``). Raises
        CallerError when the person has as many as one may have.
        """
        generation = find_generation(database, fact.slug)
        verdict = weigh(database, person_id, generation, fact)
        if verdict.is_known:
            return False
        if count_facts(database, person_id) >= MOST_FACTS:
            raise CallerError(
                f"You have told {MOST_FACTS} things already, and no more are kept. Delete one first; /memory "
                "and a character's name shows them."
            )
        insert_fact(database, person_id, generation, fact, verdict)
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
        database.execute(
            """
            UPDATE facts SET is_corrected = CASE WHEN text <> ?1 THEN 1 ELSE is_corrected END,
            text = ?1, added_at = ?2 WHERE id = ?3
            """,
            (storable(text), to_text(now), fact_id),
        )
        database.mark_unclean()
        return _fact(database, fact_id)

    @erases
    def erase_fact(self, database: Database, person_id: PersonId, fact_id: FactId, now: datetime) -> bool:
        """Erase a person's fact, in the file as well; False if there is no such fact.

        Those whose place it had taken stand again.
        """
        del now  # nothing of it is anywhere else, so there is no work to queue
        erased = _find(database, person_id, fact_id) is not None
        if erased:
            bury(database, self.vault, self.tombstones, [("fact", fact_id)])
            let_back(database, [fact_id])
            database.execute("DELETE FROM facts WHERE id = ?", (fact_id,))
            database.mark_unclean()
        return erased

    @writes
    def pin_fact(self, database: Database, person_id: PersonId, fact_id: FactId, *, pinned: bool) -> bool:
        """Let a person's fact be told before all others, or not; False if there is no such fact.

        Raises CallerError when as many are pinned as one may pin.
        """
        row = _find(database, person_id, fact_id)
        if row is None:
            return False
        if pinned and not row["is_pinned"]:
            people = json.dumps(list(people_sharing(database, person_id)))
            (count,) = database.execute(
                """
                SELECT count(*) FROM facts
                WHERE is_pinned = 1 AND person_id IN (SELECT value FROM json_each(?))
                """,
                (people,),
            ).fetchone()
            if count >= MOST_PINNED:
                raise CallerError(f"You have pinned {MOST_PINNED} things already; unpin one first.")
        database.execute("UPDATE facts SET is_pinned = ? WHERE id = ?", (pinned, fact_id))
        return True

    @writes
    def spread_fact(
        self, database: Database, person_id: PersonId, fact_id: FactId, *, for_everyone: bool
    ) -> bool:
        """Let every character that keeps memory know a person's fact, or its own alone, as it was before.

        False if there is no such fact.
        """
        if _find(database, person_id, fact_id) is None:
            return False
        database.execute("UPDATE facts SET is_for_everyone = ? WHERE id = ?", (for_everyone, fact_id))
        return True

    @writes
    def bring_back_fact(self, database: Database, person_id: PersonId, fact_id: FactId) -> bool:
        """Let a fact that a newer one replaced stand again, beside that; False if there is none such."""
        row = _find(database, person_id, fact_id)
        if row is None or not row["replaced_by"]:
            return False
        database.execute("UPDATE facts SET replaced_by = '' WHERE id = ?", (fact_id,))
        return True

    @reads
    def fetch_facts_of_call(
        self, database: Database, person_id: PersonId, call_id: CallId
    ) -> tuple[Fact, ...]:
        """Return what was learned in a person's call and stands, in the order in which it was learned."""
        rows = database.execute(
            """
            SELECT *, 1 AS has_call FROM facts WHERE call_id = ? AND person_id = ? AND replaced_by = ''
            ORDER BY rowid
            """,
            (call_id, person_id),
        ).fetchall()
        return tuple(fact_from(database, row) for row in rows)

    @reads
    def has_facts(self, database: Database, person_id: PersonId, slug: str) -> bool:
        """Whether a person has any for a slug, whichever character it meant when they were added.

        Those of linked accounts count while memory is shared, as they do when all of a slug is erased.
        """
        return any(
            database.execute(
                "SELECT 1 FROM facts WHERE person_id = ? AND slug = ? LIMIT 1", (person, slug)
            ).fetchone()
            for person in people_sharing(database, person_id)
        )

    @reads
    def fetch_facts(self, database: Database, person_id: PersonId, reading: Reading) -> tuple[Fact, ...]:
        """Return what a character may know, newest first: its own facts and, if it shares, shared ones.

        Those of other characters were stamped ``shared`` when they were added, and their character still
        shares, or their member marked them for everyone. Pinned ones come before all others. A character
        that remembers nothing knows none.
        """
        return find_facts(database, people_sharing(database, person_id), reading)


def _find(database: Database, person_id: str, fact_id: str) -> Row | None:
    """Return a fact of a person's, or of who shares their memory with them."""
    row: Row | None = database.execute("SELECT * FROM facts WHERE id = ?", (fact_id,)).fetchone()
    return row if row is not None and row["person_id"] in people_sharing(database, person_id) else None


def _fact(database: Database, fact_id: str) -> Fact:
    row = database.execute(
        """
        SELECT *, EXISTS (SELECT 1 FROM calls WHERE calls.id = facts.call_id) AS has_call
        FROM facts WHERE id = ?
        """,
        (fact_id,),
    ).fetchone()
    return fact_from(database, row)


def _of_character(database: Database, person_id: str, slug: str, generation: int) -> list[Row]:
    return database.execute(
        "SELECT * FROM facts WHERE person_id = ? AND slug = ? AND generation = ? AND replaced_by = ''",
        (person_id, slug, generation),
    ).fetchall()


def _is_there(rows: Iterable[Row], text: str) -> bool:
    return any(is_same(row["text"], text) for row in rows)
