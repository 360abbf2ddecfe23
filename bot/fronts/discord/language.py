"""What another language consists of: words for commands, and sentences with the holes of the English."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandWords:
    """What our commands are called, by the English word and by where it stands."""

    commands: Mapping[str, str]
    options: Mapping[str, str]
    choices: Mapping[str, str]
    descriptions: Mapping[str, str]


Noun = tuple[str, str, str, str]
"""What follows a count: in English after 1 and after any other number, and the same two here."""


@dataclass(frozen=True, slots=True)
class Dates:
    """How dates are written; the patterns know ``weekday, day, month, year, time, zone``."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    when: str
    moment: str
    day: str


@dataclass(frozen=True, slots=True)
class Language:
    """One language; what may stand in a hole is told by the hole's name, as ``holes`` explains.

    ``phrases`` are parts of sentences by the hole that they stand in; the hole holds nothing else, but those
    in ``open_holes`` may hold other people's words as well.
    """

    commands: CommandWords
    sentences: Mapping[str, str]
    phrases: Mapping[str, Mapping[str, str]]
    counted: Mapping[str, tuple[Noun, ...]]
    dates: Dates
    and_: str
    or_: str
    thousands: str
    open_holes: frozenset[str] = frozenset()
