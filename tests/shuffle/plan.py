"""What is asked for and said: people, characters and talks, all from one seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

CHARACTERS = ("wizard", "captain", "detective", "tutor", "coach")
LARGE_LINE_CHARS = 70_000
"""One such line makes an event that is not small any more to the web server."""

_STARTS = (
    "My cat is called",
    "I lost",
    "Yesterday I found",
    "Tell me of",
    "I like",
    "Please explain",
    "We met",
)
_THINGS = (
    "Fig",
    "a silver key",
    "the sea",
    "naïve 🧙 magic",
    'two "quotes"',
    "{{user_name}}",
    "café, 東京",
    "a\0b",
)


class Kind(Enum):
    """How a call goes."""

    PAGE = auto()
    """A talk on the page."""
    SILENT = auto()
    """Somebody opened the page and said nothing."""
    TWICE = auto()
    """The browser started again: two conversations of one call."""
    TWICE_UNHEARD = auto()
    """The second start was refused by ElevenLabs; the first one was fine."""
    CHAT = auto()
    """A text chat over the socket."""
    HOSTED = auto()
    """A public link: attributed by the call's reference, and held."""
    PHONE = auto()
    """A telephone rang, and somebody picked up and talked."""
    BUSY = auto()
    """A telephone rang, and was declined."""
    UNANSWERED = auto()
    """A telephone rang, and nobody came."""
    VOICEMAIL = auto()
    """A machine took the call."""
    STOP_CALLING = auto()
    """Somebody picked up and wants no more calls."""
    REFUSED = auto()
    """ElevenLabs refused to start it: a failed conversation, of which no event tells."""


WEIGHTS = {
    Kind.PAGE: 60,
    Kind.SILENT: 10,
    Kind.TWICE: 8,
    Kind.TWICE_UNHEARD: 3,
    Kind.CHAT: 12,
    Kind.HOSTED: 1,
    Kind.REFUSED: 5,
    Kind.PHONE: 6,
    Kind.BUSY: 4,
    Kind.UNANSWERED: 2,
    Kind.VOICEMAIL: 2,
    Kind.STOP_CALLING: 1,
}
DOUBLE = {Kind.TWICE, Kind.TWICE_UNHEARD}
ON_THE_PHONE = {Kind.PHONE, Kind.BUSY, Kind.UNANSWERED, Kind.VOICEMAIL, Kind.STOP_CALLING}
MOST_HOSTED = 40
"""Each is looked for in the list of all conversations, which is slow in the sandbox."""


class Memory(Enum):
    """What a person answered to the first-call card."""

    YES = auto()
    NO = auto()
    NO_AFTERWARDS = auto()
    """They changed their mind while the transcripts were still out."""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call of somebody; ``lines`` is what the member says, in each of its conversations."""

    kind: Kind
    character: str
    topic: str
    lines: tuple[tuple[str, ...], ...]
    pauses: tuple[int, ...]
    """How many seconds pass before each line, and before the end."""


@dataclass
class PlannedPerson:
    """Somebody, and the calls that they make one after the other."""

    name: str
    memory: Memory
    calls: list[PlannedCall] = field(default_factory=list)


def plan(conversations: int, rng: random.Random) -> list[PlannedPerson]:
    """Return people with this many conversations together; every kind occurs."""
    kinds = list(WEIGHTS)
    people: list[PlannedPerson] = []
    left, hosted = conversations, 0
    wanted = list(kinds)
    while left > 0:
        kind = wanted.pop() if wanted else rng.choices(kinds, list(WEIGHTS.values()))[0]
        if kind is Kind.HOSTED and hosted == MOST_HOSTED:
            continue
        hosted += kind is Kind.HOSTED
        call = _call(kind if left > 1 or kind not in DOUBLE else Kind.PAGE, rng)
        left -= len(call.lines)
        rang = any(before.kind in ON_THE_PHONE for before in people[-1].calls) if people else False
        if not people or rang or len(people[-1].calls) == 3 or rng.random() < 0.4:
            memory = rng.choices(list(Memory), (85, 10, 5))[0]
            people.append(PlannedPerson(f"Member {len(people)}", memory))
        people[-1].calls.append(call)
    return people


def _call(kind: Kind, rng: random.Random) -> PlannedCall:
    lines = [_lines(rng) for _ in range(2 if kind in DOUBLE else 1)]
    if kind in {Kind.SILENT, Kind.REFUSED, Kind.BUSY, Kind.UNANSWERED, Kind.VOICEMAIL}:
        lines = [()]
    elif kind is Kind.TWICE_UNHEARD:
        lines[1] = ()
    elif kind is Kind.STOP_CALLING:
        lines = [("Please stop calling this number.",)]
    pauses = tuple(rng.randint(1, 40) for _ in range(max(map(len, lines)) + 1))
    topic = rng.choice(("", "", "the lost ring", _line(rng)))
    return PlannedCall(kind, rng.choice(CHARACTERS), topic, tuple(lines), pauses)


def _lines(rng: random.Random) -> tuple[str, ...]:
    lines = [_line(rng) for _ in range(rng.choice((1, 1, 2, 2, 3, 4, 8)))]
    if rng.random() < 0.01:
        lines[0] += " I go on and on." * (LARGE_LINE_CHARS // 16)
    return tuple(lines)


def _line(rng: random.Random) -> str:
    return f"{rng.choice(_STARTS)} {rng.choice(_THINGS)}, number {rng.randrange(10**6)}."


def count_calls(people: Sequence[PlannedPerson]) -> int:
    """Return how many calls they make together."""
    return sum(len(person.calls) for person in people)
