"""The contract of the store: who holds which of Discord's shards, and whose turn it is to connect."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest
from store_samples import NOW, later

from bot.domain.shards import APART, Holder, Holders, Kept, Starts
from bot.ports import Store
from storage import open_store
from storage.rooms.sharding import KEPT_BACK
from tests.databases import keys_of
from tests.postgres_server import Server

pytestmark = pytest.mark.anyio

A, B = Holder("a", "process a"), Holder("b", "process b")
DAY = Starts(1000, later(hours=20))


async def keeps(
    store: Store, holder: str, wanted: tuple[int, ...] = (0, 1, 2, 3), count: int = 4, now: datetime = NOW
) -> Kept:
    """Hold shards for 15 seconds."""
    until = now + (later(seconds=15) - NOW)
    return await store.keep_shards(holder, f"process {holder}", wanted, count, now, until)


async def test_a_shard_has_one_holder(store: Store) -> None:
    assert await store.fetch_holders(NOW) == Holders()
    first = await keeps(store, "a", (0, 1))
    assert (first.renewed, first.taken) == (frozenset(), {0, 1})
    second = await keeps(store, "b")
    assert (second.renewed, second.taken) == (frozenset(), {2, 3})
    assert second.holders == await store.fetch_holders(NOW) == Holders(4, {0: A, 1: A, 2: B, 3: B})
    assert second.holders.of("b") == (2, 3)


async def test_who_goes_on_holds_what_it_has_and_gets_what_becomes_free(store: Store) -> None:
    await keeps(store, "a", (0, 1))
    await keeps(store, "b")
    kept = await keeps(store, "a", (0, 1), now=later(seconds=10))
    assert (kept.renewed, kept.taken) == ({0, 1}, frozenset())
    assert (await store.fetch_holders(later(seconds=16))).nobodys == (2, 3)
    kept = await keeps(store, "c", now=later(seconds=16))
    assert (kept.renewed, kept.taken) == (frozenset(), {2, 3})
    await store.release_shards("c")
    assert (await keeps(store, "b", now=later(seconds=17))).taken == {2, 3}


async def test_a_lease_that_ran_out_is_still_its_holders_while_nobody_took_it(store: Store) -> None:
    await keeps(store, "a")
    assert (await store.fetch_holders(later(seconds=15))).by_shard == {}
    kept = await keeps(store, "a", now=later(minutes=5))
    assert (kept.renewed, kept.taken) == ({0, 1, 2, 3}, frozenset())


async def test_a_holder_that_wakes_learns_what_others_took_meanwhile(store: Store) -> None:
    await keeps(store, "a")
    await keeps(store, "b", (1,), now=later(seconds=20))
    kept = await keeps(store, "a", now=later(seconds=21))
    assert (kept.renewed, kept.taken) == ({0, 2, 3}, frozenset())
    assert kept.holders.by_shard[1] == B


async def test_a_shard_that_somebody_had_meanwhile_is_held_anew(store: Store) -> None:
    await keeps(store, "a")
    await keeps(store, "b", (1,), now=later(seconds=20))
    await store.release_shards("b")
    kept = await keeps(store, "a", now=later(seconds=21))
    assert (kept.renewed, kept.taken) == ({0, 2, 3}, {1}), "it is not the old one"


async def test_who_comes_with_another_count_gets_nothing_while_others_hold_some(store: Store) -> None:
    await keeps(store, "a")
    refused = await keeps(store, "b", (0, 1, 7), 8)
    assert (refused.renewed, refused.taken, refused.holders.count) == (frozenset(), frozenset(), 4)
    assert (await store.fetch_holders(NOW)).by_shard[0] == A
    kept = await keeps(store, "b", tuple(range(8)), 8, now=later(seconds=16))
    assert kept.taken == set(range(8))
    refused = await keeps(store, "a", now=later(seconds=17))
    assert (refused.renewed, refused.holders.count) == (frozenset(), 8)


async def test_of_a_larger_count_nothing_is_left(store: Store) -> None:
    await keeps(store, "a", tuple(range(8)), 8)
    await store.release_shards("a")
    await keeps(store, "b", tuple(range(8)), 8)
    kept = await keeps(store, "a", (0, 1), 2, now=later(seconds=16))
    assert kept.holders == Holders(2, {0: A, 1: A})


async def test_connections_of_a_bucket_begin_one_after_the_other(store: Store) -> None:
    assert (await store.take_turn(0, DAY, NOW)).wait_until is None
    waits = await store.take_turn(1, DAY, later(seconds=1))
    assert (waits.wait_until, waits.is_used_up) == (NOW + APART, False)
    assert (await store.take_turn(1, DAY, NOW + APART)).wait_until is None


async def test_connections_of_different_buckets_begin_at_once(store: Store) -> None:
    two_at_once = replace(DAY, at_once=2)
    for shard, waits in ((0, False), (1, False), (2, True), (3, True)):
        turn = await store.take_turn(shard, two_at_once, NOW)
        assert (turn.wait_until is not None) == waits, shard


async def test_a_clock_that_was_ahead_keeps_nobody_waiting(store: Store) -> None:
    await store.take_turn(0, DAY, later(hours=3))
    assert (await store.take_turn(0, DAY, NOW)).wait_until is None


async def test_the_last_connections_of_a_day_are_never_begun(store: Store) -> None:
    told = replace(DAY, left=KEPT_BACK + 2, at_once=100)
    for shard in range(2):
        assert (await store.take_turn(shard, told, NOW)).wait_until is None
    turn = await store.take_turn(2, told, NOW)
    assert (turn.wait_until, turn.is_used_up) == (told.resets_at, True), "Discord told that before the two"
    tomorrow = Starts(1000, later(hours=44), at_once=100)
    assert (await store.take_turn(2, tomorrow, later(hours=21))).wait_until is None


async def test_what_others_began_without_us_counts_as_well(store: Store) -> None:
    assert (await store.take_turn(0, DAY, NOW)).wait_until is None
    fewer = replace(DAY, left=KEPT_BACK)
    assert (await store.take_turn(1, fewer, later(minutes=1))).is_used_up


async def test_one_process_does_what_is_done_for_all(store: Store) -> None:
    assert await store.claim("commands", NOW, later(minutes=1))
    assert not await store.claim("commands", later(seconds=30), later(minutes=2))
    assert await store.claim("something else", NOW, later(minutes=1))
    assert await store.claim("commands", later(minutes=1), later(minutes=2))
    await store.drop_claim("commands")
    assert await store.claim("commands", later(minutes=1), later(minutes=2))


async def test_however_many_come_at_once_one_gets_it(server: Server) -> None:
    url = server.emptied_database()
    async with open_store(url, keys_of(url)) as one, open_store(url, keys_of(url)) as two:
        stores = [one, two] * 6
        turns = await asyncio.gather(*(store.take_turn(0, DAY, NOW) for store in stores))
        assert sum(turn.wait_until is None for turn in turns) == 1
        kept = await asyncio.gather(*(keeps(store, f"{number}") for number, store in enumerate(stores)))
        assert sorted(len(one.taken) for one in kept) == [0] * 11 + [4]
        counts = await asyncio.gather(
            *(keeps(store, f"{n}", (0,), 2 + n % 2, later(minutes=1)) for n, store in enumerate(stores))
        )
        assert sum(len(one.taken) for one in counts) == 1
        claims = await asyncio.gather(*(store.claim("it", NOW, later(minutes=1)) for store in stores))
        assert sum(claims) == 1
