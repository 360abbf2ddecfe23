"""What an erasure reaches: rows, what stands in fronts, and (as jobs) ElevenLabs' copies."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.call import NewJob
from bot.domain.record import Receipt
from storage.database import Database
from storage.rooms.jobs import queue
from storage.rooms.learning import let_back
from storage.rooms.lines import end_lines
from storage.rooms.reserving import charge
from storage.rooms.shelving import count_turns, shelves_of
from storage.rooms.unsettled import keep_unsettled
from storage.rows import Row

PERSONAL = {
    "jobs": "subject IN (SELECT value FROM json_each(:subjects))",
    "inbox": "conversation_id IN (SELECT value FROM json_each(:conversation_ids))",
    "terms": (
        "shelf IN (SELECT CAST(value AS INTEGER) FROM json_each(:shelves)) "
        "AND turn >> 20 IN (SELECT CAST(value AS INTEGER) FROM json_each(:talks))"
    ),
    "turns": "conversation IN (SELECT CAST(value AS INTEGER) FROM json_each(:talks))",
    "conversations": "id IN (SELECT CAST(value AS INTEGER) FROM json_each(:talks))",
    "shelves": (
        "number IN (SELECT CAST(value AS INTEGER) FROM json_each(:shelves)) "
        "AND NOT EXISTS (SELECT 1 FROM conversations WHERE shelf = number)"
    ),
    "bindings": "call_id IN (SELECT value FROM json_each(:calls))",
    "links": "call_id IN (SELECT value FROM json_each(:calls))",
    "posts": "call_id IN (SELECT value FROM json_each(:calls))",
    "carried": (
        "call_id IN (SELECT value FROM json_each(:calls)) OR (kind = 'update' AND call_id IN "
        "(SELECT id FROM calls WHERE person_id IN (SELECT value FROM json_each(:people))))"
    ),
    "lines": "call_id IN (SELECT value FROM json_each(:calls))",
    "spots": "call_id IN (SELECT value FROM json_each(:calls))",
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
that share what is erased, none when nobody asked: it may stand in what their buttons stand for, and in what
their pages are told."""

IMPERSONAL = frozenset(
    {
        "persona_versions",
        "characters",
        "announced",
        "settings",
        "consent_texts",
        "strangers",
        "places",
        "rules",
        "seen",
        "shards",
        "shard_turns",
        "alerts",
        "processes",
        "slack_workspaces",
        "slack_teams",
        "slack_states",
    }
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


def erase(
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
    end_lines(database, call_ids)
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
    talk_ids = [talk["id"] for talk in talks]
    shelves = shelves_of(database, talk_ids)
    scope = {
        "calls": json.dumps(call_ids),
        "talks": json.dumps(talk_ids),
        "shelves": json.dumps(shelves),
        "conversation_ids": json.dumps(conversation_ids),
        "subjects": json.dumps(subjects),
        "facts": json.dumps([fact["id"] for fact in facts]),
        "everything_of": everything_of,
        "people": json.dumps(people),
    }
    let_back(database, [fact["id"] for fact in facts])
    erased = {
        # Tables and conditions stand above; nothing that anybody wrote is part of the statement.
        table: database.execute(f"DELETE FROM {table} WHERE {condition}", scope).rowcount  # noqa: S608
        for table, condition in PERSONAL.items()
    }
    count_turns(database, shelves)
    if any(erased.values()):
        database.mark_unclean()
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


def _values(database: Database, query: str, wanted: list[str]) -> list[str]:
    return [row[0] for row in database.execute(query, (json.dumps(wanted),))]
