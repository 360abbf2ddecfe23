"""The part of ``/account`` about one's telephone: add, verify, remove it, and what it may be used for."""

from datetime import datetime

from bot.calls import accounts
from bot.calls.installation import Installation
from bot.calls.telephones import OFF, phones_to_remove
from bot.domain.errors import CallerError
from bot.domain.linking import where_in_words
from bot.domain.numbers import masked
from bot.domain.phone import VERIFIED_FOR, Phone
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import DANGER_COLOR, moment, plural
from bot.fronts.lines import talk_line

HOW_TO_ADD = "Write your number with + and country code: /account phone +49 1512 3456789."
ANOTHER_CODE = "/account phone and your number has another one read to you."
_HOW = {
    False: Choice("Add a phone", "account", {"do": "phone"}),
    True: Choice("Use another phone", "account", {"do": "phone"}),
}


async def phone(house: Installation, ask: Ask) -> Reply:
    """Say how a number is added, or ask its owner to agree to being called."""
    number = ask.arguments.get("number", "")
    if not number:
        seen = await accounts.see_account(house, ask.caller)
        if not seen.phone_is_on:
            return Reply(OFF)
        state = phones_in_words(house, seen) if seen.phones else "You have no phone here yet"
        return Reply(f"{state}. {HOW_TO_ADD}", choices=tuple(phone_choices(seen, only_removal=True)))
    offer = await accounts.propose_phone(house, ask.caller, number)
    agree = {"do": "ring", "number": offer.number.e164, "agreed": offer.version}
    return Reply(
        cards=(Card(f"Is {offer.number.masked} yours?", offer.text),),
        choices=(
            Choice("It is mine: call it now", "account", agree),
            Choice("Not now", "dismiss"),
        ),
    )


async def ring(house: Installation, ask: Ask) -> Reply:
    """Have the code read aloud at a number whose owner agreed."""
    number, agreed = ask.arguments.get("number", ""), ask.arguments.get("agreed", "")
    if not number:
        return await phone(house, ask)
    called = await accounts.request_code(house, ask.caller, number, agreed)
    return Reply(
        f"Calling {called.number} now. Say yes, and a code is read to you; write it here within ten minutes: "
        "/account code 123456.",
        choices=(Choice("Write the code", "account", {"do": "code"}),),
    )


async def code(house: Installation, ask: Ask) -> Reply:
    """Try the code that was read aloud."""
    answer = await accounts.write_code(house, ask.caller, ask.arguments.get("code", ""))
    again = (Choice("How to get another code", "account", {"do": "phone"}),)
    match answer.verdict:
        case "verified":
            return _verified(house, answer)
        case "wrong":
            left = plural(answer.tries_left, "try is", "tries are")
            retry = Choice("Try again", "account", {"do": "code"})
            return Reply(f"That is not the code for {answer.number}. {left} left.", choices=(retry,))
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


async def remove(house: Installation, ask: Ask) -> Reply:
    """Forget the telephone, once it is confirmed; what is scheduled for it is named before."""
    if ask.arguments.get("sure") == "yes":
        removed = await accounts.remove_phone(house, ask.caller)
        calls = f" {plural(removed.cancelled, 'scheduled call')} will not ring." if removed.cancelled else ""
        return Reply(f"{' and '.join(removed.numbers)} is forgotten.{calls}")
    seen = await accounts.see_account(house, ask.caller)
    phones = phones_to_remove(seen.person, seen.phones)
    if not phones:
        raise CallerError(accounts.NO_PHONE)
    numbers = " and ".join(masked(one.number) for one in phones)
    fields = tuple(("Will not ring", talk_line(house, talk, seen.names)) for talk in seen.scheduled)
    return Reply(
        cards=(Card("Are you sure?", f"This forgets {numbers}.", DANGER_COLOR, fields=fields),),
        choices=(
            Choice("Forget the number", "account", {"do": "remove", "sure": "yes"}),
            Choice("Keep it", "dismiss"),
        ),
    )


async def inbound(house: Installation, ask: Ask) -> Reply:
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


def phones_in_words(house: Installation, seen: accounts.AccountView) -> str:
    """Return what telephones somebody has here, and what is to be done with each."""
    if not seen.phone_is_on:
        return OFF
    if not seen.phones:
        return f"None. {HOW_TO_ADD}"
    return "; ".join(_phone_in_words(house, one, seen) for one in seen.phones)


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
            owner = next((one for one in seen.linked.accounts if one.person_id == phone.person_id), None)
            if owner is not None:
                return f"{number}, verified {where_in_words(owner.account.platform)} until {until}"
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


def phone_choices(seen: accounts.AccountView, *, only_removal: bool = False) -> list[Choice]:
    """Return the buttons that add, change and remove a telephone."""
    choices = [] if only_removal or not seen.phone_is_on else [_HOW[bool(seen.phones)]]
    if any(phone.awaits_code(seen.now) for phone in seen.phones):
        choices.insert(0, Choice("Write the code", "account", {"do": "code"}))
    return choices + ([Choice("Remove the phone", "account", {"do": "remove"})] if seen.phones else [])


def _day(house: Installation, at: datetime) -> str:
    return moment(at.astimezone(house.terms.timezone)).partition(",")[0]
