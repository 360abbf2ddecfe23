"""What the processes that share a bot at Discord agree on through the store."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.shards import Holders, Kept, Starts, Turn


class Sharding(Protocol):
    """The part of the Store that knows who holds which shard, and whose turn it is to connect."""

    async def keep_shards(
        self,
        holder: str,
        name: str,
        wanted: Collection[int],
        count: int,
        now: datetime,
        lease_until: datetime,
    ) -> Kept:
        """Hold the shards that this holder has, and those of ``wanted`` that nobody else does.

        ``name`` is what others read of the holder. Nothing is changed while others hold shards of another
        count than ``count``; which one, the holders tell.
        """
        ...

    async def release_shards(self, holder: str) -> None:
        """Give back all that a holder has, so that others need not wait for its lease."""
        ...

    async def fetch_holders(self, now: datetime) -> Holders:
        """Return who holds which shard."""
        ...

    async def take_turn(self, shard: int, starts: Starts, now: datetime) -> Turn:
        """Take the turn to begin a shard's connection, if it is free: ``APART`` after the last of its bucket.

        ``starts`` is what Discord says is left; turns that others took since count as well. ``KEPT_BACK`` of
        a day's connections are never used.
        """
        ...

    async def claim(self, what: str, now: datetime, until: datetime) -> bool:
        """Whether to do now what one process does for all of them; False until then, where another does."""
        ...

    async def drop_claim(self, what: str) -> None:
        """Let others do what this process did, or could not do."""
        ...
