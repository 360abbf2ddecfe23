"""``/call``: a link, a chat or a telephone that rings, and the card before the first one."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from bot.calls import accounts, bringing_memory, first_call, placing, remembering
from bot.calls.installation import Installation
from bot.calls.telephones import OFF, phone_is_on
from bot.domain.allowance import used_up
from bot.domain.call import FRESH, CallState
from bot.domain.context import one_line
from bot.domain.errors import CallerError, NumberNotAllowed, UnknownPersona
from bot.domain.moments import parse_moment
from bot.domain.persona import Persona
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import what_is_left, when
from bot.fronts import account, gallery
from bot.fronts.lines import BEFORE, START_FRESH, label_of

ASK_WHICH = "?"
"""What stands where a talk should be named to go on with, when it is to be asked which."""
_FRESH_WORDS = frozenset({"fresh", "start fresh", "new", "nothing"})
_TALKS_OFFERED = 5
WAYS: Mapping[str, Literal["link", "chat", "phone"]] = {"link": "link", "chat": "chat", "phone": "phone"}

WITHDREW = "Your earlier link no longer works."
BRING = "Bring my memory, it will stand in the link"
NO_ROOM = "A link has no room for any of it."


async def call(house: Installation, ask: Ask) -> Reply:
    """Answer ``/call``: place it, or ask first who is to be called, or what may be remembered."""
    if not ask.arguments.get("character"):
        return gallery.which_character(house, "Whom do you want to call?", ask)
    if ask.arguments.get("continue", "") == ASK_WHICH:
        return await which_talk(house, ask)
    wish = await _read_wish(house, ask)
    if wish.at is not None and wish.via != "phone":
        ring = Choice("Let my phone ring then", "call", {**ask.arguments, "via": "phone"}, replaces=True)
        return Reply("Only a phone call can be scheduled.", choices=(ring,) if phone_is_on(house) else ())
    try:
        return await _place(house, ask, wish)
    except UnknownPersona as error:
        return _who_is_meant(house, ask, error)
    except NumberNotAllowed as error:
        return Reply(str(error), choices=_instead_of_the_phone(house, ask))


async def which_talk(house: Installation, ask: Ask) -> Reply:
    """Offer the past talks that a call can go on with, and to start fresh."""
    persona = house.cast.get(ask.arguments["character"])
    past = await remembering.see_continuable(house, ask.caller, persona.slug)
    asked = {**ask.arguments, "character": persona.slug}
    choices = [
        Choice(
            label_of(house, talk, past.names),
            "call",
            {**asked, "continue": talk.id},
            begins_row=True,
            is_verbatim=True,
        )
        for talk in past.talks[:_TALKS_OFFERED]
    ]
    fresh = Choice(START_FRESH, "call", {**asked, "continue": FRESH}, begins_row=True)
    text = f"Which talk shall {persona.name} go on with? /history has all of them."
    if not choices:
        text = f"{persona.name} has no talk of yours to go on with."
    return Reply(text, choices=(*choices, fresh))


async def _read_wish(house: Installation, ask: Ask) -> placing.Wish:
    """Return how the call is wanted. Raises CallerError for a way or a time that cannot be read."""
    at = ask.arguments.get("at", "").strip()
    via = ask.arguments.get("via", "").strip().lower() or ("phone" if at else "link")
    if via not in WAYS:
        ways = "link, chat or phone" if phone_is_on(house) else "link or chat"
        raise CallerError(f"There is no way “{one_line(via, 40)}” to call; choose {ways}.")
    due_at = None
    if at:
        if not phone_is_on(house):
            raise CallerError(OFF)
        due_at = await asyncio.to_thread(parse_moment, at, house.now(), house.terms.timezone)
    continues = ask.arguments.get("continue", "").strip()
    if continues.casefold() in _FRESH_WORDS:
        continues = FRESH
    return placing.Wish(ask.arguments.get("topic", ""), WAYS[via], due_at, continues)


async def _place(house: Installation, ask: Ask, wish: placing.Wish) -> Reply:
    character = ask.arguments["character"]
    placed = await placing.place(house, ask.caller, character, wish)
    if placed is None:
        await _refuse_before_the_card(house, ask, wish)
        return _first_call_card(house, house.cast.get(character), ask)
    reply = _placed(house, placed, wish)
    if not placed.notice:
        return reply
    notice = Card(BEFORE, placed.notice, placed.persona.color, picture=placed.persona.slug)
    no = Choice("Don't remember me", "account", {"do": "remember", "value": "off"})
    return replace(reply, cards=(notice, *reply.cards), choices=(*reply.choices, no))


def _placed(house: Installation, placed: placing.Placed, wish: placing.Wish) -> Reply:
    if wish.via == "phone":
        return _on_the_phone(house, placed, wish)
    if wish.via == "chat":
        return Reply(f"Calling {placed.persona.name} … {_what_is_left(placed)}", chat=placed.call.id)
    return _with_a_link(house, placed, wish)


def _who_is_meant(house: Installation, ask: Ask, error: UnknownPersona) -> Reply:
    """Offer the character that was probably meant, else all of them."""
    if not error.meant:
        return gallery.which_character(house, str(error), ask)
    again = {**ask.arguments, "character": error.meant}
    name = house.cast.of_slug(error.meant).name
    return Reply(str(error), choices=(Choice(f"Call {name}", "call", again, replaces=True),))


async def answer(house: Installation, ask: Ask) -> Reply:
    """Take the answer to the first-call card, and go on with the call that it stood before."""
    remember = ask.arguments.get("remember", "later")
    if remember not in {"yes", "no"}:
        return Reply("Fine. Nothing was kept; /call asks you again.")
    if not ask.arguments.get("character"):
        return await account.switch_remembering(house, ask, remember=remember == "yes")
    await first_call.answer_card(house, ask.caller, remember=remember == "yes")
    return await call(house, ask)


async def bring(house: Installation, ask: Ask) -> Reply:
    """Answer who wants their memory in a link that anybody can read: for this call alone."""
    placed = await bringing_memory.bring_memory(house, ask.caller, ask.arguments.get("call", ""))
    call = placed.call
    reply = _with_a_link(house, placed, placing.Wish(call.topic, continues=call.continues))
    return reply if placed.brought else replace(reply, text=NO_ROOM)


def _instead_of_the_phone(house: Installation, ask: Ask) -> tuple[Choice, ...]:
    """Return what somebody can do whose telephone cannot ring."""
    link = {key: ask.arguments[key] for key in ("character", "topic") if ask.arguments.get(key)}
    add = (Choice("Your phone", "account", {"do": "phone"}),) if phone_is_on(house) else ()
    return (Choice("Make a link instead", "call", link), *add)


async def _refuse_before_the_card(house: Installation, ask: Ask, wish: placing.Wish) -> None:
    """Raise CallerError where no call begins whatever is answered, so that nobody is asked for nothing."""
    seen = await accounts.see_account(house, ask.caller)
    if wish.via == "phone" and not seen.phone_is_on:
        raise CallerError(OFF)
    if seen.is_blocked:
        raise CallerError(account.BLOCKED)
    if seen.paused is not None:
        reason = f": “{seen.paused}”" if seen.paused else ""
        raise CallerError(f"Calls are paused at the moment{reason}. Try again later; nothing was used.")
    left = seen.allowance
    if not seen.none_allowed and left.calls_left <= 0:
        raise used_up("Your calls of today", left.day_ends_at)
    if not seen.none_allowed and left.minutes_left <= 0:
        raise used_up("The minutes of this month", left.month_ends_at)


def _what_is_left(placed: placing.Placed) -> str:
    """Return what a call leaves: of the allowance, and of a link from before."""
    left = what_is_left(placed.allowance, placed.call.granted_minutes, placed.persona.max_minutes)
    return f"{left} {WITHDREW}" if placed.withdrew else left


def _with_a_link(house: Installation, placed: placing.Placed, wish: placing.Wish) -> Reply:
    persona = placed.persona
    footer = "Whoever has this link can use it; it carries your name."
    if placed.brought:
        footer = "Whoever gets this link can use it, and can read your name and your memory in it."
    elif placed.can_bring:
        footer += "\nYour memory is not in it. If you bring it, whoever gets the link can read it."
    if placed.expires_at is not None:
        until = placed.expires_at.astimezone(house.terms.timezone)
        footer = f"Only for you, in one browser; good until {until:%H:%M %Z}."
    remembers = f"{persona.name} remembers you.\n" if placed.is_returning else ""
    if wish.continues == FRESH:
        remembers = f"{persona.name} knows nothing of you this time, and nothing is kept.\n"
    card = Card(
        f"{persona.name} is ready",
        persona.tagline,
        persona.color,
        footer=f"{remembers}{footer}\n{_what_is_left(placed)}",
        byline=f"by {persona.author}",
        picture=persona.slug,
        is_verbatim=True,
    )
    again = _same(persona, wish)
    talk = Choice(f"Talk with {persona.name}", url=placed.url)
    other = (_what_will_they_know(persona, wish), Choice("New link", "call", again, replaces=True))
    bring = Choice(BRING, "bring", {"call": placed.call.id}, replaces=True)
    choices = (talk, bring, *other) if placed.can_bring else (talk, *other)
    cards = (card, _in_the_link(placed)) if placed.brought else (card,)
    return Reply(cards=cards, choices=choices, link=placed.call.id)


def _in_the_link(placed: placing.Placed) -> Card:
    return Card("What stands in this link", placed.brought, placed.persona.color, is_verbatim=True)


def _on_the_phone(house: Installation, placed: placing.Placed, wish: placing.Wish) -> Reply:
    persona, asked = placed.persona, placed.call
    if asked.state is not CallState.SCHEDULED or asked.due_at is None:
        text = f"Calling your phone ({placed.number}) now …"
        choices = [_what_will_they_know(persona, wish)]
    else:
        at = when(asked.due_at, house.terms.timezone)
        text = f"{persona.name} will ring {placed.number} on {at}; /history cancels it."
        cancel = Choice("Cancel it", "account", {"do": "cancel", "call": asked.id}, replaces=True)
        choices = [cancel, _what_will_they_know(persona, wish)]
    card = Card(
        persona.name,
        text,
        persona.color,
        footer=_what_is_left(placed),
        picture=persona.slug,
        has_verbatim_title=True,
    )
    return Reply(cards=(card,), choices=tuple(choices))


def _same(persona: Persona, wish: placing.Wish) -> dict[str, str]:
    """Return what a button says that is about a call like this one."""
    about = {"character": persona.slug, "topic": wish.topic, "continue": wish.continues}
    return {name: value for name, value in about.items() if value}


def _what_will_they_know(persona: Persona, wish: placing.Wish) -> Choice:
    return Choice(f"What will {persona.name} know?", "memory", _same(persona, wish))


def _first_call_card(house: Installation, persona: Persona, ask: Ask) -> Reply:
    said = (first_call.card_text(house.terms, persona.name), first_call.privacy_sentence(house.terms))
    text = "\n".join(one for one in said if one)
    again = {**ask.arguments, "character": persona.slug}
    return Reply(
        cards=(Card(BEFORE, text, persona.color, picture=persona.slug),),
        choices=(
            Choice("Call and remember", "answer", {**again, "remember": "yes"}, replaces=True),
            Choice("Call, don't remember", "answer", {**again, "remember": "no"}, replaces=True),
            Choice("Not now", "answer", {"remember": "later"}, replaces=True),
        ),
    )
