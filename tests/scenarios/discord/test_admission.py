"""Servers that are let in, by the settings or by their managers; and people who are in none of them."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.fronts.discord import callers
from tests.fakes.discord import Shown
from tests.fronts.discord.reading import read
from tests.scenarios.discord.stage import LAVISH, Tavern, open_discord, open_tavern

pytestmark = pytest.mark.anyio

NOT_YET = "Troupe is not switched on here yet. Whoever manages this place can do so: </troupe here:"
NO_SERVER = (
    "You are in no server that uses Troupe. Ask whoever showed you this bot which server to join, then call "
    "from there or here."
)


async def switched_off(tavern: Tavern, let_in: Shown) -> Shown:
    """Let nobody call from the server any more, and confirm it."""
    sure = await tavern.presses(tavern.boss, let_in, "Switch it off again")
    return await tavern.presses(tavern.boss, sure, "Switch it off here")


def is_for_everybody(tavern: Tavern) -> None:
    """Let the server's administrators show ``/troupe`` to every member."""
    for command in tavern.discord.commands:
        command["default_member_permissions"] = None


async def test_a_server_is_let_in_by_its_manager_alone(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, admitted=False) as tavern:
        mira, boss = tavern.mira, tavern.boss
        is_for_everybody(tavern)
        refused = await tavern.asks(mira, "call", character="wizard")
        assert refused.text.startswith(NOT_YET)
        assert refused.is_private
        assert refused.buttons == []
        assert (await tavern.asks(mira, "characters")).text.startswith(NOT_YET)
        assert await mira.completes("call", "character", "wiz", where=tavern.here) == []
        assert (await tavern.asks(mira, "call", where=mira.dm, character="wizard")).text == NO_SERVER
        assert "What you can do" in (await tavern.asks(mira, "help")).text
        refused = await tavern.asks(mira, "troupe here")
        assert refused.text.endswith("is for those who manage Troupe here; you are not one of them.")
        assert (await tavern.asks(mira, "call", character="wizard")).text.startswith(NOT_YET)

        yours = await tavern.asks(boss, "call", character="wizard")
        assert "You manage this place, so you can let its members call." in yours.text
        let_in = await tavern.presses(boss, yours, "Let members call")
        assert let_in.text.startswith("Members can call from here now: ")
        assert "Merlin is ready" in (await tavern.calls(mira)).text
        assert "Ambrose Pell" in (await tavern.presses(boss, let_in, "Show the characters")).text
        again = await tavern.asks(boss, "troupe here")
        assert again.text.startswith("Troupe is let in here already.")

        sure = await tavern.presses(boss, let_in, "Switch it off again")
        await tavern.presses(boss, sure, "Leave it on")
        assert "Merlin is ready" in (await tavern.calls(mira)).text
        off = await switched_off(tavern, let_in)
        assert off.text == "Nobody can call from here any more.\nLet Troupe in again"
        assert (await tavern.asks(mira, "call", character="wizard")).text.startswith(NOT_YET)
        assert (await tavern.asks(mira, "call", where=mira.dm, character="wizard")).text == NO_SERVER
        await tavern.presses(boss, off, "Let Troupe in again")
        assert "Merlin is ready" in (await tavern.calls(mira)).text


async def test_what_is_kept_can_be_seen_and_erased_from_where_nobody_can_call(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, admitted=False, settings=LAVISH) as tavern:
        mira = tavern.mira
        let_in = await tavern.asks(tavern.boss, "troupe here")
        await tavern.talks(await tavern.calls(mira), "I found a silver key.")
        recap = await mira.is_told("Merlin will remember this")
        await switched_off(tavern, let_in)
        for where in (tavern.here, mira.dm):
            assert "silver key" in (await tavern.asks(mira, "memory", where=where, character="wizard")).text
            assert "silver key" in (await tavern.asks(mira, "history", where=where)).text
            assert "Your account" in (await tavern.asks(mira, "account", where=where)).text
        assert (await tavern.presses(mira, recap, "Call Merlin again")).text == NO_SERVER
        assert "silver key" in (await tavern.presses(mira, recap, "Transcript")).text
        sure = await tavern.asks(mira, "forget", where=mira.dm, what="everything")
        assert "Erased here: 1 call" in (await tavern.presses(mira, sure, "Erase it")).text


async def test_a_server_that_was_let_in_stays_so_after_a_restart(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with open_tavern(tmp_path, discord=discord, admitted=False) as tavern:
            let_in = await tavern.asks(tavern.boss, "troupe here")
        async with open_tavern(tmp_path, discord=discord, admitted=False) as tavern:
            assert "Merlin is ready" in (await tavern.calls(tavern.mira)).text
            await switched_off(tavern, let_in)
        async with open_tavern(tmp_path, discord=discord, admitted=False) as tavern:
            assert (await tavern.asks(tavern.mira, "call", character="wizard")).text.startswith(NOT_YET)


async def test_servers_that_the_settings_list_are_the_only_ones(tmp_path: Path) -> None:
    listed = {"discord_servers": "100000000000000000"}
    async with open_tavern(tmp_path, admitted=False, settings=listed) as tavern:
        mira, boss = tavern.mira, tavern.boss
        refused = await tavern.asks(boss, "troupe here")
        assert read(refused.text).shown == (
            "Whoever runs Troupe has listed the servers that may use it, and this is none of them. "
            f"Its id, for DISCORD_SERVERS, is {tavern.inn.id}."
        )
        assert (await tavern.asks(mira, "call", character="wizard")).text.startswith(NOT_YET)
    async with open_tavern(tmp_path) as tavern:
        assert "Switch it off again" not in (await tavern.asks(tavern.boss, "troupe here")).text
        refused = await tavern.asks(tavern.boss, "troupe here", switch="off")
        assert refused.text == "The settings list this place; whoever runs Troupe takes it out there."
        assert "Merlin is ready" in (await tavern.calls(tavern.mira)).text


async def test_who_is_in_no_server_of_ours_calls_once_they_joined_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = SimpleNamespace(at=0.0)
    monkeypatch.setattr(callers, "time", SimpleNamespace(monotonic=lambda: now.at))
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        discord, inn = tavern.discord, tavern.inn
        other = discord.adds_server("Elsewhere")
        ben = discord.adds_person("Ben")
        other.admits(ben)
        looked_up = f"/guilds/{inn.id}/members/{ben.id}"

        def look_ups() -> int:
            return sum(one.path == looked_up for one in discord.requests)

        assert (await tavern.asks(ben, "call", where=ben.dm, character="wizard")).text == NO_SERVER
        assert look_ups() == 1
        inn.admits(ben)
        now.at += callers.GONE_FOR_SECONDS
        assert "Merlin is ready" in (await tavern.calls(ben, where=ben.dm)).text
        before = look_ups()
        assert "Merlin is ready" in (await tavern.calls(ben, where=ben.dm)).text
        assert look_ups() == before, "who was there ten minutes ago is taken to be there"
        inn.loses(ben)
        now.at += callers.KNOWN_FOR_SECONDS
        assert (await tavern.asks(ben, "call", where=ben.dm, character="wizard")).text == NO_SERVER


async def test_who_joined_and_called_there_calls_from_direct_messages_at_once(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        ben = tavern.discord.adds_person("Ben")
        tavern.discord.adds_server("Elsewhere").admits(ben)
        assert (await tavern.asks(ben, "call", where=ben.dm, character="wizard")).text == NO_SERVER
        tavern.inn.admits(ben, roles=("Knights",))
        await tavern.calls(ben)
        assert "Merlin is ready" in (await tavern.calls(ben, where=ben.dm)).text


async def test_a_bot_that_was_thrown_out_and_invited_again_is_there_again(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, inn = tavern.mira, tavern.inn
        tavern.discord.adds_server("Elsewhere").admits(mira)
        await tavern.calls(mira)
        inn.removes_bot()
        assert (await tavern.asks(mira, "call", where=mira.dm, character="wizard")).text == NO_SERVER
        assert "Merlin" in (await tavern.asks(mira, "history", where=mira.dm)).text
        inn.tells_bot()
        assert "Merlin is ready" in (await tavern.calls(mira, where=mira.dm)).text
        assert "Merlin is ready" in (await tavern.calls(mira)).text


async def test_a_member_is_known_while_discord_cannot_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = SimpleNamespace(at=0.0)
    monkeypatch.setattr(callers, "time", SimpleNamespace(monotonic=lambda: now.at))
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        await tavern.calls(mira, where=mira.dm)
        now.at += callers.KNOWN_FOR_SECONDS
        discord.fails("GET", f"/guilds/{tavern.inn.id}/members/{mira.id}", 403, code=50001)
        assert "Merlin is ready" in (await tavern.calls(mira, where=mira.dm)).text
        ben = tavern.joins("Ben")
        discord.fails("GET", f"/guilds/{tavern.inn.id}/members/{ben.id}", 403, code=50001)
        busy = await tavern.asks(ben, "call", where=ben.dm, character="wizard")
        assert busy.text == "The line is busy at the moment. Try again in a few minutes."


async def test_who_installed_it_for_themselves_calls_from_everywhere_if_that_is_on(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings={"discord_user_install": True, **LAVISH}) as tavern:
        discord = tavern.discord
        ben = discord.adds_person("Ben")
        ben.installs_app()
        foreign = discord.adds_server("Elsewhere", with_bot=False)
        foreign.admits(ben)
        group = discord.adds_private_channel(ben, tavern.mira, discord.adds_person("Zoe"))
        for where in (foreign.channels["general"], group, ben.dm):
            ready = await tavern.calls(ben, where=where)
            assert ready.is_private
            assert "Merlin is ready" in ready.text
        assert "riddles" in (await ben.completes("call", "character", "wiz", where=group))[0][0]
        await tavern.talks(ready, "I found a silver key.")
        await ben.is_told("Merlin will remember this")


async def test_who_installed_it_for_themselves_calls_from_nowhere_if_that_is_off(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        ben = tavern.discord.adds_person("Ben")
        ben.installs_app()
        foreign = tavern.discord.adds_server("Elsewhere", with_bot=False)
        foreign.admits(ben)
        for command in tavern.discord.commands:
            assert command["integration_types"] == [0]
            assert 2 not in command["contexts"]
            command["integration_types"] = [0, 1]  # as it is with commands from before it was switched off
        for where in (foreign.channels["general"], ben.dm):
            refused = await tavern.asks(ben, "call", where=where, character="wizard")
            assert refused.text.startswith(NOT_YET) or refused.text == NO_SERVER
