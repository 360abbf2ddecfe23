"""What a person sees of their own past: calls, imports, and the words of each."""

import json
from collections.abc import Mapping, Sequence

from bot.domain.caller import PersonId
from bot.domain.conversation import Turn
from bot.domain.record import PastTalk
from storage.database import Database
from storage.rooms.room import Room, reads
from storage.rooms.together import people_sharing
from storage.rows import Row, call_from, storable, to_time, turn_from

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

_WORDS = """
    SELECT c.id, c.talk_id, c.call_id, c.person_id, texts.text FROM conversations AS c
    JOIN (
        SELECT conversation, text, position FROM turns
        UNION ALL SELECT id, title, -1 FROM conversations WHERE title <> ''
    ) AS texts ON texts.conversation = c.id
    WHERE c.person_id IN (SELECT value FROM json_each(:people))
    ORDER BY c.started_at DESC, c.id DESC, texts.position
"""


class History(Room):
    """The part of the store that a person reads: every question names the person."""

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
    def search_history(
        self, database: Database, person_id: PersonId, words: Sequence[str], limit: int
    ) -> tuple[tuple[PastTalk, str], ...]:
        """Return the newest talks in which one turn, or the title, has all the words, each with that text.

        Upper and lower case are one. They are read from the newest on until there are enough.
        """
        wanted = [word.casefold() for word in words]
        found: list[tuple[PastTalk, str]] = []
        people = people_sharing(database, person_id)
        asked = {"people": json.dumps(list(people))}
        seen: set[str] = set()
        for row in database.execute(_WORDS, asked):
            name = row["call_id"] or row["talk_id"]
            text = row["text"]
            if name in seen or not all(word in text.casefold() for word in wanted):
                continue
            seen.add(name)
            talk = _find_talk(database, row, people)
            if talk is not None:
                found.append((talk, text))
            if len(found) >= limit:
                break
        return tuple(found)

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
        named = {"people": json.dumps(list(people)), "prefix": storable(id_prefix)}
        calls = database.execute(
            """
            SELECT * FROM calls WHERE person_id IN (SELECT value FROM json_each(:people))
            AND substr(id, 1, length(:prefix)) = :prefix LIMIT 2
            """,
            named,
        ).fetchall()
        imports = database.execute(
            """
            SELECT * FROM conversations WHERE person_id IN (SELECT value FROM json_each(:people))
            AND call_id IS NULL AND substr(talk_id, 1, length(:prefix)) = :prefix LIMIT 2
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


def _find_talk(database: Database, row: Row, people: Mapping[str, str]) -> PastTalk | None:
    """Return the call, or the import, that a conversation belongs to."""
    elsewhere = people[row["person_id"]]
    if row["call_id"] is None:
        whole = database.execute("SELECT * FROM conversations WHERE id = ?", (row["id"],)).fetchone()
        return _past_import(database, whole, elsewhere)
    call = database.execute("SELECT * FROM calls WHERE id = ?", (row["call_id"],)).fetchone()
    return _past_call(database, call, elsewhere) if call else None


def _past_call(database: Database, row: Row, elsewhere: str = "") -> PastTalk:
    call = call_from(row)
    talks = database.execute(
        "SELECT * FROM conversations WHERE call_id = ? ORDER BY started_at DESC, id DESC", (call.id,)
    ).fetchall()
    told = next((talk for talk in talks if talk["summary"]), None)
    return PastTalk(
        id=call.id,
        slug=call.slug,
        at=call.asked_at,
        call=call,
        talk_id=talks[0]["talk_id"] if talks else "",
        duration_seconds=call.duration_seconds,
        title=next((talk["title"] for talk in talks if talk["title"]), ""),
        summary=told["summary"] if told else "",
        turn_count=sum(_count_turns(database, talk) for talk in talks),
        held=any(talk["held_until"] for talk in talks),
        elsewhere=elsewhere,
        is_extract=bool(told and told["is_extract"]),
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
        is_extract=bool(row["is_extract"]),
    )


def _count_turns(database: Database, talk: Row) -> int:
    count: int = database.execute(
        "SELECT coalesce(max(position) + 1, 0) FROM turns WHERE conversation = ?", (talk["id"],)
    ).fetchone()[0]
    return count
