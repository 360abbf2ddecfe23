"""What was said: conversations of calls and of imported files, kept once."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.domain.allowance import month_of
from bot.domain.call import Call, CallState, NewJob, Reach
from bot.domain.caller import PersonId
from bot.domain.conversation import Transcript, Turn
from bot.domain.fact import Fact, FactId
from storage.database import Database
from storage.rooms.calls import find_binding
from storage.rooms.costs import add_cost
from storage.rooms.endings import drop_topic, settle
from storage.rooms.jobs import drop_job, queue
from storage.rooms.learning import learn
from storage.rooms.phones import never_call as list_number
from storage.rooms.room import Room, writes
from storage.rooms.shelving import shelve
from storage.rooms.together import people_sharing
from storage.rows import Row, storable, to_text, to_text_or_none, to_time

_NARROW_TO_WIDE: tuple[Reach, ...] = ("none", "own", "shared")


class Talks(Room):
    """The part of the store that keeps transcripts."""

    @writes
    def finish_conversation(
        self,
        database: Database,
        conversation_id: str,
        transcript: Transcript,
        talk_id: str,
        *,
        held_until: datetime | None,
        now: datetime,
        jobs: Sequence[NewJob],
        jobs_if_running: Sequence[NewJob] = (),
        cost: int = 0,
        never_call: bool = False,
        counts: bool = True,
        facts: Sequence[Fact] = (),
    ) -> bool:
        """Store a bound conversation once, close its call, drop its ``fetch`` job and queue jobs, or nothing.

        ``jobs_if_running`` are queued only if the call was not over until now.

        Words are kept as far as both the call and this conversation of it may be read at this moment. Where
        that is not at all, only time, length and state are, and ElevenLabs' copy is queued for erasure. The
        length of a call is that of its conversations together, and its allowance is settled with that; while
        another one of them may go on, what was reserved for it stays. It ``counts`` as one of the day's calls
        unless nobody was rung, and its cost belongs to the month in which it began. A call that was given up
        is done after all. With ``never_call`` the number that was rung is not called again. What was learned
        in it (``facts``) is known from now on; of a held one, once its owner says that it was them. False if
        the conversation was finished before, or is no call's (erased, perhaps).
        """
        binding = find_binding(database, conversation_id)
        if binding is None or binding.finished:
            return False
        call = binding.call
        started_at = transcript.started_at or call.opened_at or now
        _close_call(database, call, transcript, started_at)
        add_cost(database, call.id, cost, transcript.duration_seconds, month_of(min(started_at, now)))
        if never_call:
            _keep_from_calling(database, call.id, now)
        drop_topic(database, call.id)
        bound = database.execute(
            "UPDATE bindings SET finished_at = ? WHERE conversation_id = ? RETURNING reach",
            (to_text(now), conversation_id),
        ).fetchone()
        settle(database, call.id, counts=counts)
        reach = min(call.reach, bound["reach"], key=_NARROW_TO_WIDE.index)
        if reach == "none":
            queue(database, [NewJob("erase_remote", conversation_id, now)])
        elif transcript.turns:
            row = {
                "talk_id": talk_id,
                "person_id": call.person_id,
                "slug": call.slug,
                "generation": _generation_of_call(database, call.id),
                "reach": reach,
                "call_id": call.id,
                "started_at": to_text(started_at),
                "held_until": to_text_or_none(held_until),
                "held_facts": _held(facts) if held_until else "[]",
                **row_of_transcript(transcript),
            }
            database.insert("conversations", row)
            add_turns(database, talk_id, transcript.turns)
            if held_until is None:
                learn(database, call.person_id, row["generation"], reach, facts)
        drop_job(database, "fetch", conversation_id)
        queue(database, jobs)
        if not call.state.is_over:
            queue(database, jobs_if_running)
        return True

    @writes
    def keep_talk(self, database: Database, person_id: PersonId, talk_id: str) -> bool:
        """Release a held conversation: its owner said that it was them. False if they have no such talk.

        What was learned in it is known from now on.
        """
        rows = database.execute(
            """
            SELECT id, person_id, slug, generation, reach, call_id, started_at, held_facts FROM conversations
            WHERE talk_id = ? AND person_id IN (SELECT value FROM json_each(?))
            """,
            (talk_id, json.dumps(list(people_sharing(database, person_id)))),
        ).fetchall()
        for row in rows:
            database.execute(
                "UPDATE conversations SET held_until = NULL, held_facts = '[]' WHERE id = ?", (row["id"],)
            )
            learn(database, row["person_id"], row["generation"], row["reach"], _let_go(row))
            shelve(database, row["id"])
        return bool(rows)


def _held(facts: Sequence[Fact]) -> str:
    """Write what a held conversation would bring."""
    return json.dumps([[fact.id, storable(fact.text)] for fact in facts])


def _let_go(row: Row) -> list[Fact]:
    """Read what a held conversation brings."""
    at, call_id = to_time(row["started_at"]), row["call_id"]
    return [
        Fact(FactId(fact_id), row["slug"], row["reach"], text, at, source="call", call_id=call_id)
        for fact_id, text in json.loads(row["held_facts"])
    ]


def _keep_from_calling(database: Database, call_id: str, now: datetime) -> None:
    number_hash = database.execute("SELECT number_hash FROM calls WHERE id = ?", (call_id,)).fetchone()[0]
    if number_hash:
        list_number(database, number_hash, now)


def _generation_of_call(database: Database, call_id: str) -> int:
    generation: int = database.execute("SELECT generation FROM calls WHERE id = ?", (call_id,)).fetchone()[0]
    return generation


def row_of_transcript(transcript: Transcript) -> dict[str, Any]:
    """Return the columns that a transcript alone fills."""
    return {
        "duration_seconds": transcript.duration_seconds,
        "title": storable(transcript.title),
        "summary": storable(transcript.summary),
        "is_extract": transcript.is_extract,
    }


def add_turns(database: Database, talk_id: str, turns: Sequence[Turn]) -> None:
    """Keep what was said in a conversation, and index it if it may be read."""
    talk = database.execute("SELECT id FROM conversations WHERE talk_id = ?", (talk_id,)).fetchone()
    database.executemany(
        """
        INSERT INTO turns (conversation, position, role, text, seconds) VALUES (?, ?, ?, ?, ?)
        """,
        (
            (talk["id"], position, turn.role, storable(turn.text), turn.seconds)
            for position, turn in enumerate(turns)
        ),
    )
    shelve(database, talk["id"])


def _close_call(database: Database, call: Call, transcript: Transcript, started_at: datetime) -> None:
    ended_at = started_at + timedelta(seconds=transcript.duration_seconds)
    is_another_home = database.execute(
        "SELECT 1 FROM bindings WHERE call_id = ? AND finished_at IS NOT NULL", (call.id,)
    ).fetchone()
    if is_another_home and call.ended_at:
        ended_at = max(ended_at, call.ended_at)
    spoke = any(turn.role == "user" for turn in transcript.turns)
    failure = "" if spoke or call.state is CallState.DONE else transcript.ended_badly
    database.execute(
        """
        UPDATE calls SET state = ?, failure = ?, opened_at = coalesce(opened_at, ?), ended_at = ?,
            duration_seconds = duration_seconds + ?
        WHERE id = ?
        """,
        (
            "failed" if failure else "done",
            storable(failure),
            to_text(started_at),
            to_text(ended_at),
            transcript.duration_seconds,
            call.id,
        ),
    )
