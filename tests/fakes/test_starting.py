"""How often the fake Discord lets a bot begin, and which shards hear of what."""

import pytest

from tests.fakes.discord import FakeDiscord, Person
from tests.fakes.wire import Ear, Wire

pytestmark = pytest.mark.anyio

IDENTITY = {"token": "fake-bot-token", "properties": {}, "intents": 1}


async def begins(ear: Ear, number: int, shards: int) -> None:
    await ear.says(2, {**IDENTITY, "shard": [number, shards]})


async def test_who_begins_within_five_seconds_of_another_is_invalid(wire: Wire, discord: FakeDiscord) -> None:
    discord.counts_starts()
    async with wire.connects() as first, wire.connects() as second:
        await begins(first, 0, 2)
        await first.hears("READY")
        discord.moves_clock(seconds=4)
        await begins(second, 1, 2)
        assert await second.hears(9) is False
        assert not [one for one in discord.gateway.live if one.shard == (1, 2)]
        discord.moves_clock(seconds=1.1)
        await begins(second, 1, 2)
        await second.hears("READY")
    assert discord.gateway.starts.too_soon == 1


async def test_shards_of_different_buckets_begin_at_once(wire: Wire, discord: FakeDiscord) -> None:
    discord.counts_starts(max_concurrency=2)
    async with wire.connects() as zero, wire.connects() as one, wire.connects() as two:
        for number, ear in enumerate((zero, one)):
            await begins(ear, number, 3)
            await ear.hears("READY")
        await begins(two, 2, 3)
        assert await two.hears(9) is False


async def test_what_is_left_of_a_day_is_told_and_comes_back(wire: Wire, discord: FakeDiscord) -> None:
    discord.counts_starts(shards=4, left=2)
    async with wire.identified() as ear:
        await ear.hears("READY")
        told = (await wire.asks("GET", "/gateway/bot")).body
        assert (told["shards"], told["session_start_limit"]["remaining"]) == (4, 1)
        discord.moves_clock(milliseconds=told["session_start_limit"]["reset_after"] + 1000)
        told = (await wire.asks("GET", "/gateway/bot")).body
        assert told["session_start_limit"]["remaining"] == 1000


async def test_who_begins_more_often_than_a_day_allows_loses_the_token(
    wire: Wire, discord: FakeDiscord
) -> None:
    discord.counts_starts(left=1, is_strict=False)
    async with wire.identified() as ear:
        await ear.hears("READY")
        async with wire.connects() as another:
            await begins(another, 0, 1)
            assert await another.close_code() == 4004
        assert await ear.close_code() == 4004
    discord.moves_clock(days=2)
    async with wire.connects() as late:
        await begins(late, 0, 1)
        assert await late.close_code() == 4004


async def test_a_shard_with_too_many_servers_has_to_be_divided(wire: Wire, discord: FakeDiscord) -> None:
    discord.gateway.most_servers = 2
    for number in range(3):
        discord.adds_server(f"Nr. {number}")
    async with wire.connects() as ear:
        await begins(ear, 0, 1)
        assert await ear.close_code() == 4011
    async with wire.connects() as ear:
        await begins(ear, 0, 3)
        await ear.hears("READY")


async def test_two_copies_of_a_shard_hear_everything_twice(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    async with wire.identified(shard=[0, 2]) as one, wire.identified(shard=[0, 2]) as other:
        await discord.is_ready(shards=2)
        await mira.writes("Hello")
        for ear in (one, other):
            assert (await ear.hears("MESSAGE_CREATE"))["content"] == "Hello"
