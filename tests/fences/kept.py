"""What is kept of people, and the characters that may be told of it: the nouns of the model."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.caller import Account

_NARROW_TO_WIDE = ("none", "own", "shared")


TALKS = frozenset({"talk", "import"})
SAID = TALKS | {"more"}
"""What was said: a talk of a call or of a file, which is called by its first line, and its further lines."""


def narrower(one: str, other: str) -> str:
    """Return which of two reaches is less."""
    return min(one, other, key=_NARROW_TO_WIDE.index)


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as somebody wrote it, or as it was found in a talk; of a birthday there is one only."""

    number: int
    is_birthday: bool = False


@dataclass(eq=False, slots=True)
class Line:
    """One thing that is kept: a talk, an import, a fact, a field of a profile; ``slug`` empty: for everyone.

    ``id`` is how its member names it: the call's, the import's or the fact's. ``call`` is where a fact was
    learned, ``saved_at`` when an import came. A fact that another one replaced is told to nobody. Of ``kind``
    more is a further line of an import, with its ``id``; former is what stood in a profile before an import,
    and still stands behind the button that takes it back.
    """

    number: int
    kind: str
    owner: Account
    slug: str
    generation: int
    reach: str
    at: datetime
    id: str = ""
    held_until: datetime | None = None
    call: str = ""
    saved_at: datetime | None = None
    is_pinned: bool = False
    is_for_everyone: bool = False
    is_corrected: bool = False
    is_birthday: bool = False
    replaced_by: "Line | None" = None


def numbers_of(talk: Line, lines: Iterable[Line]) -> tuple[int, ...]:
    """Return what was said in a talk, line for line; its summary is of the last one, which tells most."""
    more = (line for line in lines if line.kind == "more" and line.id == talk.id)
    return (talk.number, *(line.number for line in more if line.owner == talk.owner))


@dataclass(eq=False, slots=True)
class Call:
    """A call that was asked for; ``topic`` is the number of its canary, 0 for none, ``thing`` what of."""

    id: str
    ref: str
    owner: Account
    slug: str
    generation: int
    reach: str
    delivery: str
    topic: int = 0
    thing: str = ""
    continues: str = ""
    token: str = ""
    address: str = ""
    is_inbound: bool = False
    is_open: bool = True
    is_erased: bool = False


@dataclass(eq=False, slots=True)
class Talk:
    """A conversation that began; ``number`` is that of its canary, ``is_home`` whether we have it.

    ``facts`` are what was found in it, and not known before somebody said that it was them.
    """

    id: str
    number: int
    call: Call
    reach: str
    at: datetime
    is_home: bool = False
    facts: list[Told] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Character:
    """A slug: who stands behind it now (``memory`` None: nobody), and the how-manieth that is."""

    slug: str
    memory: str | None
    generation: int = 0
    left_at: datetime | None = None
