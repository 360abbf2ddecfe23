"""The commands about oneself: allowance, telephone, remembering, scheduled calls, other accounts."""

from collections.abc import Awaitable, Callable, Mapping

from bot.calls import accounts, first_call, messaging
from bot.calls.installation import Installation, find_person
from bot.domain.caller import Person
from bot.domain.context import one_line
from bot.domain.errors import CallerError
from bot.domain.mailbox import BRIEF, FULL, NONE, RECAPS, recaps_for
from bot.domain.nearest import nearest
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import NEUTRAL_COLOR, bar, when
from bot.fronts import linking, taking, telephone
from bot.fronts.lines import cancel_choices, talk_line

TERMINAL = "console"
_RECAPS: Mapping[str, tuple[str, str]] = {
    FULL: ("a recap with what was said", "Full recaps"),
    BRIEF: ("a recap of who and how long", "Brief recaps"),
    NONE: ("no recap", "No recaps"),
}
"""What each choice is called, as a state and as a button."""
BLOCKED = "You cannot place calls here. Whoever runs Troupe can tell you why."


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
    fields.append(("Phone", telephone.phones_in_words(house, seen)))
    fields.append(("Remembering", remembering_in_words(seen.person)))
    if seen.linked.accounts:
        fields.append(("Linked", linking.linked_in_words(seen.linked)))
    if seen.is_blocked:
        fields.insert(0, ("Blocked", BLOCKED))
    if seen.paused is not None:
        fields.insert(0, ("Paused", f"No call begins at the moment{_because(seen.paused)}."))
    fields += [("Scheduled", talk_line(house, talk, seen.names)) for talk in seen.scheduled]
    choices = cancel_choices(house, seen.scheduled, seen.names) + telephone.phone_choices(seen)
    is_on = seen.person.remembers
    switch = ("Stop remembering me", "off") if is_on else ("Remember me from now on", "on")
    choices.append(Choice(switch[0], "account", {"do": "remember", "value": switch[1]}))
    fields.append(("After a call", _RECAPS[recaps_for(ask.caller.account, seen.mailbox)][0]))
    choices.append(Choice("Recaps", "account", {"do": "recaps"}))
    if ask.caller.account.platform != TERMINAL:
        where = "also by direct message" if seen.mailbox.wants_links else "in the private answer alone"
        fields.append(("Links", where))
        links = (
            ("Send no links by message", "off")
            if seen.mailbox.wants_links
            else ("Send links by message too", "on")
        )
        choices.append(Choice(links[0], "account", {"do": "links", "value": links[1]}, replaces=True))
    choices += linking.linking_choices(seen.linked)
    choices.append(Choice("Past calls", "history"))
    choices.append(Choice("Export everything", "account", {"do": "export"}))
    return Reply(
        cards=(Card("Your account", color=NEUTRAL_COLOR, fields=tuple(fields)),), choices=tuple(choices)
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


async def _links(house: Installation, ask: Ask) -> Reply:
    """Switch whether talk links also go to direct messages."""
    wanted = ask.arguments.get("value", "") != "off"
    await messaging.set_wants_links(house, ask.caller, wanted=wanted)
    return await _see(house, ask)


async def _recaps(house: Installation, ask: Ask) -> Reply:
    """Choose how much is told after a call, or ask which."""
    value = ask.arguments.get("value", "").strip().lower()
    if not value:
        choices = tuple(
            Choice(label, "account", {"do": "recaps", "value": recaps}, replaces=True)
            for recaps, (_, label) in _RECAPS.items()
        )
        return Reply(
            "What do you want to read after a call? A call that failed is told in any case.", (), choices
        )
    if value not in RECAPS:
        raise CallerError("Write /account recaps full, /account recaps brief, or /account recaps none.")
    await messaging.set_recaps(house, ask.caller, value)
    return await _see(house, ask)


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
    "phone": telephone.phone,
    "code": telephone.code,
    "remove": telephone.remove,
    "inbound": telephone.inbound,
    "remember": _remember,
    "cancel": _cancel,
    "links": _links,
    "recaps": _recaps,
    "ring": telephone.ring,
    "link": linking.link,
    "share": linking.share,
    "unlink": linking.unlink,
    "export": taking.export,
}
"""By what ``do`` says; ``ring`` stands behind a button only."""


def remembering_in_words(person: Person) -> str:
    """Return whether a person is remembered, as the end of a sentence."""
    if person.consent is None:
        return "your first call says what would be kept"
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


def _because(reason: str) -> str:
    return f": “{reason}”" if reason else ""
