"""Shards that several processes divide: one live copy of each.

Discord tells everything to each copy of a shard. What is pressed or typed as a command is answered once all
the same, as Discord takes one answer; what is written in direct messages would be answered by every copy.

Source: Discord, "Gateway: Sharding"; discord.py's ``AutoShardedClient``.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NoReturn

import discord
from discord.gateway import DiscordWebSocket

from bot.calls import sharding
from bot.calls.installation import Installation
from bot.domain.errors import NotStored, SettingsError
from bot.domain.shards import Holders, Kept, WantedShards, name_shards
from bot.fronts.discord.turns import Turns

LOOK_SECONDS = 2.5
STEP_SECONDS = 0.5

log = logging.getLogger(__name__)


class Share:
    """The shards that this process holds.

    A connection that this process no longer holds is left before another word of it is heard: a process that
    was stopped for a while asks first, once its lease may be over.
    """

    def __init__(
        self,
        house: Installation,
        client: discord.AutoShardedClient,
        wanted: WantedShards,
        stands_by: Callable[[], Awaitable[None]],
    ) -> None:
        self._house = house
        self._stands_by = stands_by
        self._client = client
        self._wanted = wanted
        self._holder = house.process
        self._name = f"process {os.getpid()} on {socket.gethostname()}"
        self._count = wanted.count
        self._held: frozenset[int] = frozenset()
        self._holders = Holders()
        self._has_looked = False
        self._sure_until = house.now()
        self._asking = asyncio.Lock()
        self._times_taken: dict[int, int] = {}
        """How often each was taken: what was connected before is not ours any more."""
        self._to_begin: set[int] = set()
        self._news = asyncio.Event()
        self._let_go = asyncio.Event()
        house.lines.when_there_is("shards", self._let_go.set)
        self._turns = Turns(house, client)
        self._open: dict[int, DiscordWebSocket] = {}
        self._ready: set[int] = set()
        attend_others = client._connection._update_references  # noqa: SLF001  told of every new connection

        def attend(ws: DiscordWebSocket) -> None:
            attend_others(ws)
            self._attend(ws)

        client._connection._update_references = attend  # type: ignore[method-assign]  # noqa: SLF001

    @property
    def is_whole(self) -> bool:
        """Whether each shard that is to be held here is connected, be it here or with another process."""
        mine = self._wanted.of(self._count)
        return all(one in self._ready if one in self._held else one in self._holders.by_shard for one in mine)

    @property
    def are_divided(self) -> bool:
        """Whether there are servers that this process hears nothing of."""
        return len(self._held) < self._count

    @property
    def held(self) -> tuple[int, ...]:
        """The shards that this process holds."""
        return tuple(sorted(self._held))

    def __str__(self) -> str:
        """Say which are held here: ``shards 0-3 of 8``."""
        return name_shards(self._held, self._count)

    async def fetch_holders(self) -> Holders:
        """Return who holds which. Raises NotStored."""
        return await sharding.fetch_holders(self._house)

    def note_ready(self, shard: int) -> None:
        """Note that a shard is connected and knows its servers."""
        self._ready.add(shard)

    async def check(self) -> None:
        """Raise SettingsError where other processes hold shards of another count."""
        self._check_count(await self.fetch_holders())

    async def settle(self) -> None:
        """Find out how many shards there are: as many as are set, or held by others, or recommended."""
        self._count = self._wanted.count or (await self.fetch_holders()).count
        if not self._count:
            self._count, _, _ = await self._client.http.get_bot_gateway()
        self._client.shard_count = self._client._connection.shard_count = self._count  # noqa: SLF001
        self._to_begin, self._ready = set(self._held), set()
        self._news.set()

    async def run(self, listen: Coroutine[Any, Any, None]) -> None:
        """Hold and connect what is to be, as long as the library listens. Raises what either raises."""
        work = (listen, self._keep_looking(), self._keep_beginning())
        tasks = [asyncio.create_task(one, name="discord-shards") for one in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in done:
            task.result()

    async def aclose(self) -> None:
        """Let others have what is held here, once nothing of it is connected any more."""
        self._held = frozenset()
        try:
            await sharding.release_shards(self._house, self._holder)
        except NotStored as error:
            log.warning("Discord's shards could not be given back, others wait for them: %s", error)

    async def look(self) -> None:
        """Renew what is held, take what is free, and leave what others have. Raises NotStored."""
        async with self._asking:
            # Whoever could not look for a while, as nobody could, does not know that a lease ran out in vain.
            was_away = self._house.now() > self._sure_until and self._has_looked
            wanted = () if was_away else self._wanted.of(self._count)
            kept, self._sure_until = await sharding.keep_shards(
                self._house, self._holder, self._name, wanted, self._count
            )
            self._has_looked = True
            self._take_over(kept)
        self._check_count(kept.holders)

    def _take_over(self, kept: Kept) -> None:
        """Know what is held now, and what is to be begun."""
        before, self._held, self._holders = self._held, kept.renewed | kept.taken, kept.holders
        for shard in kept.taken:
            self._times_taken[shard] = self._times_taken.get(shard, 0) + 1
        self._to_begin = (self._to_begin | kept.taken) & self._held
        for shard in before - kept.renewed:
            self._ready.discard(shard)
            for guild in [one for one in self._client.guilds if one.shard_id == shard]:
                self._client._connection._remove_guild(guild)  # noqa: SLF001  nothing is told of it any more
        self._client._connection.shard_ids = list(self.held)  # noqa: SLF001  whose readiness is waited for
        if lost := before - self._held:
            log.warning("Other processes hold Discord's %s now.", name_shards(lost, self._count))
        if kept.taken:
            self._news.set()

    async def _leave_others(self) -> None:
        """Leave what is connected and not held, be nothing said there that would be noticed."""
        for shard, info in self._client.shards.items():
            if shard not in self._held:
                await info.disconnect()

    async def _keep_looking(self) -> None:
        is_told = is_away = False
        while True:
            try:
                await self.look()
                await self._leave_others()
                if not self._held and not is_told:
                    is_told = True
                    await self._stands_by()
            except NotStored as error:
                if not is_away:
                    log.warning("Who holds Discord's shards cannot be told: %s", error)
                is_away = True
            else:
                is_away = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._let_go.wait()
            self._let_go.clear()

    async def _is_ours(self, shard: int, times_taken: int) -> bool:
        """Whether a connection is still ours; asks, as long as it takes, where the lease may be over."""
        while shard in self._held and self._times_taken.get(shard) == times_taken:
            if self._house.now() < self._sure_until:
                return True
            try:
                await self.look()
            except NotStored:
                await asyncio.sleep(STEP_SECONDS)
        return False

    def _attend(self, connection: DiscordWebSocket) -> None:
        """Let a connection be heard only while it is ours, and begin only in its turn."""
        shard = connection.shard_id or 0
        times_taken = self._times_taken.get(shard, 0)
        hear, begin, go_on = connection.received_message, connection.identify, connection.resume

        async def received_message(message: Any, /) -> None:
            if not await self._is_ours(shard, times_taken):
                await _leave(connection)
            await hear(message)

        async def identify() -> None:
            if self._is_connected_already(shard, connection):
                await _leave(connection)
            if not await self._turns.take(shard):
                self._to_begin |= {shard} & self._held
                self._news.set()
                await _leave(connection)
            await begin()

        async def resume() -> None:
            # Of what is to begin, the old session is from before somebody else had the shard.
            if shard in self._to_begin or self._is_connected_already(shard, connection):
                await _leave(connection)
            await go_on()

        connection.received_message = received_message  # type: ignore[method-assign]
        connection.identify = identify  # type: ignore[method-assign]
        connection.resume = resume  # type: ignore[method-assign]

    def _is_connected_already(self, shard: int, connection: DiscordWebSocket) -> bool:
        """Whether there is another connection of a shard; else this one is it from now on."""
        if (other := self._open.get(shard)) is not None and other is not connection and other.open:
            return True
        self._open[shard] = connection
        return False

    async def _keep_beginning(self) -> None:
        """Begin the connections that are to be begun, one after the other."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._to_begin:
                first = min(self._to_begin, key=lambda shard: (self._turns.when(shard), shard))
                if self._turns.when(first) > self._house.now():
                    await asyncio.sleep(STEP_SECONDS)
                else:
                    await self._begin(first)

    async def _begin(self, shard: int) -> None:
        self._to_begin.discard(shard)
        if info := self._client.get_shard(shard):
            await info.disconnect()
        try:
            await self._client.launch_shard(DiscordWebSocket.DEFAULT_GATEWAY, shard)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise  # else it was left

    def _check_count(self, holders: Holders) -> None:
        """Raise SettingsError where others divide the bot otherwise; the library connects anew without it."""
        wanted = self._wanted.count
        if wanted and holders.count not in (0, wanted):
            raise SettingsError(
                f"SHARD_COUNT is {wanted}, but processes that run hold shards of {holders.count}: set it to "
                f"{holders.count}, or stop all of them (one that was killed lets go within "
                f"{sharding.LEASE.seconds} seconds) and start all with {wanted}."
            )
        if self._count and holders.count not in (0, self._count):
            raise RuntimeError(f"there are {holders.count} shards now, not {self._count}")


async def _leave(connection: DiscordWebSocket) -> NoReturn:
    """Close a connection; the library takes a cancellation for a shard that is to be left alone."""
    await connection.close(code=1000)
    raise asyncio.CancelledError
