"""Recalled turns as a text of limited length: whole turns only, dated, each with who said it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.conversation import Role
from bot.domain.hits import StoredTurn, conversation_of
from bot.domain.recall import Scored
from bot.domain.terms import index_turn, read_marks
from bot.domain.variables import make_harmless

_LENGTH_COST = 0.8
"""What a turn e times as long has to score more, to be told first: short ones leave room for others."""
_OVERHEAD_CHARS = 25
_LEAST_CHARS = 12
"""With less room than this nothing worth telling fits."""
_SQUEEZED_CHARS = 200
"""More blanks than this are not expected to go when a turn becomes one line."""


@dataclass(frozen=True, slots=True)
class Speakers:
    """What the two sides are called in a text."""

    member: str = "They"
    character: str = "You"

    def of(self, role: Role) -> str:
        """Return what a side is called."""
        return self.member if role == "user" else self.character


NO_NAMES = Speakers()


@dataclass(frozen=True, slots=True)
class Recalled:
    """The turns that answer best, best first, and a text of the best that fit, in order of time."""

    turns: tuple[StoredTurn, ...]
    text: str


def tell(ranked: Sequence[Scored], speakers: Speakers, max_chars: int) -> str:
    """Return a text of the turns that are worth most for their length, never longer than ``max_chars``.

    Each is whole, on a line of its own under its date; they stand in order of time.
    """
    worth = sorted(
        ranked,
        key=lambda one: one.score - _LENGTH_COST * math.log(len(one.turn.text) + _OVERHEAD_CHARS),
        reverse=True,
    )
    lines: dict[StoredTurn, str] = {}
    headings: dict[tuple[date, int], str] = {}
    left = max_chars
    for one in worth:
        if len(one.turn.text) > left + _SQUEEZED_CHARS:
            continue
        line = _line(one.turn, speakers)
        where = _place(one.turn)
        heading = headings.get(where) or f"{where[0].day} {where[0]:%B %Y}"
        cost = len(line) + 1 + (0 if where in headings else len(heading) + 1)
        if cost <= left + 1:  # nothing follows the last line
            lines[one.turn] = line
            headings[where] = heading
            left -= cost
        if left < _LEAST_CHARS:
            break
    return "\n".join(_in_order(lines, headings))


def telling(turns: Sequence[StoredTurn]) -> list[Scored]:
    """Score turns for a text that is told before anything is asked: news, and what says much in few words.

    ``turns`` are the newest of a person. What was found is in which turns later questions have their answers:
    replies to questions, first turns, times and names, rare words; and what is newer counts for more.
    """
    indexed = {turn.key: index_turn(turn.role, turn.text) for turn in turns}
    counts: dict[str, int] = {}
    for one in indexed.values():
        for term in one.terms:
            counts[term] = counts.get(term, 0) + 1
    scored = []
    for age, turn in enumerate(turns):
        own, before = indexed[turn.key], indexed.get(turn.key - 1)
        marks = read_marks(own.marks)
        replies = before is not None and read_marks(before.marks).asks
        commonness = sum(math.log(1 + counts[term]) for term in own.terms) / max(1, len(own.terms))
        score = (
            0.6 * math.log(max(16, len(turn.text)))
            + 0.9 * replies
            + 0.9 * (turn.key & 0xFFFFF == 0)
            + 0.36 * marks.times
            + 0.27 * marks.names
            + 0.05 * marks.first_person
            - 0.12 * marks.second_person
            - 0.36 * marks.asks
            - 0.7 * commonness
            - 0.3 * age / len(turns)
        )
        scored.append(Scored(turn, score))
    return scored


def _line(turn: StoredTurn, speakers: Speakers) -> str:
    return f"{speakers.of(turn.role)}: {' '.join(make_harmless(turn.text).split())}"


def _place(turn: StoredTurn) -> tuple[date, int]:
    return turn.at.date(), conversation_of(turn.key)


def _in_order(lines: dict[StoredTurn, str], headings: dict[tuple[date, int], str]) -> Iterable[str]:
    told: tuple[date, int] | None = None
    for turn in sorted(lines, key=lambda turn: (_place(turn), turn.key)):
        if _place(turn) != told:
            told = _place(turn)
            yield headings[told]
        yield lines[turn]
