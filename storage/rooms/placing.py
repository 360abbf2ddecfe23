"""Asking for a call: what it reserves, what it takes the place of, and why it may be refused."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.allowance import Limits, day_of, end_of_month, month_of
from bot.domain.call import Call, CallState, Delivery, NewJob, TalkLink
from bot.domain.caller import PersonId
from bot.domain.errors import CallRefused, NumberNotAllowed
from bot.domain.phone import Phone, PhoneConsent
from storage.database import Database
from storage.rooms.calls import keep_texts
from storage.rooms.characters import find_generation
from storage.rooms.costs import total_cost
from storage.rooms.endings import expire
from storage.rooms.hindrances import find_pause, is_blocked
from storage.rooms.jobs import queue
from storage.rooms.phones import add_phone, is_not_to_be_called, phone_by_id
from storage.rooms.reserving import holders_of, reserve, reserve_code
from storage.rooms.room import Room, reads, writes
from storage.rooms.together import people_together
from storage.rows import row_of_call, to_text


class Placing(Room):
    """The part of the store that takes a call in before anybody is told that it is placed."""

    @writes
    def place_call(
        self,
        database: Database,
        call: Call,
        link: TalkLink | None,
        jobs: Sequence[NewJob],
        texts: Mapping[tuple[str, str], str],
        limits: Limits,
        *,
        adding: tuple[Phone, PhoneConsent] | None = None,
    ) -> int:
        """Add the call and reserve its allowance; return how many minutes it was granted.

        The person's unopened links are withdrawn first, with their calls, reservations and ``expire`` jobs;
        only a call that reads a code leaves them.
        ``texts`` maps (slug, version) to a file's text; each is kept once. A code has a budget of its own.
        ``adding`` is the telephone that the call is to verify, kept as ``add_phone`` keeps it.
        Raises CallRefused, AllowanceUsedUp, NumberNotAllowed; nothing is changed then.
        """
        now = call.asked_at
        _refuse_nobody(database, call.person_id)
        if adding is not None:
            add_phone(database, self.vault, *adding)
        holders = holders_of(database, self.vault, call.person_id)
        _refuse(database, holders, limits, now)
        number_hash = _find_number(database, call)
        _refuse_number(database, call, number_hash)
        for unopened in _find_unopened(database, call.person_id) if call.purpose == "talk" else ():
            expire(database, unopened, now)
        if call.purpose == "code":
            phone = phone_by_id(database, self.vault, call.phone_id)
            reserve_code(database, self.vault, holders, phone.number, limits.codes, now)
            granted, charged = call.granted_minutes, 0
        else:
            granted = charged = reserve(database, holders, call, limits, now)
        database.insert(
            "calls",
            {
                **row_of_call(call),
                "generation": find_generation(database, call.slug),
                "granted_minutes": granted,
                "number_hash": number_hash,
                "holder": holders[0],
                "charged_day": day_of(now) if call.purpose == "talk" else "",
                "charged_calls": int(call.purpose == "talk"),
                "charged_minutes": charged,
            },
        )
        if link is not None:
            database.execute(
                "INSERT INTO links VALUES (?, ?, ?, ?, ?)",
                (link.token_hash, call.id, to_text(link.expires_at), link.cookie_hash, link.withdrawn),
            )
        keep_texts(database, texts)
        queue(database, jobs)
        return granted

    @reads
    def has_unopened_link(self, database: Database, person_id: PersonId, now: datetime) -> bool:
        """Whether a person has a link that the next call withdraws though it is still good."""
        good = database.execute(
            """
            SELECT 1 FROM links WHERE call_id IN (SELECT value FROM json_each(?)) AND expires_at > ?
            """,
            (json.dumps(_find_unopened(database, person_id)), to_text(now)),
        )
        return good.fetchone() is not None


def _find_unopened(database: Database, person_id: str) -> list[str]:
    """Return a person's calls with a link that nobody opened."""
    unopened = database.execute(
        """
        SELECT id FROM calls INDEXED BY calls_asked WHERE person_id = ? AND state = 'asked'
        AND EXISTS (SELECT 1 FROM links WHERE links.call_id = calls.id)
        """,
        (person_id,),
    )
    return [row["id"] for row in unopened]


def _refuse_nobody(database: Database, person_id: str) -> None:
    """Raise CallRefused for whoever had everything forgotten since it was looked up who calls."""
    if database.execute("SELECT 1 FROM people WHERE id = ?", (person_id,)).fetchone() is None:
        raise CallRefused("Everything about you was forgotten at this moment. Ask for your call once more.")


def _refuse(database: Database, holders: Sequence[str], limits: Limits, now: datetime) -> None:
    """Raise CallRefused if nobody may call now, or this person may not."""
    if is_blocked(database, holders):
        raise CallRefused("You cannot place calls here. Whoever runs Troupe can tell you why.")
    refuse_everybody(database, limits, now)


def refuse_everybody(database: Database, limits: Limits, now: datetime) -> None:
    """Raise CallRefused while calls are paused, or once the month's money is used up."""
    if found := find_pause(database):
        reason = f": “{found[1]}”" if found[1] else ""
        raise CallRefused(f"Calls are paused at the moment{reason}. Try again later; nothing was used.")
    if 0 < limits.cost_per_month <= total_cost(database, month_of(now)):
        until = end_of_month(now)
        raise CallRefused(
            "What this community spends on calls in a month is used up; there is more from "
            f"{until.day} {until:%B %Y}, 00:00 UTC on."
        )


def _refuse_number(database: Database, call: Call, number_hash: str) -> None:
    """Raise for a telephone that is not this person's (any more), wants no calls, or is on a call."""
    if call.delivery is not Delivery.PHONE:
        return
    if not number_hash or is_not_to_be_called(database, number_hash):
        raise NumberNotAllowed("That phone was removed, or may not be called any more. /account shows yours.")
    if call.state is CallState.SCHEDULED:
        return
    people = people_together(database, call.person_id)
    asked = {"people": json.dumps(people), "number": number_hash}
    if is_on_the_phone(database, people, number_hash) or database.execute(_ABOUT_TO_RING, asked).fetchone():
        raise CallRefused("A call to your phone is under way already; it has to be over first.")


def is_on_the_phone(database: Database, people: Sequence[str], number: str) -> bool:
    """Whether a phone call of one of these, or with this number (its keyed hash), goes on."""
    asked = {"people": json.dumps(people), "number": number}
    return database.execute(_ON_THE_PHONE, asked).fetchone() is not None


_ON_THE_PHONE = """
    SELECT 1 FROM calls INDEXED BY one_phone_call_per_person
    WHERE person_id IN (SELECT value FROM json_each(:people))
    AND delivery = 'phone' AND state IN ('dialing', 'live', 'unknown')
    UNION ALL
    SELECT 1 FROM calls INDEXED BY one_phone_call_per_number
    WHERE number_hash = :number AND delivery = 'phone' AND state IN ('dialing', 'live', 'unknown')
"""
_ABOUT_TO_RING = """
    SELECT 1 FROM calls INDEXED BY calls_asked
    WHERE person_id IN (SELECT value FROM json_each(:people)) AND state = 'asked' AND delivery = 'phone'
    UNION ALL
    SELECT 1 FROM calls INDEXED BY calls_to_phones
    WHERE number_hash = :number AND number_hash <> '' AND state = 'asked' AND delivery = 'phone'
"""
"""Both ask short indexes of what is not over, however many calls somebody had."""


def _find_number(database: Database, call: Call) -> str:
    row = database.execute(
        "SELECT person_id, number_hash FROM phones WHERE id = ?", (call.phone_id,)
    ).fetchone()
    if row is None or row["person_id"] not in people_together(database, call.person_id):
        return ""
    number_hash: str = row["number_hash"]
    return number_hash
