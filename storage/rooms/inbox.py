"""Verified webhooks: kept until they are understood, recognised when they come again."""

from datetime import datetime

from bot.domain.call import NewJob
from storage.database import Database
from storage.rooms.jobs import queue
from storage.rooms.room import Room, erases, reads, writes
from storage.rows import to_text, to_time_or_none


class Inbox(Room):
    """The part of the store that takes in what ElevenLabs sends."""

    @writes
    def receive_event(
        self, database: Database, key: str, conversation_id: str, body: bytes, now: datetime
    ) -> bool:
        """Store a verified webhook with its ``event`` job; False if the key is known already."""
        added = database.execute(
            "INSERT INTO inbox VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (key, conversation_id, body, to_text(now)),
        ).rowcount
        if added:
            queue(database, [NewJob("event", key, now)])
        return bool(added)

    @reads
    def fetch_event(self, database: Database, key: str) -> bytes | None:
        """Return an event's bytes; None when they were processed or erased."""
        row = database.execute("SELECT body FROM inbox WHERE key = ?", (key,)).fetchone()
        body: bytes | None = row["body"] if row else None
        return body

    @erases
    def close_event(self, database: Database, key: str) -> datetime | None:
        """Forget an event's bytes, in the log too; its key stays, so that a repetition is recognised.

        Return when it came; None if it was erased.
        """
        row = database.execute(
            "UPDATE inbox SET body = NULL WHERE key = ? RETURNING received_at", (key,)
        ).fetchone()
        return to_time_or_none(row["received_at"]) if row else None

    @erases
    def drop_events(self, database: Database, moment: datetime, now: datetime) -> int:
        """Forget the bytes of events that came before a moment and were never understood; return how many.

        What they may have told of is fetched instead.
        """
        dropped = database.execute(
            """
            UPDATE inbox SET body = NULL WHERE body IS NOT NULL AND received_at < ?
            RETURNING conversation_id
            """,
            (to_text(moment),),
        ).fetchall()
        named = {row["conversation_id"] for row in dropped} - {""}
        queue(database, [NewJob("fetch", conversation_id, now) for conversation_id in sorted(named)])
        return len(dropped)
