"""A Postgres server that is away for long: every process says so once, and that it is back."""

from pathlib import Path

import pytest

from tests.databases import keys_of
from tests.postgres_server import Server
from tests.postgres_wire import open_wire
from tests.scenarios.discord.process import running

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

AWAY = "The database server cannot be reached (OperationalError). It is tried again until it can."
WAITS = "The database cannot be read or written; follow-up waits."
MANY_TRIES = 8


async def test_a_server_that_is_away_is_told_once_and_that_it_is_back(tmp_path: Path, server: Server) -> None:
    async with open_wire(server) as wire:
        url = server.new_database()
        settings = {"DATABASE_URL": wire.url_of(url), "SECRET_KEY": keys_of(url)[0], "LISTEN": "127.0.0.1:0"}
        async with running(tmp_path, **settings) as bot:
            await bot.shows("listens on")
            before = len(bot.seen)
            wire.cut()
            await bot.shows(AWAY)
            await bot.shows(WAITS)
            await wire.is_tried(MANY_TRIES)
            wire.mend()
            await bot.shows("The database server can be reached again.")
            said = bot.seen[before:]
            assert await bot.is_told_to_stop() == 0
    # What was in hand when the server went away says so for itself, also once.
    told = [line for line in said.splitlines() if "WARNING" in line and "could not be noted" not in line]
    assert len(told) == 3, said
