"""A drill from its beginning to the quiet end; who runs it has no thread and no loop, and forks others."""

import asyncio
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.desk import Line
from tests.postgres_server import end_with_its_parent
from tests.together.crowd import Crowd
from tests.together.judge import TogetherJudge
from tests.together.monkey import Monkey
from tests.together.stage import Stage, open_stage
from tests.together.worker import be_a_worker

STEP_SECONDS, TELL_SECONDS = 0.05, 15.0
NEW_CHARACTERS = 3


@dataclass
class Drill:
    """What came of a drill."""

    calls: int
    processes: int
    seed: int
    placed: int = 0
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    lives: int = 0
    stopped_seconds: float = 0.0
    busy_seconds: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0


def drill(
    calls: int,
    processes: int,
    seed: int,
    *,
    minutes: float = 600.0,
    bug: str = "",
    keep: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Drill:
    """Let so many calls be placed while processes are stopped and killed, and judge what is left.

    After so many ``minutes`` no more are placed.
    """
    told, began = Drill(calls, processes, seed), time.monotonic()
    with open_stage(processes, seed, bug) as stage:
        monkey = Monkey(stage, lambda slot, number: _fork(lambda: be_a_worker(stage, slot, number)), seed)
        _warm_up(stage)
        monkey.begin()
        told.faults += _play(stage, monkey, told, began + 60 * minutes, tell)
        monkey.end()
        told.busy_seconds = time.monotonic() - began
        tell("All calls are placed; the rest is done in one process, whose clock jumps.")
        told.faults += _come_to_rest(stage, monkey)
        judge = TogetherJudge(stage, monkey)
        told.faults += judge.find_faults()
        told.counts, told.deeds, told.lives = judge.counts, monkey.deeds, len(monkey.lives)
        stops = [seconds for life in monkey.lives for _, seconds in life.stops]
        told.stopped_seconds = sum(stops)
        if told.faults and keep is not None:
            _keep(stage, keep)
    told.seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told.cpu_seconds = used.ru_utime + used.ru_stime
    return told


def _play(
    stage: Stage, monkey: Monkey, told: Drill, ends_at: float, tell: Callable[[str], None]
) -> list[str]:
    """Let the crowd act until it is done; meanwhile the monkey passes by, and characters are added."""
    crowd = Crowd(stage, told.calls, told.seed, ends_at)
    pid = _fork(lambda: _be_the_crowd(stage, crowd))
    told_at, added = time.monotonic(), 0
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        told.placed = stage.board.next_act
        if ended:
            return ["the crowd broke; the log says how"] if status else []
        if told.placed >= told.calls * (added + 1) / (NEW_CHARACTERS + 1) and added < NEW_CHARACTERS:
            added += 1
            _add_character(stage.personas, added)
        monkey.pass_by()
        time.sleep(STEP_SECONDS)
        if time.monotonic() - told_at >= TELL_SECONDS:
            told_at = time.monotonic()
            tell(f"{told.placed:,} of {told.calls:,} calls, {dict(monkey.deeds)}")


def _be_the_crowd(stage: Stage, crowd: Crowd) -> None:
    code = 1
    try:
        asyncio.run(crowd.act())
        code = 0
    except BaseException:  # noqa: BLE001  the process ends here, whatever it was
        with stage.log.open("a") as log:
            log.write(f"the crowd broke\n{traceback.format_exc()}")
    finally:
        os._exit(code)


def _come_to_rest(stage: Stage, monkey: Monkey) -> list[str]:
    """Let one process live to the quiet end, in which time jumps."""
    monkey.start = lambda slot, number: _fork(lambda: be_a_worker(stage, slot, number, rests=True))
    stage.board.advance(60.0)  # what the dead leased is free
    monkey.rest()
    try:
        _wait_for(stage.desk_of(0))
        Line(stage.desk_of(0)).ask("come_to_rest")
    except (RuntimeError, OSError) as error:
        return [f"it does not come to rest: {error}"]
    finally:
        monkey.end()
    return []


def _wait_for(desk: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            Line(desk).ask("answers")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _warm_up(stage: Stage) -> None:
    """Import once what every process would import."""
    names = stage.folder / "modules"
    known = set(sys.modules)

    def look() -> None:
        code = 1
        try:
            asyncio.run(_open_and_close(stage))
            names.write_text(json.dumps([name for name in sys.modules if name not in known]))
            code = 0
        except BaseException:  # noqa: BLE001  the process ends here, whatever it was
            traceback.print_exc()
        finally:
            os._exit(code)

    if os.waitpid(_fork(look), 0)[1]:
        raise RuntimeError("a process cannot be started")
    for name in json.loads(names.read_text()):
        importlib.import_module(name)


async def _open_and_close(stage: Stage) -> None:
    from bot.app import open_app
    from bot.house import provider_of

    settings = stage.settings_of(0)
    url = settings.public_url or ""
    async with open_app(
        settings, provider_of(settings), listen=settings.listen, public_url=url, clock=stage.board.now
    ):
        pass


def _add_character(personas: Path, number: int) -> None:
    """Add a character, whole."""
    text = (personas / "wizard.md").read_text()
    made = personas / f".newcomer{number}"
    made.write_text(text.replace("Merlin", f"Newcomer {number}"))
    made.rename(personas / f"newcomer{number}.md")


def _keep(stage: Stage, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("journal", "log", "dump", "sandbox.db"):
        shutil.copy(stage.folder / name, folder / name)


def _fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        end_with_its_parent(signal.SIGKILL)  # also one that is stopped
        work()
        os._exit(1)
    return pid
