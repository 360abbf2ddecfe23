"""What a round is: which ceiling everybody runs into, and how far it lets them."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from bot.domain.allowance import UNLIMITED, Limits

Ceiling = Literal["calls", "person", "place", "all"]
CEILINGS: tuple[Ceiling, ...] = ("calls", "person", "place", "all")


@dataclass(frozen=True, slots=True)
class Round:
    """Who is asked for at one moment, each call for so many minutes, and the ceiling that stops them.

    Every round has a month of its own, so that the same person has their whole allowance again.
    """

    number: int
    ceiling: Ceiling
    most: int
    minutes: int
    at: str
    at_once: int
    seed: int

    @property
    def place(self) -> str:
        """The server where all of them ask."""
        return f"discord:{self.number}"

    @property
    def moment(self) -> datetime:
        """When all of them ask."""
        return datetime.fromisoformat(self.at)

    @property
    def limits(self) -> Limits:
        """What the operator allows in this round; a place's ceiling is a manager's."""
        field = {"calls": "calls_per_day", "person": "minutes_per_month", "all": "minutes_per_month_total"}
        return replace(UNLIMITED, **{field[self.ceiling]: self.most}) if self.ceiling in field else UNLIMITED

    @property
    def accepted(self) -> int:
        """How many calls have to be accepted, exactly."""
        return self.most if self.ceiling == "calls" else -(-self.most // self.minutes)

    @property
    def granted(self) -> int:
        """How many minutes they have to be granted together, exactly."""
        return self.most * self.minutes if self.ceiling == "calls" else self.most


def plan_rounds(count: int, at_once: int, seed: int) -> list[Round]:
    """Return rounds in months that follow each other; the same seed gives the same rounds."""
    chance = random.Random(seed)
    rounds = []
    for number in range(count):
        first = datetime(2026 + number // 12, number % 12 + 1, 1, tzinfo=UTC)
        border = timedelta(days=28) - timedelta(microseconds=1)
        moment = first + chance.choice((timedelta(), border, timedelta(hours=chance.randrange(600))))
        ceiling, minutes = chance.choice(CEILINGS), chance.randint(1, 15)
        most = chance.randint(1, at_once // 2)
        if ceiling != "calls":
            most = chance.randint(1, at_once * minutes // 2)
        rounds.append(
            Round(number, ceiling, most, minutes, moment.isoformat(), at_once, chance.randrange(2**32))
        )
    return rounds


def as_json(one: Round, **more: Any) -> dict[str, Any]:
    """Return a round as what a worker is told."""
    return {name: getattr(one, name) for name in one.__slots__} | more
