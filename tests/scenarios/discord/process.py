"""`troupe run` on Discord as a process of its own, for tests that kill it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.fakes.discord import FakeDiscord
from tests.program import PERSONAS, Running, kept_environment, start
from tests.scenarios.discord.stage import TOKEN, people_of

PATIENCE_SECONDS = 60.0


@dataclass
class BotProcess:
    """A running bot, and all that it said."""

    process: Running
    shown: IO[bytes]
    seen: str = ""
    reader: asyncio.Task[None] | None = None
    more: asyncio.Event = field(default_factory=asyncio.Event)

    async def shows(self, words: str) -> str:
        """Wait until these words were shown; return everything so far."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while words not in self.seen:
                has_ended = self.reader is None or self.reader.done()
                assert not has_ended, f"{words!r} was not shown in:\n{self.seen}"
                self.more.clear()
                await self.more.wait()
        return self.seen

    async def ends(self) -> int:
        """Wait until it ended and return the exit code."""
        code = await asyncio.to_thread(self.process.wait, PATIENCE_SECONDS)
        if self.reader:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.reader
        return code

    async def is_told_to_stop(self) -> int:
        """Stop it as an operator does, and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ends()

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        await self.ends()

    async def read(self) -> None:
        """Take down what it says."""
        lines = asyncio.StreamReader()
        pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), self.shown
        )
        async for line in lines:
            self.seen += line.decode()
            self.more.set()
        pipe.close()
        self.more.set()


@asynccontextmanager
async def running_bot(
    folder: Path, discord: FakeDiscord, *, token: str = TOKEN, port: int = 0, **settings: str
) -> AsyncIterator[BotProcess]:
    """Start the bot without a key for ElevenLabs, so that the built-in stand-in plays it."""
    inn, _, _ = people_of(discord)
    chosen = {
        "DISCORD_TOKEN": token,
        "DISCORD_SERVERS": inn.id,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_GATEWAY_URL": discord.gateway_url,
        "LISTEN": f"127.0.0.1:{port}",
        **settings,
    }
    async with running(folder, **chosen) as bot:
        yield bot


@asynccontextmanager
async def running(folder: Path, *only: str, **settings: str) -> AsyncIterator[BotProcess]:
    """Start the bot, or ``only`` these parts of it, with these settings, and a database in this folder."""
    chosen = {
        "PERSONAS_DIR": str(PERSONAS),
        "DATABASE_URL": f"sqlite:///{folder}/troupe.db",
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
        **settings,
    }
    nothing, (shown, show) = os.open(os.devnull, os.O_RDONLY), os.pipe()
    parts = [word for part in only for word in ("--only", part)]
    process = start(folder, ["run", *parts], kept_environment() | chosen, [nothing, show, show])
    for end in (nothing, show):
        os.close(end)
    bot = BotProcess(process, os.fdopen(shown, "rb"))
    bot.reader = asyncio.create_task(bot.read())
    try:
        yield bot
    finally:
        await bot.kill()
