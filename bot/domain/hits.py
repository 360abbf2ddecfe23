"""What the store answers when a person's words are searched: which of their turns hold which terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.conversation import Role

TurnKey = int
"""One turn of one person: ``conversation number << 20 | position``; the next turn's key is one more."""

_POSITION_BITS = 20


def turn_key(conversation: int, position: int) -> TurnKey:
    """Return the key of a turn; ``position`` counts from 0 and is below 1,048,576."""
    return conversation << _POSITION_BITS | position


def conversation_of(key: TurnKey) -> int:
    """Return the number of the conversation that a turn belongs to."""
    return key >> _POSITION_BITS


def position_of(key: TurnKey) -> int:
    """Return how many turns came before this one in its conversation."""
    return key & ((1 << _POSITION_BITS) - 1)


@dataclass(frozen=True, slots=True)
class Hits:
    """The turns of one person, among those that may be read, that hold terms of a query.

    ``turn_count`` is how many turns may be read at all, ``frequencies`` in how many of them a term stands
    (0 where in none). ``postings`` names, per term, the turns that hold it, in any order. ``marks`` has, for
    every turn in postings, the integer that was stored with it.
    """

    turn_count: int
    frequencies: Mapping[str, int]
    postings: Mapping[str, Sequence[TurnKey]]
    marks: Mapping[TurnKey, int]


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn as it was said; ``at`` is when, aware UTC.

    ``marks`` is the integer that was stored with it, None where a store does not give it along: it is then
    made anew, which takes longer.
    """

    key: TurnKey
    role: Role
    text: str
    at: datetime
    marks: int | None = None
