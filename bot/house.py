"""Opening the installation itself: cast, store and ElevenLabs, without a web server or follow-up."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr

from bot.calls.installation import ANSWER_SECONDS, Installation, Terms, with_lines
from bot.cast import Cast, LiveCast
from bot.config import Settings
from bot.domain.board import Board, read_boards
from bot.domain.caller import Account, parse_account
from bot.domain.nearest import nearest
from bot.domain.numbers import parse_regions
from bot.domain.phone import CODE_DIGITS
from bot.domain.written import read_server_ids
from bot.elevenlabs.client import open_elevenlabs
from bot.elevenlabs.stacks import room_origin_of
from storage import open_store
from storage.url import is_postgres

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


def new_id() -> str:
    """Return 128 random bits."""
    return secrets.token_hex(16)


def new_token() -> str:
    """Return 256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
