"""Staying connected with Slack: over a socket, or by the requests that Slack sends to our own web server.

Source: Slack, "Socket Mode" and "Verifying requests"; Bolt for Python, custom adapters.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.calls.installation import Installation, note_tenant
from bot.fronts.slack.app import build_app
from bot.fronts.slack.desk import Desk
from bot.fronts.slack.files import Files
from bot.fronts.slack.people import PLATFORM, People, place_of
from bot.fronts.slack.service import Service
from bot.fronts.slack.tokens import look_up, open_client, open_socket

GOODBYE_SECONDS = 10.0
ANSWER_SECONDS = 30.0
HOSTS = frozenset({"slack.com", "slack-files.com"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Slack:
    """The running front: its Poster, and what answers the requests that Slack sends in HTTP mode."""

    service: Service
    app: AsyncApp

    async def receive(self, body: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
        """Answer one request; return status, body and content type. Bolt checks its signature."""
        answer = await self.app.async_dispatch(AsyncBoltRequest(body=body, headers=dict(headers)))
        return answer.status, answer.body or "", answer.first_headers().get("content-type", "text/plain")


@asynccontextmanager
async def open_slack(
    house: Installation,
    *,
    bot_token: str,
    app_token: str,
    signing_secret: str,
    command: str,
    api_url: str,
    picture_of: Callable[[str], str],
    nudge: Callable[[], None],
) -> AsyncIterator[Slack]:
    """Connect, stay connected until left, and yield the front.

    With ``app_token`` over a socket, else by requests to ``receive``. Raises SettingsError for a token that
    Slack does not take.
    """
    async with contextlib.AsyncExitStack() as stack:
        client = open_client(bot_token, api_url.rstrip("/"))
        client.session = await stack.enter_async_context(_kept_open())
        team = await look_up(client)
        socket = await open_socket(client, app_token) if app_token else ""
        await note_tenant(house, PLATFORM, team.id)
        await house.store.admit_place(place_of(team.id), team.name, house.now())
        service = Service(house, client, team=team.id, command=command, picture_of=picture_of)
        service.groups = await _groups(client)
        host = urlsplit(api_url).netloc
        hosts = HOSTS if host == "slack.com" else HOSTS | {host}
        desk = Desk(house, service, People(client, house), Files(bot_token, hosts), nudge)
        app = build_app(client, signing_secret, desk, command)
        stack.push_async_callback(_finish, desk)
        if app_token:
            handler: Any = AsyncSocketModeHandler(app, app_token)
            handler.client.wss_uri = socket or None
            await handler.connect_async()
            stack.push_async_callback(handler.close_async)
        yield Slack(service, app)


def _kept_open() -> ClientSession:
    """Return what keeps connections for the next answer: to open one takes longer than all else."""
    return ClientSession(timeout=ClientTimeout(total=ANSWER_SECONDS), cookie_jar=DummyCookieJar())


async def _groups(client: AsyncWebClient) -> dict[str, str]:
    """Return the handles of the workspace's groups, by id; none where we may not ask."""
    try:
        answer = await client.usergroups_list()
    except (SlackClientError, OSError):
        return {}
    groups: list[dict[str, Any]] = answer.get("usergroups", [])
    return {str(one["id"]): str(one.get("handle", "")) for one in groups}


async def _finish(desk: Desk) -> None:
    """End all chats with an honest word, and answer what is in hand."""
    for last in (desk.service.chats.aclose, desk.aclose):
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await last()
        except TimeoutError:
            log.warning("Not everything could be ended in time; chats are told of at the next start.")
