"""Staying connected with Slack: over a socket, or by the requests that Slack sends to our own web server.

Source: Slack, "Socket Mode" and "Verifying requests"; Bolt for Python, custom adapters.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.calls.installation import Installation, note_tenant
from bot.calls.places import note_installed
from bot.calls.workspaces import fetch_workspaces
from bot.domain.errors import NotStored, SettingsError
from bot.domain.workspace import Installed
from bot.fronts.slack.addresses import hosts_at
from bot.fronts.slack.app import build_app
from bot.fronts.slack.desk import Desk
from bot.fronts.slack.files import Files
from bot.fronts.slack.installing import Installer
from bot.fronts.slack.manifest import INSTALL
from bot.fronts.slack.naming import PLATFORM, place_of
from bot.fronts.slack.people import People
from bot.fronts.slack.service import Service
from bot.fronts.slack.tokens import SlackUnreachable, look_up, open_socket
from bot.fronts.slack.workspaces import Workspaces
from bot.fronts.waiting import growing_waits

GOODBYE_SECONDS = 10.0
ANSWER_SECONDS = 30.0
LINE_SECONDS = 20.0
"""How long a socket may take to be there; its address is good for half a minute."""
TIMESTAMP_CHARS = 12

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Slack:
    """The running front: its Poster, and what answers the requests that Slack sends in HTTP mode."""

    service: Service
    app: AsyncApp
    signed_by: SignatureVerifier | None
    """What knows Slack's signature; None over a socket, where nobody may send a request."""
    installer: Installer | None = None
    """What lets workspaces install the app; None where it speaks in one alone."""
    is_in: bool = False
    """Whether we know whose our token is; nothing can be answered before."""

    async def receive(self, body: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
        """Answer one request; return status, body and content type.

        What Slack did not sign is not even read.
        """
        if self.signed_by is None or not _is_signed(self.signed_by, body, headers):
            return 401, "", "text/plain"
        if not self.is_in:
            return 503, "", "text/plain"
        try:
            request = AsyncBoltRequest(body=body, headers=dict(headers))
        except (ValueError, RecursionError):
            return 400, "", "text/plain"
        answer = await self.app.async_dispatch(request)
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
    connected: Callable[[str], Awaitable[None]],
    client_id: str = "",
    client_secret: str = "",
    public_url: str = "",
) -> AsyncIterator[Slack]:
    """Connect, stay connected until left, and yield the front.

    With ``app_token`` over a socket, else by requests to ``receive``. With ``client_id`` any workspace may
    install the app, beside that of ``bot_token`` if there is one. ``connected`` is told once commands begin
    to arrive. Raises SettingsError for a token that Slack does not take, unless others installed the app;
    where Slack cannot be reached it goes on trying.
    """
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(_kept_open())
        api_url, is_shared = api_url.rstrip("/"), bool(client_id)
        workspaces = Workspaces(house, token=bot_token, api_url=api_url, session=session, is_shared=is_shared)
        people = People(workspaces, house)
        service = Service(house, workspaces, people, command=command, picture_of=picture_of)
        desk = Desk(house, service, people, Files("", hosts_at(api_url)), nudge)
        verifier = SignatureVerifier(signing_secret) if signing_secret.strip() and not app_token else None
        signed_with = verifier.signing_secret if verifier else secrets.token_hex()
        installer = None
        if is_shared:
            installer = Installer(
                house,
                workspaces,
                client_id=client_id,
                client_secret=client_secret,
                public_url=public_url,
                api_url=api_url,
                command=command,
            )
            stack.push_async_callback(installer.renewals.aclose)
        app = build_app(workspaces.home, signed_with, desk, command, installer)
        slack = Slack(service, app, verifier, installer)
        stack.push_async_callback(_finish, desk)
        lines = await stack.enter_async_context(contextlib.AsyncExitStack())

        async def connect() -> None:
            if bot_token or not is_shared:
                await _get_in(house, slack, is_shared=is_shared)
            slack.is_in = True
            if app_token:
                await _open_line(slack.app, app_token, lines)

        async def begin(*, is_connected: bool) -> None:
            if not is_connected:
                await _try_again(connect)
            where = f" Workspaces install it at {public_url}{INSTALL}." if is_shared else ""
            await connected(f"Slack is connected; its command is {command}.{where}")

        is_connected = await _try(connect)
        beginning = asyncio.create_task(begin(is_connected=is_connected), name="slack")
        beginning.add_done_callback(_say_why_it_ended)
        stack.push_async_callback(_cancel, beginning)
        yield slack


def _is_signed(verifier: SignatureVerifier, body: str, headers: Mapping[str, str]) -> bool:
    """Whether Slack signed this, in the last five minutes; other than Bolt it stumbles over nothing."""
    at, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    is_readable = at.isascii() and at.isdecimal() and len(at) <= TIMESTAMP_CHARS and signature.isascii()
    return is_readable and verifier.is_valid(body, at, signature)


async def _get_in(house: Installation, slack: Slack, *, is_shared: bool) -> None:
    """Learn whose our token is, and admit that workspace. Raises SettingsError, SlackUnreachable.

    A token that is none keeps nobody else out: where others installed the app it is said, and left out.
    """
    workspaces, refused = slack.service.workspaces, ""
    try:
        team = await look_up(workspaces.home)
    except SettingsError as error:
        if not (is_shared and await fetch_workspaces(house)):
            raise
        refused = str(error)
    if refused:
        log.error("%s The workspaces that installed the app are served all the same.", refused)
        workspaces.home.token = None
        return
    await note_tenant(house, PLATFORM, team.id)
    await note_installed(house, place_of(team.id), team.name)
    workspaces.settled = Installed(
        id=team.id,
        name=team.name,
        token=str(workspaces.home.token),
        bot_user=team.bot_user,
        bot_id=team.bot_id,
        scopes=team.scopes or frozenset(),
        installed_at=house.now(),
        enterprise=team.enterprise,
    )
    await slack.service.names.learn_groups(team.id)


async def _open_line(app: AsyncApp, app_token: str, lines: contextlib.AsyncExitStack) -> None:
    """Open a socket, which stays open until ``lines`` is left. Raises SettingsError, SlackUnreachable."""
    address = await open_socket(app.client, app_token)
    handler: Any = AsyncSocketModeHandler(app, app_token)
    handler.client.wss_uri = address
    try:
        async with asyncio.timeout(LINE_SECONDS):
            await handler.connect_async()
    except TimeoutError:
        await handler.close_async()
        raise SlackUnreachable("no socket") from None
    lines.push_async_callback(handler.close_async)


async def _try(connect: Callable[[], Awaitable[None]]) -> bool:
    """Connect; False, and the log knows, where Slack cannot be reached now. Raises SettingsError."""
    try:
        await connect()
    except SlackUnreachable as error:
        log.warning("Slack cannot be reached (%s). It is tried again until it can.", error.reason)
        return False
    return True


async def _try_again(connect: Callable[[], Awaitable[None]]) -> None:
    """Connect as soon as Slack can be reached, however long that takes. Raises SettingsError."""
    for seconds in growing_waits():
        await asyncio.sleep(seconds)
        try:
            await connect()
        except (SlackUnreachable, NotStored) as error:
            log.info("Slack is tried again: %s", error)
        else:
            return


def _say_why_it_ended(beginning: asyncio.Task[None]) -> None:
    """Say at once that Slack says no for good: everything else goes on."""
    if beginning.cancelled() or (error := beginning.exception()) is None:
        return
    if isinstance(error, SettingsError):
        log.error("%s Slack is off until Troupe is started again.", error)
    else:
        log.error("Slack is off until Troupe is started again.", exc_info=error)


async def _cancel(beginning: asyncio.Task[None]) -> None:
    beginning.cancel()
    await asyncio.wait([beginning])


def _kept_open() -> ClientSession:
    """Return what keeps connections for the next answer: to open one takes longer than all else."""
    return ClientSession(timeout=ClientTimeout(total=ANSWER_SECONDS), cookie_jar=DummyCookieJar())


async def _finish(desk: Desk) -> None:
    """End all chats with an honest word, and answer what is in hand."""
    for last in (desk.service.talks.chats.aclose, desk.aclose):
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await last()
        except TimeoutError:
            log.warning("Not everything could be ended in time; chats are told of at the next start.")
