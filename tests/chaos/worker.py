"""A worker plays episodes one after another: the parent of lives, which starts no thread and no loop."""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.chaos.drawing import Length, Lengths, draw_plan
from tests.chaos.episode import Past, Plan, Stage, play
from tests.chaos.judge import Judge
from tests.chaos.processes import IN_ONE_HOUSE, play_processes
from tests.chaos.staging import open_stage
from tests.chaos.wanted import Wanted


@dataclass(frozen=True)
class Played:
    """What one episode came to, as JSON can say it."""

    plan: str
    number: int
    kills: list[str]
    recovery_kills: list[str]
    faults: list[str]
    seconds: float
    lives: int


def work(wanted: Wanted, told: Callable[[Played], None]) -> None:
    """Play until a part is done; what an episode came to is told as soon as it is over."""
    with open_stage(wanted.bug) as stage:
        number, kills, recovery_kills = wanted.first, wanted.kills, wanted.recovery_kills

        def measure(world: str, act: str) -> Length:
            played, length = _measure(stage, Plan(world, (act,), ()), number)
            told(played)
            return length

        lengths = Lengths(wanted, measure)
        while kills > 0 or recovery_kills > 0:
            plan = draw_plan(wanted, number, (kills, recovery_kills), lengths)
            played = run(stage, plan, number, wanted.keep)
            told(played)
            kills -= len(played.kills)
            recovery_kills -= len(played.recovery_kills)
            number += wanted.jobs
            if played.faults and wanted.stops_early:
                return
        for done in range(0, wanted.processes, IN_ONE_HOUSE):
            count = min(IN_ONE_HOUSE, wanted.processes - done)
            told(run_processes(stage, number, count, wanted.seed, wanted.keep))
            number += wanted.jobs


def run(stage: Stage, plan: Plan, number: int, keep: Path | None = None) -> Played:
    """Play one plan and judge it."""
    began = time.perf_counter()
    past = play(stage, plan, number)
    faults = Judge(stage, past).find_faults()
    if faults and keep is not None:
        _keep(stage, number, keep)
    return _played(plan, number, past, faults, time.perf_counter() - began)


def run_processes(stage: Stage, number: int, count: int, seed: int, keep: Path | None = None) -> Played:
    """Start true processes and kill them, and judge what is left."""
    began = time.perf_counter()
    past, faults = play_processes(stage, number, count, seed)
    if faults and keep is not None:
        _keep(stage, number, keep)
    return _played(Plan("processes", (str(count),), ()), number, past, faults, time.perf_counter() - began)


def _keep(stage: Stage, number: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(stage.folder, folder / f"episode-{number}", dirs_exist_ok=True, ignore=_sockets)


def _sockets(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith(".sock") or name.startswith(("sandbox.db", "template"))]


def _played(plan: Plan, number: int, past: Past, faults: list[str], seconds: float) -> Played:
    killed = [death for death in past.deaths if death.killed]
    return Played(
        plan=str(plan),
        number=number,
        kills=[death.at for death in killed if not death.recovering],
        recovery_kills=[death.at for death in killed if death.recovering],
        faults=faults,
        seconds=seconds,
        lives=len(past.deaths),
    )


def _measure(stage: Stage, plan: Plan, number: int) -> tuple[Played, Length]:
    """Play an act without a death, and return how long a life with it is."""
    began = time.perf_counter()
    past = play(stage, plan, number, told=stage.told)
    faults = Judge(stage, past).find_faults()
    last = past.deaths[-1]
    names = json.loads(stage.told.read_text())["points"]
    played = _played(plan, number, past, faults, time.perf_counter() - began)
    return played, Length(max(last.busy_points, 2), last.seconds, tuple(names))


def tell_over(pipe: int) -> Callable[[Played], None]:
    """Return what sends a result to the parent, as a line."""

    def told(played: Played) -> None:
        line = json.dumps(asdict(played)).encode() + b"\n"
        while line:
            line = line[os.write(pipe, line) :]

    return told
