"""Setting the stage: everything that lives share is read once, and the world outside begins."""

import asyncio
import contextlib
import gc
import importlib
import json
import os
import shutil
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx._transports.default
from pydantic import SecretStr
from sqlite_utils import Database

from bot.app import open_app
from bot.cast import LiveCast
from bot.config import Settings
from bot.house import provider_of
from storage.schema import migrations
from tests.chaos.board import Board
from tests.chaos.bugs import BUGS
from tests.chaos.episode import Plan, Stage, play
from tests.chaos.life import share_cast
from tests.chaos.old_files import OLDEST, make_old_file
from tests.chaos.outside import start_outside
from tests.ports import quiet_address

"""Below those that Linux gives out."""
PERSONAS = Path(__file__).parents[2] / "personas"


@contextlib.contextmanager
def open_stage(bug: str = "") -> Iterator[Stage]:
    """Prepare everything that lives share, and begin the world outside.

    It all lies in memory where there is a file system for that: a killed process loses nothing that it has
    written, so waiting for a disk would prove nothing. The bot's own settings of SQLite stay as they are.
    """
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="chaos", dir=memory if os.access(memory, os.W_OK) else None))
    try:
        board = Board()
        outside = start_outside(folder, board)
        listen = quiet_address()
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
        stage = Stage(folder, folder / "template", board, outside, settings, BUGS[bug])
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


if sys.platform != "linux":
    raise RuntimeError("lives are forked and their memory is shared: this needs Linux")
