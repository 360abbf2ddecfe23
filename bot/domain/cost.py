"""What calls cost, in ElevenLabs' own figure: by month, and by what it was spent on."""

from dataclasses import dataclass
from typing import Literal

CostBy = Literal["delivery", "slug", "place", "holder"]
"""By what a month's cost can be split; the holder is a person."""

ALERT_PERCENTS = (50, 80, 100)
HEAVIEST = 10


@dataclass(frozen=True, slots=True)
class CostLine:
    """One part of a month's cost: what it is called, its cost, seconds and calls.

    ``name`` is the delivery, the slug, the place, or the name of a person; empty where it is not known any
    more, such as that of somebody who erased themselves.
    """

    name: str
    cost: int
    seconds: int
    calls: int


@dataclass(frozen=True, slots=True)
class MonthlyCost:
    """A month as ``2026-11``, its cost in all, and the parts of it, the dearest first."""

    month: str
    total: CostLine
    by_delivery: tuple[CostLine, ...] = ()
    by_character: tuple[CostLine, ...] = ()
    by_place: tuple[CostLine, ...] = ()
    by_person: tuple[CostLine, ...] = ()


Kind = Literal["delivery", "character", "place"]
"""What can be named as the reason of a rise."""


@dataclass(frozen=True, slots=True)
class Rise:
    """A part that costs more than the month before, and by how much."""

    kind: Kind
    name: str
    before: int
    now: int


def find_rises(now: MonthlyCost, before: MonthlyCost, limit: int = 3) -> tuple[Rise, ...]:
    """Return what made the cost rise from one month to the next, the most first."""
    parts: tuple[tuple[Kind, tuple[CostLine, ...], tuple[CostLine, ...]], ...] = (
        ("delivery", now.by_delivery, before.by_delivery),
        ("character", now.by_character, before.by_character),
        ("place", now.by_place, before.by_place),
    )
    rises = []
    for kind, lines, known in parts:
        earlier = {line.name: line.cost for line in known}
        rises += [
            Rise(kind, line.name, earlier.get(line.name, 0), line.cost)
            for line in lines
            if line.cost > earlier.get(line.name, 0)
        ]
    return tuple(sorted(rises, key=lambda rise: rise.before - rise.now)[:limit])


def alert_due(cost: int, ceiling: int, told_percent: int) -> int:
    """Return the percentage that the operator has to be told of now; 0 if none is new."""
    if ceiling <= 0:
        return 0
    reached = max((percent for percent in ALERT_PERCENTS if cost * 100 >= percent * ceiling), default=0)
    return reached if reached > told_percent else 0
