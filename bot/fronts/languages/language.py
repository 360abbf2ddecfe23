"""What another language consists of: words for commands, and sentences with the holes of the English."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class CommandWords:
    """What our commands are called, by the English word and by where it stands."""

    commands: Mapping[str, str]
    options: Mapping[str, str]
    choices: Mapping[str, str]
    descriptions: Mapping[str, str]


ENGLISH_WORDS = CommandWords({}, {}, {}, {})
"""Nothing is called anything else."""

Noun = tuple[str, str, str, str]
"""What follows a count: in English after 1 and after any other number, and the same two here."""


@dataclass(frozen=True, slots=True)
class Dates:
    """How dates are written; the patterns know ``weekday, day, month, year, time, zone``."""

    weekdays: tuple[str, ...] = WEEKDAYS
    months: tuple[str, ...] = MONTHS
    short_months: tuple[str, ...] = SHORT_MONTHS
    when: str = "{weekday} {day} {month}, {time}{zone}"
    moment: str = "{day} {month} {year}, {time}"
    day: str = "{day} {month} {year}"


@dataclass(frozen=True, slots=True)
class Grammar:
    """How what stands in the holes of sentences is said; ``holes`` explains which hole holds what.

    ``phrases`` are parts of sentences by the hole that they stand in. It holds nothing else; those in
    ``open_holes`` may hold other people's words as well. A hole in ``lists`` holds several phrases of another
    hole, with " · " between them. An account is ``on`` a platform, or ``elsewhere``.
    """

    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    counted: Mapping[str, tuple[Noun, ...]] = field(default_factory=dict)
    open_holes: frozenset[str] = frozenset()
    lists: Mapping[str, str] = field(default_factory=dict)
    dates: Dates = Dates()
    on: str = "on {platform}"
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    somebody: str = "somebody"
    and_: str = " and "
    or_: str = " or "
    thousands: str = ","


@dataclass(frozen=True, slots=True)
class Language:
    """One language."""

    commands: CommandWords
    sentences: Mapping[str, str]
    grammar: Grammar
