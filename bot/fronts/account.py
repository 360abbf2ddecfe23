"""The commands about oneself: allowance, telephone, remembering, scheduled calls."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from bot.calls import accounts, first_call
from bot.calls.installation import Installation, find_person
from bot.calls.telephones import OFF
from bot.domain.caller import Person
from bot.domain.context import one_line
from bot.domain.errors import CallerError
from bot.domain.nearest import nearest
from bot.domain.numbers import masked
from bot.domain.phone import VERIFIED_FOR, Phone
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import NEUTRAL_COLOR, bar, moment, plural, when
from bot.fronts.lines import cancel_choices, talk_line

DANGER_COLOR = "#b91c1c"
HOW_TO_ADD = "Write your number with + and country code: /account phone +49 1512 3456789."
BLOCKED = "You cannot place calls here. Whoever runs Troupe can tell you why."
ANOTHER_CODE = "/account phone and your number has another one read to you."


async def account(house: Installation, ask: Ask) -> Reply:
    """Answer ``/account``: what there is, or one change of it, as ``do`` names it."""
    do = ask.arguments.get("do", "")
    door = _DOORS.get(do)
    if door is None:
        near = nearest(do.partition(" ")[0], _DOORS.keys() - {"", "ring"})
        hint = f" Did you mean /account {near}?" if near else ""
        raise CallerError(
            f"There is no /account {one_line(do, 40)}.{hint} /account alone shows what there is."
        )
    return await door(house, ask)


async def _see(house: Installation, ask: Ask) -> Reply:
    seen = await accounts.see_account(house, ask.caller)
    fields = [
        *_allowance_fields(house, seen),
    ]
    if seen.own.calls_per_day is not None or seen.own.minutes_per_month is not None:
        fields.append(("", "set for you by whoever manages Troupe"))
    fields.append(("Phone", _phones_in_words(house, seen)))
    fields.append(("Remembering", remembering_in_words(seen.person)))
    if seen.is_blocked:
        fields.insert(0, ("Blocked", BLOCKED))
    if seen.paused is not None:
        fields.insert(0, ("Paused", f"No call begins at the moment{_because(seen.paused)}."))
    fields += [("Scheduled", talk_line(house, talk, seen.names)) for talk in seen.scheduled]
    choices = cancel_choices(house, seen.scheduled, seen.names) + _phone_choices(seen)
    is_on = seen.person.remembers
    switch = ("Stop remembering me", "off") if is_on else ("Remember me from now on", "on")
    choices.append(Choice(switch[0], "account", {"do": "remember", "value": switch[1]}))
    choices.append(Choice("Past calls", "history"))
    return Reply(
        cards=(Card("Your account", color=NEUTRAL_COLOR, fields=tuple(fields)),), choices=tuple(choices)
    )


async def _phone(house: Installation, ask: Ask) -> Reply:
    """Say how a number is added, or ask its owner to agree to being called."""
    number = ask.arguments.get("number", "")
    if not number:
        seen = await accounts.see_account(house, ask.caller)
        if not seen.phone_is_on:
            return Reply(OFF)
        state = _phones_in_words(house, seen) if seen.phones else "You have no phone here yet"
        return Reply(f"{state}. {HOW_TO_ADD}", choices=tuple(_phone_choices(seen, only_removal=True)))
    offer = await accounts.propose_phone(house, ask.caller, number)
    agree = {"do": "ring", "number": offer.number.e164, "agreed": offer.version}
    return Reply(
        cards=(Card(f"Is {offer.number.masked} yours?", offer.text),),
        choices=(
            Choice("It is mine: call it now", "account", agree),
            Choice("Not now", "dismiss"),
        ),
    )


async def _ring(house: Installation, ask: Ask) -> Reply:
    number, agreed = ask.arguments.get("number", ""), ask.arguments.get("agreed", "")
    if not number:
        return await _phone(house, ask)
    called = await accounts.request_code(house, ask.caller, number, agreed)
    return Reply(
        f"Calling {called.number} now. Say yes, and a code is read to you; write it here within ten minutes: "
        "/account code 123456."
    )


async def _code(house: Installation, ask: Ask) -> Reply:
    code = ask.arguments.get("code", "")
    answer = await accounts.write_code(house, ask.caller, code)
    again = (Choice("How to get another code", "account", {"do": "phone"}),)
    match answer.verdict:
        case "verified":
            return _verified(house, answer)
        case "wrong":
            left = plural(answer.tries_left, "try is", "tries are")
            return Reply(f"That is not the code for {answer.number}. {left} left.")
        case "expired":
            return Reply(
                f"The code for {answer.number} was good for ten minutes only. {ANOTHER_CODE}", (), again
            )
        case "used_up":
            return Reply(f"This code was tried too often, so it is void now. {ANOTHER_CODE}", (), again)
        case "none":
            return Reply("No number of yours waits for a code. " + ANOTHER_CODE, (), again)


def _verified(house: Installation, answer: accounts.CodeAnswer) -> Reply:
    until = f" until {_day(house, answer.verified_until)}" if answer.verified_until else ""
    gone = ""
    if answer.cancelled:
        calls = plural(len(answer.cancelled), "call that was", "calls that were")
        gone = f" {calls} scheduled for your former number will not ring: schedule again what you want."
    return Reply(
        f"{answer.number} is verified{until}. /call wizard by phone rings it.{gone}",
        choices=(Choice("Whom shall I put through?", "call", {"via": "phone"}),),
    )


async def _remove(house: Installation, ask: Ask) -> Reply:
    """Forget the telephone, once it is confirmed; what is scheduled for it is named before."""
    if ask.arguments.get("sure") == "yes":
        removed = await accounts.remove_phone(house, ask.caller)
        calls = f" {plural(removed.cancelled, 'scheduled call')} will not ring." if removed.cancelled else ""
        return Reply(f"{' and '.join(removed.numbers)} is forgotten.{calls}")
    seen = await accounts.see_account(house, ask.caller)
    if not seen.phones:
        raise CallerError(accounts.NO_PHONE)
    numbers = " and ".join(masked(phone.number) for phone in seen.phones)
    fields = tuple(("Will not ring", talk_line(house, talk, seen.names)) for talk in seen.scheduled)
    return Reply(
        cards=(Card("Are you sure?", f"This forgets {numbers}.", DANGER_COLOR, fields=fields),),
        choices=(
            Choice("Forget the number", "account", {"do": "remove", "sure": "yes"}),
            Choice("Keep it", "dismiss"),
        ),
    )


async def _inbound(house: Installation, ask: Ask) -> Reply:
    """Switch what a character is told of the caller when their number rings it."""
    value = ask.arguments.get("value", "").strip().lower()
    if value not in {"on", "off"}:
        return Reply("Write /account phone inbound on, or /account phone inbound off.")
    await accounts.set_inbound_context(house, ask.caller, is_on=value == "on")
    if value == "off":
        return Reply("Who rings from your number talks with your last character, who remembers nobody then.")
    return Reply(
        "Who rings from your number talks with your last character, who remembers you once they say that it "
        "is you. A number can be forged: /account phone inbound off stops that."
    )


async def _remember(house: Installation, ask: Ask) -> Reply:
    value = ask.arguments.get("value", "").strip().lower()
    if value not in {"on", "off"}:
        return Reply("Write /account remember on, or /account remember off.")
    if not first_call.has_answered(house, await find_person(house, ask.caller)):
        name = next((one.name for one in house.cast.all()), "Every character")
        return Reply(
            cards=(Card("Before you decide", first_call.card_text(house.terms, name)),),
            choices=(
                Choice("Remember me", "answer", {"remember": "yes"}),
                Choice("Don't remember me", "answer", {"remember": "no"}),
                Choice("Not now", "answer", {"remember": "later"}),
            ),
        )
    return await switch_remembering(house, ask, remember=value == "on")


async def switch_remembering(house: Installation, ask: Ask, *, remember: bool) -> Reply:
    """Store whether characters may remember the caller, and say what that means."""
    await first_call.answer_card(house, ask.caller, remember=remember)
    if remember:
        return Reply("Remembering is on: characters remember you from now on.")
    return Reply("Remembering is off. What is kept already is told to nobody until you switch it on again.")


async def _cancel(house: Installation, ask: Ask) -> Reply:
    past_id = ask.arguments.get("call", "")
    if not past_id:
        return Reply("Which call? /history lists what is scheduled, with its id: /account cancel 1a2b3c4d.")
    talk = await accounts.cancel(house, ask.caller, past_id)
    due_at = talk.call.due_at if talk.call else None
    name = next((one.name for one in house.cast.all() if one.slug == talk.slug), talk.slug)
    at = when(due_at or talk.at, house.terms.timezone)
    return Reply(f"Cancelled: {name} will not ring on {at}. Nothing was used; /call schedules it again.")


_DOORS: Mapping[str, Callable[[Installation, Ask], Awaitable[Reply]]] = {
    "": _see,
    "phone": _phone,
    "code": _code,
    "remove": _remove,
    "inbound": _inbound,
    "remember": _remember,
    "cancel": _cancel,
    "ring": _ring,
}
"""By what ``do`` says; ``ring`` stands behind a button only."""


def remembering_in_words(person: Person) -> str:
    """Return whether a person is remembered, as the end of a sentence."""
    if person.consent is None:
        return "your first call asks whether you want to be remembered"
    return "remembering is on" if person.remembers else "remembering is off, so nothing is told or kept"


def _left(left: int, most: int) -> str:
    return f"{bar(left, most)}  {left:,} of {most:,} left"


def _allowance_fields(house: Installation, seen: accounts.AccountView) -> list[tuple[str, str]]:
    """Return what is left, and, where something is missing, when it comes back."""
    left, zone = seen.allowance, house.terms.timezone
    calls = ("Calls today", _left(left.calls_left, left.calls_per_day))
    minutes = ("Minutes this month", _left(left.minutes_left, left.minutes_per_month))
    if seen.none_allowed:
        return [calls, minutes, ("", "no calls are allowed here")]
    notes = []
    if left.reserved_minutes:
        notes.append(f"{left.reserved_minutes:,} more are held until your calls are over")
    if left.minutes_left < left.minutes_per_month:
        notes.append(f"all back {when(left.month_ends_at, zone)}")
    fields = [calls, minutes, *([("", "; ".join(notes))] if notes else [])]
    if left.calls_left < left.calls_per_day:
        fields.insert(1, ("", f"all back {when(left.day_ends_at, zone)}"))
    return fields


def _phones_in_words(house: Installation, seen: accounts.AccountView) -> str:
    if not seen.phone_is_on:
        return OFF
    if not seen.phones:
        return f"None. {HOW_TO_ADD}"
    return "; ".join(_phone_in_words(house, phone, seen) for phone in seen.phones)


def _phone_in_words(house: Installation, phone: Phone, seen: accounts.AccountView) -> str:
    number, now = masked(phone.number), seen.now
    if phone.id in seen.unwanted:
        return (
            f"{number}, not rung any more: somebody there asked not to be called; whoever runs Troupe can "
            "lift that"
        )
    if phone.verified_at is not None:
        until = _day(house, phone.verified_at + VERIFIED_FOR)
        if phone.is_verified(now):
            return f"{number}, verified until {until}{_inbound_in_words(house, phone)}"
        return f"{number}, not to be rung since {until}: verify it again, /account phone and your number"
    if phone.awaits_code(now):
        return f"{number}, waits for its code: /account code and the six digits"
    return f"{number}, not verified: /account phone and your number has a code read to you"


def _inbound_in_words(house: Installation, phone: Phone) -> str:
    """Return what somebody gets who rings from a number, where calls are taken."""
    if not house.terms.takes_calls:
        return ""
    if phone.inbound_context:
        return "; who rings from it is remembered once they say that it is you (/account phone inbound off)"
    return "; who rings from it is not remembered (/account phone inbound on)"


def _phone_choices(seen: accounts.AccountView, *, only_removal: bool = False) -> list[Choice]:
    choices = [] if only_removal or not seen.phone_is_on else [_HOW[bool(seen.phones)]]
    return choices + ([Choice("Remove the phone", "account", {"do": "remove"})] if seen.phones else [])


_HOW = {
    False: Choice("Add a phone", "account", {"do": "phone"}),
    True: Choice("Use another phone", "account", {"do": "phone"}),
}


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _day(house: Installation, at: datetime) -> str:
    return moment(at.astimezone(house.terms.timezone)).partition(",")[0]
