"""When a shard may begin its connection: one after the other, of all processes together, and so many a day.

Source: Discord, "Gateway: Identifying" and "Session start limit object".
"""

import logging
from datetime import datetime, timedelta

import discord

from bot.calls.installation import Installation
from bot.calls.sharding import take_turn
from bot.domain.errors import NotStored
from bot.domain.shards import APART, Starts
from bot.fronts.discord.refusals import UNREACHABLE, describe

AGAIN = timedelta(seconds=3)
"""When it is tried again where nobody can tell whose turn it is."""
GOOD_FOR = timedelta(seconds=3)
"""A turn that took longer to get has passed."""
TOLD_GOOD_FOR = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)

log = logging.getLogger(__name__)


class Turns:
    """Asks the store for the turn of a shard, and remembers when it is worth asking again."""

    def __init__(self, house: Installation, client: discord.AutoShardedClient) -> None:
        self._house = house
        self._client = client
        self._told: tuple[datetime, Starts] | None = None
        self._free_at: dict[int, datetime] = {}
        """By bucket."""
        self._used_up_until: datetime | None = None

    def when(self, shard: int) -> datetime:
        """Return when it may be a shard's turn."""
        bucket = self._told[1].bucket_of(shard) if self._told else shard
        return self._free_at.get(bucket, self._house.now())

    async def take(self, shard: int) -> bool:
        """Whether a shard may begin now; if so, its turn is used up."""
        asked_at = self._house.now()
        try:
            starts = await self._fetch_starts()
            turn = await take_turn(self._house, shard, starts)
        except (NotStored, discord.GatewayNotFound, *UNREACHABLE) as error:
            log.warning("Discord's shard %d has to wait to connect: %s", shard, describe(error))
            self._free_at[self._told[1].bucket_of(shard) if self._told else shard] = asked_at + AGAIN
            return False
        if turn.is_used_up and turn.wait_until != self._used_up_until:
            self._used_up_until = turn.wait_until
            log.warning(
                "Discord's shard %d waits until %s: nearly all connections that the bot may begin in a day "
                "are used up, and one too many would cost its token. Look for what begins so many.",
                shard,
                f"{turn.wait_until:%Y-%m-%d %H:%M} UTC",
            )
        free_at = turn.wait_until or asked_at + APART
        self._free_at[starts.bucket_of(shard)] = min(free_at, asked_at + LONGEST_WAIT)
        return turn.wait_until is None and self._house.now() - asked_at < GOOD_FOR

    async def _fetch_starts(self) -> Starts:
        """Return what Discord says of how often the bot may begin, asked for now and then."""
        now = self._house.now()
        if self._told is None or now - self._told[0] > TOLD_GOOD_FOR:
            told = await self._client.fetch_session_start_limits()
            resets_at = now + timedelta(milliseconds=told.reset_after)
            self._told = now, Starts(told.remaining, resets_at, max(told.max_concurrency, 1))
        return self._told[1]
