"""The composition root: opens what runs, in order, and closes it in reverse."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.calls.answering import keep_ready
from bot.calls.daily import queue_daily_work
from bot.calls.installation import Installation
from bot.cast_keeping import keep_fresh, note_who_is_there
from bot.config import Settings
from bot.domain.caller import Account
from bot.domain.conversation import RemoteConversation
from bot.domain.dialing import DialFailure
from bot.domain.process import ROLES, Role
from bot.elevenlabs.webhook import TranscriptionEvent, read_event
from bot.followup import Followup
from bot.house import Clock, Provider, now, open_cast, open_installation, unknown_inbound_character
from bot.platforms import Platforms
from bot.ports import Poster
from bot.presence import Me, look_after_others, stay_known, warn_of_disagreements
from bot.web.guarding import read_networks
from bot.web.server import open_web
from bot.web.talk_client import read_talk_client
from storage.url import is_postgres

LAST_JOBS_SECONDS = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class App:
    """What runs; a front adds itself to ``posters`` under its platform's name."""

    house: Installation
    posters: MutableMapping[str, Poster]
    followup: Followup
    url: str


@asynccontextmanager
async def open_app(
    settings: Settings,
    provider: Provider,
    *,
    listen: str,
    public_url: str,
    clock: Clock = now,
    operator: Account | None = None,
    tell: Callable[[str], None] = _log.info,
    roles: Collection[Role] = ROLES,
) -> AsyncIterator[App]:
    """Open the bot, or the part of it that ``roles`` name; what runs when this is left is ended in order.

    ``tell`` says to the operator where a front is connected.
    """
    async with AsyncExitStack() as stack:
        cast = await open_cast(settings)
        if advice := unknown_inbound_character(settings, cast.cast):
            _log.warning("%s", advice)
        house = await stack.enter_async_context(
            open_installation(settings, provider, cast, public_url, clock, operator)
        )
        is_shared = is_postgres(settings.database_url)
        works = "followup" in roles
        posters: dict[str, Poster] = {}
        followup = Followup(house, posters, _read_event)
        platforms = Platforms(house, settings, followup, posters, stack, public_url, tell, roles)
        me = Me(house, roles, provider.api_url, lambda: cast.cast.version, posters)
        if is_shared:
            await stack.enter_async_context(stay_known(me, platforms.end_chats))
        else:
            # Nobody else works on a file. On a server others may, and what a dead one leased runs out.
            await house.store.release_jobs()
            await house.store.queue_broken_chats(clock())
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        beside = [keep_fresh(house, cast, followup.nudge, is_noted_here=works)]
        if works:
            await note_who_is_there(house, cast)
            await queue_daily_work(house)
        if works and is_shared:
            beside.append(look_after_others(house, followup.nudge))
        if "web" in roles and house.terms.takes_calls:
            beside.append(keep_ready(house))
        if works:
            house.lines.when_there_is("work", followup.nudge)
        work = tasks.create_task(followup.run() if works else followup.pass_on(), name="follow-up")
        aside = [tasks.create_task(one, name="beside") for one in beside]
        carrier = tasks.create_task(house.lines.run(), name="lines")

        async def stop_work() -> None:
            for one in aside:
                one.cancel()
            followup.stop()
            await asyncio.wait([work], timeout=LAST_JOBS_SECONDS)
            work.cancel()

        stack.callback(carrier.cancel)
        stack.push_async_callback(stop_work)
        slack = await platforms.open_slack()
        url = await stack.enter_async_context(
            open_web(
                house,
                listen=listen,
                webhook_secrets=provider.webhook_secrets,
                inbound_secrets=provider.inbound_secrets,
                recall_secrets=provider.recall_secrets,
                socket_origins=[_socket_origin(provider.api_url)],
                talk_client=await asyncio.to_thread(read_talk_client, settings.talk_client_dir),
                nudge=followup.nudge,
                fronts=lambda: {name: is_in() for name, is_in in platforms.connected.items()},
                roles=[role for role in ROLES if role in roles],
                gets_on=lambda: followup.gets_on,
                proxies=read_networks(settings.trusted_proxies),
                metrics_token=settings.metrics_token.get_secret_value(),
                slack=slack.receive if slack and slack.signed_by else None,
                slack_installer=slack.installer if slack and "slack" in roles else None,
            )
        )
        await platforms.open_discord()
        me.address = url
        if is_shared:
            await warn_of_disagreements(me)
        stack.push_async_callback(stop_work)  # once more: what is in hand may need the fronts to be told
        yield App(house, posters, followup, url)


def _read_event(body: bytes) -> RemoteConversation | DialFailure | None:
    match read_event(body):
        case TranscriptionEvent(conversation):
            return conversation
        case DialFailure() as failure:
            return failure
    return None


def _socket_origin(api_url: str) -> str:
    """Return the origin of the WebSocket that belongs to a REST address."""
    parts = urlsplit(api_url)
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
