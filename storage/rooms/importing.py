"""Conversations of files: kept once, and grown where they came with more lines."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.call import Reach
from bot.domain.caller import PersonId
from bot.domain.conversation import Transcript, Turn
from bot.domain.importing import NOTHING_KEPT, Kept
from storage.database import Database
from storage.rooms.characters import find_generation
from storage.rooms.growing import digest_of, find_shorter, grow, is_beginning
from storage.rooms.room import Room, reads, writes
from storage.rooms.talks import add_turns, row_of_transcript
from storage.rooms.together import people_sharing
from storage.rows import storable, to_text

_IS_IMPORTED = """
    SELECT 1 FROM conversations WHERE call_id IS NULL AND person_id = :person_id AND slug = :slug
    AND generation = :generation AND (
        (import_digest = :import_digest AND import_position = :import_position)
        OR (import_digest = :file_digest AND import_position = :file_position)
    )
"""
_AT_THAT_TIME = """
    SELECT id FROM conversations AS c WHERE person_id IN (SELECT value FROM json_each(:people))
    AND slug = :slug AND generation = :generation AND started_at = :started_at
    AND (SELECT count(*) FROM turns WHERE conversation = c.id) = :count
"""


class Imports(Room):
    """The part of the store that keeps what files bring."""

    @writes
    def store_import(
        self,
        database: Database,
        person_id: PersonId,
        slug: str,
        reach: Reach,
        transcripts: Sequence[tuple[str, Transcript]],
        sha256: str,
        profile: Mapping[str, Any],
        now: datetime,
    ) -> Kept:
        """Keep imported conversations, as (new talk id, transcript); ``slug`` empty: for every character.

        A conversation that is there already, from the same file, from another one or from a call, is not kept
        twice; one that came with more lines grows. One without a date, or with one to come, counts as of now.
        A reach of ``none`` keeps no words. Profile fields are merged over the person's own, each as a whole.
        """
        database.executemany(
            """
            INSERT INTO profiles VALUES (?, ?, ?)
            ON CONFLICT (person_id, field) DO UPDATE SET value = excluded.value
            """,
            [(person_id, storable(field), json.dumps(value)) for field, value in profile.items()],
        )
        if reach == "none":
            return NOTHING_KEPT
        kept = NOTHING_KEPT
        for row, transcript, in_file in _rows(database, person_id, slug, reach, transcripts, sha256, now):
            one = _what_of(database, row, transcript, in_file)
            for grown in one.grown:
                grow(database, grown, transcript)
            if one.new:
                database.insert("conversations", row)
                add_turns(database, row["talk_id"], transcript.turns)
            kept += one
        return kept

    @reads
    def look_at_import(
        self,
        database: Database,
        person_id: PersonId,
        slug: str,
        reach: Reach,
        transcripts: Sequence[Transcript],
        sha256: str,
        now: datetime,
    ) -> Kept:
        """Return what ``store_import`` would do, each conversation looked at by itself."""
        if reach == "none":
            return NOTHING_KEPT
        named = [("", transcript) for transcript in transcripts]
        rows = _rows(database, person_id, slug, reach, named, sha256, now)
        return sum((_what_of(database, *one) for one in rows), NOTHING_KEPT)


def _rows(
    database: Database,
    person_id: str,
    slug: str,
    reach: Reach,
    transcripts: Sequence[tuple[str, Transcript]],
    sha256: str,
    now: datetime,
) -> Iterator[tuple[dict[str, Any], Transcript, tuple[str, int]]]:
    """Yield the row of each conversation that has words, with its place in the file."""
    generation = find_generation(database, slug)
    for position, (talk_id, transcript) in enumerate(transcripts):
        if transcript.turns:
            row = {
                "talk_id": talk_id,
                "person_id": person_id,
                "slug": slug,
                "generation": generation,
                "reach": reach,
                "import_digest": digest_of(transcript),
                "import_position": 0,
                "imported_at": to_text(now),
                "started_at": to_text(min(transcript.started_at or now, now)),
                **row_of_transcript(transcript),
            }
            yield row, transcript, (sha256, position)


def _what_of(
    database: Database, row: Mapping[str, Any], transcript: Transcript, in_file: tuple[str, int]
) -> Kept:
    """Return whether one conversation is new, grew, or is there; once its place in a file told that."""
    turns = transcript.turns
    asked = {
        **row,
        "file_digest": in_file[0],
        "file_position": in_file[1],
        "people": json.dumps(list(people_sharing(database, row["person_id"]))),
        "count": len(turns),
    }
    if database.execute(_IS_IMPORTED, asked).fetchone() or is_beginning(database, row, transcript):
        return NOTHING_KEPT
    if any(_is_said(database, one["id"], turns) for one in database.execute(_AT_THAT_TIME, asked).fetchall()):
        return NOTHING_KEPT
    grown = find_shorter(database, row, transcript)
    return Kept(grown=(grown,)) if grown else Kept(new=1)


def _is_said(database: Database, conversation: int, turns: Sequence[Turn]) -> bool:
    rows = database.execute(
        "SELECT role, text FROM turns WHERE conversation = ? ORDER BY position", (conversation,)
    )
    return all(
        (row["role"], row["text"]) == (turn.role, storable(turn.text))
        for row, turn in zip(rows, turns, strict=True)
    )
