"""Erasing: one talk, one character or everything of a person, here and (as jobs) at ElevenLabs."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlite_utils import Database

from bot.domain.call import NewJob
from bot.domain.caller import PersonId
from bot.domain.record import Receipt, Telling
from storage.rows import Row, to_text
from storage.sqlite.cleaning import mark_unclean
from storage.sqlite.costs import disown_costs
from storage.sqlite.jobs import queue
from storage.sqlite.linking import part
from storage.sqlite.receipts import keep_receipt
from storage.sqlite.reserving import charge, holder_of
from storage.sqlite.thread import Room, erases
from storage.sqlite.together import people_sharing
from storage.sqlite.unsettled import keep_unsettled

PERSONAL = {
    "jobs": "subject IN (SELECT value FROM json_each(:subjects))",
    "inbox": "conversation_id IN (SELECT value FROM json_each(:conversation_ids))",
    "turns": "conversation IN (SELECT value FROM json_each(:talks))",
    "conversations": "id IN (SELECT value FROM json_each(:talks))",
    "bindings": "call_id IN (SELECT value FROM json_each(:calls))",
    "links": "call_id IN (SELECT value FROM json_each(:calls))",
    "posts": "call_id IN (SELECT value FROM json_each(:calls))",
    "calls": "id IN (SELECT value FROM json_each(:calls))",
    "phones": "person_id = :everything_of",
    "phone_consents": "person_id = :everything_of",
    "profiles": "person_id = :everything_of",
    "consents": "person_id = :everything_of",
    "mailboxes": "person_id = :everything_of",
    "presses": "person_id IN (SELECT value FROM json_each(:people))",
    "facts": "id IN (SELECT value FROM json_each(:facts))",
    "linked_people": "person_id = :everything_of",
    "link_codes": "person_id = :everything_of",
    "accounts": "person_id = :everything_of",
    "people": "id = :everything_of",
}
"""Every table that holds something about a person, with the condition that reaches it; what refers to a row
comes before that row. ``:everything_of`` is null unless the whole person goes. ``:people`` are the accounts
that share what is erased, none when nobody asked: it may stand in what their buttons stand for."""

IMPERSONAL = frozenset(
    {"persona_versions", "characters", "settings", "consent_texts", "strangers", "places", "rules", "seen"}
)
"""Tables that hold nothing about anybody."""

_NEVER_BEGUN = """
    SELECT id FROM calls WHERE id IN (SELECT value FROM json_each(?))
    AND (state = 'scheduled' OR (state = 'asked' AND delivery <> 'hosted'))
"""
"""Calls that used nothing, so that what they reserved is given back; a hosted one may have begun unseen."""

AWAITED = frozenset({"receipts", "unconfirmed"})
"""Tables that hold, sealed, who erased something until ElevenLabs has confirmed all of it."""

KEYED = frozenset(
    {
        "do_not_call",
        "allowances",
        "limits",
        "blocks",
        "costs",
        "link_tries",
        "unsettled",
        "unsettled_talks",
    }
)
"""Tables in which a keyed hash stands for a person or a number and outlives them: whoever wants no calls gets
none, and erasing oneself renews no allowance and no tries. What calls cost stays too, but as nobody's, and
what was reserved for a call until it is known how long it took."""


class Erasure(Room):
    """The part of the store that forgets, down to the bytes of the file.

    ElevenLabs' copies of what was said in our calls are queued as ``erase_remote`` jobs, one for each
    conversation id that is not known to be erased there, in the same transaction. A call that may have a
    conversation there which we do not know yet gets an ``erase_found`` job with its reference, by which that
    can be found. ``telling`` names whom an ``erased`` job tells once ElevenLabs has confirmed all of it.
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

        Here and in ``erase_character``, what is shared with linked accounts goes as well.
        """
        people = tuple(people_sharing(database, person_id))
        scope = (json.dumps(people), past_talk_id)
        calls = _rows(database, "id, ref", "calls", "id = ?2", scope)
        is_it = "(call_id = ?2 OR (call_id IS NULL AND talk_id = ?2))"
        talks = _rows(database, "id, talk_id", "conversations", is_it, scope)
        if not calls and not talks:
            return None
        receipt = _erase(database, people, calls, talks, now)
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
        scope = (json.dumps(people), slug)
        calls = _rows(database, "id, ref", "calls", "slug = ?2", scope)
        talks = _rows(database, "id, talk_id", "conversations", "slug = ?2", scope)
        facts = _rows(database, "id", "facts", "slug = ?2", scope)
        receipt = _erase(database, people, calls, talks, now, facts=facts)
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
        receipt = sum((self._erase_one(database, one, now) for one in everybody), Receipt())
        keep_receipt(database, self.vault, telling, receipt)
        return receipt

    def _erase_one(self, database: Database, person_id: str, now: datetime) -> Receipt:
        part(database, person_id, now)
        if holder := holder_of(database, self.vault, person_id):
            disown_costs(database, holder)
        calls = database.execute("SELECT id, ref FROM calls WHERE person_id = ?", (person_id,))
        talks = database.execute("SELECT id, talk_id FROM conversations WHERE person_id = ?", (person_id,))
        facts = database.execute("SELECT id FROM facts WHERE person_id = ?", (person_id,))
        return _erase(
            database,
            (person_id,),
            calls.fetchall(),
            talks.fetchall(),
            now,
            facts=facts.fetchall(),
            is_everything=True,
        )

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
        _erase(database, (), calls, talks, now, may_come_yet=False)
        return len(calls) + len(talks)


def _erase(
    database: Database,
    people: Sequence[str],
    calls: Sequence[Row],
    talks: Sequence[Row],
    now: datetime,
    *,
    facts: Sequence[Row] = (),
    is_everything: bool = False,
    may_come_yet: bool = True,
) -> Receipt:
    """Erase these for a person's accounts, or for nobody in particular.

    The receipt counts what ``/history`` shows.
    """
    everything_of = people[0] if is_everything else None
    call_ids = [call["id"] for call in calls]
    shown_calls = _values(
        database,
        """
        SELECT id FROM calls WHERE id IN (SELECT value FROM json_each(?)) AND purpose = 'talk'
        AND (state <> 'expired' OR delivery = 'phone')
        """,
        call_ids,
    )
    for call_id in _values(database, _NEVER_BEGUN, call_ids):
        charge(database, call_id, calls=0, minutes=0)
    conversation_ids = _values(
        database,
        "SELECT conversation_id FROM bindings WHERE call_id IN (SELECT value FROM json_each(?))",
        call_ids,
    )
    kept_there = _values(
        database,
        """
        SELECT conversation_id FROM bindings
        WHERE call_id IN (SELECT value FROM json_each(?)) AND erased_there_at IS NULL
        """,
        call_ids,
    )
    refs_to_find = _values(
        database,
        """
        SELECT ref FROM calls WHERE id IN (SELECT value FROM json_each(?))
        AND (opened_at IS NOT NULL OR (delivery = 'hosted' AND state <> 'expired'))
        AND NOT EXISTS (SELECT 1 FROM bindings WHERE call_id = calls.id)
        """,
        call_ids,
    )
    event_keys = _values(
        database,
        "SELECT key FROM inbox WHERE conversation_id IN (SELECT value FROM json_each(?))",
        conversation_ids,
    )
    _queue_erasures_of_posts(database, call_ids, now)
    if may_come_yet:
        keep_unsettled(database, call_ids, refs_to_find)
    subjects = [
        *call_ids,
        *(call["ref"] for call in calls),
        *(talk["talk_id"] for talk in talks),
        *conversation_ids,
        *event_keys,
        *([everything_of] if everything_of else []),
    ]
    scope = {
        "calls": json.dumps(call_ids),
        "talks": json.dumps([talk["id"] for talk in talks]),
        "conversation_ids": json.dumps(conversation_ids),
        "subjects": json.dumps(subjects),
        "facts": json.dumps([fact["id"] for fact in facts]),
        "everything_of": everything_of,
        "people": json.dumps(people),
    }
    erased = {
        # Tables and conditions stand above; nothing that anybody wrote is part of the statement.
        table: database.execute(f"DELETE FROM {table} WHERE {condition}", scope).rowcount  # noqa: S608
        for table, condition in PERSONAL.items()
    }
    if any(erased.values()):
        mark_unclean(database)
    queue(database, [NewJob("erase_remote", conversation_id, now) for conversation_id in kept_there])
    if may_come_yet:
        queue(database, [NewJob("erase_found", ref, now) for ref in refs_to_find])
    return Receipt(
        calls=len(shown_calls),
        conversations=erased["conversations"],
        turns=erased["turns"],
        profile_fields=erased["profiles"],
        facts=erased["facts"],
        conversation_ids=tuple(conversation_ids),
        kept_there=tuple(kept_there),
        unknown=len(refs_to_find) if may_come_yet else 0,
    )


def _queue_erasures_of_posts(database: Database, call_ids: list[str], now: datetime) -> None:
    """Have taken back what fronts posted about these calls: a recap tells what was said."""
    posts = database.execute(
        """
        SELECT platform, tenant, channel_id, message_id FROM posts JOIN calls ON calls.id = posts.call_id
        WHERE call_id IN (SELECT value FROM json_each(?)) AND message_id <> ''
        """,
        (json.dumps(call_ids),),
    ).fetchall()
    queue(database, [NewJob("erase_post", ":".join(row), now) for row in posts])


def _rows(database: Database, columns: str, table: str, condition: str, scope: tuple[str, str]) -> list[Row]:
    """Return what some people have; their ids are a JSON list, the first of ``scope``."""
    # All of the statement's parts are ours.
    query = (
        f"SELECT {columns} FROM {table} WHERE person_id IN (SELECT value FROM json_each(?1)) AND {condition}"  # noqa: S608
    )
    return database.execute(query, scope).fetchall()


def _values(database: Database, query: str, wanted: list[str]) -> list[str]:
    return [row[0] for row in database.execute(query, (json.dumps(wanted),))]
