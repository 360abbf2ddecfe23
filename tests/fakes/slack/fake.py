"""A Slack on loopback that is as strict as the real one, and people on it."""

import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.fakes.slack.acks import Acks
from tests.fakes.slack.acting import Client
from tests.fakes.slack.chat import Chat
from tests.fakes.slack.delivery import Courier, Delivery, Tasks
from tests.fakes.slack.events import Event, Events
from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.histories import Histories
from tests.fakes.slack.installs import Installs
from tests.fakes.slack.methods import Methods
from tests.fakes.slack.places import Places
from tests.fakes.slack.posting import FORGERIES, Posting
from tests.fakes.slack.responses import Responses
from tests.fakes.slack.server import API, MOST_BYTES, Door, Request
from tests.fakes.slack.settings import AppSettings
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.state import Account, Enterprise, Message
from tests.fakes.slack.text_rules import EVERYBODY, LINK, SOMEBODY
from tests.fakes.slack.uploads import Uploads
from tests.fakes.slack.view_methods import ViewMethods
from tests.fakes.slack.workspaces import Workspace
from tests.fakes.slack.world import World


class FakeSlack:
    """The fake, as tests hold it."""

    def __init__(self, app_token: str, signing_secret: str) -> None:
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.world = World()
        self.faults = Faults()
        self.tasks = Tasks()
        self.door = Door(self.world, self.faults)
        self.courier = Courier(self.world)
        self.sockets = Sockets(self.world, self.courier)
        self.posting = Posting(self.world, self.courier, self.tasks, signing_secret)
        self.courier.way = self.sockets
        self._events = Events(self.world, self.courier, self.tasks)
        self.world.announce = self._events.announce
        self.client = Client(self.world, self.courier, Acks(self.world, self.door))
        self._uploads = Uploads(self.world)
        self.installs = Installs(self.world)
        self.methods = Methods(self.world, app_token, self.sockets.new_url, self.installs)
        rooms = (Chat(self.world), Histories(self.world), Places(self.world), ViewMethods(self.world))
        for room in (*rooms, self._uploads):
            self.methods.add(room.table)

    @property
    def url(self) -> str:
        return self.world.url

    @property
    def api_url(self) -> str:
        """What the client takes as its base, with the slash at the end that it needs."""
        return f"{self.url}{API}"

    @property
    def app_id(self) -> str:
        return self.world.app_id

    @property
    def settings(self) -> AppSettings:
        """How the app is set up at Slack."""
        return self.world.settings

    @property
    def clock(self) -> Any:
        return self.world.clock

    @property
    def requests(self) -> list[Request]:
        """Every request, in the order of arrival."""
        return self.door.requests

    @property
    def unrouted(self) -> list[Request]:
        """The requests for which there is no method or route."""
        return self.door.unrouted

    @property
    def refused(self) -> list[Request]:
        """The requests and acknowledgements that Slack's rules forbid, faults aside."""
        return [one for one in (*self.requests, *self.door.acks) if one.error and not one.was_fault]

    @property
    def mentions_everybody(self) -> list[Request]:
        """What was taken and would notify everybody who is there."""
        return [request for request, _ in self.door.saying(EVERYBODY)]

    @property
    def mentions(self) -> list[str]:
        """The people and channels that were named by their ids, as Slack got them."""
        return [sign for _, sign in self.door.saying(SOMEBODY)]

    @property
    def links(self) -> list[str]:
        """The links that stood in texts, as Slack got them."""
        return [sign for _, sign in self.door.saying(LINK)]

    @property
    def crawled(self) -> list[Message]:
        """The messages with an address that Slack's crawler would fetch, for want of ``unfurl_…=False``."""
        return [one for place in self.world.channels.values() for one in place.messages if one.is_crawled]

    @property
    def events(self) -> list[Event]:
        """The events that the app was told, each with its tries."""
        return self._events.told

    @property
    def deliveries(self) -> list[Delivery]:
        """All that was handed to the app, each try for itself."""
        return self.courier.deliveries

    def calls(self, method: str) -> list[Request]:
        """Return the requests to one method."""
        return [one for one in self.requests if one.path == method]

    def moves_clock(self, **time: float) -> None:
        """Let time pass for Slack."""
        self.clock.moved += timedelta(**time)
        self.world.bell.ring()

    def adds_workspace(
        self,
        name: str,
        *,
        channels: tuple[str, ...] = ("general",),
        scopes: tuple[str, ...] | None = None,
        is_installed: bool = True,
        enterprise: Enterprise | None = None,
    ) -> Workspace:
        """Found a workspace, and install the app there unless it is not."""
        world = self.world
        team = Workspace(
            world.new_id("T"), name, world.app_id, f"xoxb-{secrets.token_hex(8)}" if is_installed else "",
            world.settings.scopes if scopes is None else scopes,
        )  # fmt: skip
        team.bot = Account(world.new_id("U"), "Troupe", team, is_bot=True)
        team.bot_id = world.new_id("B")
        team.world, team.client, team.requests = world, self.client, self.requests
        world.teams[team.id] = team
        team.enterprise = enterprise
        if enterprise:
            enterprise.teams.append(team)
        for channel in channels:
            team.adds_channel(channel)
        return team

    def adds_enterprise(self, name: str) -> Enterprise:
        """Found an organisation, without workspaces."""
        found = Enterprise(self.world.new_id("E"), name)
        self.world.enterprises[found.id] = found
        return found

    def uses_manifest(self, manifest: dict[str, Any]) -> None:
        """Set the app up as a manifest says; workspaces that are founded later grant its scopes."""
        self.world.settings = AppSettings.of_manifest(manifest)

    def sends_to(self, url: str) -> None:
        """Hand everything over by HTTP from now on."""
        self.posting.url = url
        self.courier.way = self.posting

    async def is_connected(self, lines: int = 1, timeout: float = 10) -> None:
        """Wait until the app is on the line, or answers at its address."""
        if self.courier.way is self.posting:
            while not await self.posting.is_verified():
                timeout -= 0.05
                assert timeout > 0, f"nobody answers the challenge at {self.posting.url}"
                await self.world.passes(0.05)
            return
        await self.world.bell.until(
            lambda: len(self.sockets.lines) >= lines,
            timeout,
            lambda: f"the app is not on the line; its requests: {[str(one) for one in self.requests]}",
        )

    async def is_gone(self, timeout: float = 10) -> None:
        """Wait until the app hung up."""
        await self.world.bell.until(lambda: not self.sockets.lines, timeout, lambda: "the app is on the line")

    async def until(self, is_so: Any, timeout: float = 10) -> Any:
        """Wait until something is so that follows from a request or from the line."""
        return await self.world.bell.until(
            is_so, timeout, lambda: f"it never came to be; requests: {[str(one) for one in self.requests]}"
        )

    def fails(
        self,
        method: str,
        error: str = "",
        *,
        status: int | None = None,
        times: int = 1,
        retry_after: float = 1,
        messages: tuple[str, ...] = (),
        body: Any = None,
        takes_effect: bool = False,
    ) -> None:
        """Let the next requests to a method or path go wrong; status 0 drops the connection."""
        if status is None:
            status = 429 if error == "ratelimited" else 200
        pattern = re.compile(method)
        self.faults.add(
            Fault("*", pattern, status, 0, times, retry_after, body, takes_effect, error, messages)
        )

    def recovers(self) -> None:
        """Let all go well again."""
        self.faults.clear()

    def delays(self, method: str, seconds: float, times: int = 1) -> None:
        """Let the next requests to a method or path wait after they arrived."""
        self.faults.add_delay(method, seconds, times)

    def forges(self, how: str, times: int = 1) -> None:
        """Sign the next posts wrongly: with a wrong secret, stale, or not at all."""
        assert how in FORGERIES, f"{how!r} is none of {FORGERIES}"
        self.posting.forgeries += [how] * times

    async def replays(self, delivery: Delivery) -> int:
        """Post the very same bytes and headers again, as an eavesdropper would, and return the status."""
        return (await self.posting.posts(delivery.body, delivery.headers))[0]

    def repeats(self, event: Event) -> None:
        """Tell an event once more."""
        self._events.deliver(event)

    async def drops_sockets(self) -> None:
        """Tear every connection without a word."""
        for line in list(self.sockets.lines):
            line.drop()

    async def asks_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every client to connect anew, as Slack does from time to time."""
        self.sockets.disconnect(reason)

    async def sends_garbage(self, text: str) -> None:
        """Send words that mean nothing on every connection."""
        for line in self.sockets.lines:
            line.outbox.put_nowait(text)

    async def sends_envelope(self, envelope: dict[str, Any]) -> None:
        """Send an envelope as it is given on every connection."""
        await self.sends_garbage(json.dumps(envelope))


@asynccontextmanager
async def open_fake_slack(
    app_token: str = "xapp-1-fake", signing_secret: str = "fake-signing-secret"
) -> AsyncIterator[FakeSlack]:
    """Open a fake Slack on a free port."""
    slack = FakeSlack(app_token, signing_secret)
    app = web.Application(middlewares=[slack.door.open], client_max_size=MOST_BYTES)
    app.router.add_get("/link", slack.sockets.serve)
    app.router.add_route("*", f"{API}{{method}}", slack.methods.answer)
    Responses(slack.world).add_routes(app)
    slack._uploads.add_routes(app)
    runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    slack.world.url = f"http://{host}:{port}"
    try:
        yield slack
    finally:
        await slack.tasks.close()
        await slack.posting.close()
        await slack.drops_sockets()
        await runner.cleanup()
    if broken := [*slack.door.broken, *slack.tasks.broken]:
        raise BaseExceptionGroup("the fake Slack is broken", broken)
