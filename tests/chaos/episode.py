"""One episode: members act, lives are killed one after another, the last one lives to the quiet end."""

import asyncio
import json
import logging
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.config import Settings
from tests.chaos.acts import WORLDS
from tests.chaos.board import Board
from tests.chaos.journal import Journal, Traces
from tests.chaos.life import Member, live
from tests.chaos.outside import Outside
from tests.chaos.points import Points

LONGEST_LIFE_SECONDS = 45
MOST_LIVES = 12


@dataclass(frozen=True)
class Kill:
    """When a life is killed: at its ``point``, or after ``seconds``; ``recovering``: once nobody acts.

    The points are counted that have ``at`` in their name. ``away_seconds`` is how long no bot runs then.
    """

    point: int = 0
    seconds: float = 0.0
    recovering: bool = False
    at: str = ""
    away_seconds: float = 0.0

    def __str__(self) -> str:
        when = f"t{self.seconds:.4f}" if self.seconds else str(self.point)
        away = f"~{self.away_seconds:g}" if self.away_seconds else ""
        return f"{'r' * self.recovering}{when}{'@' * bool(self.at)}{self.at}{away}"


def read_kill(text: str) -> Kill:
    """Read what ``str`` of a kill wrote."""
    text, _, away = text.partition("~")
    recovering, (when, _, at) = text.startswith("r"), text.removeprefix("r").partition("@")
    kill = Kill(recovering=recovering, at=at, away_seconds=float(away or 0))
    if when.startswith("t"):
        return replace(kill, seconds=float(when[1:]))
    return replace(kill, point=int(when))


@dataclass(frozen=True)
class Plan:
    """What is acted, by the acts' names in their world, and how lives are killed."""

    world: str
    acts: tuple[str, ...]
    kills: tuple[Kill, ...]

    def __str__(self) -> str:
        return "|".join((self.world, "+".join(self.acts), ";".join(map(str, self.kills))))


def read_plan(text: str) -> Plan:
    """Read what ``str`` of a plan wrote."""
    world, acts, kills = text.split("|")
    return Plan(world, tuple(acts.split("+")), tuple(read_kill(one) for one in kills.split(";") if one))


@dataclass
class Death:
    """How a life ended: ``at`` names the point, or says that it was the clock; empty if it ended well."""

    killed: bool
    recovering: bool
    at: str = ""
    points: int = 0
    busy_points: int = 0
    seconds: float = 0.0


@dataclass
class Past:
    """What was lived through."""

    members: list[Member]
    deaths: list[Death] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Stage(Traces):
    """Where a worker's episodes are played, one after another; ``spoil`` lays a bug into a life."""

    template: Path
    board: Board
    outside: Outside
    settings: Settings
    spoil: Callable[[], None]

    @property
    def house(self) -> Path:
        """Where the bot keeps its files."""
        return self.folder / "house"

    @property
    def told(self) -> Path:
        """What a life that was asked told of itself."""
        return self.folder / "told"


def play(stage: Stage, plan: Plan, number: int, told: Path | None = None) -> Past:
    """Play an episode to its quiet end; lives write into ``told`` what they imported and passed."""
    prepare(stage, f"old-{number % 4}" if plan.world == "migration" else "new")
    acts = {act.__name__: act for act in WORLDS[plan.world]}
    members = [Member(f"{number:05d}x{place}") for place in range(len(plan.acts))]
    scene = [(acts[name], member) for name, member in zip(plan.acts, members, strict=True)]
    past = Past(members)
    kills = list(plan.kills)
    while len(past.deaths) < MOST_LIVES:
        kill = kills.pop(0) if kills else Kill()
        if kill.recovering or not (kill.point or kill.seconds):
            stage.board.next_act = max(stage.board.next_act, len(scene) if past.deaths else 0)
        death = _live_one(stage, scene, kill, past, told)
        past.deaths.append(death)
        if not death.killed:
            return past
        if kill.away_seconds:
            stage.outside.ask("settle")  # no talk lasts for hours because time jumps in the midst of it
            stage.outside.ask("advance", seconds=kill.away_seconds)
    raise AssertionError("there is no end to it")


def prepare(stage: Stage, template: str, *, real_time: bool = False) -> None:
    """Set the stage for an episode."""
    shutil.rmtree(stage.house, ignore_errors=True)
    shutil.copytree(stage.template / template, stage.house)
    for path in (stage.journal, stage.log):
        path.unlink(missing_ok=True)
    stage.board.restart(real_time=real_time)
    stage.outside.ask("begin", webhooks=f"http://{stage.settings.listen}/hooks/elevenlabs")


def come_to_rest(stage: Stage, past: Past) -> None:
    """Let one life follow that lives to the quiet end."""
    past.deaths.append(_live_one(stage, (), Kill(), past, None))


def _live_one(stage: Stage, scene: Sequence, kill: Kill, past: Past, told: Path | None) -> Death:
    board, number, broken = stage.board, len(past.deaths), past.broken
    recovering = board.next_act >= len(scene)
    board.new_life()
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        _be_a_life(stage, scene, kill, number, told)
    if kill.seconds:
        time.sleep(kill.seconds)
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    death = Death(
        killed=os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL,
        recovering=recovering,
        points=board.points,
        busy_points=board.busy_points,
        seconds=time.perf_counter() - began,
    )
    if death.killed:
        death.at = board.died_at or "at a random time"
    elif os.WIFSIGNALED(status):
        broken.append(f"life {number} hung, or fell to signal {os.WTERMSIG(status)}")
    elif os.WEXITSTATUS(status):
        broken.append(f"life {number} broke, its log says how")
    return death


def _be_a_life(stage: Stage, scene: Sequence, kill: Kill, number: int, told: Path | None) -> None:
    """Live in the forked process, and leave it."""
    code, known = 1, set(sys.modules)
    try:
        signal.alarm(LONGEST_LIFE_SECONDS)
        handler = logging.FileHandler(stage.log)
        handler.setFormatter(logging.Formatter(f"life {number} %(levelname)s %(message)s"))
        logging.getLogger().handlers[:] = [handler]
        names: list[str] | None = None if told is None else []
        points = Points(stage.board, kill.point, kill.at, names)
        points.lay()
        stage.spoil()
        journal = Journal(stage.journal, number, stage.board.now)
        asyncio.run(live(stage.settings, stage.board, stage.outside, journal, points, scene))
        if told is not None:
            modules = [name for name in sys.modules if name not in known]
            told.write_text(json.dumps({"modules": modules, "points": names}))
        code = 0
    except BaseException:  # noqa: BLE001  the process ends here, whatever it was
        with stage.log.open("a") as log:
            log.write(f"life {number} broke\n{traceback.format_exc()}")
    finally:
        os._exit(code)
