"""The commands, the same on every front: an Ask in, a Reply out."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from bot.calls import accounts, first_call, placing
from bot.calls.installation import Installation
from bot.calls.telephones import OFF, phone_is_on
from bot.domain.call import CallState
from bot.domain.context import one_line
from bot.domain.errors import CallerError, UnknownCommand
from bot.domain.moments import parse_moment
from bot.domain.nearest import nearest
from bot.domain.persona import Persona
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import NEUTRAL_COLOR, memory_in_words, what_is_left, when
from bot.fronts import account, managing, memory, past

HELP = (
    ("/characters", "who you can call"),
    (
        "/call CHARACTER [by WAY] [about TOPIC] [at TIME]",
        "talk with them: by link, chat or phone; by phone also later",
    ),
    ("/history [CHARACTER or CALL]", "scheduled and past calls; with a call's id its transcript"),
    ("/memory [CHARACTER]", "exactly what they will be told about you next time"),
    ("/import FILE [CHARACTER]", "bring a JSON conversation that you already have"),
    ("/forget [CALL, CHARACTER or everything]", "erase it, here and at ElevenLabs"),
    ("/account [phone NUMBER]", "what you have left, your phone, whether you are remembered"),
    ("/troupe", "for those who manage: allowances, pauses, blocks, cost; alone it lists how"),
    ("/help", "this list"),
)
"""What members may type: the usage, and what it does."""

WAYS: Mapping[str, Literal["link", "chat", "phone"]] = {"link": "link", "chat": "chat", "phone": "phone"}
FOR_MANAGERS = "/troupe"
NAMES = tuple(usage.split()[0].removeprefix("/") for usage, _ in HELP)

Door = Callable[[Installation, Ask], Awaitable[Reply]]


async def answer(house: Installation, ask: Ask) -> Reply:
    """Answer one Ask. A CallerError becomes its own words; every other error is the front's."""
    try:
        door = DOORS.get(ask.command)
        if door is None:
            raise UnknownCommand(_unknown(ask.command))
        return await door(house, ask)
    except CallerError as error:
        return Reply(str(error))


def _unknown(word: str) -> str:
    near = nearest(word, NAMES)
    hint = f" Did you mean /{near}?" if near else ""
    return f"There is no command /{one_line(word, 40)}.{hint} /help lists all of them."


async def _help(_house: Installation, ask: Ask) -> Reply:
    fields = tuple(row for row in HELP if ask.caller.may_manage or row[0] != FOR_MANAGERS)
    return Reply(cards=(Card("What you can do", color=NEUTRAL_COLOR, fields=fields),))


async def _characters(house: Installation, _ask: Ask) -> Reply:
    cast = house.cast.all()
    cards = tuple(
        Card(
            persona.name,
            persona.tagline,
            persona.color,
            footer=f"/call {persona.slug} · by {persona.author} · {memory_in_words(persona)}",
        )
        for persona in cast
    )
    choices = tuple(Choice(f"Call {one.name}", "call", {"character": one.slug}) for one in cast)
    return Reply(cards=cards, choices=choices)


async def _call(house: Installation, ask: Ask) -> Reply:
    character, topic = ask.arguments.get("character", ""), ask.arguments.get("topic", "")
    if not character:
        return past.which_character(house, "Whom do you want to call?", ask)
    at = ask.arguments.get("at", "").strip()
    via = ask.arguments.get("via", "").strip().lower() or ("phone" if at else "link")
    if via not in WAYS:
        ways = "link, chat or phone" if phone_is_on(house) else "link or chat"
        raise CallerError(f"There is no way {one_line(via, 40)!r} to call; choose {ways}.")
    due_at = parse_moment(at, house.now(), house.terms.timezone) if at else None
    placed = await placing.place(house, ask.caller, character, placing.Wish(topic, WAYS[via], due_at))
    if placed is None:
        if via == "phone":
            await _refuse_before_the_card(house, ask)
        return _first_call_card(house, house.cast.get(character), ask)
    if via == "phone":
        return _on_the_phone(house, placed, topic)
    left = what_is_left(placed.allowance, placed.call.granted_minutes, placed.persona.max_minutes)
    if via == "chat":
        return Reply(f"Calling {placed.persona.name} … {left}", chat=placed.call.id)
    return _with_a_link(house, placed, topic, left)


async def _refuse_before_the_card(house: Installation, ask: Ask) -> None:
    """Raise CallerError where no phone rings whatever is answered, so that nobody is asked for nothing."""
    seen = await accounts.see_account(house, ask.caller)
    if not seen.phone_is_on:
        raise CallerError(OFF)
    if seen.paused is not None:
        reason = f": {seen.paused}" if seen.paused else ""
        raise CallerError(f"Calls are paused at the moment{reason}. Try again later; nothing was used.")


def _with_a_link(house: Installation, placed: placing.Placed, topic: str, left: str) -> Reply:
    persona = placed.persona
    footer = "Whoever has this link can use it; it carries your name."
    if placed.expires_at is not None:
        until = placed.expires_at.astimezone(house.terms.timezone)
        footer = f"Only for you, in one browser; good until {until:%H:%M %Z}."
    greeting = f"{persona.name} remembers you." if placed.is_returning else persona.tagline
    return Reply(
        cards=(Card(f"{persona.name} is ready", greeting, persona.color, footer=f"{footer}\n{left}"),),
        choices=(
            Choice(f"Talk with {persona.name}", url=placed.url),
            _what_will_they_know(persona, topic),
        ),
    )


def _on_the_phone(house: Installation, placed: placing.Placed, topic: str) -> Reply:
    persona, call = placed.persona, placed.call
    left = what_is_left(placed.allowance, call.granted_minutes, persona.max_minutes)
    if call.state is not CallState.SCHEDULED or call.due_at is None:
        text = f"Calling your phone ({placed.number}) now …"
        choices = [_what_will_they_know(persona, topic)]
    else:
        at = when(call.due_at, house.terms.timezone)
        text = f"{persona.name} will ring {placed.number} on {at}; /history cancels it."
        cancel = Choice("Cancel it", "account", {"do": "cancel", "call": call.id})
        choices = [cancel, _what_will_they_know(persona, topic)]
    return Reply(cards=(Card(persona.name, text, persona.color, footer=left),), choices=tuple(choices))


def _what_will_they_know(persona: Persona, topic: str) -> Choice:
    return Choice(f"What will {persona.name} know?", "memory", {"character": persona.slug, "topic": topic})


def _first_call_card(house: Installation, persona: Persona, ask: Ask) -> Reply:
    text = first_call.card_text(house.terms, persona.name)
    again = {**ask.arguments, "character": persona.slug}
    return Reply(
        cards=(Card("Before your first call", text, persona.color),),
        choices=(
            Choice("Call and remember", "answer", {**again, "remember": "yes"}),
            Choice("Call, don't remember", "answer", {**again, "remember": "no"}),
            Choice("Not now", "answer", {"remember": "later"}),
        ),
    )


async def _answer(house: Installation, ask: Ask) -> Reply:
    """Take the answer to the first-call card, and go on with the call that it stood before."""
    remember = ask.arguments.get("remember", "later")
    if remember not in {"yes", "no"}:
        return Reply("Fine. Nothing was kept; /call asks you again.")
    if not ask.arguments.get("character"):
        return await account.switch_remembering(house, ask, remember=remember == "yes")
    await first_call.answer_card(house, ask.caller, remember=remember == "yes")
    return await _call(house, ask)


async def _dismiss(_house: Installation, _ask: Ask) -> Reply:
    return Reply("Nothing was changed.")


DOORS: Mapping[str, Door] = {
    "characters": _characters,
    "call": _call,
    "history": past.history,
    "memory": memory.memory,
    "import": past.import_file,
    "forget": past.forget,
    "account": account.account,
    "troupe": managing.troupe,
    "help": _help,
    "answer": _answer,
    "keep": past.keep,
    "dismiss": _dismiss,
}
"""What an Ask may name; those that are not in HELP stand behind buttons only."""
