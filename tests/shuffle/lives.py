"""The real Troupe, opened, closed and cut off again and again over one database."""

import asyncio
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.app import App, open_app
from bot.cli.whereabouts import sandbox_provider
from bot.domain.caller import Account
from bot.domain.reply import Reply
from bot.sandbox import Sandbox
from tests.ports import quiet_address
from tests.shuffle.clock import Clock
from tests.shuffle.holding import settings_for

SECRETS = ("wsec_the_new_one_of_a_rotation", "wsec_the_old_one_of_a_rotation")
DATABASE = "troupe.db"


class Ear:
    """Whoever is told a recap, on behalf of one life of the program; the dead tell nothing."""

    def __init__(self, told: Counter[str]) -> None:
        self._told = told
        self.is_dead = False

    async def post(self, account: Account, reply: Reply) -> None:
        """Note that a recap came."""
        if not self.is_dead and reply.cards:
            self._told[str(account)] += 1


class Lives:
    """One installation through all its restarts and power cuts.

    ``up`` says that it may be reached; ``cuts`` counts how often the power went, so that whoever waits for
    an answer can tell that it comes from a dead one.
    """

    def __init__(self, folder: Path, sandbox: Sandbox, clock: Clock) -> None:
        self._folder = folder
        provider = sandbox_provider(sandbox.url)
        self._provider = replace(provider, webhook_secrets=SECRETS, phone_number_id=sandbox.phone_number_id)
        self._clock = clock
        self._listen = quiet_address()
        self._task: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._ear = Ear(Counter())
        self.told: Counter[str] = Counter()
        self.up = asyncio.Event()
        self.cuts = 0
        self.restarts = 0
        self.app: App

    @property
    def url(self) -> str:
        """Where the web server listens, in every life."""
        return f"http://{self._listen}"

    @property
    def database(self) -> Path:
        """The file of the present life."""
        return self._folder / DATABASE

    async def begin(self) -> None:
        """Start the program and wait until it can be reached."""
        self._stop = asyncio.Event()
        self._ear = Ear(self.told)
        self._task = asyncio.create_task(self._live(self._ear, self._stop), name="life")
        up = asyncio.create_task(self.up.wait())
        await asyncio.wait([self._task, up], return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if self._task.done():
            await self._task

    async def end(self) -> None:
        """Stop the program as an operator does."""
        self.up.clear()
        self._stop.set()
        if self._task is not None:
            await self._task

    async def restart(self) -> None:
        """Stop the program in the middle of what it does, and start it again."""
        self.restarts += 1
        await self.end()
        await self.begin()

    def cut(self) -> None:
        """Let the power go: what is on the disk at this moment is all there is for the next life.

        What the dying one still does reaches nobody: its answers and recaps do not count, and its database
        is not the next one's.
        """
        self.cuts += 1
        self.up.clear()
        self._ear.is_dead = True
        for task in asyncio.all_tasks():
            if task.get_name() == "follow-up":
                task.cancel()
        after = self._folder.parent / f"{self._folder.name.partition('-')[0]}-{self.cuts}"
        after.mkdir()
        for file in self._folder.iterdir():
            if not file.name.startswith((DATABASE, "sandbox.db")):
                shutil.copy2(file, after)
        source = sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(after / DATABASE)) as target:
            source.backup(target)
        self._folder = after

    async def after_cut(self) -> None:
        """Start again on what the power cut left."""
        await self.end()
        await self.begin()

    async def _live(self, ear: Ear, stop: asyncio.Event) -> None:
        settings = settings_for(self._folder)
        async with open_app(
            settings, self._provider, listen=self._listen, public_url=self.url, clock=self._clock
        ) as app:
            app.posters["console"] = ear
            self.app = app
            self.up.set()
            await stop.wait()
