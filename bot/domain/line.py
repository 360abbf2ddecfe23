"""Lines that a process holds: a chat that it relays, a talk page that listens; and what goes to them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.domain.call import CallId

LineKind = Literal["chat", "page"]

CarriedKind = Literal["say", "whisper", "hang_up", "update"]
"""What is carried to a line: words to say, to whisper or, to a page, to let it know; or that it is to end."""

News = Literal["work", "shards"]
"""What processes tell each other to look at: jobs that are due, shards that nobody holds any more."""

CARRIED_FOR = timedelta(minutes=1)
"""For how long what is carried is kept at the most, taken or not."""


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A chat that some process holds, with which character; ``root`` is the message its thread hangs on."""

    call_id: CallId
    holder: str
    slug: str
    root: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """Something on its way to a line; numbers grow, but not by one."""

    number: int
    kind: CarriedKind
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a holder finds: what is new for its line, or that it holds it no more, as somebody else may."""

    carried: tuple[Carried, ...] = ()
    is_held: bool = True
    is_moved: bool = False
