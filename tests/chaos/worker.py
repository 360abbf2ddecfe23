"""A worker plays episodes one after another: the parent of lives, which starts no thread and no loop."""

import asyncio
import gc
import importlib
import json
import os
import random
import shutil
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx._transports.default
from pydantic import SecretStr
from sqlite_utils import Database

from bot.app import open_app, provider_of
from bot.cast import LiveCast
from bot.cli.whereabouts import free_address
from bot.config import Settings
from storage.sqlite.migrations import migrations
from tests.chaos.acts import WORLDS
from tests.chaos.board import Board
from tests.chaos.bugs import BUGS
from tests.chaos.episode import Kill, Past, Plan, Stage, play
from tests.chaos.judge import Judge
from tests.chaos.life import share_cast
from tests.chaos.old_files import OLDEST, make_old_file
from tests.chaos.outside import start_outside

PERSONAS = Path(__file__).parents[2] / "personas"
AT_RANDOM_TIMES = 0.25
ACTS_AT_MOST = 3


@dataclass(frozen=True)
class Share:
    """What one worker has to do; its episodes are numbered ``first``, ``first + step`` and so on."""

    kills: int
    recovery_kills: int
    seed: int
    first: int
    step: int
    worlds: tuple[str, ...]
    bug: str = ""
    keep: Path | None = None
    stops_early: bool = False
    at: str = ""
    acts: tuple[str, ...] = ()


@dataclass
class Played:
    """What one episode came to, as JSON can say it."""

    plan: str
    number: int
    kills: list[str]
    recovery_kills: list[str]
    faults: list[str]
    seconds: float
    lives: int


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
        found = sum(part in name for name in self.names)
        if not found:
            raise ValueError(f"no point has {part!r} in its name")
        return found


FEW_KILLS = 500
GUESSED = Length(150, 0.2, ("",) * 250)
"""Good enough where measuring every act would take longer than the kills."""


@contextmanager
def open_stage(bug: str = "", at: str = "") -> Iterator[Stage]:
    """Prepare everything that lives share, and begin the world outside.

    It all lies in memory where there is a file system for that: a killed process loses nothing that it has
    written, so waiting for a disk would prove nothing. The bot's own settings of SQLite stay as they are.
    """
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="chaos", dir=memory if os.access(memory, os.W_OK) else None))
    try:
        board = Board()
        outside = start_outside(folder, board)
        listen = free_address("127.0.0.1:0", may_move=False)
        settings = Settings(  # type: ignore[call-arg]
            _env_file=None,
            database_url=f"sqlite:///{folder}/house/troupe.db",
            personas_dir=PERSONAS,
            listen=listen,
            public_url=f"http://{listen}",
            elevenlabs_api_url=outside.url,
            elevenlabs_api_key=SecretStr("sandbox"),
            elevenlabs_agent_id="agent_sandbox",
            elevenlabs_phone_number_id="phnum_sandbox",
            phone_countries="DE",
            calls_at_once=20,
            elevenlabs_webhook_secret=(SecretStr(outside.webhook_secret),),
        )
        stage = Stage(folder, folder / "template", board, outside, settings, BUGS[bug], at)
        _warm_up(stage)
        yield stage
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _warm_up(stage: Stage) -> None:
    """Read, once, what every life would read: certificates, the cast, an empty database, late imports."""
    certificates = ssl.create_default_context()
    httpx._transports.default.create_ssl_context = lambda *_, **__: certificates  # type: ignore[attr-defined]
    share_cast(LiveCast(PERSONAS))
    _in_a_fork(lambda: asyncio.run(_open_and_close(stage)))
    stage.template.mkdir()
    stage.house.rename(stage.template / "new")
    steps = len(list(migrations.pending(Database(memory=True))))
    for number in range(4):
        old = stage.template / f"old-{number}"
        old.mkdir()
        make_old_file(old / "troupe.db", min(OLDEST + number, steps))
    for world, act in (("command", "page"), ("chat", "chat")):
        if play(stage, Plan(world, (act,), ()), 0, told=stage.told).broken:
            raise RuntimeError(f"a life cannot be lived: {stage.log.read_text()}")
        for name in json.loads(stage.told.read_text())["modules"]:
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _in_a_fork(work: Callable[[], None]) -> None:
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    if os.waitpid(pid, 0)[1]:
        raise RuntimeError("an empty database could not be made")


async def _open_and_close(stage: Stage) -> None:
    settings = stage.settings
    url = settings.public_url or ""
    async with open_app(
        settings, provider_of(settings), listen=settings.listen, public_url=url, clock=stage.board.now
    ):
        pass


def work(share: Share, told: Callable[[Played], None]) -> None:
    """Play until the share is done; what an episode came to is told as soon as it is over."""
    with open_stage(share.bug, share.at) as stage:
        kills = recovery_kills = 0
        number = share.first
        lengths: dict[tuple[str, str], Length] = {}
        while kills < share.kills or recovery_kills < share.recovery_kills:
            wanted = share.recovery_kills - recovery_kills, share.kills - kills
            plan = _plan(stage, share, number, wanted, lengths, told)
            played = run(stage, plan, number, share.keep)
            told(played)
            kills += len(played.kills)
            recovery_kills += len(played.recovery_kills)
            number += share.step
            if played.faults and share.stops_early:
                return


def run(stage: Stage, plan: Plan, number: int, keep: Path | None = None) -> Played:
    """Play one plan and judge it."""
    began = time.perf_counter()
    past = play(stage, plan, number)
    faults = Judge(stage, past).find_faults()
    if faults and keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        shutil.copytree(stage.folder, keep / f"episode-{number}", dirs_exist_ok=True, ignore=_sockets)
    return _played(plan, number, past, faults, time.perf_counter() - began)


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


def _plan(
    stage: Stage,
    share: Share,
    number: int,
    wanted: tuple[int, int],
    lengths: dict[tuple[str, str], Length],
    told: Callable[[Played], None],
) -> Plan:
    """Draw an episode: which world, who acts in it, and when lives are killed."""
    draw = random.Random(f"{share.seed}/{number}")
    world = share.worlds[(number // share.step) % len(share.worlds)]
    names = [act.__name__ for act in WORLDS[world] if not share.acts or act.__name__ in share.acts]
    acts = tuple(draw.choice(names) for _ in range(draw.randint(1, ACTS_AT_MOST)))
    for name in acts:
        if (world, name) not in lengths:
            is_short = share.kills < FEW_KILLS and not share.at
            measured = GUESSED if is_short else _measure(stage, world, name, number, share, told)
            lengths[world, name] = measured
    kills = []
    for name in acts:
        length = lengths[world, name]
        if share.at:
            kills.append(Kill(draw.randint(1, length.count(share.at))))
        elif draw.random() < AT_RANDOM_TIMES:
            kills.append(Kill(seconds=draw.uniform(0.003, length.seconds)))
        else:
            # Most die while somebody acts; each life has the night before it as well.
            kills.append(Kill(draw.randint(1, length.busy if draw.random() < 0.8 else length.points)))
    recovery, others = wanted
    if recovery > 0 and draw.random() < min(1.0, len(acts) * 1.3 * recovery / max(others, 1)):
        length = lengths[world, acts[-1]]
        late = Kill(seconds=draw.uniform(0.003, length.seconds / 2), recovering=True)
        counted = Kill(draw.randint(1, max(20, length.points - length.busy)), recovering=True)
        kills.append(late if draw.random() < AT_RANDOM_TIMES else counted)
    return Plan(world, acts, tuple(kills))


def _measure(
    stage: Stage, world: str, name: str, number: int, share: Share, told: Callable[[Played], None]
) -> Length:
    """Let an act be played without a death."""
    began = time.perf_counter()
    plan = Plan(world, (name,), ())
    past = play(stage, plan, number, told=stage.told)
    faults = Judge(stage, past).find_faults()
    told(_played(plan, number, past, faults, time.perf_counter() - began))
    last = past.deaths[-1]
    names = json.loads(stage.told.read_text())["points"]
    return Length(max(last.busy_points, 2), last.seconds, tuple(names))


def tell_over(pipe: int) -> Callable[[Played], None]:
    """Return what sends a result to the parent, as a line."""

    def told(played: Played) -> None:
        line = json.dumps(asdict(played)).encode() + b"\n"
        while line:
            line = line[os.write(pipe, line) :]

    return told


if sys.platform != "linux":
    raise RuntimeError("lives are forked and their memory is shared: this needs Linux")
