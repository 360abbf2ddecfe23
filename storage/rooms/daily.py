"""What the daily work asks: whose conversations to look for, what goes, and what has no summary."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.domain.call import CallRef, NewJob
from bot.domain.caller import PersonId
from bot.domain.conversation import Unsummarised
from storage.database import Database
from storage.rooms.jobs import queue
from storage.rooms.room import Room, reads, writes
from storage.rows import storable, to_text, to_time, turn_from

_ERASURES_PER_SECOND = 4


class Daily(Room):
    """The part of the store that the nightly jobs work with."""

    @reads
    def fetch_callers_since(self, database: Database, since: datetime) -> tuple[PersonId, ...]:
        """Return who asked for a call since then, sorted."""
        rows = database.execute(
            "SELECT DISTINCT person_id FROM calls WHERE asked_at >= ? ORDER BY person_id", (to_text(since),)
        )
        return tuple(PersonId(row["person_id"]) for row in rows)

    @reads
    def fetch_refs_to_find(
        self, database: Database, person_id: PersonId, since: datetime
    ) -> tuple[CallRef, ...]:
        """Return the references of a person's calls that may have a conversation which we do not know.

        Those are calls that no conversation is bound to, if they were opened or have a link that we cannot
        see being opened (hosted), however they ended here.
        """
        rows = database.execute(
            """
            SELECT ref FROM calls WHERE person_id = ? AND asked_at >= ?
            AND (delivery = 'hosted' OR opened_at IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM bindings WHERE call_id = calls.id)
            ORDER BY asked_at, id
            """,
            (person_id, to_text(since)),
        )
        return tuple(CallRef(row["ref"]) for row in rows)

    @writes
    def queue_remote_erasures(self, database: Database, moment: datetime, now: datetime) -> int:
        """Queue ``erase_remote`` for what ended before a moment and is still at ElevenLabs; return how many.

        What is queued already is counted again, and done once.
        """
        rows = database.execute(
            """
            SELECT conversation_id FROM bindings JOIN calls ON calls.id = bindings.call_id
            WHERE erased_there_at IS NULL AND state IN ('done', 'failed', 'expired')
            AND coalesce(ended_at, asked_at) < ?
            """,
            (to_text(moment),),
        ).fetchall()
        # Spread out, so that transcripts and recaps that come due meanwhile do not wait behind all of them.
        step = timedelta(seconds=1 / _ERASURES_PER_SECOND)
        queue(
            database,
            [
                NewJob("erase_remote", row["conversation_id"], now + place * step)
                for place, row in enumerate(rows)
            ],
        )
        return len(rows)

    @reads
    def fetch_unsummarised(self, database: Database, limit: int) -> tuple[Unsummarised, ...]:
        """Return conversations that have no summary, the newest first, each with its first 4,000 turns.

        An import that had no date counts as of when it came; nobody knows when it was.
        """
        rows = database.execute(
            """
            SELECT id, talk_id, started_at, imported_at FROM conversations
            WHERE summary = '' AND is_extract = 0 ORDER BY id DESC LIMIT ?
            """,
            (limit,),
        ).fetchall()
        return tuple(
            Unsummarised(
                row["talk_id"],
                None if row["started_at"] == row["imported_at"] else to_time(row["started_at"]),
                tuple(
                    turn_from(turn)
                    for turn in database.execute(
                        "SELECT * FROM turns WHERE conversation = ? ORDER BY position LIMIT 4000",
                        (row["id"],),
                    )
                ),
            )
            for row in rows
        )

    @writes
    def keep_extracts(self, database: Database, extracts: Mapping[str, str]) -> None:
        """Keep summaries of ours by talk id, also empty ones, where there is none yet."""
        database.executemany(
            "UPDATE conversations SET summary = ?, is_extract = 1 WHERE talk_id = ? AND summary = ''",
            [(storable(text), talk_id) for talk_id, text in extracts.items()],
        )
