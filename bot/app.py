"""The composition root: opens everything in order and closes it in reverse."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Collection, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.calls.answering import keep_ready
from bot.calls.daily import queue_daily_work
from bot.calls.installation import ANSWER_SECONDS, Installation, Terms, with_lines
from bot.cast import Cast, LiveCast
from bot.cast_keeping import keep_fresh, note_who_is_there
from bot.config import Settings
from bot.domain.board import Board, read_boards
from bot.domain.caller import Account, parse_account
from bot.domain.conversation import RemoteConversation
from bot.domain.dialing import DialFailure
from bot.domain.nearest import nearest
from bot.domain.numbers import parse_regions
from bot.domain.phone import CODE_DIGITS
from bot.domain.process import ROLES, Role
from bot.domain.written import read_server_ids
from bot.elevenlabs.client import open_elevenlabs
from bot.elevenlabs.stacks import room_origin_of
from bot.elevenlabs.webhook import TranscriptionEvent, read_event
from bot.followup import Followup
from bot.platforms import Platforms
from bot.ports import Poster
from bot.presence import Me, look_after_others, stay_known, warn_of_disagreements
from bot.web.guarding import read_networks
from bot.web.server import open_web
from bot.web.talk_client import read_talk_client
from storage import open_store
from storage.url import is_postgres

LAST_JOBS_SECONDS = 10.0

_log = logging.getLogger(__name__)


Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Provider:
    """Which ElevenLabs is spoken to: the real one, or the sandbox."""

    api_url: str
    api_key: SecretStr
    agent_id: str
    talk_url: str
    webhook_secrets: tuple[str, ...]
    phone_number_id: str = ""
    inbound_secrets: tuple[str, ...] = ()
    recall_secrets: tuple[str, ...] = ()
    answer_seconds: float = ANSWER_SECONDS
    room_origin: str = ""
    """Where its WebRTC rooms are, as ``wss://host``; empty where there are none."""


@dataclass(frozen=True, slots=True)
class App:
    """What runs; a front adds itself to ``posters`` under its platform's name."""

    house: Installation
    posters: MutableMapping[str, Poster]
    followup: Followup
    url: str


def provider_of(settings: Settings) -> Provider:
    """Return the real ElevenLabs, as the settings name it."""
    return Provider(
        settings.elevenlabs_api_url,
        settings.elevenlabs_api_key,
        settings.elevenlabs_agent_id,
        settings.elevenlabs_talk_url,
        tuple(secret.get_secret_value() for secret in settings.elevenlabs_webhook_secret),
        settings.elevenlabs_phone_number_id,
        tuple(secret.get_secret_value() for secret in settings.elevenlabs_inbound_secret),
        tuple(secret.get_secret_value() for secret in settings.elevenlabs_recall_secret),
        room_origin=room_origin_of(settings.elevenlabs_api_url),
    )


async def open_cast(settings: Settings) -> LiveCast:
    """Read the cast; a broken file is reported and left out. Raises SettingsError when nobody is left."""
    cast = await asyncio.to_thread(LiveCast, settings.personas_dir)
    for problem in cast.cast.problems:
        _log.warning("%s", problem)
    return cast


def unknown_inbound_character(settings: Settings, cast: Cast) -> str:
    """Return what to say where the character that is to answer strangers is not in the cast; else nothing."""
    slug = settings.inbound_character
    if not slug or slug in cast.personas:
        return ""
    near = nearest(slug, sorted(cast.personas))
    advice = f"did you mean {near}?" if near else f"there are {', '.join(sorted(cast.personas))}."
    return f"INBOUND_CHARACTER is {slug!r}, who is not in the cast, so strangers get the first; {advice}"


def boards_of(settings: Settings, name: str) -> tuple[Board, ...]:
    """Return the channels that a setting names; a platform that is off is said, and left out."""
    slack = settings.slack_bot_token or settings.slack_client_secret
    tokens = {"discord": settings.discord_token, "slack": slack}
    boards = read_boards(getattr(settings, name))
    for platform in sorted({board.platform for board in boards}):
        if not tokens[platform].get_secret_value():
            _log.warning(
                "%s names a channel at %s, which is off; set its token or leave it out.",
                name.upper(),
                platform,
            )
    return tuple(board for board in boards if tokens[board.platform].get_secret_value())


@asynccontextmanager
async def open_installation(
    settings: Settings,
    provider: Provider,
    cast: LiveCast,
    public_url: str,
    clock: Clock = now,
    operator: Account | None = None,
) -> AsyncIterator[Installation]:
    """Open what the use cases need, without a web server or follow-up.

    ``operator`` is who is told about cost where the settings name nobody.
    """
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.database_url, settings.keys))
        agents = await stack.enter_async_context(
            open_elevenlabs(
                api_url=provider.api_url, api_key=provider.api_key, agent_id=provider.agent_id, clock=clock
            )
        )
        terms = Terms(
            public_url=public_url,
            talk_url=provider.talk_url,
            agent_id=provider.agent_id,
            hosted_context=settings.hosted_context,
            crisis_line=settings.crisis_line,
            community=settings.community_name,
            min_age=settings.min_age,
            memory_consent=settings.memory_consent,
            timezone=settings.zone,
            retention_days=settings.retention_days,
            elevenlabs_retention_days=settings.elevenlabs_retention_days,
            backup_days=settings.backup_days,
            is_on_server=is_postgres(settings.database_url),
            limits=settings.limits,
            phone_number_id=provider.phone_number_id,
            phone_regions=parse_regions(settings.phone_countries),
            operator=parse_account(settings.operator) if settings.operator else operator,
            listed_places=frozenset(
                f"discord:{server}" for server in read_server_ids(settings.discord_servers)
            ),
            boards=boards_of(settings, "troupe_announce"),
            alert_boards=boards_of(settings, "alerts"),
            hears_of_ends=bool(public_url) and any(provider.webhook_secrets),
            room_origin=provider.room_origin,
            takes_calls=any(provider.inbound_secrets),
            inbound_character=settings.inbound_character,
            answer_seconds=provider.answer_seconds,
        )
        yield with_lines(
            Installation(store, agents, cast, terms, clock, new_id, new_token, new_code, new_id())
        )


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
        work = [tasks.create_task(followup.run(), name="follow-up")] if works else []
        aside = [tasks.create_task(one, name="beside") for one in beside]
        carrier = tasks.create_task(house.lines.run(), name="lines")

        async def stop_work() -> None:
            for one in aside:
                one.cancel()
            followup.stop()
            if work:
                await asyncio.wait(work, timeout=LAST_JOBS_SECONDS)
                work[0].cancel()

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


def new_id() -> str:
    """Return 128 random bits."""
    return secrets.token_hex(16)


def new_token() -> str:
    """Return 256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


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
