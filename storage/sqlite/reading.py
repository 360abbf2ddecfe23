"""What a character may know of a person, and what a person sees of their own."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from bot.domain.call import CallState
from bot.domain.caller import PersonId
from bot.domain.conversation import Turn
from bot.domain.record import PastTalk, PersonRecord, Reading, Remembered
from storage.rows import Row, call_from, storable, to_time, to_time_or_none, turn_from
from storage.sqlite.characters import find_generation
from storage.sqlite.facts import find_facts
from storage.sqlite.thread import Room, reads
from storage.sqlite.together import people_sharing

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
_PAST_CALLS = """
    SELECT * FROM calls
    WHERE person_id = :person AND (:slug = '' OR slug = :slug) AND purpose = 'talk'
    AND (state <> 'expired' OR delivery = 'phone')
    ORDER BY asked_at DESC, rowid DESC LIMIT :limit
"""
_IMPORTS = """
    SELECT * FROM conversations
    WHERE person_id = :person AND call_id IS NULL AND (:slug = '' OR slug = :slug)
    ORDER BY started_at DESC, id DESC LIMIT :limit
"""


class Readings(Room):
    """The part of the store that is read: every question names the person."""

    @reads
    def fetch_record(self, database: Database, person_id: PersonId, reading: Reading) -> PersonRecord:
        """Return what this character may know: 20 conversations at most, 40 last turns of its newest three.

        Readable are the person's conversations with this character, those imported for every character and,
        if it shares, those stamped ``shared`` of characters that still share; never a held one, nor one of a
        removed character that had the same slug. The newest of its own is always among them; ``last_turns``
        is filled for its own only. Facts are those of ``fetch_facts``. A character that remembers nothing
        gets the name alone. While accounts share their memory, their records count as one person's; where
        profiles differ, the person's own fields win.
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
        )

    @reads
    def has_talked(self, database: Database, person_id: PersonId, slug: str) -> bool:
        """Whether ``fetch_record`` would name a last talk, with this character or imported."""
        people = people_sharing(database, person_id)
        asked = {"slugs": json.dumps(sorted({slug, ""})), "limit": 1}
        if any(database.execute(_OWN, {**asked, "person": one}).fetchone() for one in people):
            return True
        return _count_calls(database, people, slug)[0] > 0

    @reads
    def fetch_history(
        self, database: Database, person_id: PersonId, slug: str = "", limit: int = 20
    ) -> tuple[PastTalk, ...]:
        """Return the newest calls and imports; ``slug`` empty: of every character.

        A link that nobody used in time is no past call, nor is one that read a code aloud. Those of linked
        accounts are among them while memory is shared.
        """
        talks: list[PastTalk] = []
        for person, elsewhere in people_sharing(database, person_id).items():
            asked = {"person": person, "slug": slug, "limit": limit}
            talks += [_past_call(database, row, elsewhere) for row in database.execute(_PAST_CALLS, asked)]
            talks += [_past_import(database, row, elsewhere) for row in database.execute(_IMPORTS, asked)]
        return tuple(sorted(talks, key=lambda talk: talk.at, reverse=True)[:limit])

    @reads
    def fetch_scheduled(self, database: Database, person_id: PersonId) -> tuple[PastTalk, ...]:
        """Return the calls that are to ring later, the next first."""
        people = people_sharing(database, person_id)
        rows = database.execute(
            """
            SELECT * FROM calls WHERE person_id IN (SELECT value FROM json_each(?)) AND state = 'scheduled'
            ORDER BY due_at, rowid
            """,
            (json.dumps(list(people)),),
        )
        return tuple(_past_call(database, row, people[row["person_id"]]) for row in rows)

    @reads
    def fetch_past_talk(self, database: Database, person_id: PersonId, id_prefix: str) -> PastTalk | None:
        """Return the call or import named by the first four or more characters of its id.

        None if it is not exactly one of this person's, or of who shares their memory with them.
        """
        if len(id_prefix) < 4:
            return None
        people = people_sharing(database, person_id)
        named = {"people": json.dumps(list(people)), "prefix": storable(id_prefix), "length": len(id_prefix)}
        calls = database.execute(
            """
            SELECT * FROM calls WHERE person_id IN (SELECT value FROM json_each(:people))
            AND substr(id, 1, :length) = :prefix LIMIT 2
            """,
            named,
        ).fetchall()
        imports = database.execute(
            """
            SELECT * FROM conversations WHERE person_id IN (SELECT value FROM json_each(:people))
            AND call_id IS NULL AND substr(talk_id, 1, :length) = :prefix LIMIT 2
            """,
            named,
        ).fetchall()
        if len(calls) + len(imports) != 1:
            return None
        (row,) = (*calls, *imports)
        elsewhere = people[row["person_id"]]
        return _past_call(database, row, elsewhere) if calls else _past_import(database, row, elsewhere)

    @reads
    def fetch_turns(self, database: Database, person_id: PersonId, talk_id: str) -> tuple[Turn, ...]:
        """Return what was said; of a call that took several conversations, all of them in order."""
        rows = database.execute(
            """
            SELECT turns.* FROM conversations AS named
            JOIN conversations AS c ON c.id = named.id OR c.call_id = named.call_id
            JOIN turns ON turns.conversation = c.id
            WHERE named.talk_id = :talk AND named.person_id IN (SELECT value FROM json_each(:people))
            ORDER BY c.started_at, c.id, turns.position
            """,
            {"talk": talk_id, "people": json.dumps(list(people_sharing(database, person_id)))},
        )
        return tuple(turn_from(row) for row in rows)

    @reads
    def fetch_talk(self, database: Database, person_id: PersonId, conversation_id: str) -> PastTalk | None:
        """Return the call that a conversation of ElevenLabs' belongs to."""
        row = database.execute(
            """
            SELECT calls.* FROM bindings JOIN calls ON calls.id = bindings.call_id
            WHERE bindings.conversation_id = ? AND calls.person_id = ?
            """,
            (conversation_id, person_id),
        ).fetchone()
        return _past_call(database, row) if row else None


def _newest(
    database: Database, query: str, people: Iterable[str], slugs: frozenset[str] | set[str]
) -> list[Row]:
    asked = {"slugs": json.dumps(sorted(slugs)), "limit": _CONVERSATIONS}
    found = [row for person in people for row in database.execute(query, {**asked, "person": person})]
    return sorted(found, key=_age, reverse=True)[:_CONVERSATIONS]


def _age(row: Row) -> tuple[str, int]:
    return row["started_at"], row["id"]


def _count_calls(database: Database, people: Iterable[str], slug: str) -> tuple[int, datetime | None]:
    counted = [_count_calls_of(database, person, slug) for person in people]
    return sum(count for count, _ in counted), max((at for _, at in counted if at), default=None)


def _count_calls_of(database: Database, person_id: str, slug: str) -> tuple[int, datetime | None]:
    row = database.execute(
        """
        SELECT count(*) AS count, max(opened_at) AS last_at FROM calls
        WHERE person_id = ?1 AND slug = ?2 AND state = ?3 AND generation = ?4
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
    )


def _past_call(database: Database, row: Row, elsewhere: str = "") -> PastTalk:
    call = call_from(row)
    talks = database.execute(
        "SELECT * FROM conversations WHERE call_id = ? ORDER BY started_at DESC, id DESC", (call.id,)
    ).fetchall()
    return PastTalk(
        id=call.id,
        slug=call.slug,
        at=call.asked_at,
        call=call,
        talk_id=talks[0]["talk_id"] if talks else "",
        duration_seconds=call.duration_seconds,
        title=next((talk["title"] for talk in talks if talk["title"]), ""),
        summary=next((talk["summary"] for talk in talks if talk["summary"]), ""),
        turn_count=sum(_count_turns(database, talk) for talk in talks),
        held=any(talk["held_until"] for talk in talks),
        elsewhere=elsewhere,
    )


def _past_import(database: Database, row: Row, elsewhere: str = "") -> PastTalk:
    return PastTalk(
        id=row["talk_id"],
        slug=row["slug"],
        at=to_time(row["started_at"]),
        talk_id=row["talk_id"],
        duration_seconds=row["duration_seconds"],
        title=row["title"],
        summary=row["summary"],
        turn_count=_count_turns(database, row),
        elsewhere=elsewhere,
    )


def _count_turns(database: Database, talk: Row) -> int:
    count: int = database.execute(
        "SELECT coalesce(max(position) + 1, 0) FROM turns WHERE conversation = ?", (talk["id"],)
    ).fetchone()[0]
    return count
