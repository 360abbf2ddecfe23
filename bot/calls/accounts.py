"""What a member sees and decides about themselves: allowance, telephone, scheduled calls."""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.calls.handling import tell_step
from bot.calls.installation import Installation, Terms, character_names, find_person
from bot.calls.remembering import find_past_talk
from bot.calls.telephones import NO_CALLS, OFF, phone_is_on, phones_to_remove, refuse_quiet_hours
from bot.domain.allowance import Allowance, OwnLimits, smallest
from bot.domain.call import Call, CallId, CallRef, CallState, Delivery, NewJob, PlayedVersion
from bot.domain.caller import Caller, Person
from bot.domain.errors import CallerError, CallNotFound, NumberNotAllowed
from bot.domain.linking import NOT_LINKED, Linked
from bot.domain.mailbox import Mailbox
from bot.domain.numbers import PhoneNumber, masked, parse_number
from bot.domain.phone import (
    CODE_DIGITS,
    CODE_TRIES,
    NOT_HERE,
    VERIFIED_FOR,
    CodeVerdict,
    Phone,
    PhoneConsent,
)
from bot.domain.record import PastTalk
from bot.domain.words import SHORT_ID_CHARS, moment

CODE_MINUTES = 2
_LONGEST_CODE_TEXT_CHARS = 40
_ANY_NUMBER = "{number}"

HOW_TO_VERIFY = "/account phone and your number adds one, and has a code read to you."
NO_PHONE = "There is no phone of yours here. /account phone and your number adds one."
NOT_A_CODE = f"A code is {CODE_DIGITS} digits, as they were read to you: /account code 123456."


@dataclass(frozen=True, slots=True)
class AccountView:
    """What a member sees of themselves at ``now``; ``scheduled`` is the next call first.

    ``paused`` is why no call begins at the moment, None while calls may begin; ``unwanted`` names the
    telephones at which somebody asked not to be called. ``none_allowed`` means that a ceiling here is 0.
    """

    person: Person
    now: datetime
    allowance: Allowance
    own: OwnLimits
    phone_is_on: bool
    phones: tuple[Phone, ...]
    scheduled: tuple[PastTalk, ...]
    names: Mapping[str, str]
    mailbox: Mailbox
    paused: str | None = None
    unwanted: frozenset[str] = frozenset()
    is_blocked: bool = False
    none_allowed: bool = False
    linked: Linked = NOT_LINKED


@dataclass(frozen=True, slots=True)
class PhoneOffer:
    """A number that may be added, and what its owner agrees to by having it rung."""

    number: PhoneNumber
    text: str
    version: str


@dataclass(frozen=True, slots=True)
class CodeCall:
    """A call that is to read a code aloud; ``number`` is masked."""

    call_id: CallId
    number: str


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """What became of a code; ``number`` is the masked number that it was for, empty where none waited.

    ``cancelled`` are the calls that were scheduled for the number that this one took the place of.
    """

    verdict: CodeVerdict
    number: str = ""
    tries_left: int = 0
    verified_until: datetime | None = None
    cancelled: tuple[PastTalk, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """The masked numbers that were forgotten, and how many scheduled calls went with them."""

    numbers: tuple[str, ...]
    cancelled: int


async def see_account(house: Installation, caller: Caller) -> AccountView:
    """Return what the caller has left, their telephone and what is scheduled."""
    person, now = await find_person(house, caller), house.now()
    paused, phones = await house.store.fetch_pause(), await house.store.fetch_phones(person.id)
    allowance = await house.store.fetch_allowance(person.id, caller.place, house.terms.limits, now)
    place_minutes = await house.store.fetch_place_minutes(caller.place) if caller.place else None
    unwanted = [phone.id for phone in phones if await house.store.is_not_to_be_called(phone.number)]
    linked = await house.store.fetch_linked(person.id)
    every_account = [caller.account, *(one.account for one in linked.accounts)]
    return AccountView(
        person=person,
        now=now,
        allowance=allowance,
        own=smallest([await house.store.fetch_own_limits(account) for account in every_account]),
        phone_is_on=phone_is_on(house),
        phones=phones,
        scheduled=await house.store.fetch_scheduled(person.id),
        names=character_names(house),
        paused=paused[1] if paused else None,
        unwanted=frozenset(unwanted),
        is_blocked=await house.store.is_blocked(caller.account),
        mailbox=await house.store.fetch_mailbox(caller.account),
        none_allowed=min(
            allowance.calls_per_day,
            allowance.minutes_per_month,
            house.terms.limits.minutes_per_month_total,
            *([] if place_minutes is None else [place_minutes]),
        )
        <= 0,
        linked=linked,
    )


async def see_scheduled(house: Installation, caller: Caller) -> tuple[PastTalk, ...]:
    """Return the caller's calls that are to ring later, the next first."""
    return await house.store.fetch_scheduled((await find_person(house, caller)).id)


def consent_text(terms: Terms, number: str) -> str:
    """Return what the owner of a number agrees to; ``number`` is masked."""
    return (
        f"An AI voice calls {number} and reads you a code. From then on your characters can ring there when "
        f"you ask for it. Calls are transcribed by ElevenLabs and kept by {terms.community}. "
        "Only add a number that is yours. To stop it, say “stop calling” on the phone: it is never called "
        "again then."
    )


def consent_version(terms: Terms) -> str:
    """Return a short name for the present wording; it is stored with the answer."""
    return hashlib.sha256(consent_text(terms, _ANY_NUMBER).encode()).hexdigest()[:12]


async def propose_phone(house: Installation, caller: Caller, number_text: str) -> PhoneOffer:
    """Return the number that was written, and what its owner has to agree to; nothing rings.

    Raises NumberNotAllowed, also where it is verified already, may not be added, or must not ring now.
    """
    number = await _admit(house, await find_person(house, caller), number_text)
    return PhoneOffer(number, consent_text(house.terms, number.masked), consent_version(house.terms))


async def request_code(
    house: Installation, caller: Caller, number_text: str, agreed_version: str
) -> CodeCall:
    """Keep a number with its owner's consent, and have a code read aloud there.

    Number, consent, code budget and call are one transaction. Raises NumberNotAllowed, CallRefused,
    AllowanceUsedUp; nothing is kept then, and a code that waits for another number stays good.
    """
    person, now = await find_person(house, caller), house.now()
    number = await _admit(house, person, number_text)
    if agreed_version != consent_version(house.terms):
        raise CallerError("What you agree to has changed: read it once more, /account phone and your number.")
    phone = Phone(house.new_id(), person.id, number.e164, number.region, now)
    consent = PhoneConsent(agreed_version, consent_text(house.terms, _ANY_NUMBER), now)
    call = Call(
        id=CallId(house.new_id()),
        ref=CallRef(house.new_id()),
        person_id=person.id,
        account=caller.account,
        slug="",
        version=PlayedVersion("", "", ""),
        delivery=Delivery.PHONE,
        topic="",
        reach="none",
        state=CallState.ASKED,
        asked_at=now,
        purpose="code",
        due_at=now,
        phone_id=phone.id,
        place=caller.place,
        granted_minutes=CODE_MINUTES,
    )
    jobs = [NewJob("dial", call.id, now)]
    await house.store.place_call(call, None, jobs, {}, house.terms.limits, adding=(phone, consent))
    tell_step(call.id, "asked for: %s, %s", call.delivery, call.state)
    return CodeCall(call.id, number.masked)


async def write_code(house: Installation, caller: Caller, code: str) -> CodeAnswer:
    """Try a code as it was written down, with spaces or dashes, in any script's digits.

    Raises CallerError, without counting a try, for what is no code.
    """
    digits = _digits_of(code)
    person, now = await find_person(house, caller), house.now()
    before = await house.store.fetch_scheduled(person.id)
    verdict = await house.store.check_code(person.id, digits, now)
    phones = await house.store.fetch_phones(person.id)
    if verdict == "verified":
        kept = {talk.id for talk in await house.store.fetch_scheduled(person.id)}
        return CodeAnswer(
            verdict,
            masked(phones[0].number) if phones else "",
            verified_until=now + VERIFIED_FOR,
            cancelled=tuple(talk for talk in before if talk.id not in kept),
        )
    waiting = next((phone for phone in phones if phone.code_expires_at is not None), None)
    if waiting is None:
        return CodeAnswer(verdict)
    return CodeAnswer(verdict, masked(waiting.number), tries_left=max(0, CODE_TRIES - waiting.tries))


async def set_inbound_context(house: Installation, caller: Caller, *, is_on: bool) -> None:
    """Decide whether characters use what they know of the caller when their number rings them.

    Raises CallerError where no number of theirs is verified.
    """
    person = await find_person(house, caller)
    if not await house.store.set_inbound_context(person.id, is_on=is_on):
        raise CallerError("You have no verified phone here. " + HOW_TO_VERIFY)


async def remove_phone(house: Installation, caller: Caller) -> Removed:
    """Forget the caller's telephone, verified or not, and cancel what was scheduled. Raises CallerError."""
    person = await find_person(house, caller)
    phones = phones_to_remove(person, await house.store.fetch_phones(person.id))
    if not phones:
        raise CallerError(NO_PHONE)
    cancelled = [await house.store.remove_phone(person.id, phone.id, house.now()) for phone in phones]
    return Removed(tuple(masked(phone.number) for phone in phones), sum(cancelled))


async def cancel(house: Installation, caller: Caller, past_id: str) -> PastTalk:
    """Take back a scheduled call and what it reserved; return it as it was. Raises CallNotFound."""
    talk = await find_past_talk(house, caller, past_id)
    short = talk.id[:SHORT_ID_CHARS]
    if talk.call is None or talk.call.state is not CallState.SCHEDULED:
        raise CallNotFound(
            f"{short} is not scheduled, so there is nothing to cancel. /history shows what is."
        )
    if not await house.store.cancel_call(talk.call.person_id, talk.call.id, house.now()):
        raise CallNotFound(f"{short} cannot be cancelled any more: its time has come.")
    return talk


async def _admit(house: Installation, person: Person, number_text: str) -> PhoneNumber:
    """Return a number that may be rung now to be verified. Raises NumberNotAllowed."""
    if not phone_is_on(house):
        raise NumberNotAllowed(OFF)
    number, now = parse_number(number_text, house.terms.phone_regions), house.now()
    for phone in await house.store.fetch_phones(person.id):
        if phone.number == number.e164 and phone.verified_at is not None and phone.is_verified(now):
            if await house.store.is_not_to_be_called(phone.number):
                raise NumberNotAllowed(NO_CALLS)
            until = (phone.verified_at + VERIFIED_FOR).astimezone(house.terms.timezone)
            raise NumberNotAllowed(
                f"{number.masked} is your phone already, verified until {moment(until)}; "
                "/call wizard by phone rings it."
            )
    if not await house.store.may_add_phone(person.id, number.e164, now):
        raise NumberNotAllowed(NOT_HERE)
    refuse_quiet_hours(house, number.e164, now)
    return number


def _digits_of(code: str) -> str:
    """Return a code's digits as ASCII. Raises CallerError for what is no code."""
    if len(code) > _LONGEST_CODE_TEXT_CHARS:
        raise CallerError(NOT_A_CODE)
    digits = ""
    for char in code:
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            digits += str(digit)
        elif unicodedata.category(char) not in {"Zs", "Pd", "Cf"}:
            raise CallerError(NOT_A_CODE)
    if len(digits) != CODE_DIGITS:
        raise CallerError(NOT_A_CODE)
    return digits
