"""What all in a drill share: the clock, the world outside, the server, and where each process stands."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from bot.cast import LiveCast
from bot.config import Settings
from storage.postgres.connection import open_pool
from tests.chaos.board import Board
from tests.chaos.journal import Traces
from tests.chaos.life import share_cast
from tests.chaos.outside import Outside, start_outside
from tests.chaos.staging import PERSONAS
from tests.databases import keys_of
from tests.ports import quiet_address
from tests.postgres_server import Server, run_server
from tests.together.scattered import Scattered

PACE = 2.0
"""How many seconds pass in one: a process that is stopped for 30 s is gone for a minute."""
BOARD = "slack:T0TROUPE0/C0TROUPE0"
DURABLE = ("synchronous_commit=on", "full_page_writes=on", "max_connections=200")
"""A server that crashes keeps what it said was committed; the machine itself does not go down here."""
SETTINGS = {
    "phone_countries": "DE",
    "calls_at_once": 40,
    "calls_per_day": 1_000,
    "minutes_per_month": 44_640,
    "minutes_per_month_total": 100_000_000,
    "minutes_per_call": 2,
}


@dataclass(frozen=True)
class Stage(Traces):
    """Where a drill takes place; ``doors`` are the addresses of the processes, by their slots."""

    board: Board
    outside: Outside
    server: Server
    url: str
    doors: tuple[str, ...]
    bug: str

    @property
    def personas(self) -> Path:
        """The cast, to which characters are added."""
        return self.folder / "personas"

    def desk_of(self, slot: int) -> Path:
        """Where a process is asked for something."""
        return self.folder / f"worker-{slot}.sock"

    def settings_of(self, slot: int) -> Settings:
        """Return the settings of a process: those of the others, at an address of its own."""
        return Settings(  # type: ignore[call-arg]
            _env_file=None,
            database_url=self.url,
            secret_key=tuple(SecretStr(key) for key in keys_of(self.url)),
            personas_dir=self.personas,
            listen=self.doors[slot].removeprefix("http://"),
            public_url=self.doors[slot],
            elevenlabs_api_url=self.outside.url,
            elevenlabs_api_key=SecretStr("sandbox"),
            elevenlabs_agent_id="agent_sandbox",
            elevenlabs_phone_number_id="phnum_sandbox",
            elevenlabs_webhook_secret=(SecretStr(self.outside.webhook_secret),),
            **SETTINGS,
        )


@contextlib.contextmanager
def open_stage(processes: int, seed: int, bug: str = "") -> Iterator[Stage]:
    """Begin the world outside and the server; everything lies in memory where that can be."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="together", dir=memory if os.access(memory, os.W_OK) else None))
    try:
        board = Board()
        board.restart(pace=PACE)
        doors = tuple(f"http://{quiet_address()}" for _ in range(processes))
        shutil.copytree(PERSONAS, folder / "personas")
        outside = start_outside(folder, board, partial(Scattered, doors=doors, seed=seed))
        share_cast(LiveCast(folder / "personas"))
        with run_server(*DURABLE) as server:
            url = server.new_database()
            open_pool(url).close()
            outside.ask("begin", webhooks=f"{doors[0]}/hooks/elevenlabs")
            yield Stage(folder, board, outside, server, url, doors, bug)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_in_discord(account: str) -> bool:
    """Whether a member reads where a nonce is known; the others read in Slack, where a post can be found."""
    return int(account.removeprefix("console:m").partition("x")[0]) % 2 == 0
