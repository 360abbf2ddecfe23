"""Worlds one after the other, each from its seed; what fails is made as short as it can be."""

import asyncio
import random
import re
import resource
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fences.acts import ACTS
from tests.fences.judge import Breach
from tests.fences.world import World

STEPS = 250
"""How much is done in one world."""
WALK = 2_500
"""How much is done in one test of `make test`."""
MEMORY = Path("/dev/shm")
SHRINK_SECONDS = 20.0
FEWEST = 5
_EVENTS = ("page", "hosted", "chat opened", "inbound", "came home", "transcript", "share", "press", "found")
"""What has to have happened at least so often."""
_WHERE = MEMORY if MEMORY.is_dir() else None
_ACTS, _WEIGHTS = list(ACTS), list(ACTS.values())


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in a world, and which of its steps it takes."""

    seed: int
    world: int
    steps: tuple[int, ...]
    why: str
    trace: tuple[str, ...]

    def __str__(self) -> str:
        steps = ",".join(map(str, self.steps))
        told = "\n".join(self.trace[-60:])
        if len(self.steps) > 60:
            steps = "all"
        again = f"python -m tests.fences --seed {self.seed} --world {self.world} --only {steps}"
        return f"World {self.world} of seed {self.seed}:\n{self.why}\n\n{told}\n\nAgain: {again}"


@dataclass
class Outcome:
    """What a run came to."""

    steps: int = 0
    worlds: int = 0
    told: int = 0
    """How many canaries were seen where they may be."""
    recalled: int = 0
    """How often something of the past had to be recalled for a topic."""
    did: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0.0

    commands: Counter[str] = field(default_factory=Counter)
    """How often each command was asked, with what it was to do."""

    @property
    def pace(self) -> float:
        """How many steps a second takes."""
        return self.steps / max(self.seconds, 0.001)

    def progress(self, of: int) -> str:
        """Return one line about how far it is."""
        left = (of - self.steps) / max(self.pace, 0.001) / 60
        return (
            f"{self.seconds:8.1f} s  {self.steps:9,} of {of:,} steps, {self.pace:.0f} a second, "
            f"{left:.0f} minutes left; {self.told:,} canaries told where they may be, {_megabytes():,} MB"
        )

    @property
    def summary(self) -> str:
        """Return what it came to."""
        what = "NOT ALL ARE TOLD WHAT IS THEIRS" if self.failures else "nobody was told what is not theirs"
        size = (
            f"{self.steps:,} steps in {self.worlds:,} worlds, {self.seconds:.0f} s, {self.pace:.0f} a second"
        )
        return (
            f"{size}, {_megabytes():,} MB at most; {what}.\n"
            f"{self.told:,} canaries were told where they may be; {self.recalled:,} times one was recalled.\n"
            f"Done: {_counted(self.did)}\nAsked: {_counted(self.commands)}"
        )


class Loop(asyncio.SelectorEventLoop):
    """An event loop without threads: what belongs on another is done at once, so that every run is the same.

    Half of the time of a step would else be spent on handing work over and back.
    """

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Do it, and return what came of it."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  whoever awaits it is told
            done.set_exception(error)
        return done


def run_world(seed: int, number: int, steps: Sequence[int]) -> tuple[World, Exception | None]:
    """Play these steps of a world; return it, and what went wrong."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(play(seed, number, steps))


async def play(seed: int, number: int, steps: Sequence[int]) -> tuple[World, Exception | None]:
    """Play these steps of a world; return it, and what went wrong."""
    with tempfile.TemporaryDirectory(prefix="troupe-fences-", dir=_WHERE) as folder:
        world = World(Path(folder), random.Random(f"{seed} {number}"))
        await world.open()
        wrong: Exception | None = None
        try:
            for step in steps:
                await take_step(world, f"{seed} {number} {step}")
        except Exception as error:  # noqa: BLE001  whatever it was, it is the finding
            wrong = error
        try:
            await world.close()
            if wrong is None:
                world.look_at_files()
        except Exception as error:  # noqa: BLE001
            wrong = wrong or error
        return world, wrong


def play_again(seed: int, number: int, steps: Sequence[int]) -> Failure | None:
    """Play these steps of a world once more."""
    world, wrong = run_world(seed, number, steps)
    if wrong is None:
        print("\n".join(world.trace))
        return None
    return Failure(seed, number, tuple(steps), _why(wrong), tuple(world.trace))


async def take_step(world: World, chance: str) -> None:
    """Do one thing, and then look at one memory, whosever."""
    world.rng.seed(chance)
    world.steps += 1
    world.tick()
    await world.work()
    (act,) = world.rng.choices(_ACTS, _WEIGHTS)
    account = world.rng.choice(world.crowd)
    world.trace.append(f"{chance.rsplit(maxsplit=1)[-1]}: {act.__name__}")
    world.count(act.__name__)
    await act(world, account)
    await world.work()
    looking, slug = world.rng.choice(world.crowd), world.rng.choice(sorted(world.model.characters))
    topic = {"topic": world.topic()} if world.rng.random() < 0.4 else {}
    await world.ask(looking, "memory", {"character": slug, **topic})
    world.judge.raise_seen()


def run(
    seed: int,
    steps: int,
    *,
    each: int = STEPS,
    first: int = 0,
    note: Callable[[Outcome], None] = lambda _: None,
    most_failures: int = 1,
) -> Outcome:
    """Play so many steps in worlds of ``each``; stop after so many failures."""
    outcome, begun = Outcome(), time.monotonic()
    number = first
    while outcome.steps < steps and len(outcome.failures) < most_failures:
        count = min(each, steps - outcome.steps)
        world, wrong = run_world(seed, number, range(count))
        outcome.steps += world.steps
        outcome.recalled += world.judge.recalled
        outcome.worlds += 1
        outcome.told += world.judge.told
        outcome.did.update(world.did)
        outcome.commands.update(world.asked)
        if wrong is not None:
            outcome.failures.append(
                Failure(seed, number, tuple(range(count)), _why(wrong), tuple(world.trace))
            )
        outcome.seconds = time.monotonic() - begun
        note(outcome)
        number += 1
    return outcome


def nothing_is_wrong(seed: int, steps: int) -> bool:
    """Play so many steps; fail with what is wrong, or where too little was done for anything to be."""
    outcome = run(seed, steps)
    for failure in outcome.failures:
        raise AssertionError(str(shorten(failure)))
    assert outcome.told > steps, "hardly anything was ever told, so it means little that nothing was wrong"
    assert outcome.recalled > FEWEST, "hardly anything was ever recalled"
    missing = {act.__name__ for act in ACTS} - outcome.did.keys()
    assert not missing, f"nobody ever did {missing}"
    assert min(outcome.did[what] for what in _EVENTS) >= FEWEST, outcome.summary
    return True


def shorten(failure: Failure) -> Failure:
    """Return the same failure with as few steps as are found in a minute."""
    deadline = time.monotonic() + SHRINK_SECONDS
    kind = _kind(failure.why)

    def fails(steps: Sequence[int]) -> Failure | None:
        world, wrong = run_world(failure.seed, failure.world, steps)
        if wrong is None or _kind(_why(wrong)) != kind:
            return None
        return Failure(failure.seed, failure.world, tuple(steps), _why(wrong), tuple(world.trace))

    last = next((int(line.split(":")[0]) for line in reversed(failure.trace) if line[:1].isdigit()), 0)
    best = fails([step for step in failure.steps if step <= last]) or failure
    size = max(1, len(best.steps) // 2)
    while time.monotonic() < deadline:
        shorter = None
        for start in range(0, len(best.steps), size):
            if time.monotonic() > deadline:
                break
            shorter = fails(best.steps[:start] + best.steps[start + size :])
            if shorter is not None:
                best = shorter
                break
        if shorter is None:
            if size == 1:
                break
            size = max(1, size // 2)
    return best


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def _megabytes() -> int:
    """Return how much memory this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _why(wrong: Exception) -> str:
    if isinstance(wrong, Breach):
        return str(wrong)
    return "".join(traceback.format_exception(wrong)[-6:])


def _kind(why: str) -> str:
    """Return what is the same in two failures of one cause."""
    return re.sub(r"[0-9a-f]{8,}|\d+", "#", why.splitlines()[0] if why else "")[:40]
