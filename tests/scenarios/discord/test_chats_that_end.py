"""Chats that cannot begin, break off, or are ended by a restart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.talk import TalkEvent
from bot.elevenlabs.socket import Talk
from tests.databases import keys_of
from tests.postgres_server import Server
from tests.scenarios.discord.stage import LAVISH, Tavern, open_discord, open_tavern

pytestmark = pytest.mark.anyio

BROKE_OFF = "The line broke off. What was said so far is not lost;"


async def begins(tavern: Tavern) -> None:
    """Begin a chat between Mira and Merlin."""
    mira = tavern.mira
    await tavern.calls(mira, where=mira.dm, via="chat")
    await mira.is_told("You are connected with")
    await mira.is_told("**Merlin:**")


async def test_closed_direct_messages_give_the_call_back_and_offer_a_link(tmp_path: Path) -> None:
    few = {"calls_per_day": 1, "minutes_per_month": 15}
    async with open_tavern(tmp_path, settings=few, refuses=(50007,)) as tavern:
        mira = tavern.mira
        mira.closes_dms(50007)
        refused = await tavern.calls(mira, via="chat")
        assert "your direct messages are closed" in refused.text
        assert "Nothing was used." in refused.text
        assert refused.buttons == ["Make a link instead"]
        link = await tavern.presses(mira, refused, "Make a link instead")
        assert "Merlin is ready" in link.text, "the only call of the day is still there"
        await tavern.talks(link, "I found a silver key.")


async def test_a_chat_that_elevenlabs_does_not_take_says_so(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, stage = tavern.mira, tavern.stage
        fault = {"operation": "get_signed_url", "fault": "status", "status": 500, "times": None}
        await stage.told("faults", fault)
        await tavern.calls(mira, where=mira.dm, via="chat")
        await mira.is_told("The line is busy at the moment. Try again in a few minutes.")
        assert not any("You are connected" in shown.text for shown in mira.dms)
        nobody = await tavern.asks(mira, "hangup")
        assert nobody.text.startswith("Nobody is on the line.")


async def test_a_line_that_breaks_says_so_and_what_was_said_is_kept(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH, webhooks=False) as tavern:
        mira = tavern.mira
        await begins(tavern)
        await mira.writes("I found a silver key.")
        await mira.is_told("silver key")
        fault = {"operation": "socket", "fault": "close", "status": 1011, "times": 1}
        await tavern.stage.told("faults", fault)
        await mira.writes("And a golden door.")
        await mira.is_told(BROKE_OFF)
        recap = await mira.is_told("Merlin will remember this")
        assert "silver key" in (await tavern.presses(mira, recap, "Transcript")).text


async def test_a_character_who_hangs_up_is_said_to(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await begins(tavern)
        fault = {"operation": "socket", "fault": "close", "status": 1000, "reason": "", "times": 1}
        await tavern.stage.told("faults", fault)
        await mira.writes("Good night.")
        await mira.is_told("Merlin hung up.")
        await mira.is_told("Merlin will remember this")


async def test_a_chat_that_goes_wrong_in_our_own_house_says_so_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: Talk) -> AsyncIterator[TalkEvent]:
        raise RuntimeError("a mistake of ours")
        yield

    monkeypatch.setattr(Talk, "events", broken)
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira, where=mira.dm, via="chat")
        await mira.is_told(BROKE_OFF)
        await mira.is_told("Your call with Merlin")
        assert (await tavern.asks(mira, "hangup")).text.startswith("Nobody is on the line.")
    assert "a mistake of ours" in caplog.text


async def test_a_bot_that_is_told_to_stop_says_goodbye(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            mira = tavern.mira
            await begins(tavern)
            await mira.writes("I found a silver key.")
            await mira.is_told("silver key")
        goodbye = await mira.is_told("Troupe is being restarted, so our talk ends here.")
        assert goodbye.message.id == mira.dms[-1].message.id
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            await mira.is_told("Merlin will remember this")
            assert not any("was restarted" in shown.text for shown in mira.dms), "it was said already"
            await mira.writes("Are you there?")
            await mira.is_told("I answer to commands:")


async def test_a_chat_that_others_took_for_over_ends_where_it_went_on(tmp_path: Path, server: Server) -> None:
    url = server.emptied_database()
    settings = {**LAVISH, "database_url": url, "secret_key": keys_of(url)}
    async with open_tavern(tmp_path, settings=settings) as tavern:
        await begins(tavern)
        house = tavern.stage.app.house
        await house.store.drop_process(house.process)
        await tavern.mira.is_told("Troupe is being restarted, so our talk ends here.")
        [known] = await house.store.fetch_processes()
        assert known.id == house.process
