"""Which telephone may ring for whom, and when."""

from datetime import datetime, timedelta

from bot.calls.installation import Installation, character_names
from bot.domain.call import Call
from bot.domain.caller import Person
from bot.domain.errors import CallRefused, NumberNotAllowed
from bot.domain.numbers import parse_number, zones_of
from bot.domain.phone import Phone
from bot.domain.quiet_hours import next_allowed
from bot.domain.words import moment, when

APART = timedelta(minutes=15)
"""How far the scheduled calls of one person are from each other at least."""
OFF = "Phone calls are switched off here. /call makes a private link instead."
ADD_FIRST = "Add your phone first: /account phone and your number, with + and country code."
LAPSED = (
    "Your number was verified more than 180 days ago. Verify it again: /account phone and your number; "
    "a code is read to you."
)
NO_CALLS = (
    "Somebody at your number asked not to be called, so it is not; whoever runs Troupe can lift that. "
    "/call makes a private link instead."
)


def phone_is_on(house: Installation) -> bool:
    """Whether telephones are rung here at all."""
    return bool(house.terms.phone_number_id and house.terms.phone_regions)


async def find_phone(house: Installation, person: Person, at: datetime) -> Phone:
    """Return the telephone that may ring for this person at a moment, their own before a linked account's.

    Raises NumberNotAllowed.
    """
    if not phone_is_on(house):
        raise NumberNotAllowed(OFF)
    phones = await house.store.fetch_phones(person.id)
    if all(phone.verified_at is None for phone in phones):
        raise NumberNotAllowed(ADD_FIRST)
    verified = next((phone for phone in phones if phone.is_verified(at)), None)
    if verified is None:
        raise NumberNotAllowed(LAPSED)
    parse_number(verified.number, house.terms.phone_regions)
    if await house.store.is_not_to_be_called(verified.number):
        raise NumberNotAllowed(NO_CALLS)
    refuse_quiet_hours(house, verified.number, at)
    return verified


def phones_to_remove(person: Person, phones: tuple[Phone, ...]) -> tuple[Phone, ...]:
    """Return the numbers of this account; where it has none, those that it may use of linked ones."""
    return tuple(phone for phone in phones if phone.person_id == person.id) or phones


async def asked_for_no_calls(house: Installation, call: Call) -> bool:
    """Whether somebody at the telephone of a call asked not to be called; False once it was removed."""
    phones = await house.store.fetch_phones(call.person_id)
    rung = next((phone for phone in phones if phone.id == call.phone_id), None)
    return rung is not None and await house.store.is_not_to_be_called(rung.number)


def refuse_quiet_hours(house: Installation, number: str, at: datetime) -> None:
    """Raise NumberNotAllowed, with the next allowed time, where it is night at the number."""
    allowed_at = next_allowed(zones_of(number), at, house.terms.timezone)
    if allowed_at > at:
        local = allowed_at.astimezone(house.terms.timezone)
        raise NumberNotAllowed(
            f"It is between 21:00 and 8:00 where that phone is, so it does not ring then. "
            f"It may from {moment(local)} ({house.terms.timezone.key}) on."
        )


async def refuse_too_close(house: Installation, person: Person, at: datetime) -> None:
    """Raise CallRefused where another call is to ring so near that the first may still go on."""
    for talk in await house.store.fetch_scheduled(person.id):
        due_at = talk.call.due_at if talk.call else None
        if due_at is not None and abs(due_at - at) < APART:
            name = character_names(house).get(talk.slug, talk.slug)
            raise CallRefused(
                f"{name} is to ring you on {when(due_at, house.terms.timezone)} already; choose a time at "
                "least 15 minutes before or after that, or cancel it first: /history."
            )
