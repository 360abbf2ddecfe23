"""What the fake Discord lets go wrong, and how the real client takes it."""

import asyncio
import time

import aiohttp
import pytest

from tests.fakes.discord import FakeDiscord, Person
from tests.fakes.small_bot import discord_py, running_bot
from tests.fakes.wire import Wire

pytestmark = pytest.mark.anyio


async def test_a_fault_is_met_as_often_as_was_said(wire: Wire, discord: FakeDiscord, mira: Person) -> None:
    discord.fails("POST", rf"/channels/{mira.dm.id}/messages$", 403, code=50007, times=2)
    path = f"/channels/{mira.dm.id}/messages"
    answers = [await wire.asks("POST", path, {"content": "x"}) for _ in range(3)]
    assert [answer.status for answer in answers] == [403, 403, 200]
    assert answers[0].code == 50007
    assert discord.refused == []
    assert [one.was_fault for one in discord.requests] == [True, True, False]
    assert len(mira.dms) == 1


async def test_the_real_client_waits_when_it_is_told_to(discord: FakeDiscord, mira: Person) -> None:
    async with running_bot(discord) as bot:
        discord.fails("POST", "/messages", 429, retry_after=0.05)
        channel = await bot.create_dm(discord_py.Object(int(mira.id)))
        await channel.send("Hello")
        assert (await mira.is_told("Hello")).text == "Hello"
        discord.fails("POST", "/callback", 429, retry_after=0.05)
        assert (await (await mira.types("call", character="Ada")).answer()).text.startswith("Ada")
    assert [one.status for one in discord.requests if one.was_fault] == [429, 429]


async def test_the_real_client_reads_codes_and_messages(discord: FakeDiscord, mira: Person) -> None:
    async with running_bot(discord) as bot:
        channel = await bot.create_dm(discord_py.Object(int(mira.id)))
        mira.closes_dms()
        with pytest.raises(discord_py.Forbidden) as refused:
            await channel.send("Hello")
        assert refused.value.code == 50007
        discord.fails("POST", "/messages", 503, body="upstream connect error")
        with pytest.raises(discord_py.DiscordServerError):
            await channel.send("Hello")
        mira.opens_dms()
        with pytest.raises(discord_py.HTTPException, match=r"embeds\.0\.title"):
            await channel.send(embed=discord_py.Embed(title="x" * 257))


async def test_the_real_client_says_it_once_with_a_nonce_though_the_answer_was_lost(
    discord: FakeDiscord, mira: Person
) -> None:
    async with running_bot(discord) as bot:
        channel = await bot.create_dm(discord_py.Object(int(mira.id)))
        discord.fails("POST", "/messages", 0, takes_effect=True)
        with pytest.raises(aiohttp.ClientError):
            await channel.send("Hello", nonce="call-1")
        await channel.send("Hello", nonce="call-1")
        assert len(mira.dms) == 1


async def test_a_dropped_request_has_no_effect(wire: Wire, discord: FakeDiscord, mira: Person) -> None:
    discord.fails("*", "/messages", 0)
    with pytest.raises(aiohttp.ClientError):
        await wire.asks("POST", f"/channels/{mira.dm.id}/messages", {"content": "x"})
    assert mira.dms == []


async def test_a_request_is_delayed_as_often_as_was_said(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    discord.delays("/messages", 0.05)
    took = []
    for _ in range(2):
        began = time.perf_counter()
        await wire.asks("POST", f"/channels/{mira.dm.id}/messages", {"content": "x"})
        took.append(time.perf_counter() - began)
    assert took[0] >= 0.05
    assert len(mira.dms) == 2


async def test_the_real_client_is_told_that_it_was_late_or_answered_twice(
    discord: FakeDiscord, mira: Person
) -> None:
    async with running_bot(discord) as bot:
        heard = asyncio.create_task(bot.wait_for("interaction", timeout=5))
        await asyncio.sleep(0)
        asked = await mira.types("quiet", waits=False)
        act = await heard
        discord.moves_clock(seconds=3.1)
        with pytest.raises(discord_py.NotFound) as late:
            await act.response.send_message("x")
        assert late.value.code == 10062
        assert asked.acknowledged is None
        await mira.types("call", character="Ada")
        again = bot.acts[-1]
        again.response._response_type = None
        with pytest.raises(discord_py.HTTPException) as twice:
            await again.response.send_message("x")
        assert twice.value.code == 40060


async def test_a_file_is_told_of_falsely_or_does_not_come(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    file = discord.uploads("past.json", b"{}", size=10**9, content_type="image/png")
    assert (file.size, file.content_type) == (10**9, "image/png")
    elsewhere = discord.uploads("past.json", b"{}", url="http://127.0.0.1:1/evil.json")
    assert elsewhere.url.startswith("http://127.0.0.1:1/")
    async with wire.http.get(file.url) as answer:
        assert (await answer.read(), answer.content_type) == (b"{}", "image/png")
    discord.fails("GET", "/cdn/", 404)
    async with wire.http.get(file.url) as answer:
        assert answer.status == 404
    async with wire.http.get(file.url.replace("ex=", "ey=")) as answer:
        assert answer.status == 404
    discord.moves_clock(hours=24.1)
    async with wire.http.get(file.url) as answer:
        assert answer.status == 404
    assert discord.unrouted == []
