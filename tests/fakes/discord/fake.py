"""A Discord on loopback that is as strict as the real one, and people on it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.fakes.discord import payloads
from tests.fakes.discord.acting import Client
from tests.fakes.discord.clock import Clock
from tests.fakes.discord.faults import Fault, Faults
from tests.fakes.discord.gateway import RECONNECT, Gateway
from tests.fakes.discord.people import Person
from tests.fakes.discord.rest import Rest
from tests.fakes.discord.server import API, MOST_BYTES, Door, Request
from tests.fakes.discord.servers import Inn
from tests.fakes.discord.state import DM, GROUP_DM, Attachment, Channel, Role
from tests.fakes.discord.threads import Threads
from tests.fakes.discord.webhooks import Webhooks
from tests.fakes.discord.world import CONTENT_INTENT, World


class FakeDiscord:
    """The fake, as tests hold it."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.world = World()
        self.faults = Faults()
        self.door = Door(self.world, self.faults, token)
        self.gateway = Gateway(self.world, token)
        self.world.announce = self.gateway.announce
        self.application: dict[str, Any] = {
            "id": self.world.application_id,
            "name": "Troupe",
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "interactions_endpoint_url": None,
            "integration_types_config": {"0": {}, "1": {}},
            "verify_key": "0" * 64,
            "flags": 0,
            "owner": payloads.user(self.world.bot) | {"id": self.world.new_id(), "bot": False},
        }
        self.rest = Rest(self.world, self.application, lambda: self.gateway.starts.told(self.gateway_url))
        self.client = Client(self.world, self.gateway, self.rest)
        self.url = ""

    @property
    def api_url(self) -> str:
        return f"{self.url}{API}"

    @property
    def gateway_url(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/gw"

    @property
    def application_id(self) -> str:
        return self.world.application_id

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def requests(self) -> list[Request]:
        """Every request, in the order of arrival."""
        return self.door.requests

    @property
    def unrouted(self) -> list[Request]:
        """The requests for which there is no route."""
        return self.door.unrouted

    @property
    def refused(self) -> list[Request]:
        """The requests that Discord's rules forbid, faults aside."""
        return [one for one in self.requests if one.status >= 400 and not one.was_fault]

    @property
    def invalid_requests(self) -> int:
        """How many requests count towards a ban of the whole address: ten thousand in ten minutes."""
        return sum(one.status in (401, 403, 429) for one in self.requests)

    @property
    def commands(self) -> list[dict[str, Any]]:
        """The global commands as they are registered."""
        return self.rest.commands

    @property
    def syncs(self) -> int:
        """How often commands were registered."""
        return self.rest.syncs

    @property
    def is_connected(self) -> bool:
        """Whether the bot is on the line."""
        return bool(self.gateway.live)

    def moves_clock(self, **time: float) -> None:
        """Let time pass for Discord."""
        self.clock.moved += timedelta(**time)
        self.world.bell.ring()

    def adds_server(
        self,
        name: str,
        *,
        channels: tuple[str, ...] = ("general",),
        roles: tuple[str, ...] = (),
        with_bot: bool = True,
        locale: str = "en-US",
    ) -> Inn:
        """Found a server; the bot joins it if nothing else is said."""
        new_id = self.world.new_id
        inn = Inn(new_id(apart=True), name, locale, has_bot=with_bot, joined_at=self.clock())
        inn.world, inn.gateway = self.world, self.gateway
        self.world.servers[inn.id] = inn
        for channel in channels:
            inn.adds_channel(channel)
        inn.roles.update({role: Role(new_id(), role) for role in roles})
        if with_bot:
            inn.tells_bot()
        return inn

    def adds_person(self, name: str, locale: str = "en-US") -> Person:
        """Let somebody join Discord."""
        person = Person(self.world.new_id(), name, locale, self.client, self.requests)
        self.world.people[person.id] = person
        self._add_channel(Channel(self.world.new_id(), name, DM, recipients=(person, self.world.bot)))
        return person

    def adds_private_channel(self, *people: Person) -> Channel:
        """Let people talk among themselves, without the bot."""
        kind = DM if len(people) == 2 else GROUP_DM
        name = ", ".join(person.name for person in people)
        return self._add_channel(Channel(self.world.new_id(), name, kind, recipients=people))

    def uploads(
        self,
        name: str,
        data: bytes,
        content_type: str | None = None,
        *,
        size: int | None = None,
        url: str | None = None,
    ) -> Attachment:
        """Upload a file for a command; its size and its address may be told falsely."""
        return self.world.keep_file(name, data, content_type, size=size, url=url, ephemeral=True)

    def allows_intents(self, *, bits: int = CONTENT_INTENT) -> None:
        """Switch privileged intents on in the portal."""
        self.gateway.allowed_privileged |= bits
        self.world.content_intent |= bits & CONTENT_INTENT

    async def is_ready(self, shards: int = 1, timeout: float = 10) -> None:
        """Wait until the bot is on the line and was told of its servers."""
        await self.world.bell.until(
            lambda: len(self.gateway.live) >= shards,
            timeout,
            lambda: f"the bot is not on the line; its requests: {[str(one) for one in self.requests]}",
        )

    async def is_gone(self, timeout: float = 10) -> None:
        """Wait until the bot hung up."""
        await self.world.bell.until(lambda: not self.gateway.live, timeout, lambda: "the bot is on the line")

    async def until(self, is_so: Any, timeout: float = 10) -> Any:
        """Wait until something is so that follows from a request or from the line."""
        return await self.world.bell.until(
            is_so, timeout, lambda: f"it never came to be; requests: {[str(one) for one in self.requests]}"
        )

    def fails(
        self,
        method: str,
        path: str,
        status: int,
        *,
        code: int = 0,
        times: int = 1,
        retry_after: float = 0.1,
        body: Any = None,
        takes_effect: bool = False,
    ) -> None:
        """Let the next requests whose path matches go wrong; status 0 drops the connection."""
        pattern = re.compile(path)
        self.faults.add(Fault(method, pattern, status, code, times, retry_after, body, takes_effect))

    def delays(self, path: str, seconds: float, times: int = 1) -> None:
        """Let the next requests whose path matches wait after they arrived."""
        self.faults.add_delay(path, seconds, times)

    async def reconnects(self) -> None:
        """Ask every client to connect anew, as Discord does from time to time."""
        for line in list(self.gateway.lines):
            line.send(RECONNECT)

    async def drops_connection(self) -> None:
        """Tear every connection without a word."""
        for line in list(self.gateway.lines):
            line.drop()

    async def closes_connection(self, code: int) -> None:
        """Close every connection with a code."""
        for line in list(self.gateway.lines):
            line.outbox.put_nowait(code)

    async def sends_garbage(self, text: str) -> None:
        """Send words that mean nothing."""
        for line in list(self.gateway.lines):
            line.outbox.put_nowait(text)

    async def dispatches(self, event: str, data: Any) -> None:
        """Dispatch an event as it is given to every session."""
        for session in self.gateway.live:
            session.dispatch(event, json.loads(json.dumps(data)))

    def counts_starts(
        self, *, shards: int = 1, left: int | None = None, max_concurrency: int = 1, is_strict: bool = True
    ) -> None:
        """Recommend so many shards, and have begun connections counted: so many left, so many at once."""
        starts = self.gateway.starts
        starts.shards, starts.max_concurrency, starts.is_strict = shards, max_concurrency, is_strict
        if left is not None:
            starts.left = left

    def forgets_sessions(self) -> None:
        """Let no lost connection be taken up again."""
        for session in list(self.gateway.sessions.values()):
            session.id = f"forgotten-{session.id}"
        self.gateway.sessions = {one.id: one for one in self.gateway.sessions.values()}

    def _add_channel(self, channel: Channel) -> Channel:
        self.world.channels[channel.id] = channel
        return channel


@asynccontextmanager
async def open_fake_discord(token: str = "fake-bot-token") -> AsyncIterator[FakeDiscord]:
    """Open a fake Discord on a free port."""
    discord = FakeDiscord(token)
    app = web.Application(middlewares=[discord.door.open], client_max_size=MOST_BYTES)
    app.router.add_get("/gw", discord.gateway.serve)
    app.router.add_get("/gw/", discord.gateway.serve)
    discord.rest.add_routes(app)
    Webhooks(discord.world).add_routes(app)
    Threads(discord.world).add_routes(app)
    runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    discord.url = discord.world.url = f"http://{host}:{port}"
    discord.gateway.url = discord.gateway_url
    try:
        yield discord
    finally:
        await discord.drops_connection()
        await runner.cleanup()
    if discord.door.broken:
        raise ExceptionGroup("the fake Discord is broken", discord.door.broken)
