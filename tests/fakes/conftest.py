"""A fake Discord with one server and one person, and a bare client of it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.fakes.discord import FakeDiscord, Inn, Person, open_fake_discord
from tests.fakes.wire import Ear, Wire

CALL = {
    "name": "call",
    "description": "Call somebody",
    "options": [{"type": 3, "name": "who", "description": "Who", "autocomplete": True}],
}


@pytest.fixture
async def discord(anyio_backend: str) -> AsyncIterator[FakeDiscord]:
    async with open_fake_discord() as opened:
        yield opened


@pytest.fixture
def inn(discord: FakeDiscord) -> Inn:
    return discord.adds_server("The Inn", channels=("tavern", "cellar"), roles=("Knights",))


@pytest.fixture
def mira(discord: FakeDiscord, inn: Inn) -> Person:
    mira = discord.adds_person("Mira")
    inn.admits(mira)
    return mira


@pytest.fixture
async def wire(discord: FakeDiscord) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as http:
        yield Wire(discord, http)


@pytest.fixture
async def ear(wire: Wire, discord: FakeDiscord, mira: Person) -> AsyncIterator[Ear]:
    async with wire.identified() as ear:
        await discord.is_ready()
        await wire.registers(CALL)
        yield ear
