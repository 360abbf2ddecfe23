"""Discord's shards in two processes: /call via chat is typed at one, direct messages arrive at the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.fronts.discord import client, sharding
from tests.fakes.discord import Channel, FakeDiscord, Person
from tests.postgres_server import Server
from tests.scenarios.discord.sharded import Part, a_part, let_in, server_of_each
from tests.scenarios.discord.stage import open_discord, people_of

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, and wait for no more servers than there are."""
    monkeypatch.setattr(client, "READY_SECONDS", 0.05)
    monkeypatch.setattr(sharding, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(sharding, "STEP_SECONDS", 0.02)


@asynccontextmanager
async def open_two(
    folder: Path, server: Server
) -> AsyncIterator[tuple[FakeDiscord, Part, Part, Person, list[Channel]]]:
    """Open two processes with a shard each, and return a channel that each hears of."""
    url = server.emptied_database()
    async with open_discord() as discord:
        discord.counts_starts(max_concurrency=16)
        _, mira, boss = people_of(discord)
        inns = server_of_each(discord, 2, boss, mira)
        async with (
            a_part(folder / "one", discord, url, shard_count=2, shard_ids="0") as one,
            a_part(folder / "two", discord, url, shard_count=2, shard_ids="1") as two,
        ):
            await one.holds(0)
            await two.holds(1)
            channels = [inn.channels["tavern"] for inn in inns]
            for channel in channels:
                await let_in(boss, channel)
            yield discord, one, two, mira, channels


async def test_what_is_written_in_direct_messages_reaches_the_chat_of_another_shard(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (_, one, two, mira, (first, second)):
        shown = await two.tavern.calls(mira, where=second, via="chat")
        assert "Calling Merlin …" in shown.text
        await mira.is_told("You are connected with Merlin.")
        await mira.is_told("**Merlin:** ")
        typing = mira.sees_typing
        await mira.writes("My cat is called *Fig*.")
        await mira.is_told("your cat is called")
        assert mira.sees_typing > typing
        told = await one.tavern.asks(mira, "whisper", where=first, text="I am tired")
        assert told.text == "Merlin knows."
        await mira.writes("Good evening.")
        await mira.is_told("so that only you hear it: “I am tired")
        await mira.writes("", attachments=[("cat.png", b"\x89PNG")])
        await mira.is_told("Files cannot be read here; write it in words.")
        assert (await one.tavern.asks(mira, "hangup", where=first)).text == "The talk is over."
        await mira.is_told("You hung up.")
        nobody = await two.tavern.asks(mira, "hangup", where=second)
        assert nobody.text.startswith("Nobody is on the line.")
        await mira.writes("Hello?")
        await mira.is_told("I answer to commands:")


async def test_a_call_at_another_shard_asks_first_and_ends_the_chat_before_it(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (_, one, two, mira, (first, second)):
        await two.tavern.calls(mira, where=second, via="chat")
        await mira.is_told("**Merlin:** ")
        asked = await one.tavern.asks(mira, "call", where=first, character="captain", via="chat")
        assert "You are talking with Merlin. Shall I hang up?" in asked.text
        await one.tavern.presses(mira, asked, "Hang up and call")
        await mira.is_told("You hung up.")
        await mira.is_told("You are connected with Captain Nan Tregarth.")
        await mira.writes("I found a silver key.")
        await mira.is_told("silver key")
        forgets = await two.tavern.asks(mira, "forget", where=second, what="everything")
        await two.tavern.presses(mira, forgets, "Erase it")
        await mira.is_told("You hung up.")
        await mira.writes("Hello?")
        await mira.is_told("I answer to commands:")
