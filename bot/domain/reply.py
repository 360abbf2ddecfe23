"""What comes in from a front and what goes back: an Ask and a Reply."""

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from bot.domain.call import CallId
from bot.domain.caller import Caller


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a command, and what it is called."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """One command of one caller; arguments that were not given are absent."""

    caller: Caller
    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    attached: Attached | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: either it asks something on the caller's behalf, or it opens an address.

    ``replaces`` means that what it answers takes the place of the message that it stands under: the next
    page, or what came of a question that must not be answered twice. ``begins_row`` starts a new line of
    buttons. ``is_danger`` warns of it. ``prefill`` is what stands already where it has to be written first.
    With ``is_verbatim`` its label is somebody's words: shown to the letter and never translated.
    """

    label: str
    command: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    replaces: bool = False
    begins_row: bool = False
    is_danger: bool = False
    prefill: str = ""
    is_verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A framed piece of an answer; ``color`` is ``#rrggbb``, ``byline`` says whose it is.

    ``picture`` is the slug of the character whose picture stands beside it. With ``is_verbatim`` its text and
    the values of its fields are somebody's words, with ``has_verbatim_fields`` the latter alone, with
    ``has_verbatim_title`` its title: they are shown to the letter and never translated.
    """

    title: str
    text: str = ""
    color: str = "#5b3fd6"
    fields: tuple[tuple[str, str], ...] = ()
    footer: str = ""
    byline: str = ""
    picture: str = ""
    is_verbatim: bool = False
    has_verbatim_fields: bool = False
    has_verbatim_title: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be posted for everybody; ``channel`` is empty for where it was asked."""

    card: Card
    choices: tuple[Choice, ...]
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Download:
    """A file for the one who asked: what it is called, and its bytes, made anew each time they are asked for.

    ``is_named`` says that they gave the name themselves.
    """

    name: str
    pieces: Callable[[], AsyncIterator[bytes]] = field(repr=False)
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say, privately, to the one who asked.

    ``chat`` is a call that the front relays from now on, ``link`` one whose link this answer carries,
    ``recap`` one whose end it tells, ``about`` one in whose thread it belongs where a front has threads, and
    ``notice`` what stands in public once this is said; if it cannot be
    posted, that is said instead. ``download`` is a file that goes with it.
    With ``is_data`` the text is for a program: it is shown to the letter, however long its lines are.
    With ``is_again`` it may have been posted already, by an attempt of which nobody knows how it ended.
    With ``can_be_a_file`` a choice sends all of it as one: a front whose files others may read sends none
    unasked then, however much it had to cut.
    """

    text: str = ""
    cards: tuple[Card, ...] = ()
    choices: tuple[Choice, ...] = ()
    chat: CallId | None = None
    link: CallId | None = None
    recap: CallId | None = None
    about: CallId | None = None
    notice: Notice | None = None
    is_data: bool = False
    download: Download | None = None
    can_be_a_file: bool = False
    is_again: bool = False

    @property
    def key(self) -> str:
        """What two posts have in common that say the same about one call; empty where they are about none.

        SHA-256, in hexadecimal digits.
        """
        about = self.recap or self.about
        return hashlib.sha256(f"{about} {self.text} {self.cards}".encode()).hexdigest() if about else ""
