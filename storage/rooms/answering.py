"""Calls that come in: whose number it is, the line that they take, and strangers, of whom nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.allowance import Limits, day_of, month_of, started_minutes
from bot.domain.call import Call, Delivery, NewJob, Slot
from bot.domain.caller import Account, PersonId
from bot.domain.errors import AllLinesBusy, CallRefused
from bot.domain.inbound import InboundCaller
from bot.domain.phone import VERIFIED_FOR
from storage.database import Database
from storage.rooms.calls import bind, find_binding, keep_texts
from storage.rooms.characters import find_generation
from storage.rooms.hindrances import is_blocked, is_full
from storage.rooms.jobs import queue
from storage.rooms.people import find_person
from storage.rooms.phones import hash_number, is_not_to_be_called, phone_from
from storage.rooms.placing import is_on_the_phone, refuse_everybody
from storage.rooms.reserving import (
    holders_of,
    reserve,
    reserve_for_stranger,
    settle_stranger,
)
from storage.rooms.room import Room, reads, writes
from storage.rooms.together import people_together
from storage.rows import row_of_call, to_text

_KEPT_FOR = timedelta(days=2)
"""How long it is known which strangers' calls were counted: longer than anybody looks for them."""


class Answering(Room):
    """The part of the store that takes in who rings us."""

    @writes
    def set_inbound_context(self, database: Database, person_id: PersonId, *, is_on: bool) -> bool:
        """Say whether who rings from a person's verified number is told their context; False if none is."""
        return bool(
            database.execute(
                "UPDATE phones SET inbound_context = ? WHERE person_id = ? AND verified_at IS NOT NULL",
                (is_on, person_id),
            ).rowcount
        )

    @reads
    def fetch_inbound_caller(self, database: Database, number: str, now: datetime) -> InboundCaller | None:
        """Return whose verified number this is, and whom they talked with, the last one first.

        None for one that nobody verified in the last 180 days, or at which somebody wants no calls: then it
        is in doubt whose it is. ``account`` is the one that asked last.
        """
        number_hash = hash_number(self.vault, number)
        row = database.execute(
            "SELECT * FROM phones WHERE number_hash = ? AND verified_at > ?",
            (number_hash, to_text(now - VERIFIED_FOR)),
        ).fetchone()
        if row is None or is_not_to_be_called(database, number_hash):
            return None
        phone = phone_from(row, self.vault)
        account = database.execute(
            """
            SELECT accounts.* FROM accounts LEFT JOIN calls ON calls.person_id = accounts.person_id
                AND calls.platform = accounts.platform AND calls.tenant = accounts.tenant
                AND calls.account_id = accounts.id
            WHERE accounts.person_id = ? ORDER BY calls.asked_at IS NULL, calls.asked_at DESC LIMIT 1
            """,
            (phone.person_id,),
        ).fetchone()
        talked_with = database.execute(
            """
            SELECT slug FROM calls WHERE person_id = ? AND purpose = 'talk' AND opened_at IS NOT NULL
            GROUP BY slug ORDER BY max(opened_at) DESC
            """,
            (phone.person_id,),
        ).fetchall()
        return InboundCaller(
            person=find_person(database, phone.person_id),
            account=Account(account["platform"], account["tenant"], account["id"]),
            phone=phone,
            slugs=tuple(talk["slug"] for talk in talked_with),
        )

    @writes
    def answer_call(
        self,
        database: Database,
        call: Call,
        conversation_id: str,
        slot: Slot,
        jobs: Sequence[NewJob],
        texts: Mapping[tuple[str, str], str],
        limits: Limits,
    ) -> Call | None:
        """Add a call that came in, live and bound, and reserve what it may last; return it as it was added.

        The call that the conversation is bound to already is returned as it is. None where another phone
        call of this person or number goes on, or the number is not theirs (any more): it is nobody's then.
        Raises CallRefused, AllowanceUsedUp, AllLinesBusy; nothing is changed then.
        """
        now = call.asked_at
        if bound := find_binding(database, conversation_id):
            is_this = bound.call.is_inbound and bound.call.person_id == call.person_id
            return bound.call if is_this else None
        phone = database.execute(
            "SELECT number_hash FROM phones WHERE id = ? AND person_id = ? AND verified_at IS NOT NULL",
            (call.phone_id, call.person_id),
        ).fetchone()
        people = people_together(database, call.person_id)
        if phone is None or is_on_the_phone(database, people, phone["number_hash"]):
            return None
        holders = holders_of(database, self.vault, call.person_id)
        if is_blocked(database, holders):
            raise CallRefused("This person cannot place calls here.")
        _refuse(database, slot, limits, now)
        granted = reserve(database, holders, call, limits, now)
        database.insert(
            "calls",
            {
                **row_of_call(call),
                "generation": find_generation(database, call.slug),
                "granted_minutes": granted,
                "number_hash": phone["number_hash"],
                "answered_at": to_text(now),
                "busy_until": to_text(slot.until),
                "holder": holders[0],
                "charged_day": day_of(now),
                "charged_calls": 1,
                "charged_minutes": granted,
            },
        )
        if conversation_id:
            bind(database, conversation_id, call.id, call.reach)
        keep_texts(database, texts)
        queue(database, jobs)
        return replace(call, granted_minutes=granted)

    @writes
    def admit_stranger(
        self,
        database: Database,
        conversation_id: str,
        slug: str,
        minutes: int,
        slot: Slot,
        jobs: Sequence[NewJob],
        limits: Limits,
        now: datetime,
    ) -> int:
        """Let somebody on the line whom nobody knows; return how many minutes they have.

        What is kept until the call is settled says nothing about them. Without a conversation id nothing is:
        their minutes stay used. Raises CallRefused, AllowanceUsedUp, AllLinesBusy.
        """
        known = database.execute(
            "SELECT minutes FROM strangers WHERE conversation_id = ?", (conversation_id,)
        ).fetchone()
        if known is not None:
            return int(known["minutes"])
        database.execute("DELETE FROM strangers WHERE busy_until < ?", (to_text(now - _KEPT_FOR),))
        _refuse(database, slot, limits, now)
        granted = reserve_for_stranger(database, minutes, limits, now)
        if conversation_id:
            database.execute(
                "INSERT INTO strangers VALUES (?, ?, ?, ?, ?, 0)",
                (conversation_id, slug, month_of(now), granted, to_text(slot.until)),
            )
        queue(database, jobs)
        return granted

    @writes
    def settle_stranger(
        self,
        database: Database,
        conversation_id: str,
        slug: str,
        seconds: int,
        cost: int,
        now: datetime,
        jobs: Sequence[NewJob],
    ) -> None:
        """Count what a stranger's call took, and give the line and the rest of its minutes back, once.

        One that was not noted when they rang is noted now; ``slug`` is whom they talked with then.
        """
        queue(database, jobs)
        month = month_of(now)
        database.execute(
            "INSERT INTO strangers VALUES (?, ?, ?, 0, ?, 0) ON CONFLICT DO NOTHING",
            (conversation_id, slug, month, to_text(now)),
        )
        row = database.execute(
            "SELECT * FROM strangers WHERE conversation_id = ? AND is_settled = 0", (conversation_id,)
        ).fetchone()
        if row is None:
            return
        database.execute(
            "UPDATE strangers SET is_settled = 1, busy_until = ? WHERE conversation_id = ?",
            (to_text(now), conversation_id),
        )
        settle_stranger(database, row["month"], reserved=row["minutes"], minutes=started_minutes(seconds))
        database.execute(
            """
            INSERT INTO costs (month, delivery, slug, place, holder, cost, seconds, calls)
            VALUES (?, ?, ?, '', '', ?, ?, 1)
            ON CONFLICT (month, delivery, slug, place, holder) DO UPDATE SET
                cost = costs.cost + excluded.cost, seconds = costs.seconds + excluded.seconds,
                calls = costs.calls + 1
            """,
            (row["month"], Delivery.PHONE.value, row["slug"], cost, seconds),
        )


def _refuse(database: Database, slot: Slot, limits: Limits, now: datetime) -> None:
    """Raise CallRefused or AllLinesBusy if nobody can be talked with now."""
    refuse_everybody(database, limits, now)
    if is_full(database, "", slot.at_once, now):
        raise AllLinesBusy("All lines are busy.")
