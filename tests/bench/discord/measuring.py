"""What is measured of the two bots: call after call, calls at a rate, and many commands of all kinds."""

import asyncio
import gc
import math
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice, repeat

from tests.bench.discord.watching import Watched
from tests.bench.latency import Way, check_answers
from tests.fakes.discord import Person

PAUSE_SECONDS = 0.01
QUIET_SECONDS = 0.5
IN_TIME_SECONDS = 2.5
CLOSE, APART = 1.25, 1.5
TIDY_AFTER = 500
HANDS = 8
"""How many members wait for an answer at the same time while many commands are given."""

Kind = tuple[str, str, dict[str, str]]
MIX: tuple[Kind, ...] = (
    *(("call", "", {"character": "wizard"}),) * 3,
    *(("call", "character", {"character": "wi"}),) * 3,
    *(("memory", "", {"character": "wizard"}),) * 2,
    *(("memory", "character", {"character": "c"}),),
    *(("history", "", {}),) * 2,
    *(("help", "", {}),) * 2,
    *(("account", "", {}),) * 2,
)
"""For each of fifteen commands its name, the option that is being completed, and the options."""


@dataclass(frozen=True)
class Step:
    """What became of calls that came at a rate; times are median and longest, in seconds."""

    rate: float
    is_held: bool
    acknowledged: tuple[float, float]
    answered: tuple[float, float]
    busy: tuple[float, float]
    """How much of a core the bot and the fake used."""


async def find_rate(way: Way[Watched], seconds: float, most: int) -> list[Step]:
    """Offer calls at rates until one is held and one of a quarter more is not; return all that were tried.

    ``most`` is after how many of them it ends anyhow.
    """
    rate, steps = await _reach(way, round(HANDS * 60 * min(1.0, seconds))), []
    while len(steps) < most:
        steps.append(await _offer(way, rate, seconds))
        held = max((step.rate for step in steps if step.is_held), default=0.0)
        missed = min((step.rate for step in steps if step.rate > held and not step.is_held), default=math.inf)
        if missed <= held * CLOSE:
            break
        rate = (
            held * APART if missed == math.inf else missed / APART if not held else math.sqrt(held * missed)
        )
    return steps


async def _reach(way: Way[Watched], calls: int) -> float:
    """Return how many calls a second are answered to members who wait for each other's answers."""
    todo = iter(way.watched.members * (calls // len(way.watched.members) + 1))
    kinds = repeat(("call", "", {"character": "wizard", **way.topics}))
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(HANDS):
            group.create_task(_work(way.watched, islice(zip(todo, kinds, strict=False), calls // HANDS)))
    reached = calls / (time.perf_counter() - began)
    await way.watched.is_quiet(QUIET_SECONDS)
    way.watched.tidy()
    return reached


async def _offer(way: Way[Watched], rate: float, seconds: float) -> Step:
    watched = way.watched
    members = islice(cycle(watched.members), max(1, round(rate * seconds)))
    acts = [watched.word(member, "call", character="wizard", **way.topics) for member in members]
    gc.collect()
    before, fake_before, began = way.bot.cpu_seconds(), time.process_time(), time.perf_counter()
    for number, act in enumerate(acts):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        watched.do(act)
    lasted = time.perf_counter() - began
    busy = (way.bot.cpu_seconds() - before) / lasted, (time.process_time() - fake_before) / lasted
    with suppress(TimeoutError):
        async with asyncio.timeout(IN_TIME_SECONDS):
            for act in acts:
                await act.is_answered.wait()
    is_held = all(act.answered > 0 and act.to_acknowledgement <= IN_TIME_SECONDS for act in acts)
    await watched.is_quiet(QUIET_SECONDS)
    if is_held:
        check_answers(acts, way.ends)
        watched.tidy()
    else:
        watched.forget()
    acknowledged = [act.to_acknowledgement for act in acts if act.acknowledged]
    answered = [act.to_answer for act in acts if act.answered]
    return Step(rate, is_held, _median_and_last(acknowledged), _median_and_last(answered), busy)


def _median_and_last(seconds: Sequence[float]) -> tuple[float, float]:
    return (statistics.median(seconds), max(seconds)) if seconds else (math.inf, math.inf)


async def give_commands(watched: Watched, count: int, *, only_call: bool) -> float:
    """Give so many commands of all kinds, some at a time; return how many there were in a second."""
    kinds = [kind for kind in MIX if kind[0] == "call" or not only_call]
    random.Random(7).shuffle(kinds)
    todo, began = zip(cycle(watched.members), cycle(kinds), strict=False), time.perf_counter()
    for start in range(0, count, TIDY_AFTER):
        some = islice(todo, min(TIDY_AFTER, count - start))
        async with asyncio.TaskGroup() as group:
            for _ in range(HANDS):
                group.create_task(_work(watched, some))
        await watched.is_quiet(PAUSE_SECONDS * 20)
        watched.tidy()
    return count / (time.perf_counter() - began)


async def _work(watched: Watched, todo: Iterator[tuple[Person, Kind]]) -> None:
    for member, (command, focused, options) in todo:
        await watched.ask(member, command, focused, **options)
