"""What erased calls used: counted once ElevenLabs says how long they took, without saying whose they were."""

import json
from collections.abc import Sequence

from bot.domain.allowance import started_minutes
from bot.domain.cost import CostLine
from storage.database import Database
from storage.rooms.costs import add_nobodys_cost
from storage.rooms.reserving import charge_minutes
from storage.rooms.room import Room, erases, writes

_OWING = """
    SELECT id, holder, place, delivery, charged_day, charged_minutes, duration_seconds FROM calls
    WHERE id IN (SELECT value FROM json_each(?)) AND charged_day <> ''
"""
_SUBJECTS = """
    SELECT conversation_id AS subject FROM bindings
    WHERE call_id = ?1 AND finished_at IS NULL AND erased_there_at IS NULL
    UNION
    SELECT ref FROM calls WHERE id = ?1 AND ref IN (SELECT value FROM json_each(?2))
"""


class Unsettled(Room):
    """The part of the store that settles what was reserved for calls that are erased."""

    @writes
    def note_found(self, database: Database, call_ref: str, conversation_id: str) -> None:
        """Note that this conversation is the one of an erased call that had none yet."""
        database.execute(
            """
            UPDATE unsettled_talks SET subject = ?1 WHERE subject = ?2
            AND NOT EXISTS (SELECT 1 FROM unsettled_talks WHERE subject = ?1)
            """,
            (conversation_id, call_ref),
        )

    @erases
    def settle_erased(
        self, database: Database, subject: str, seconds: int | None, cost: int, month: str
    ) -> None:
        """Count what a conversation of an erased call took, once; its cost is nobody's, and the month's.

        ``seconds`` is None where that will never be known: what was reserved stays used. While another
        conversation of the call may go on, so does its reservation.
        """
        row = database.execute(
            "DELETE FROM unsettled_talks WHERE subject = ? RETURNING unsettled", (subject,)
        ).fetchone()
        if row is None:
            return
        owing = database.execute("SELECT * FROM unsettled WHERE id = ?", (row["unsettled"],)).fetchone()
        if cost or seconds:
            line = CostLine("", cost, seconds or 0, calls=int(not owing["seconds"]))
            add_nobodys_cost(database, month, owing["delivery"], owing["place"], line)
        goes_on = database.execute(
            "SELECT 1 FROM unsettled_talks WHERE unsettled = ?", (owing["id"],)
        ).fetchone()
        took = owing["seconds"] + (seconds or 0)
        minutes = started_minutes(took)
        if goes_on or seconds is None:
            minutes = max(minutes, owing["minutes"])
        charge_minutes(database, owing["holder"], owing["place"], owing["day"], minutes - owing["minutes"])
        if goes_on:
            # Of one whose length nobody will ever know, the reservation stays whatever the others took.
            known = max(took, 60 * owing["minutes"]) if seconds is None else took
            database.execute(
                "UPDATE unsettled SET minutes = ?, seconds = ? WHERE id = ?", (minutes, known, owing["id"])
            )
        else:
            database.execute("DELETE FROM unsettled WHERE id = ?", (owing["id"],))


def keep_unsettled(database: Database, call_ids: Sequence[str], refs_to_find: Sequence[str]) -> None:
    """Keep what was reserved for calls that are about to be erased, and where their length is to be had."""
    for call in database.execute(_OWING, (json.dumps(call_ids),)).fetchall():
        subjects = database.execute(_SUBJECTS, (call["id"], json.dumps(refs_to_find))).fetchall()
        if not subjects:
            continue
        owing = database.execute(
            """
            INSERT INTO unsettled (holder, place, delivery, day, minutes, seconds)
            VALUES (?, ?, ?, ?, ?, ?) RETURNING id
            """,
            (
                call["holder"],
                call["place"],
                call["delivery"],
                call["charged_day"],
                call["charged_minutes"],
                call["duration_seconds"],
            ),
        ).fetchone()["id"]
        for row in subjects:
            database.execute(
                "INSERT INTO unsettled_talks VALUES (?, ?) ON CONFLICT DO NOTHING", (row["subject"], owing)
            )


def drop_old(database: Database, first_month: str) -> None:
    """Forget what belongs to months before this one, as ``2026-11``: their counters are gone."""
    database.execute(
        "DELETE FROM unsettled_talks WHERE unsettled IN (SELECT id FROM unsettled WHERE day < ?)",
        (first_month,),
    )
    database.execute("DELETE FROM unsettled WHERE day < ?", (first_month,))
