"""Erasing: one talk, one character or everything of a person, here and (as jobs) at ElevenLabs."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.caller import PersonId
from bot.domain.record import Receipt, Telling
from storage.database import Database
from storage.rooms.burying import bury, names_of_character, names_of_people
from storage.rooms.costs import disown_costs
from storage.rooms.erase import erase
from storage.rooms.learning import facts_that_go, let_facts_stay
from storage.rooms.linking import part
from storage.rooms.receipts import keep_receipt
from storage.rooms.reserving import holder_of
from storage.rooms.room import Room, erases
from storage.rooms.together import people_sharing
from storage.rows import Row, to_text
from storage.vault import Vault


class Erasure(Room):
    """The part of the store that forgets, down to the bytes of the file.

    ElevenLabs' copies of what was said in our calls are queued as ``erase_remote`` jobs, one for each
    conversation id that is not known to be erased there, in the same transaction. A call that may have a
    conversation there which we do not know yet gets an ``erase_found`` job with its reference, by which that
    can be found. What is erased leaves a tombstone beside the database, but for what is merely old.
    ``telling`` names whom an ``erased`` job tells once ElevenLabs has confirmed all of it.
    """

    @erases
    def erase_talk(
        self,
        database: Database,
        person_id: PersonId,
        past_talk_id: str,
        now: datetime,
        telling: Telling | None = None,
    ) -> Receipt | None:
        """Erase one call or import, named by its whole id; None if this person has no such thing.

        Here and in ``erase_character``, what is shared with linked accounts goes as well. What was learned in
        the call goes too, but for what its member pinned or corrected.
        """
        people = tuple(people_sharing(database, person_id))
        facts = [("fact", fact["id"]) for fact in facts_that_go(database, people, past_talk_id)]
        receipt = erase_talk_of(database, people, past_talk_id, now)
        if receipt is None:
            return None
        bury(database, self.vault, self.tombstones, [("talk", past_talk_id), *facts])
        keep_receipt(database, self.vault, telling, receipt)
        return receipt

    @erases
    def erase_character(
        self,
        database: Database,
        person_id: PersonId,
        slug: str,
        now: datetime,
        telling: Telling | None = None,
    ) -> Receipt:
        """Erase a person's calls with one character, what was imported for it and what it is to know.

        What was imported for every character stays.
        """
        people = tuple(people_sharing(database, person_id))
        receipt = erase_character_of(database, people, slug, now)
        bury(database, self.vault, self.tombstones, names_of_character(database, people, slug))
        keep_receipt(database, self.vault, telling, receipt)
        return receipt

    @erases
    def erase_person(
        self,
        database: Database,
        person_id: PersonId,
        now: datetime,
        telling: Telling | None = None,
        *,
        linked: Collection[PersonId] = (),
    ) -> Receipt:
        """Erase everything of a person, themselves included; what their calls cost is nobody's then.

        Of the ``linked`` accounts, those that share their memory with them go as well; all others stay, and
        are parted from this one.
        """
        everybody = [one for one in people_sharing(database, person_id) if one == person_id or one in linked]
        bury(database, self.vault, self.tombstones, names_of_people(database, everybody))
        gone = (erase_person_of(database, self.vault, one, now) for one in everybody)
        receipt = sum(gone, Receipt())
        keep_receipt(database, self.vault, telling, receipt)
        return receipt

    @erases
    def erase_before(self, database: Database, moment: datetime, limit: int, now: datetime) -> int:
        """Erase calls that ended, and imports that came, before a moment; return how many rows that were.

        At most ``limit`` calls and ``limit`` imports at a time. A call that is not over yet stays, and so do
        facts: they are kept until their person changes their mind.
        Conversations that never came are not looked for once more: the sweep did, when they were new.
        """
        calls = database.execute(
            """
            SELECT id, ref FROM calls
            WHERE coalesce(ended_at, asked_at) < ? AND state IN ('done', 'failed', 'expired')
            ORDER BY coalesce(ended_at, asked_at) LIMIT ?
            """,
            (to_text(moment), limit),
        ).fetchall()
        talks = database.execute(
            """
            SELECT id, talk_id FROM conversations WHERE call_id IN (SELECT value FROM json_each(?1))
            UNION ALL
            SELECT id, talk_id FROM (
                SELECT id, talk_id FROM conversations WHERE call_id IS NULL AND imported_at < ?2
                ORDER BY imported_at LIMIT ?3
            )
            """,
            (json.dumps([call["id"] for call in calls]), to_text(moment), limit),
        ).fetchall()
        erase(database, (), calls, talks, now, may_come_yet=False)
        return len(calls) + len(talks)


def erase_talk_of(
    database: Database, people: Sequence[str], past_talk_id: str, now: datetime
) -> Receipt | None:
    """Erase one call or import of these people, inside a transaction that is open already."""
    scope = (json.dumps(people), past_talk_id)
    calls = _rows(database, "id, ref", "calls", "id = ?2", scope)
    is_it = "(call_id = ?2 OR (call_id IS NULL AND talk_id = ?2))"
    talks = _rows(database, "id, talk_id", "conversations", is_it, scope)
    if not calls and not talks:
        return None
    facts = facts_that_go(database, people, past_talk_id)
    kept = let_facts_stay(database, people, past_talk_id)
    return replace(erase(database, people, calls, talks, now, facts=facts), kept_facts=kept)


def erase_character_of(database: Database, people: Sequence[str], slug: str, now: datetime) -> Receipt:
    """Erase what these people have with one character, inside a transaction that is open already."""
    scope = (json.dumps(people), slug)
    calls = _rows(database, "id, ref", "calls", "slug = ?2", scope)
    talks = _rows(database, "id, talk_id", "conversations", "slug = ?2", scope)
    facts = _rows(database, "id", "facts", "slug = ?2", scope)
    return erase(database, people, calls, talks, now, facts=facts)


def erase_person_of(database: Database, vault: Vault, person_id: str, now: datetime) -> Receipt:
    """Erase one person, inside a transaction that is open already."""
    part(database, person_id, now)
    if holder := holder_of(database, vault, person_id):
        disown_costs(database, holder)
    scope = (json.dumps([person_id]), "")
    calls = _rows(database, "id, ref", "calls", "?2 = ''", scope)
    talks = _rows(database, "id, talk_id", "conversations", "?2 = ''", scope)
    facts = _rows(database, "id", "facts", "?2 = ''", scope)
    return erase(database, (person_id,), calls, talks, now, facts=facts, is_everything=True)


def _rows(database: Database, columns: str, table: str, condition: str, scope: tuple[str, str]) -> list[Row]:
    """Return what some people have; their ids are a JSON list, the first of ``scope``."""
    # All of the statement's parts are ours.
    query = (
        f"SELECT {columns} FROM {table} WHERE person_id IN (SELECT value FROM json_each(?1)) AND {condition}"  # noqa: S608
    )
    return database.execute(query, scope).fetchall()
