"""Drawing an episode: which world, who acts in it, and when lives are killed."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.chaos.acts import WORLDS
from tests.chaos.episode import Kill, Plan
from tests.chaos.wanted import Wanted

AT_RANDOM_TIMES, AT_NAMED_POINTS = 0.25, 0.35
"""The rest is killed at any point with the same chance, and most of those are the commonest."""
WHILE_SOMEBODY_ACTS = 0.8
ACTS_AT_MOST = 3
AWAY_SECONDS = (0.0, 0.0, 0.0, 0.0, 1.0, 30.0, 200.0, 1_000.0, 8_000.0)
FEW_KILLS = 500


@dataclass(frozen=True)
class Length:
    """What a life without a death has: its points by name, how many while somebody acted, its duration."""

    busy: int
    seconds: float
    names: tuple[str, ...]

    @property
    def points(self) -> int:
        """How many there are in all."""
        return len(self.names)

    def count(self, part: str) -> int:
        """Return how many points have this in their name."""
        return sum(part in name for name in self.names)


GUESSED = Length(150, 0.2, ("",) * 250)
"""Good enough where measuring every act would take longer than the kills."""


class Lengths:
    """Measures an act when it is first drawn."""

    def __init__(self, wanted: Wanted, measure: Callable[[str, str], Length]) -> None:
        self._measure = measure
        self._is_guessed = wanted.kills < FEW_KILLS and not wanted.at
        self._known: dict[tuple[str, str], Length] = {}

    def of(self, world: str, act: str) -> Length:
        """Return how long a life with one such act is."""
        if self._is_guessed:
            return GUESSED
        if (world, act) not in self._known:
            self._known[world, act] = self._measure(world, act)
        return self._known[world, act]


def draw_plan(wanted: Wanted, number: int, left: tuple[int, int], lengths: Lengths) -> Plan:
    """Draw an episode; ``left`` is how many kills, and kills while recovering, are still to be made."""
    draw = random.Random(f"{wanted.seed}/{number}")
    world = wanted.worlds[(number // wanted.jobs) % len(wanted.worlds)]
    names = [act.__name__ for act in WORLDS[world] if not wanted.acts or act.__name__ in wanted.acts]
    acts = tuple(draw.choice(names) for _ in range(draw.randint(1, ACTS_AT_MOST)))
    kills = [_draw_kill(draw, lengths.of(world, name), wanted.at) for name in acts]
    kills = [replace(kill, away_seconds=draw.choice(AWAY_SECONDS)) for kill in kills]
    others, recovery = left
    if recovery > 0 and draw.random() < min(1.0, len(acts) * 1.3 * recovery / max(others, 1)):
        length = lengths.of(world, acts[-1])
        late = Kill(seconds=draw.uniform(0.003, length.seconds / 2), recovering=True)
        counted = Kill(draw.randint(1, max(20, length.points - length.busy)), recovering=True)
        kills.append(late if draw.random() < AT_RANDOM_TIMES else counted)
    return Plan(world, acts, tuple(kills))


def _draw_kill(draw: random.Random, length: Length, at: str) -> Kill:
    if at:
        if not length.count(at):
            raise ValueError(f"no point has {at!r} in its name")
        return Kill(draw.randint(1, length.count(at)), at=at)
    chance = draw.random()
    if chance < AT_RANDOM_TIMES:
        return Kill(seconds=draw.uniform(0.003, length.seconds))
    named = sorted(set(length.names) - {""})
    if named and chance < AT_RANDOM_TIMES + AT_NAMED_POINTS:
        name = draw.choice(named)
        return Kill(draw.randint(1, length.count(name)), at=name)
    # Most die while somebody acts; each life has the night before it as well.
    return Kill(draw.randint(1, length.busy if draw.random() < WHILE_SOMEBODY_ACTS else length.points))
