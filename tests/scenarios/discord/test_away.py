"""Discord that is not there when Troupe starts, and comes."""

import pytest

from bot.domain.errors import SettingsError
from bot.fronts import waiting
from tests.fakes.discord import open_fake_discord
from tests.scenarios.discord.stage import TOKEN, open_discord, open_tavern

pytestmark = pytest.mark.anyio


async def test_while_discord_is_away_troupe_runs_and_connects_once_it_is_there(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(waiting, "FIRST_SECONDS", 0.01)
    async with open_fake_discord(TOKEN) as discord:
        discord.fails("GET", r"/users/@me", 403, times=2)
        async with open_tavern(tmp_path, discord=discord) as tavern:
            assert "Merlin is ready" in (await tavern.calls(tavern.mira)).text
    assert caplog.text.count("Discord cannot be reached (status 403, code 0)") == 2
    assert TOKEN not in caplog.text


async def test_a_token_that_is_none_stops_the_start_with_what_to_do(tmp_path):
    async with open_fake_discord(TOKEN) as discord:
        wrong = {"discord_token": TOKEN[:-1] + "x"}
        with pytest.raises(ExceptionGroup) as stopped:
            async with open_tavern(tmp_path, discord=discord, settings=wrong):
                pass
    assert stopped.group_contains(SettingsError, match="copy it anew")


async def test_a_connection_that_is_closed_for_good_is_told_and_the_rest_goes_on(tmp_path, caplog):
    async with open_discord() as discord:
        async with open_tavern(tmp_path, discord=discord) as tavern:
            ready = await tavern.calls(tavern.mira)
            await discord.closes_connection(4004)

            async def is_told() -> bool:
                return "for good" in caplog.text

            await tavern.stage.until(is_told)
            terminal = tavern.stage.member("console:ben")
            assert "Merlin" in await terminal.types("/characters")
            await tavern.talks(ready, "I found a silver key.")
            await tavern.later(minutes=10)
            await tavern.later(minutes=10)
        assert "Traceback" not in caplog.text, "that Discord is gone is no surprise any more"
        async with open_tavern(tmp_path, discord=discord) as tavern:
            await tavern.mira.is_told("Merlin will remember this")
