"""Several Troupes that share a database and a bot at Discord, each with a part of its shards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.fronts.discord.client import TroupeClient
from bot.fronts.discord.sharding import Share
from storage.postgres.connection import connect
from tests.databases import keys_of
from tests.fakes.discord import Channel, FakeDiscord, Inn, Person
from tests.fakes.discord.asked import Asked
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern


@dataclass
class Part:
    """One of them."""

    tavern: Tavern

    @property
    def client(self) -> TroupeClient:
        found = self.tavern.stage.app.posters["discord"]._client  # type: ignore[attr-defined]
        assert isinstance(found, TroupeClient)
        return found

    @property
    def share(self) -> Share:
        assert self.client.share is not None
        return self.client.share

    def moves_clock(self, **time: float) -> None:
        """Let time pass here alone."""
        self.tavern.stage.clock.moved += timedelta(**time)

    async def waits(self, **time: float) -> None:
        """Let time pass here alone, and look as often as in that time."""
        passed = timedelta()
        while passed < timedelta(**time):
            step = min(timedelta(seconds=2.5), timedelta(**time) - passed)
            passed += step
            self.tavern.stage.clock.moved += step
            await self.share.look()

    async def health(self) -> dict[str, Any]:
        """Return what ``/healthz`` says."""
        url = f"{self.tavern.stage.app.url}/healthz"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            return dict(await answer.json())

    async def holds(self, *shards: int) -> None:
        """Wait until these shards are held here, and connected."""

        async def is_so() -> bool:
            return self.share.held == shards and self.client.is_ready()

        await self.tavern.stage.until(is_so)


@asynccontextmanager
async def a_part(folder: Path, discord: FakeDiscord, url: str, **settings: Any) -> AsyncIterator[Part]:
    """Open one more; it is not waited for."""
    (key,) = keys_of(url)
    chosen = {**LAVISH, "discord_servers": "", "database_url": url, "secret_key": key, **settings}
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    async with open_tavern(folder, discord=discord, settings=chosen, is_there=False) as tavern:
        yield Part(tavern)


def server_of_each(discord: FakeDiscord, shards: int, *people: Person) -> list[Inn]:
    """Return a server for each shard, with these people in it; the first one manages it."""
    found: dict[int, Inn] = {}
    while len(found) < shards:
        inn = discord.adds_server(f"Server {len(found)}", channels=("tavern",))
        found.setdefault(inn.shard(shards), inn)
    for inn in found.values():
        for person in people:
            inn.admits(person, manages=person is people[0])
    return [found[number] for number in range(shards)]


async def let_in(boss: Person, channel: Channel) -> Asked:
    """Let somebody who may do so open a server to Troupe; return what they asked, once it is answered."""
    asked = await boss.types("troupe here", where=channel)
    assert "Members can call" in (await asked.answer()).text
    return asked


async def listen(url: str, processes: int) -> bool:
    """Say whether so many processes would be woken."""
    with connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN troupe'")
        return found.fetchone() == (processes,)
