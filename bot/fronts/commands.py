"""The commands, the same on every front: an Ask in, a Reply out."""

from collections.abc import Awaitable, Callable, Mapping

from bot.calls import first_call, placing
from bot.calls.installation import Installation
from bot.domain.context import one_line
from bot.domain.errors import CallerError, UnknownCommand
from bot.domain.nearest import nearest
from bot.domain.persona import Persona
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import NEUTRAL_COLOR, memory_in_words
from bot.fronts import past

HELP = (
    ("/characters", "who you can call"),
    ("/call CHARACTER [by link or chat] [about TOPIC]", "talk with them now, over a private link or here"),
    ("/history [CHARACTER or CALL]", "your past calls; with a call's id its transcript"),
    ("/memory [CHARACTER]", "exactly what they will be told about you next time"),
    ("/import FILE [CHARACTER]", "bring a JSON conversation that you already have"),
    ("/forget [CALL, CHARACTER or everything]", "erase it, here and at ElevenLabs"),
    ("/help", "this list"),
)
"""What members may type: the usage, and what it does."""

WAYS = ("link", "chat")
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


async def _help(_house: Installation, _ask: Ask) -> Reply:
    return Reply(cards=(Card("What you can do", color=NEUTRAL_COLOR, fields=HELP),))


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
    via = ask.arguments.get("via", "") or "link"
    if via not in WAYS:
        raise CallerError(f"There is no way {one_line(via, 40)!r} to call; choose {' or '.join(WAYS)}.")
    wish = placing.Wish(topic, "chat" if via == "chat" else "link")
    placed = await placing.place(house, ask.caller, character, wish)
    if placed is None:
        return _first_call_card(house, house.cast.get(character), ask)
    persona = placed.persona
    if via == "chat":
        return Reply(f"Calling {persona.name} …", chat=placed.call.id)
    footer = "Whoever has this link can use it; it carries your name."
    if placed.expires_at is not None:
        until = placed.expires_at.astimezone(house.terms.timezone)
        footer = f"Only for you, in one browser; good until {until:%H:%M %Z}."
    greeting = f"{persona.name} remembers you." if placed.is_returning else persona.tagline
    return Reply(
        cards=(Card(f"{persona.name} is ready", greeting, persona.color, footer=footer),),
        choices=(
            Choice(f"Talk with {persona.name}", url=placed.url),
            Choice(f"What will {persona.name} know?", "memory", {"character": persona.slug, "topic": topic}),
        ),
    )


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
    await first_call.answer_card(house, ask.caller, remember=remember == "yes")
    if ask.arguments.get("character"):
        return await _call(house, ask)
    if remember == "yes":
        return Reply("Remembering is on: characters remember you from now on.")
    return Reply("Remembering is off. What is kept already is told to nobody until you switch it on again.")


async def _dismiss(_house: Installation, _ask: Ask) -> Reply:
    return Reply("Nothing was changed.")


DOORS: Mapping[str, Door] = {
    "characters": _characters,
    "call": _call,
    "history": past.history,
    "memory": past.memory,
    "import": past.import_file,
    "forget": past.forget,
    "help": _help,
    "answer": _answer,
    "keep": past.keep,
    "dismiss": _dismiss,
}
"""What an Ask may name; those that are not in HELP stand behind buttons only."""
