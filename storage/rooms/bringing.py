"""What imports and operators set of a person, and how an import is taken back."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.agreeing import Verdict, compare
from bot.domain.caller import PersonId
from bot.domain.fact import MOST_FACTS, MOST_PINNED, Fact, FactId
from bot.domain.importing import TakeBack, mark_of
from bot.domain.record import Receipt
from storage.database import Database
from storage.rooms.burying import bury
from storage.rooms.characters import find_generation
from storage.rooms.erase import erase
from storage.rooms.growing import names_of_lines, shrink
from storage.rooms.learning import count_facts, insert_fact, is_same, standing
from storage.rooms.room import Room, erases, reads, writes
from storage.rooms.together import people_sharing
from storage.rows import storable, to_text


class Bringing(Room):
    """The part of the store that knows profiles, and what one import added."""

    @reads
    def fetch_profile(self, database: Database, person_id: PersonId) -> dict[str, Any]:
        """Return a person's own profile fields, none of a linked account's."""
        return _profile(database, person_id)

    @erases
    def erase_fields(
        self, database: Database, person_id: PersonId, fields: Collection[str], now: datetime
    ) -> int:
        """Erase profile fields, in the file as well; return how many there were."""
        del now  # nothing of them is anywhere else, so there is no work to queue
        return sum(_erase_field(database, person_id, field) for field in fields)

    @writes
    def bring_facts(
        self, database: Database, person_id: PersonId, facts: Sequence[Fact]
    ) -> tuple[FactId, ...]:
        """Keep a file's facts with their pins, what is for everyone, and what replaced which.

        What is there already, told or replaced, stays as it is, and so does everything once there are as many
        facts or pins as one may have. Return the ids of those that were added.
        """
        return _FactsOfFile(database, person_id).bring(facts)

    @erases
    def take_back_import(
        self, database: Database, person_id: PersonId, done: TakeBack, now: datetime
    ) -> Receipt:
        """Erase what one import of a person's added, and set back the profile fields that it changed.

        A conversation that it began goes with all that was added to it since; of one to which it added
        lines, those go with whatever came on top of them. What was changed or erased since is left as it is.
        """
        talks = database.execute(
            """
            SELECT id, talk_id FROM conversations
            WHERE call_id IS NULL AND person_id = ? AND imported_at = ?
            """,
            (person_id, to_text(done.saved_at)),
        ).fetchall()
        facts = database.execute(
            "SELECT id FROM facts WHERE person_id = ? AND id IN (SELECT value FROM json_each(?))",
            (person_id, json.dumps(done.facts)),
        ).fetchall()
        gone = [("talk", row["talk_id"]) for row in talks] + [("fact", row["id"]) for row in facts]
        gone += names_of_lines(database, person_id, done.grown)
        bury(database, self.vault, self.tombstones, gone)
        receipt = erase(database, (person_id,), [], talks, now, facts=facts)
        lines = sum(shrink(database, person_id, grown) for grown in done.grown)
        present = _profile(database, person_id)
        fields = 0
        for field, (before, mark) in done.fields.items():
            if field not in present or mark_of(present[field]) != mark:
                continue
            fields += 1
            if before:
                database.execute(
                    "UPDATE profiles SET value = ? WHERE person_id = ? AND field = ?",
                    (json.dumps(before[0]), person_id, storable(field)),
                )
                database.mark_unclean()
            else:
                _erase_field(database, person_id, field)
        return receipt + Receipt(turns=lines, profile_fields=fields)


class _FactsOfFile:
    """One file's facts on their way in; ``said_by`` has the fact here that says what one of the file's says.

    They are weighed against what stood before, and not against each other: that was done where they are from.
    """

    def __init__(self, database: Database, person_id: str) -> None:
        self._database, self._person_id = database, person_id
        self._people = json.dumps(list(people_sharing(database, person_id)))
        self._room = MOST_FACTS - count_facts(database, person_id)
        self._pins = MOST_PINNED - self._count_pinned()
        self._said_by: dict[str, FactId] = {}
        self._added: list[FactId] = []
        self._standing: dict[str, list[Fact]] = {}

    def bring(self, facts: Sequence[Fact]) -> tuple[FactId, ...]:
        """Keep those that stand, then those that they replaced, then those that these had replaced."""
        for fact in facts:
            if not fact.replaced_by:
                self._bring_standing(fact)
        waiting = [fact for fact in facts if fact.replaced_by]
        while ready := [fact for fact in waiting if fact.replaced_by in self._said_by]:
            waiting = [fact for fact in waiting if fact.replaced_by not in self._said_by]
            for fact in ready:
                if not self._is_there(fact):
                    by = self._said_by[fact.replaced_by]
                    self._insert(fact, Verdict(is_known=False, replaced_by=by))
        return tuple(self._added)

    def _bring_standing(self, fact: Fact) -> None:
        if self._is_there(fact):
            return
        if fact.slug not in self._standing:
            generation = find_generation(self._database, fact.slug)
            found = standing(self._database, self._person_id, fact.slug, generation)
            self._standing[fact.slug] = [one for one in found if one.id not in self._added]
        verdict = compare(fact, self._standing[fact.slug])
        if verdict.said_by is not None:
            self._said_by[fact.id] = verdict.said_by
        else:
            self._insert(fact, verdict)

    def _insert(self, fact: Fact, verdict: Verdict) -> None:
        if len(self._added) >= self._room:
            return
        pinned = fact.is_pinned and self._pins > 0
        self._pins -= pinned
        generation = find_generation(self._database, fact.slug)
        insert_fact(self._database, self._person_id, generation, replace(fact, is_pinned=pinned), verdict)
        self._said_by[fact.id] = fact.id
        self._added.append(fact.id)

    def _is_there(self, fact: Fact) -> bool:
        """Whether the same words are there for the same character, standing or replaced."""
        rows = self._database.execute(
            """
            SELECT id, text FROM facts WHERE person_id IN (SELECT value FROM json_each(?))
            AND slug = ? AND generation = ? ORDER BY replaced_by <> ''
            """,
            (self._people, storable(fact.slug), find_generation(self._database, fact.slug)),
        )
        same = next((row["id"] for row in rows if is_same(row["text"], fact.text)), None)
        if same is not None:
            self._said_by[fact.id] = same
        return same is not None

    def _count_pinned(self) -> int:
        count: int = self._database.execute(
            """
            SELECT count(*) FROM facts WHERE is_pinned = 1 AND person_id IN (SELECT value FROM json_each(?))
            """,
            (self._people,),
        ).fetchone()[0]
        return count


def _profile(database: Database, person_id: str) -> dict[str, Any]:
    rows = database.execute("SELECT field, value FROM profiles WHERE person_id = ?", (person_id,))
    return {row["field"]: json.loads(row["value"]) for row in rows}


def _erase_field(database: Database, person_id: str, field: str) -> int:
    erased: int = database.execute(
        "DELETE FROM profiles WHERE person_id = ? AND field = ?", (person_id, storable(field))
    ).rowcount
    if erased:
        database.mark_unclean()
    return erased
