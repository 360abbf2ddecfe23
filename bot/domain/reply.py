"""What comes in from a front and what goes back: an Ask and a Reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.call import CallId
from bot.domain.caller import Caller


@dataclass(frozen=True, slots=True)
class Ask:
    """One command of one caller; arguments that were not given are absent."""

    caller: Caller
    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: either it asks something on the caller's behalf, or it opens an address."""

    label: str
    command: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A framed piece of an answer; ``color`` is ``#rrggbb``."""

    title: str
    text: str = ""
    color: str = "#5b3fd6"
    fields: tuple[tuple[str, str], ...] = ()
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say, privately, to the one who asked; ``chat`` is a call that the front relays from now on.

    With ``is_data`` the text is for a program: it is shown to the letter, however long its lines are.
    """

    text: str = ""
    cards: tuple[Card, ...] = ()
    choices: tuple[Choice, ...] = ()
    chat: CallId | None = None
    is_data: bool = False
