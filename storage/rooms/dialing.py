"""A phone call from its time having come to somebody picking up; a dial begins at most once."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.call import CallId, DialStart, NewJob, Played, Slot
from bot.domain.phone import Phone
from storage.database import Database
from storage.rooms.calls import bind, find_call, keep_texts, reach_now
from storage.rooms.hindrances import find_pause, is_blocked, is_full
from storage.rooms.jobs import queue
from storage.rooms.phones import is_not_to_be_called, phone_from
from storage.rooms.placing import is_on_the_phone
from storage.rooms.reserving import holders_of
from storage.rooms.room import Room, reads, writes
from storage.rooms.together import people_together
from storage.rows import row_of_version, to_text


class Dialing(Room):
    """The part of the store that sees to it that a telephone rings once."""

    @reads
    def fetch_phone_of_call(self, database: Database, call_id: CallId) -> Phone | None:
        """Return the telephone that a call is to ring; None when it was removed or must not be called."""
        row = database.execute(
            """
            SELECT phones.*, calls.person_id AS caller FROM calls JOIN phones ON phones.id = calls.phone_id
            WHERE calls.id = ?
            """,
            (call_id,),
        ).fetchone()
        if row is None or row["person_id"] not in people_together(database, row["caller"]):
            return None
        return None if is_not_to_be_called(database, row["number_hash"]) else phone_from(row, self.vault)

    @writes
    def wake_call(self, database: Database, call_id: CallId, now: datetime) -> bool:
        """Make a scheduled call whose time has come one that is asked for; True if this did it."""
        return bool(
            database.execute(
                """
                UPDATE calls SET state = 'asked' WHERE id = ? AND state = 'scheduled' AND delivery = 'phone'
                AND due_at <= ?
                """,
                (call_id, to_text(now)),
            ).rowcount
        )

    @writes
    def begin_dial(
        self, database: Database, call_id: CallId, played: Played, slot: Slot, now: datetime
    ) -> DialStart:
        """Change ``asked`` to ``dialing``; only who gets ``dialing`` for an answer may dial.

        ``gone``: it is not asked for (any more), its person is blocked, or its number was removed, is no
        account's that is linked with theirs (any more), or is not to be called. ``busy``: a call of one of
        these accounts, or to this number, goes on. Design, "What must survive a crash".
        """
        hindrance = self._find_hindrance(database, call_id, slot, now)
        if hindrance is not None:
            return hindrance
        begun = database.execute(
            """
            UPDATE calls SET state = 'dialing', opened_at = :now, busy_until = :until, reach = :reach,
                persona_version = :persona_version, house_rules_version = :house_rules_version,
                voices_version = :voices_version
            WHERE id = :id AND state = 'asked'
            """,
            {
                "id": call_id,
                "now": to_text(now),
                "until": to_text(slot.until),
                "reach": reach_now(database, call_id, played.reach),
                **row_of_version(played.version),
            },
        ).rowcount
        keep_texts(database, played.texts)
        return "dialing" if begun else "gone"

    def _find_hindrance(
        self, database: Database, call_id: str, slot: Slot, now: datetime
    ) -> DialStart | None:
        row = database.execute(
            """
            SELECT calls.person_id, calls.number_hash, phones.person_id AS owner
            FROM calls JOIN phones ON phones.id = calls.phone_id
            WHERE calls.id = ? AND state = 'asked' AND delivery = 'phone'
            """,
            (call_id,),
        ).fetchone()
        if row is None:
            return "gone"
        people = people_together(database, row["person_id"])
        if (
            row["owner"] not in people
            or is_blocked(database, holders_of(database, self.vault, row["person_id"]))
            or is_not_to_be_called(database, row["number_hash"])
        ):
            return "gone"
        if find_pause(database):
            return "paused"
        if is_full(database, call_id, slot.at_once, now):
            return "full"
        return "busy" if is_on_the_phone(database, people, row["number_hash"]) else None

    @writes
    def hand_over(
        self, database: Database, call_id: CallId, conversation_id: str, jobs: Sequence[NewJob]
    ) -> bool:
        """Note that a dial was taken on: the call is live. ``conversation_id`` may be empty.

        False when the call is over or erased meanwhile, or the conversation is another call's. A call that
        came to an end between the dial and its answer stays ended.
        """
        call = find_call(database, call_id)
        if call is None:
            return False
        live = database.execute(
            """
            UPDATE calls SET state = 'live' WHERE id = ? AND state IN ('dialing', 'unknown', 'live')
            AND delivery = 'phone'
            AND NOT EXISTS (SELECT 1 FROM bindings WHERE conversation_id = ? AND call_id <> calls.id)
            """,
            (call_id, conversation_id),
        ).rowcount
        if live:
            if conversation_id:
                bind(database, conversation_id, call_id, call.reach)
            queue(database, jobs)
        return bool(live)

    @writes
    def lose_dial(self, database: Database, call_id: CallId, jobs: Sequence[NewJob]) -> bool:
        """Note that nobody can tell what became of a dial; True if this did it."""
        lost = database.execute(
            "UPDATE calls SET state = 'unknown' WHERE id = ? AND state = 'dialing'", (call_id,)
        ).rowcount
        if lost:
            queue(database, jobs)
        return bool(lost)

    @writes
    def note_answered(
        self, database: Database, call_id: CallId, now: datetime, jobs: Sequence[NewJob]
    ) -> bool:
        """Note that somebody picked up; True if this did it, and queued the jobs."""
        answered = database.execute(
            """
            UPDATE calls SET answered_at = ? WHERE id = ? AND state = 'live' AND delivery = 'phone'
            AND answered_at IS NULL
            """,
            (to_text(now), call_id),
        ).rowcount
        if answered:
            queue(database, jobs)
        return bool(answered)
