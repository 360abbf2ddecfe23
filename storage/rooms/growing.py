"""What of an imported conversation is there already: all of it, its beginning, or nothing.

One that came with more lines at its end grows; one whose earlier lines differ is another one. It is looked
for among what its person brought for the same character, of the same generation and reach.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.conversation import Transcript, Turn
from bot.domain.extract import extract
from bot.domain.importing import Grown
from storage.database import Database
from storage.rooms.shelving import reshelve
from storage.rows import Row, storable, to_text_or_none, to_time_or_none

LINES = "lines-"
"""The kind of a tombstone of lines, with the number of those that stay."""
_NO_LIMIT = 1 << 62
_FEWEST_UNDATED = 2
"""Without a date, one line in common is chance: many conversations begin with the same greeting."""
_MINE = "call_id IS NULL AND person_id = :person_id AND slug = :slug AND generation = :generation"
_SHORTER = f"""
    SELECT * FROM conversations WHERE {_MINE} AND reach = :reach AND held_until IS NULL
    AND import_position = 0 AND import_digest IN (SELECT value FROM json_each(:digests))
"""  # noqa: S608  ours
_LONGER = f"""
    SELECT c.id FROM conversations AS c JOIN turns ON turns.conversation = c.id AND turns.position = 0
    WHERE {_MINE} AND (:is_undated = 1 OR c.started_at = :started_at)
    AND turns.text = :first AND EXISTS (
        SELECT 1 FROM turns WHERE turns.conversation = c.id AND turns.position = :count
    )
"""  # noqa: S608  ours


def digest_of(transcript: Transcript) -> str:
    """Return what one conversation is recognised by, in whatever file it comes."""
    *_, digest = digests_of(transcript)
    return digest


def digests_of(transcript: Transcript) -> Iterator[str]:
    """Yield what a conversation was recognised by after each of its lines."""
    digest = hashlib.sha256((to_text_or_none(transcript.started_at) or "").encode())
    for turn in transcript.turns:
        digest.update(json.dumps([turn.role, storable(turn.text)]).encode())
        yield digest.hexdigest()


def is_beginning(database: Database, row: Mapping[str, Any], transcript: Transcript) -> bool:
    """Whether there is a longer one that begins with all of this: an older file of the same conversation."""
    turns = transcript.turns
    if transcript.started_at is None and len(turns) < _FEWEST_UNDATED:
        return False
    asked = {
        **row,
        "is_undated": transcript.started_at is None,
        "first": storable(turns[0].text),
        "count": len(turns),
    }
    return any(_begins(database, one["id"], turns) for one in database.execute(_LONGER, asked).fetchall())


def find_shorter(database: Database, row: Mapping[str, Any], transcript: Transcript) -> Grown | None:
    """Return how the longest one that is there would grow; None if this continues nothing."""
    fewest = _FEWEST_UNDATED if transcript.started_at is None else 1
    found = {digest: count for count, digest in enumerate(digests_of(transcript), start=1)}
    mark = next(reversed(found))
    before = [digest for digest, count in found.items() if fewest <= count < len(transcript.turns)]
    rows: list[Row] = database.execute(_SHORTER, {**row, "digests": json.dumps(before)}).fetchall()
    if not rows:
        return None
    longest = max(rows, key=lambda one: found[one["import_digest"]])
    lines = found[longest["import_digest"]]
    return Grown(
        longest["talk_id"],
        lines,
        len(transcript.turns) - lines,
        longest["import_digest"],
        mark,
        to_text_or_none(transcript.started_at) or "",
        longest["duration_seconds"],
        longest["title"],
        longest["summary"],
        bool(longest["is_extract"]),
    )


def grow(database: Database, grown: Grown, transcript: Transcript) -> None:
    """Let a conversation have the new lines, found by their words as well; a summary of ours is made anew.

    One that somebody wrote stays, unless another one came.
    """
    keeps_summary = transcript.is_extract and not grown.is_extract
    _set(
        database,
        grown.talk_id,
        grown.mark,
        transcript.duration_seconds,
        storable(transcript.title) or grown.title,
        grown.summary if keeps_summary else storable(transcript.summary),
        is_extract=False if keeps_summary else transcript.is_extract,
    )
    conversation = _number(database, grown.talk_id)
    database.executemany(
        "INSERT INTO turns (conversation, position, role, text, seconds) VALUES (?, ?, ?, ?, ?)",
        (
            (conversation, position, turn.role, storable(turn.text), turn.seconds)
            for position, turn in enumerate(transcript.turns)
            if position >= grown.lines
        ),
    )
    reshelve(database, conversation, grown.lines)


def shrink(database: Database, person_id: str, grown: Grown) -> int:
    """Erase the lines that a person's conversation got by one import, and all that it got on top of them.

    Return how many that were: none if it is gone, or they are.
    """
    row = _find_grown(database, person_id, grown)
    if row is None:
        return 0
    erased = _cut(database, row["id"], grown.lines)
    _set(
        database,
        grown.talk_id,
        grown.digest,
        grown.duration_seconds,
        grown.title,
        grown.summary,
        is_extract=grown.is_extract,
    )
    return erased


def names_of_lines(database: Database, person_id: str, grown: Sequence[Grown]) -> list[tuple[str, str]]:
    """Return what the lines that ``shrink`` would erase are called on tombstones."""
    return [
        (f"{LINES}{one.lines}", one.talk_id)
        for one in grown
        if _find_grown(database, person_id, one) is not None
    ]


def shrink_again(database: Database, talk_id: str, lines: int) -> None:
    """Erase the lines that a backup brought back from this one on, and what tells of them.

    How the conversation was before it grew stands nowhere any more: it gets a summary of ours.
    """
    row = database.execute("SELECT * FROM conversations WHERE talk_id = ?", (talk_id,)).fetchone()
    turns = _turns(database, row["id"], _NO_LIMIT)
    if len(turns) <= lines:
        return
    _cut(database, row["id"], lines)
    began = to_time_or_none(row["started_at"])
    recognised = [tuple(digests_of(Transcript(turns, started_at=at))) for at in (began, None)]
    digest = next(
        (one[lines - 1] for one in recognised if one[-1] == row["import_digest"]), row["import_digest"]
    )
    summary = extract(turns[:lines], began)
    _set(database, talk_id, digest, row["duration_seconds"], "", summary, is_extract=True)


def _cut(database: Database, conversation: int, lines: int) -> int:
    erased: int = database.execute(
        "DELETE FROM turns WHERE conversation = ? AND position >= ?", (conversation, lines)
    ).rowcount
    reshelve(database, conversation, lines)
    database.mark_unclean()
    return erased


def _find_grown(database: Database, person_id: str, grown: Grown) -> Row | None:
    """Return a person's conversation if it still is what it grew to, or more."""
    row: Row | None = database.execute(
        "SELECT * FROM conversations WHERE talk_id = ? AND person_id = ?", (grown.talk_id, person_id)
    ).fetchone()
    return row if row is not None and _went_through(database, row, grown) else None


def _set(
    database: Database,
    talk_id: str,
    digest: str,
    duration_seconds: int,
    title: str,
    summary: str,
    *,
    is_extract: bool,
) -> None:
    database.execute(
        """
        UPDATE conversations SET import_digest = ?, duration_seconds = ?, title = ?, summary = ?,
        is_extract = ? WHERE talk_id = ?
        """,
        (digest, duration_seconds, title, summary, is_extract, talk_id),
    )
    database.mark_unclean()  # a summary that was there before tells what was said


def _number(database: Database, talk_id: str) -> int:
    number: int = database.execute("SELECT id FROM conversations WHERE talk_id = ?", (talk_id,)).fetchone()[0]
    return number


def _went_through(database: Database, row: Row, grown: Grown) -> bool:
    """Whether a conversation still begins with what it was after it grew."""
    if row["import_digest"] == grown.mark:
        return True
    turns = _turns(database, row["id"], grown.lines + grown.added)
    return digest_of(Transcript(turns, started_at=to_time_or_none(grown.begun or None))) == grown.mark


def _begins(database: Database, conversation: int, turns: Sequence[Turn]) -> bool:
    here = _turns(database, conversation, len(turns))
    return [(one.role, one.text) for one in here] == [(one.role, storable(one.text)) for one in turns]


def _turns(database: Database, conversation: int, limit: int) -> tuple[Turn, ...]:
    rows = database.execute(
        "SELECT role, text, seconds FROM turns WHERE conversation = ? ORDER BY position LIMIT ?",
        (conversation, limit),
    )
    return tuple(Turn(row["role"], row["text"], row["seconds"]) for row in rows)
