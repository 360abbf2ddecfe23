"""Opens the web server: every route, on one address."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import urlsplit

from aiohttp import web

from bot.calls.installation import Installation
from bot.domain.errors import SettingsError
from bot.domain.process import ROLES, Role
from bot.web import kept_files, page_files
from bot.web.answers import Connection, answer_in_words, security_headers
from bot.web.events import KEEP_ALIVE_SECONDS, Events
from bot.web.guarding import BODY_SECONDS, MAX_BODY_BYTES, PATIENCE, Guard, InHand, Network, read_body
from bot.web.health import Health
from bot.web.inbound import INITIATION_PATH, Inbound
from bot.web.installing import Installer
from bot.web.installing import routes as installing_routes
from bot.web.metrics import METRICS_PATH, Metrics
from bot.web.pictures import Pictures
from bot.web.privacy import PRIVACY_PATH, Privacy
from bot.web.talk import TalkPage
from bot.web.talk_client import NO_TALK_CLIENT, TalkClient
from bot.web.tools import RECALL_PATH, RecallTool
from bot.web.webhooks import PATIENCE_SECONDS, Webhooks

IDLE_SECONDS = 20.0
DRAIN_SECONDS, CUT_SECONDS = 5.0, 0.5
"""For how long what is in hand may go on once no new request gets in, and how long cutting it off takes."""
MAX_FRONT_BYTES = 1_000_000
Receive = Callable[[str, Mapping[str, str]], Awaitable[tuple[int, str, str]]]
"""What a front makes of a request's body and headers: status, text and content type."""
_SOCKET_ORIGIN = re.compile(r"wss?://[A-Za-z0-9.\[\]:-]+")


@asynccontextmanager
async def open_web(
    house: Installation,
    *,
    listen: str,
    webhook_secrets: Sequence[str],
    socket_origins: Sequence[str],
    nudge: Callable[[], None],
    inbound_secrets: Sequence[str] = (),
    recall_secrets: Sequence[str] = (),
    slack: Receive | None = None,
    slack_installer: Installer | None = None,
    talk_client: TalkClient = NO_TALK_CLIENT,
    patience_seconds: float = PATIENCE_SECONDS,
    keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
    proxies: Sequence[Network] = (),
    fronts: Callable[[], Mapping[str, bool]] = dict,
    metrics_token: str = "",
    roles: Sequence[Role] = ROLES,
    gets_on: Callable[[], bool] = lambda: True,
) -> AsyncIterator[str]:
    """Serve until left, and yield the address, as ``http://host:port``.

    ``listen`` is ``host:port``, port 0 for a free one; ``socket_origins`` are where talks go, as
    ``wss://host``; ``nudge`` is called when there is follow-up work; a webhook that takes
    longer than ``patience_seconds`` is refused; without ``inbound_secrets`` nothing says what calls that come
    in start with, and without ``recall_secrets`` no character looks anything up. ``slack`` takes what comes
    to ``/hooks/slack``, and ``slack_installer`` lets workspaces install the app. Without a ``talk_client``
    the page talks in text; one that listens hears something every ``keep_alive_seconds``. Who asks is taken
    from ``X-Forwarded-For`` where one of ``proxies`` sent it. ``fronts`` tells which are on, and whether each
    is connected; ``metrics_token`` lets ask for the figures from elsewhere. ``roles`` are what this process
    does: one that is not ``web`` answers ``/healthz``, ``/metrics`` and what is Slack's alone. ``gets_on``
    tells whether follow-up does.
    Raises SettingsError for a taken port, and for an address that is none.
    """
    host, port = _read_listen(listen)
    rooms = [house.terms.room_origin] if house.terms.room_origin else []
    sockets = [_checked_origin(origin) for origin in (*socket_origins, *rooms)]
    # Where a room lets nobody in, livekit-client asks the same host over HTTP why.
    headers = security_headers([*sockets, *(room.replace("ws", "http", 1) for room in rooms)])
    application = web.Application(
        middlewares=[Guard(proxies).check, answer_in_words], client_max_size=MAX_BODY_BYTES
    )
    health, metrics = Health(house, fronts, roles, gets_on), Metrics(house, fronts, metrics_token, proxies)
    application.add_routes([web.get("/healthz", health.tell), web.get(METRICS_PATH, metrics.tell)])
    application.add_routes([web.post("/hooks/slack", _passing_on(slack))] if slack else [])
    application.add_routes(installing_routes(slack_installer) if slack_installer else [])
    if "web" in roles:
        webhooks = Webhooks(house, webhook_secrets, nudge, patience_seconds)
        asked = Inbound(house, inbound_secrets, nudge), RecallTool(house, recall_secrets)
        application.add_routes(_for_elevenlabs(webhooks, *asked))
        application.add_routes(_for_members(house, nudge, talk_client, keep_alive_seconds))

    async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
        kept = response.headers.get("Cache-Control") == kept_files.KEPT_FOR_EVER
        response.headers.update(headers)
        if kept:
            response.headers["Cache-Control"] = kept_files.KEPT_FOR_EVER

    application.on_response_prepare.append(add_headers)
    in_hand = InHand()
    application.middlewares.insert(0, in_hand.count)
    application[PATIENCE] = min(patience_seconds, BODY_SECONDS)
    runner = web.AppRunner(application, shutdown_timeout=CUT_SECONDS)
    await runner.setup()
    try:
        loop = asyncio.get_running_loop()
        manager = cast("web.Server", runner.server)

        def connect() -> Connection:
            return Connection(manager, headers, loop=loop, keepalive_timeout=IDLE_SECONDS)

        try:
            server = await loop.create_server(connect, host, port)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else "it cannot be used"
            what = f"LISTEN={listen}: {reason}. Stop what listens there, or choose another."
            raise SettingsError(what) from None
        try:
            bound = server.sockets[0].getsockname()
            yield f"http://[{bound[0]}]:{bound[1]}" if ":" in bound[0] else f"http://{bound[0]}:{bound[1]}"
        finally:
            server.close()
            house.pages.close()
            await in_hand.finished(DRAIN_SECONDS)
    finally:
        await runner.cleanup()


def _for_elevenlabs(webhooks: Webhooks, inbound: Inbound, recall: RecallTool) -> list[web.RouteDef]:
    return [
        web.post("/hooks/elevenlabs", webhooks.receive),
        web.post(INITIATION_PATH, inbound.answer),
        web.post(RECALL_PATH, recall.answer),
    ]


def _for_members(
    house: Installation, nudge: Callable[[], None], talk_client: TalkClient, keep_alive_seconds: float
) -> list[web.RouteDef]:
    talk = TalkPage(house, nudge, talk_client.addresses)
    events = Events(house, talk.who_listens, keep_alive_seconds)
    return [
        web.get("/t/{token}", talk.look),
        web.post("/t/{token}/start", talk.start),
        web.post("/t/{token}/end", talk.end),
        web.get("/t/{token}/events", events.stream, allow_head=False),
        web.post("/t/{token}/cast", talk.list_others),
        web.post("/t/{token}/next", talk.go_on),
        web.get("/pictures/{slug}", Pictures(house).show),
        web.get(PRIVACY_PATH, Privacy(house).show),
        *talk_client.routes(),
        web.get("/static/{version}/{name}", page_files.serve),
    ]


def _passing_on(receive: Receive) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a door that hands requests to a front, which checks who sent them."""

    async def pass_on(request: web.Request) -> web.Response:
        body = await read_body(request, MAX_FRONT_BYTES)
        status, text, kind = await receive(body.decode("utf-8", "replace"), request.headers)
        return web.Response(status=status, text=text, content_type=kind.partition(";")[0])

    return pass_on


def _read_listen(listen: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{listen}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.netloc != listen or "@" in listen:
        raise SettingsError(f"LISTEN is {listen!r}; write host:port, such as 127.0.0.1:8080.")
    return host, port


def _checked_origin(origin: str) -> str:
    if not _SOCKET_ORIGIN.fullmatch(origin):
        raise SettingsError(f"{origin!r} is not the origin of a WebSocket, such as wss://api.elevenlabs.io.")
    return origin
