"""How calls end without a conversation: they expire, fail or are taken back, and reservations with them."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.allowance import started_minutes
from bot.domain.call import CallId, Charge, NewJob
from bot.domain.caller import PersonId
from storage.database import Database
from storage.rooms.jobs import drop_job, queue
from storage.rooms.reserving import charge as charge_call
from storage.rooms.room import Room, writes
from storage.rows import storable, to_text


class Endings(Room):
    """The part of the store that closes calls of which nothing came home."""

    @writes
    def expire_call(
        self,
        database: Database,
        call_id: CallId,
        now: datetime,
        jobs: Sequence[NewJob] = (),
        reason: str = "",
    ) -> bool:
        """Close a call that was asked for and never opened or dialed, and its link; True if this did it."""
        expired = expire(database, call_id, now, reason)
        if expired:
            queue(database, jobs)
        return expired

    @writes
    def cancel_call(self, database: Database, person_id: PersonId, call_id: CallId, now: datetime) -> bool:
        """Take back a person's scheduled call and its reservation; True if this did it."""
        scheduled = database.execute(
            "SELECT 1 FROM calls WHERE id = ? AND person_id = ? AND state = 'scheduled'", (call_id, person_id)
        ).fetchone()
        return scheduled is not None and expire(database, call_id, now, "you cancelled it")

    @writes
    def fail_call(
        self,
        database: Database,
        call_id: CallId,
        failure: str,
        now: datetime,
        jobs: Sequence[NewJob],
        *,
        charge: Charge,
        is_unclear: bool = False,
    ) -> bool:
        """Close a running call that has no conversation to show; True if this did it, and queued the jobs.

        A phone call can fail before it is live. What an unclear one reserved stays until
        ``release_unclear``. A call that is done by one of its conversations is settled with what those took
        that came home; nothing more is expected of the others then.
        """
        failed = database.execute(
            """
            UPDATE calls SET state = 'failed', failure = ?, ended_at = ?, is_unclear = ? WHERE id = ?
            AND (state = 'live' OR (delivery = 'phone' AND state IN ('asked', 'dialing', 'unknown')))
            """,
            (storable(failure), to_text(now), is_unclear, call_id),
        ).rowcount
        if failed:
            if charge != "keep":
                charge_call(database, call_id, calls=int(charge == "call"), minutes=0)
            drop_topic(database, call_id)
            queue(database, jobs)
        else:
            settle(database, call_id, is_complete=True)
        return bool(failed)

    @writes
    def note_untold(self, database: Database, call_id: CallId) -> None:
        """Note that a call's recap was refused for good."""
        database.execute("UPDATE calls SET is_told = 0 WHERE id = ?", (call_id,))


def expire(database: Database, call_id: str, now: datetime, reason: str = "") -> bool:
    """Close a call that nothing came of, give back what it reserved, and drop its work."""
    expired = database.execute(
        """
        UPDATE calls SET state = 'expired', ended_at = ?, failure = ? WHERE id = ?
        AND state IN ('asked', 'scheduled')
        """,
        (to_text(now), storable(reason), call_id),
    ).rowcount
    if expired:
        database.execute("UPDATE links SET withdrawn = 1 WHERE call_id = ?", (call_id,))
        charge_call(database, call_id, calls=0, minutes=0)
        drop_topic(database, call_id)
        for kind in ("expire", "dial"):
            drop_job(database, kind, call_id)
    return bool(expired)


def settle(database: Database, call_id: str, *, is_complete: bool = False, counts: bool = True) -> None:
    """Make a call of which a conversation came home cost the minutes that were talked.

    Unless it ``is_complete``, what was reserved stays while a conversation of it may still go on. It
    ``counts`` as a call unless nobody was rung.
    """
    row = database.execute(
        """
        SELECT duration_seconds, charged_minutes,
            EXISTS (SELECT 1 FROM bindings WHERE call_id = calls.id AND finished_at IS NULL) AS goes_on
        FROM calls WHERE id = ?
        AND EXISTS (SELECT 1 FROM bindings WHERE call_id = calls.id AND finished_at IS NOT NULL)
        """,
        (call_id,),
    ).fetchone()
    if row is None:
        return
    minutes = started_minutes(row["duration_seconds"])
    if row["goes_on"] and not is_complete:
        minutes = max(minutes, row["charged_minutes"])
    charge_call(database, call_id, calls=int(counts), minutes=minutes)
    database.execute("UPDATE calls SET is_unclear = 0 WHERE id = ?", (call_id,))


def drop_topic(database: Database, call_id: str) -> None:
    """Forget what a call that is over was to be about, if nothing of it is to be kept."""
    database.execute("UPDATE calls SET topic = '' WHERE id = ? AND reach = 'none'", (call_id,))
