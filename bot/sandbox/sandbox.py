"""Opens and closes the sandbox: everything is built here, in order, and closed in reverse."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.sandbox.agent import AGENT_ID, default_agent, merge
from bot.sandbox.clock import Time
from bot.sandbox.door import Door
from bot.sandbox.faults import Faults
from bot.sandbox.inbound import Inbound
from bot.sandbox.phone import PHONE_NUMBER_ID, Phone
from bot.sandbox.reading import Json
from bot.sandbox.recall import RECALL_TOOL_ID
from bot.sandbox.rest.account import Account
from bot.sandbox.rest.answering import API_KEY, WEBSOCKET_PATH, guard
from bot.sandbox.rest.configuration import Configuration
from bot.sandbox.rest.control import Control, operations
from bot.sandbox.rest.conversations import Conversations
from bot.sandbox.rest.telephone import Telephone
from bot.sandbox.rest.voices import voice_routes
from bot.sandbox.rest.workspace import WorkspaceRoutes
from bot.sandbox.state import CLOCK_OFFSET, open_state
from bot.sandbox.talk_page import talk_page
from bot.sandbox.talks import Talks
from bot.sandbox.tasks import Tasks
from bot.sandbox.webhooks import Deliveries
from bot.sandbox.workspace import Workspace

OPERATOR_WEBHOOK = "sandbox"


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox; `url` is the REST root, the WebSocket is on the same host and port."""

    url: str
    api_key: str
    agent_id: str
    phone_number_id: str
    webhook_secret: str = field(repr=False)
    phone: Phone
    inbound: Inbound
    _deliveries: Deliveries
    _workspace: Workspace
    _time: Time

    @property
    def talk_url(self) -> str:
        return f"{self.url}/app/talk-to"

    def deliver_webhooks_to(self, url: str | None) -> None:
        """Where post-call webhooks go from now on; those that wait are sent at once. None keeps them."""
        self._deliveries.deliver_to(url)

    async def configure_webhook(self, url: str) -> None:
        """Make `url` the workspace's post-call webhook, as an owner of an account would, with our secret.

        What it is sent, and how often, is what ElevenLabs documents: nothing is repeated until somebody
        switches `retry_enabled` on.
        """
        now, workspace = self._time.unix(), self._workspace
        for webhook_id, webhook in list(workspace.webhooks.items()):
            if webhook["name"] == OPERATOR_WEBHOOK:
                await workspace.drop("webhook", webhook_id)
        webhook_id, _ = await workspace.add_webhook(OPERATOR_WEBHOOK, url, now, self.webhook_secret)
        wanted = {"post_call_webhook_id": webhook_id, "events": ["transcript", "call_initiation_failure"]}
        await workspace.change_settings({"webhooks": wanted})
        self._time.nudge()

    async def ask_about_inbound(self, url: str, headers: Mapping[str, str]) -> None:
        """Have `url` asked what a call that comes in starts with, as an owner of an account would."""
        webhook = {"url": url, "request_headers": dict(headers)}
        await self._workspace.change_settings({"conversation_initiation_client_data_webhook": webhook})
        flag = {"enable_conversation_initiation_client_data_from_webhook": True}
        await self._workspace.change_agent({"platform_settings": {"overrides": flag}}, self._time.unix())

    async def use_recall_tool(self, config: Json) -> None:
        """Have the agent look things up with this tool from now on, as an owner of an account would."""
        await self._workspace.put("tool", RECALL_TOOL_ID, config)

    def clock_moved(self) -> None:
        """Say that the clock that was given has jumped, so that everything that waits looks at it again."""
        self._time.nudge()


@asynccontextmanager
async def open_sandbox(
    *,
    listen: str = "127.0.0.1:0",
    file: Path = Path("data/sandbox.db"),
    public_agent: bool = False,
    agent: Json | None = None,
    clock: Callable[[], datetime] = utc_now,
    keep_webhooks: bool = True,
) -> AsyncIterator[Sandbox]:
    """A stand-in for ElevenLabs on `listen` ("host:port"), which goes on where `file` stopped.

    Port 0 picks a free one. `agent` is merged over the default agent, and what a PATCH has changed over both.
    `clock` must return aware times. `keep_webhooks`: an event that nobody wants yet waits for an address.
    Raises OSError when the port or the file is in use.
    """
    time, tasks = Time(clock), Tasks()
    host, _, port = listen.rpartition(":")
    async with AsyncExitStack() as stack:
        state = await stack.enter_async_context(open_state(file))
        time.offset_seconds = float(await state.setting(CLOCK_OFFSET, "0"))
        secret = await state.setting("webhook_secret", f"wsec_{secrets.token_hex(32)}")
        made_at = float(await state.setting("agent_made_at", str(time.unix())))
        client = await stack.enter_async_context(aiohttp.ClientSession())
        stack.push_async_callback(tasks.close)
        base = merge(default_agent(public=public_agent, made_at=made_at), agent or {})
        workspace, faults = await Workspace.open(state, base), Faults()
        deliveries = Deliveries(workspace, state, time, client, secret, faults, keeps=keep_webhooks)
        talks = Talks(workspace, state, time, tasks, faults, client)
        stack.push_async_callback(talks.close)
        phone = Phone(talks, state, time, tasks, faults)
        inbound = Inbound(talks, state, time, phone, client)
        door = Door(talks, state, time, tasks)

        account = Account()
        routes = [
            *Conversations(talks, state, time).routes(),
            *Telephone(workspace, phone, faults).routes(),
            *Configuration(workspace, time).routes(),
            *WorkspaceRoutes(workspace, time).routes(),
            *account.routes(),
            *voice_routes(),
        ]
        faults.operations.update(operations(routes))
        app = web.Application(middlewares=[guard(workspace, faults, time)])
        app.on_response_prepare.append(dated(time))
        app.add_routes(
            [*routes, *Control(state, time, phone, inbound, faults, talks).routes(), *account.control()]
        )
        app.router.add_get(WEBSOCKET_PATH, door.handle)
        app.router.add_get("/app/talk-to", talk_page(workspace))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await talks.resume()
        await phone.resume()
        site = web.TCPSite(runner, host.strip("[]") or "127.0.0.1", int(port))
        await site.start()
        stack.push_async_callback(door.close)
        tasks.start(deliveries.run())
        tasks.start(phone.run())
        yield Sandbox(
            _url(runner),
            API_KEY,
            AGENT_ID,
            PHONE_NUMBER_ID,
            secret,
            phone,
            inbound,
            deliveries,
            workspace,
            time,
        )


def dated(time: Time) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Write into each answer what time it is by the clock that was given."""

    async def write(_: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = formatdate(time.outside(), usegmt=True)

    return write


def _url(runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"
