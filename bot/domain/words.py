"""What is said to members in more than one place: lengths, dates, and the recap after a call."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.allowance import Allowance
from bot.domain.call import Call, CallState, Delivery
from bot.domain.context import one_line
from bot.domain.dialing import UNCLEAR
from bot.domain.fact import Fact
from bot.domain.persona import Persona
from bot.domain.phone import WANTS_NO_CALLS
from bot.domain.record import PastTalk, Receipt
from bot.domain.reply import Card, Choice, Reply

NEUTRAL_COLOR, DANGER_COLOR = "#6b7280", "#b91c1c"
SHORT_ID_CHARS = 8
_NO_CALLS = "Somebody at your phone asked not to be called, so it is not rung any more."


def plural(count: int, one: str, many: str = "") -> str:
    """Return a counted noun: ``1 turn``, ``3 turns``, ``1,200 turns``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def length(seconds: int) -> str:
    """Return a talk's length as people say it."""
    if seconds < 60:
        return plural(seconds, "second")
    minutes, rest = divmod(seconds, 60)
    return plural(minutes, "minute") + (f" {rest} s" if rest and minutes < 10 else "")


def moment(at: datetime) -> str:
    """Return a date and time of day; the caller has put it into the zone that is meant."""
    return f"{at.day} {at:%b %Y, %H:%M}"


def when(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment of these days, in a zone that is named: ``Wed 25 Nov, 18:00 (Europe/Berlin)``."""
    return f"{day_and_time(at, zone)} ({zone.key})"


def day_and_time(at: datetime, zone: ZoneInfo) -> str:
    """Return a moment of these days as a title has it: ``Wed 25 Nov, 18:00``."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b, %H:%M}"


def bar(part: int, whole: int, cells: int = 5) -> str:
    """Return ``▰▰▰▱▱``; it is empty only for nothing, and full only for all."""
    if part <= 0 or whole <= 0:
        return "▱" * cells
    filled = cells if part >= whole else min(cells - 1, max(1, round(part * cells / whole)))
    return "▰" * filled + "▱" * (cells - filled)


def what_is_left(allowance: Allowance, granted_minutes: int, most_minutes: int) -> str:
    """Return what is left after a call was placed, and how long it may last if that is less than it could.

    Minutes that are held for it, and for others that are not over, are named: most of them come back.
    """
    calls, minutes, held = allowance.calls_left, allowance.minutes_left, allowance.reserved_minutes
    left = f"{plural(calls, 'call')} today and {plural(minutes, 'minute')} this month are left"
    if held:
        until = "this call is" if held <= granted_minutes else "your calls are"
        left += f"; {held:,} more {'is' if held == 1 else 'are'} held until {until} over"
    left += "."
    if granted_minutes >= most_minutes:
        return left
    return f"This call may last {plural(granted_minutes, 'minute')}. {left}"


def recap_reply(
    talk: PastTalk,
    name: str,
    persona: Persona | None,
    zone: ZoneInfo,
    *,
    no_calls: bool = False,
    facts: Sequence[Fact] = (),
) -> Reply:
    """Return the card after a call: who, how long, why it failed if it did, what is remembered.

    With ``no_calls`` somebody at the telephone asked not to be called. ``facts`` were learned in the call.
    """
    call = talk.call
    color = persona.color if persona else "#5b3fd6"
    if call is not None and call.state is CallState.FAILED:
        reason = one_line(call.failure, 200) or "no reason was given"
        after = f"{_what_it_used(call)}{_other_way(call, no_calls=no_calls)}"
        text = f"The call with {name} failed: {reason}. {after}"
        if call.is_inbound:
            text = f"Somebody rang {name} from your number, but nothing came of it: {reason}."
        again = _again(talk, name, no_calls=no_calls)
        return Reply(cards=(_card(talk, f"Your call with {name}", text, color),), choices=again)
    if call is not None and call.state is CallState.EXPIRED:
        no_calls = no_calls or call.failure == WANTS_NO_CALLS
        why = one_line(call.failure, 200) or "it was too late"
        text = f"{name} did not ring you: {why}. Nothing was used. {_other_way(call, no_calls=no_calls)}"
        at = f", {day_and_time(call.scheduled_for, zone)}" if call.scheduled_for else ""
        again = _again(talk, name, no_calls=no_calls)
        return Reply(cards=(_card(talk, f"Your call with {name}{at}", text, color),), choices=again)
    title = f"Your call with {name} · {length(talk.duration_seconds)}"
    after = f" {_NO_CALLS}" if no_calls else ""
    if talk.held:
        how = f"used your link to {name}"
        if call is not None and call.delivery is Delivery.PHONE:
            how = f"rang {name} from your number" if call.is_inbound else f"answered your phone to {name}"
        text = (
            f"Somebody {how}. Was this you? "
            "Until you say so nothing of it is remembered, and after 7 days it is erased."
            f"{after}"
        )
        return Reply(
            cards=(_card(talk, title, text, color, _about(talk)),),
            choices=(
                Choice("Yes, remember it", "keep", {"call": talk.id}),
                Choice("No, erase it", "forget", {"what": talk.id, "sure": "yes"}, is_danger=True),
            ),
        )
    if not talk.talk_id:
        text = f"Nothing that was said is kept, here or at ElevenLabs.{after}"
        return Reply(cards=(_card(talk, title, text, color),), choices=_again(talk, name))
    text = f"{name} will remember this.{after}"
    choices = (
        *_again(talk, name),
        Choice("Transcript", "history", {"call": talk.id}),
        Choice("Memory", "memory", {"character": talk.slug}),
        Choice("Forget this call", "forget", {"what": talk.id}, is_danger=True),
    )
    if call is not None and call.channel and persona is not None:
        choices = (*choices, Choice("Share a line", "share", {"call": talk.id}))
    fields = (*_about(talk), *_learned(facts))
    return Reply(cards=(_card(talk, title, text, color, fields),), choices=choices)


def _learned(facts: Sequence[Fact]) -> tuple[tuple[str, str], ...]:
    """Return what was learned, and what it replaces."""
    gone = [one.text for fact in facts for one in fact.replaces]
    pairs = (("Learned", " · ".join(fact.text for fact in facts)), ("Instead of", " · ".join(gone)))
    return tuple((label, one_line(text, 900)) for label, text in pairs if text)


def _card(
    talk: PastTalk, title: str, text: str, color: str, fields: tuple[tuple[str, str], ...] = ()
) -> Card:
    return Card(title, text, color, fields, picture=talk.slug, has_verbatim_fields=True)


def code_recap(call: Call, *, no_calls: bool, is_verified: bool) -> Reply | None:
    """Return what to say after the call that reads a code aloud, to whoever said yes on it.

    None where its code was written already.
    """
    if no_calls:
        return Reply(f"{_NO_CALLS} Its code is good for nothing; use another number.")
    if is_verified:
        return None
    if call.state is CallState.DONE:
        return Reply("If the code was read to you, write it within ten minutes: /account code 123456.")
    why = one_line(call.failure, 200) or "it did not work"
    return Reply(
        f"The call with your code failed: {why}. /account phone and your number asks for another.",
        choices=(Choice("Your account", "account"),),
    )


def import_text(
    new: int, known: int, profile_fields: int, facts: int = 0, grown: int = 0, new_lines: int = 0
) -> str:
    """Return what an import saved, in one to three sentences; ``grown`` got ``new_lines`` altogether."""
    saved = [plural(new, "conversation")] if new or not (profile_fields or facts) else []
    saved += [plural(facts, "fact")] if facts else []
    saved += [plural(profile_fields, "profile field")] if profile_fields else []
    there = f" {plural(known, 'conversation was', 'conversations were')} there already." if known else ""
    more = (
        f" {plural(new_lines, 'new line')} in {plural(grown, 'conversation')} that you brought before."
        if grown
        else ""
    )
    return f"Saved {' and '.join(saved)}.{more}{there}"


def receipt_text(receipt: Receipt) -> str:
    """Return what an erasure removed here, in one sentence."""
    gone = [
        plural(count, noun)
        for count, noun in (
            (receipt.calls, "call"),
            (receipt.conversations, "conversation"),
            (receipt.turns, "turn"),
            (receipt.facts, "fact"),
            (receipt.profile_fields, "profile field"),
        )
        if count
    ]
    here = f"Erased here: {', '.join(gone)}." if gone else "There was nothing to erase here."
    if receipt.kept_facts:
        here += f" {plural(receipt.kept_facts, 'fact')} that you pinned or corrected: kept."
    return here


def _again(talk: PastTalk, name: str, *, no_calls: bool = False) -> tuple[Choice, ...]:
    """Offer the same again, with the same topic; whom a telephone did not reach may have a link instead."""
    again = {"character": talk.slug}
    call = talk.call
    if call is not None and call.delivery is Delivery.CHAT:
        again |= {"via": "chat"}
    if call is None or call.is_inbound or call.state is CallState.DONE or call.delivery is not Delivery.PHONE:
        return (Choice(f"Call {name} again", "call", again),)
    again |= {"topic": call.topic} if call.topic else {}
    link = Choice("Make a link instead", "call", again)
    return (
        (link,) if no_calls else (Choice(f"Let {name} ring again", "call", {**again, "via": "phone"}), link)
    )


def _what_it_used(call: Call) -> str:
    """Return whether a phone call that failed counts; of an unclear one its reason says what comes of it."""
    if call.delivery is not Delivery.PHONE or call.failure.startswith(UNCLEAR):
        return ""
    return "It counts as one of today's calls. " if call.counts else "Nothing was used. "


def _other_way(call: Call, *, no_calls: bool) -> str:
    if no_calls:
        return "Take a private link instead."
    if call.delivery is Delivery.PHONE:
        return "Let it ring again, or take a private link instead."
    return "You can simply call again."


def _about(talk: PastTalk) -> tuple[tuple[str, str], ...]:
    label = "In your words" if talk.is_extract else "Summary"
    pairs = (("About", one_line(talk.title, 200)), (label, one_line(talk.summary, 900)))
    return tuple((label, text) for label, text in pairs if text)


def memory_in_words(persona: Persona) -> str:
    """Return how far a character's memory reaches, as the end of a sentence about them."""
    return {
        "own": "remembers what you said to them",
        "shared": "remembers what you said to them and to others who share",
        "none": "remembers nothing",
    }[persona.memory]
