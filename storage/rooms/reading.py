"""What a character may know of a person."""

import json
from collections.abc import Iterable
from datetime import datetime

from bot.domain.call import CallState
from bot.domain.caller import PersonId
from bot.domain.record import PersonRecord, Reading, Remembered
from storage.database import Database
from storage.rooms.characters import find_generation
from storage.rooms.learning import find_facts
from storage.rooms.room import Room, reads
from storage.rooms.together import people_sharing
from storage.rows import Row, to_time, to_time_or_none, turn_from

_CONVERSATIONS = 20
_TALKS_WITH_TURNS = 3
_LAST_TURNS = 40

_OWN = """
    SELECT c.* FROM json_each(:slugs) AS wanted LEFT JOIN characters ON characters.slug = wanted.value
    JOIN conversations AS c ON c.id IN (
        SELECT id FROM conversations
        WHERE person_id = :person AND slug = wanted.value AND generation = coalesce(characters.generation, 0)
        AND held_until IS NULL
        ORDER BY started_at DESC, id DESC LIMIT :limit
    ) ORDER BY c.started_at DESC, c.id DESC LIMIT :limit
"""
_SHARED = """
    SELECT c.* FROM json_each(:slugs) AS wanted LEFT JOIN characters ON characters.slug = wanted.value
    JOIN conversations AS c ON c.id IN (
        SELECT id FROM conversations
        WHERE person_id = :person AND slug = wanted.value AND generation = coalesce(characters.generation, 0)
        AND held_until IS NULL AND reach = 'shared'
        ORDER BY started_at DESC, id DESC LIMIT :limit
    ) ORDER BY c.started_at DESC, c.id DESC LIMIT :limit
"""
"""Both ask for the newest of each character: a long history costs no more than a short one."""


class Readings(Room):
    """The part of the store that is read: every question names the person."""

    @reads
    def fetch_record(self, database: Database, person_id: PersonId, reading: Reading) -> PersonRecord:
        """Return what this character may know: 20 conversations at most, 40 last turns of its newest three.

        Readable are the person's conversations with this character, those imported for every character and,
        if it shares, those stamped ``shared`` of characters that still share; never a held one, nor one of a
        removed character that had the same slug. The newest of its own is always among them; ``last_turns``
        is filled for its own only. Facts are those of ``fetch_facts``. A character that remembers nothing
        gets the name alone; calls of which nothing was to be kept count for nobody. While accounts share
        their memory, their records count as one person's; where profiles differ, the person's own fields win.
        """
        person = database.execute("SELECT name FROM people WHERE id = ?", (person_id,)).fetchone()
        if person is None or reading.memory == "none":
            return PersonRecord(name=person["name"] if person else "")
        people = people_sharing(database, person_id)
        own = _newest(database, _OWN, people, {reading.slug, ""})
        found = list(own)
        if reading.memory == "shared":
            found += _newest(database, _SHARED, people, reading.shared_slugs - {reading.slug, ""})
            found.sort(key=_age, reverse=True)
            if own and own[0] not in found[:_CONVERSATIONS]:
                found[_CONVERSATIONS - 1] = own[0]
        with_turns = {row["id"] for row in own[:_TALKS_WITH_TURNS]}
        continued = _find_continued(database, people, reading)
        found = [row for row in found if continued is None or row["id"] != continued["id"]]
        call_count, last_call_at = _count_calls(database, people, reading.slug)
        moments = [to_time(row["started_at"]) for row in own[:1]] + ([last_call_at] if last_call_at else [])
        return PersonRecord(
            name=person["name"],
            profile=_fetch_profile(database, people),
            call_count=call_count,
            last_talk_at=max(moments, default=None),
            conversations=tuple(
                _remembered(database, row, with_turns=row["id"] in with_turns)
                for row in found[:_CONVERSATIONS]
            ),
            facts=find_facts(database, people, reading),
            continued=_remembered(database, continued, with_turns=True) if continued else None,
        )

    @reads
    def has_talked(self, database: Database, person_id: PersonId, slug: str) -> bool:
        """Whether ``fetch_record`` would name a last talk, with this character or imported."""
        people = people_sharing(database, person_id)
        asked = {"slugs": json.dumps(sorted({slug, ""})), "limit": 1}
        if any(database.execute(_OWN, {**asked, "person": one}).fetchone() for one in people):
            return True
        return _count_calls(database, people, slug)[0] > 0


def _newest(
    database: Database, query: str, people: Iterable[str], slugs: frozenset[str] | set[str]
) -> list[Row]:
    asked = {"slugs": json.dumps(sorted(slugs)), "limit": _CONVERSATIONS}
    found = [row for person in people for row in database.execute(query, {**asked, "person": person})]
    return sorted(found, key=_age, reverse=True)[:_CONVERSATIONS]


def _find_continued(database: Database, people: Iterable[str], reading: Reading) -> Row | None:
    """Return the talk to go on with if it may be read; the last conversation of a call that had several."""
    if not reading.continues:
        return None
    asked = {
        "people": json.dumps(list(people)),
        "talk": reading.continues,
        "own": json.dumps(sorted({reading.slug, ""})),
        "shared": json.dumps(sorted(reading.shared_slugs) if reading.memory == "shared" else []),
    }
    row: Row | None = database.execute(
        """
        SELECT c.* FROM conversations AS c LEFT JOIN characters ON characters.slug = c.slug
        WHERE c.person_id IN (SELECT value FROM json_each(:people))
        AND (c.call_id = :talk OR (c.call_id IS NULL AND c.talk_id = :talk))
        AND c.held_until IS NULL AND c.generation = coalesce(characters.generation, 0)
        AND (
            c.slug IN (SELECT value FROM json_each(:own))
            OR (c.reach = 'shared' AND c.slug IN (SELECT value FROM json_each(:shared)))
        )
        ORDER BY c.started_at DESC, c.id DESC LIMIT 1
        """,
        asked,
    ).fetchone()
    return row


def _age(row: Row) -> tuple[str, int]:
    return row["started_at"], row["id"]


def _count_calls(database: Database, people: Iterable[str], slug: str) -> tuple[int, datetime | None]:
    counted = [_count_calls_of(database, person, slug) for person in people]
    return sum(count for count, _ in counted), max((at for _, at in counted if at), default=None)


def _count_calls_of(database: Database, person_id: str, slug: str) -> tuple[int, datetime | None]:
    row = database.execute(
        """
        SELECT count(*) AS count, max(opened_at) AS last_at FROM calls
        WHERE person_id = ?1 AND slug = ?2 AND state = ?3 AND generation = ?4 AND reach <> 'none'
        AND id NOT IN (
            SELECT call_id FROM conversations
            WHERE person_id = ?1 AND held_until IS NOT NULL
        )
        """,
        (person_id, slug, CallState.DONE.value, find_generation(database, slug)),
    ).fetchone()
    return row["count"], to_time_or_none(row["last_at"])


def _fetch_profile(database: Database, people: Iterable[str]) -> dict[str, object]:
    """Return the fields of all of them; of a field that several have, the value of the first."""
    found: dict[str, object] = {}
    for person in reversed(tuple(people)):
        rows = database.execute("SELECT field, value FROM profiles WHERE person_id = ?", (person,))
        found |= {row["field"]: json.loads(row["value"]) for row in rows}
    return dict(sorted(found.items()))


def _remembered(database: Database, row: Row, *, with_turns: bool) -> Remembered:
    first = database.execute(
        """
        SELECT substr(text, 1, 200) AS text FROM turns WHERE conversation = ? AND role = 'user'
        ORDER BY position LIMIT 1
        """,
        (row["id"],),
    ).fetchone()
    last = (
        database.execute(
            "SELECT * FROM turns WHERE conversation = ? ORDER BY position DESC LIMIT ?",
            (row["id"], _LAST_TURNS),
        ).fetchall()
        if with_turns
        else []
    )
    return Remembered(
        slug=row["slug"],
        at=to_time(row["started_at"]),
        title=row["title"],
        summary=row["summary"],
        first_words=first["text"] if first else "",
        imported=row["call_id"] is None,
        last_turns=tuple(turn_from(turn) for turn in reversed(last)),
        is_extract=bool(row["is_extract"]),
    )
