"""Shards of a bot that several processes divide through the store, and what one process does for all."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.calls.installation import Installation
from bot.domain.shards import Holders, Kept, Starts, Turn

LEASE = timedelta(seconds=10)
"""How long a shard stays a process' own when nothing is heard of it any more."""
SURE = timedelta(seconds=7.5)
"""How long a process takes a lease for its own without asking: less, as no two clocks are the same."""
CLAIM = timedelta(seconds=30)


async def fetch_holders(house: Installation) -> Holders:
    """Return who holds which shard. Raises NotStored."""
    return await house.store.fetch_holders(house.now())


async def keep_shards(
    house: Installation, holder: str, name: str, wanted: Collection[int], count: int
) -> tuple[Kept, datetime]:
    """Hold what a holder has, and what is free of ``wanted``; return it, and until when it surely is so.

    Raises NotStored.
    """
    asked_at = house.now()
    kept = await house.store.keep_shards(holder, name, wanted, count, asked_at, asked_at + LEASE)
    return kept, asked_at + SURE


async def release_shards(house: Installation, holder: str) -> None:
    """Give back all that a holder has, and tell whoever stands by. Raises NotStored."""
    await house.store.release_shards(holder)
    await house.store.wake_for("shards")


async def take_turn(house: Installation, shard: int, starts: Starts) -> Turn:
    """Take the turn to begin a shard's connection, if it is free now. Raises NotStored."""
    return await house.store.take_turn(shard, starts, house.now())


@asynccontextmanager
async def claimed(house: Installation, what: str) -> AsyncIterator[bool]:
    """Yield whether to do now what one process does for all; others may once this is left, or it died."""
    now = house.now()
    is_ours = await house.store.claim(what, now, now + CLAIM)
    try:
        yield is_ours
    finally:
        if is_ours:
            await house.store.drop_claim(what)
