"""How long members wait for the acknowledgement and for the final answer, bot beside bot."""

import asyncio
import gc
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any, Generic, Protocol, TypeVar

from tests.bench.bots import BotProcess
from tests.bench.measuring import p50_p99, percentile

PAUSE_SECONDS = 0.01
AIM_ACKNOWLEDGED, AIM_ANSWERED = "1.20", "2.00"


@dataclass(eq=False, kw_only=True)
class Timed:
    """Something that somebody did, and when what happened; 0 is never."""

    left: float = 0.0
    acknowledged: float = 0.0
    answered: float = 0.0
    is_answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def to_acknowledgement(self) -> float:
        """The seconds from the frame to the acknowledgement."""
        return self.acknowledged - self.left

    @property
    def to_answer(self) -> float:
        """The seconds from the frame to the final answer."""
        return self.answered - self.left

    @property
    def text(self) -> str:
        """What the member reads at last."""
        raise NotImplementedError

    def finish(self, now: float) -> None:
        """Note the final answer, once."""
        if not self.answered:
            self.answered = now
            self.is_answered.set()


class Watched(Protocol):
    """A fake platform whose members somebody watches, with a clock."""

    members: list[Any]
    away: float

    async def ask(self, person: Any, command: str, focused: str = "", **options: Any) -> Timed:
        """Do something and wait for the final answer."""

    async def is_posted(self) -> None:
        """Wait until a direct message came since the last time."""

    def tidy(self) -> None:
        """Note what was refused, and forget all else that happened."""


W = TypeVar("W", bound=Watched)


@dataclass
class Latency:
    """Seconds of calls, one list for each block, and of computing for each call."""

    acknowledged: list[list[float]] = field(default_factory=list)
    answered: list[list[float]] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    fake_cpu: list[float] = field(default_factory=list)


@dataclass
class Way(Generic[W]):
    """One row: how a call is asked for of which bot, by whom, and whether a direct message follows."""

    title: str
    watched: W
    bot: BotProcess
    ends: str
    topic: str = ""
    is_posted: bool = False
    members: Sequence[Any] = ()
    latency: Latency = field(default_factory=Latency)

    @property
    def topics(self) -> dict[str, str]:
        """The topic as an option, where there is one."""
        return {"topic": self.topic} if self.topic else {}


async def measure_latency(ways: Sequence[Way[Any]], blocks: int, calls: int) -> None:
    """Let each way have its turn in every block, the first of which counts for nothing."""
    for number in range(blocks + 1):
        for way in ways:
            members = cycle(way.members or way.watched.members)
            block = list(islice(members, number * calls, (number + 1) * calls))
            before, fake_before = way.bot.cpu_seconds(), time.process_time()
            acts = [await _call(way, member) for member in block]
            if number:
                way.latency.cpu.append((way.bot.cpu_seconds() - before) / calls)
                way.latency.fake_cpu.append((time.process_time() - fake_before) / calls)
                way.latency.acknowledged.append([act.to_acknowledgement for act in acts])
                way.latency.answered.append([act.to_answer for act in acts])
            check_answers(acts, way.ends)
            way.watched.tidy()
            gc.collect()


async def _call(way: Way[Any], member: Any) -> Timed:
    """Call, and wait until all that follows is over, so that the next call finds the bot at rest."""
    act = await way.watched.ask(member, "call", character="wizard", **way.topics)
    if way.is_posted:
        await way.watched.is_posted()
    await asyncio.sleep(PAUSE_SECONDS + 2 * way.watched.away)
    return act


def check_answers(acts: Sequence[Timed], ends: str) -> None:
    """Raise AssertionError unless every member reads what they asked for."""
    for act in acts:
        assert ends in act.text, f"a member reads {act.text!r} instead of {ends!r}"


def row(
    way: Way[Any], blocks: Sequence[Sequence[float]], others: Sequence[Sequence[float]], aim: str
) -> tuple[str, ...]:
    """Return a bot's row; the ratios of neighbouring blocks leave a tenth out at either end."""
    ratios = [
        statistics.median(one) / statistics.median(two) for one, two in zip(blocks, others, strict=True)
    ]
    whole = statistics.median(_flat(blocks)) / statistics.median(_flat(others))
    spread = f"{percentile(ratios, 0.1):.2f} to {percentile(ratios, 0.9):.2f}"
    cells = (way.title, *p50_p99(_flat(blocks)), f"{whole:.2f}", spread)
    return (*cells, aim if way.title.startswith("Troupe") else "") if aim else cells


def _flat(blocks: Sequence[Sequence[float]]) -> list[float]:
    return [seconds for block in blocks for seconds in block]
