"""The commands, the same on every front: an Ask in, a Reply out."""

from collections.abc import Awaitable, Callable, Mapping

from bot.calls.first_call import privacy_sentence
from bot.calls.installation import Installation
from bot.domain.context import one_line
from bot.domain.errors import UnknownCommand
from bot.domain.nearest import nearest
from bot.domain.reply import Ask, Card, Reply
from bot.domain.words import NEUTRAL_COLOR
from bot.fronts import account, bringing, calling, gallery, interrupting, managing, memory, past, sharing

HELP = (
    ("/characters", "who you can call"),
    (
        "/call CHARACTER [by WAY] [about TOPIC] [at TIME]",
        "talk with them: by link, chat or phone; by phone also later",
    ),
    ("/history [CHARACTER or CALL]", "scheduled and past calls; with a call's id its transcript"),
    (
        "/memory [CHARACTER] [about …] [add …]",
        "exactly what they will be told next time; add, correct, delete",
    ),
    ("/import FILE [CHARACTER]", "bring a JSON conversation that you already have"),
    ("/forget [CALL, CHARACTER or everything]", "erase it, here and at ElevenLabs"),
    ("/whisper TEXT", "tell the character something in the middle of a talk"),
    ("/hangup", "end the chat"),
    (
        "/account [phone NUMBER]",
        "what you have left, your phone, your other accounts, whether you are remembered",
    ),
    ("/troupe", "for those who manage: who may call, allowances, pauses, blocks, cost"),
    ("/help", "this list"),
)
"""What members may type: the usage, and what it does."""

FOR_MANAGERS = "/troupe"
NAMES = tuple(usage.split()[0].removeprefix("/") for usage, _ in HELP)

Door = Callable[[Installation, Ask], Awaitable[Reply]]


async def answer(house: Installation, ask: Ask) -> Reply:
    """Answer one Ask. Raises TroupeError, of which ``apologies`` makes words."""
    door = DOORS.get(ask.command)
    if door is None:
        raise UnknownCommand(_unknown(ask.command))
    return await door(house, ask)


def counted(word: str) -> str:
    """Return the name that a command is counted under: its own, or ``other`` for what is none of ours."""
    return word if word in DOORS else "other"


def _unknown(word: str) -> str:
    near = nearest(word, NAMES)
    hint = f" Did you mean /{near}?" if near else ""
    return f"There is no command /{one_line(word, 40)}.{hint} /help lists all of them."


async def _help(house: Installation, ask: Ask) -> Reply:
    manages = ask.caller.may_manage or ask.caller.manages_place
    fields = tuple(row for row in HELP if manages or row[0] != FOR_MANAGERS)
    return Reply(cards=(Card("What you can do", privacy_sentence(house.terms), NEUTRAL_COLOR, fields),))


async def _dismiss(_house: Installation, _ask: Ask) -> Reply:
    return Reply("Nothing was changed.")


DOORS: Mapping[str, Door] = {
    "characters": gallery.characters,
    "call": calling.call,
    "history": past.history,
    "memory": memory.memory,
    "import": bringing.import_file,
    "takeback": bringing.take_back,
    "forget": past.forget,
    "account": account.account,
    "troupe": managing.troupe,
    "help": _help,
    "whisper": interrupting.whisper,
    "hangup": interrupting.hangup,
    "answer": calling.answer,
    "bring": calling.bring,
    "share": sharing.share,
    "keep": past.keep,
    "dismiss": _dismiss,
}
"""What an Ask may name; those that are not in HELP stand behind buttons only."""
