"""Everything that is kept of one person, read for their export: a little at a time."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.caller import PersonId
from bot.domain.export import (
    ExportedAccount,
    ExportedAnswer,
    ExportedCall,
    ExportedConversation,
    ExportedFact,
    ExportedPhone,
    ExportedPhoneAnswer,
    ExportedSettings,
    ExportedTurn,
    ExportedUse,
    ExportHead,
)
from storage.database import Database
from storage.rooms.reserving import holders_of
from storage.rooms.room import Room, reads
from storage.rooms.together import people_sharing
from storage.rows import Row

EXPORTED: Mapping[str, str] = {
    "people": "name, accounts",
    "accounts": "accounts",
    "consents": "answers",
    "phones": "phones",
    "phone_consents": "phone_answers",
    "mailboxes": "settings",
    "profiles": "profile",
    "facts": "facts",
    "calls": "calls",
    "bindings": "calls",
    "conversations": "conversations",
    "turns": "conversations",
}
"""Every table that an export tells of, with where it does."""
NOT_EXPORTED: Mapping[str, str] = {
    "jobs": "work that is still to be done",
    "inbox": "events as they came, gone once they are read",
    "links": "hashes of links that are good for minutes",
    "posts": "where our own messages stand",
    "presses": "what our own buttons stand for",
    "lines": "which process has a talk that goes on",
    "carried": "words on their way to a talk that goes on, for a minute; its transcript is exported",
    "spots": "roles and channels as the platform told them with a call, for three hours",
    "linked_people": "the accounts themselves are told",
    "terms": "the words of the turns once more, to find them by",
    "shelves": "which of the turns are found together",
    "link_codes": "hashes of codes that are good for minutes",
}
"""Every other table that holds something about a person, and why it is not told."""

_OF = "WHERE person_id IN (SELECT value FROM json_each(?1))"
_FACTS = f"""
    SELECT *, (SELECT added_at FROM facts AS newer WHERE newer.id = facts.replaced_by) AS replaced_at,
    EXISTS (SELECT 1 FROM calls WHERE calls.id = call_id) AS has_call FROM facts {_OF} ORDER BY added_at, id
"""  # noqa: S608  all of its parts are ours
_USED = """
    SELECT period, sum(calls) AS calls, sum(minutes) AS minutes FROM allowances
    WHERE scope IN (SELECT 'person ' || value FROM json_each(?)) GROUP BY period ORDER BY period
"""
_CALLS = f"""
    SELECT calls.rowid AS at, calls.*, (
        SELECT json_group_array(conversation_id) FROM bindings WHERE call_id = calls.id
    ) AS elevenlabs_ids FROM calls {_OF} AND purpose = 'talk' AND calls.rowid > ?2
    ORDER BY calls.rowid LIMIT ?3
"""  # noqa: S608  all of its parts are ours
_TALKS = f"""
    SELECT * FROM conversations {_OF} AND held_until IS NULL AND id > ?2
    AND (?4 = '' OR call_id = ?4 OR (call_id IS NULL AND talk_id = ?4)) ORDER BY id LIMIT ?3
"""  # noqa: S608  all of its parts are ours
_TURNS = f"""
    SELECT position, role, text, seconds FROM turns
    WHERE conversation = (SELECT id FROM conversations {_OF} AND held_until IS NULL AND id = ?2)
    AND position > ?3 ORDER BY position LIMIT ?4
"""  # noqa: S608  all of its parts are ours


class Exports(Room):
    """The part of the store that a person takes along.

    A held conversation may be somebody else's, and is left out until its owner has said that it was them.
    """

    @reads
    def fetch_export(self, database: Database, person_id: PersonId) -> ExportHead:
        """Return all that is never long; accounts that share their memory count as one person's."""
        people = people_sharing(database, person_id)

        def rows(query: str, *more: str) -> list[Row]:
            return database.execute(query, (json.dumps(list(people)), *more)).fetchall()

        own_first = f"""
            SELECT platform, tenant, accounts.id, name, people.added_at FROM accounts
            JOIN people ON people.id = person_id {_OF} ORDER BY person_id <> ?2, platform
        """  # noqa: S608  all of its parts are ours
        accounts = rows(own_first, person_id)
        profiles = rows(f"SELECT person_id, field, value FROM profiles {_OF}")  # noqa: S608
        profiles.sort(key=lambda row: list(people).index(row["person_id"]), reverse=True)
        return ExportHead(
            name=accounts[0]["name"] if accounts else "",
            accounts=[ExportedAccount(*row) for row in accounts],
            answers=[
                ExportedAnswer(row["text_version"], bool(row["remember"]), row["answered_at"])
                for row in rows(f"SELECT * FROM consents {_OF} ORDER BY id")  # noqa: S608
            ],
            phones=[
                ExportedPhone(
                    self.vault.open(row["sealed"]),
                    row["region"],
                    row["added_at"],
                    row["verified_at"],
                    bool(row["inbound_context"]),
                )
                for row in rows(f"SELECT * FROM phones {_OF} ORDER BY added_at")  # noqa: S608
            ],
            phone_answers=[
                ExportedPhoneAnswer(row["text_version"], row["agreed_at"])
                for row in rows(f"SELECT * FROM phone_consents {_OF} ORDER BY id")  # noqa: S608
            ],
            settings=[
                ExportedSettings(row["platform"], row["recaps"], bool(row["wants_links"]), row["locale"])
                for row in rows(f"SELECT * FROM mailboxes {_OF} ORDER BY platform")  # noqa: S608
            ],
            profile={row["field"]: json.loads(row["value"]) for row in profiles},
            used=_used(database, holders_of(database, self.vault, person_id)),
            facts=[_fact(row) for row in rows(_FACTS)],
        )

    @reads
    def fetch_exported_calls(
        self, database: Database, person_id: PersonId, after: int, limit: int
    ) -> tuple[tuple[int, ExportedCall], ...]:
        """Return the next calls, each with the place to go on from."""
        rows = database.execute(_CALLS, (_sharing(database, person_id), after, limit))
        return tuple((row["at"], _call(row)) for row in rows)

    @reads
    def fetch_exported_talks(
        self, database: Database, person_id: PersonId, after: int, limit: int, of: str = ""
    ) -> tuple[tuple[int, ExportedConversation], ...]:
        """Return the next conversations without their words, each with the place to go on from.

        ``of`` is the id of a call or of an import whose they are; empty for all.
        """
        rows = database.execute(_TALKS, (_sharing(database, person_id), after, limit, of))
        return tuple((row["id"], _talk(row)) for row in rows)

    @reads
    def fetch_exported_turns(
        self, database: Database, person_id: PersonId, talk: int, after: int, limit: int
    ) -> tuple[tuple[int, ExportedTurn], ...]:
        """Return the next turns of a person's conversation, each with the place to go on from."""
        rows = database.execute(_TURNS, (_sharing(database, person_id), talk, after, limit))
        return tuple(
            (row["position"], ExportedTurn(row["role"], row["text"], row["seconds"])) for row in rows
        )


def _sharing(database: Database, person_id: str) -> str:
    return json.dumps(list(people_sharing(database, person_id)))


def _fact(row: Row) -> ExportedFact:
    return ExportedFact(
        id=row["id"],
        character=row["slug"],
        reach=row["reach"],
        text=row["text"],
        added_at=row["added_at"],
        source=row["source"],
        call=row["call_id"] if row["has_call"] else None,
        corrected=bool(row["is_corrected"]),
        pinned=bool(row["is_pinned"]),
        for_everyone=bool(row["is_for_everyone"]),
        replaced_by=row["replaced_by"] or None,
        replaced_at=row["replaced_at"],
    )


def _used(database: Database, holders: Sequence[str]) -> list[ExportedUse]:
    rows = database.execute(_USED, (json.dumps(holders),))
    return [ExportedUse(row["period"], row["calls"], row["minutes"]) for row in rows]


def _call(row: Row) -> ExportedCall:
    same = ("id", "delivery", "topic", "state", "asked_at", "due_at", "opened_at", "ended_at")
    more: dict[str, Any] = {
        name: row[name] for name in (*same, "duration_seconds", "failure", "place", "continues")
    }
    return ExportedCall(
        character=row["slug"],
        minutes=row["charged_minutes"],
        inbound=bool(row["is_inbound"]),
        elevenlabs_ids=json.loads(row["elevenlabs_ids"]),
        **more,
    )


def _talk(row: Row) -> ExportedConversation:
    same = ("reach", "imported_at", "started_at", "duration_seconds", "title")
    more: dict[str, Any] = {name: row[name] for name in same}
    more["summary"] = "" if row["is_extract"] else row["summary"]  # ours is made of the words again
    return ExportedConversation(
        id=row["talk_id"], character=row["slug"], call=row["call_id"], turns=[], **more
    )
