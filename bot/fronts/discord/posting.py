"""Posting to Discord from a process that is not connected with its gateway: by requests alone.

Source: Discord, "Create message" and "Get channel", which need the token alone; discord.py, ``Client.login``.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import discord

from bot.calls.installation import Installation
from bot.domain.errors import NotStored
from bot.fronts.discord.client import LONGEST_WAIT_SECONDS
from bot.fronts.discord.connection import log_in
from bot.fronts.discord.mentions import fetch_mentions
from bot.fronts.discord.service import Service
from bot.fronts.waiting import growing_waits

MENTIONS_SECONDS = 60.0
"""How old what is known of the commands may be; the process that is connected syncs them."""

log = logging.getLogger(__name__)


class PostingClient(discord.Client):
    """A client that never connects: it knows no servers, and asks for what it needs."""

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),  # never asked for; without them the library warns
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_WAIT_SECONDS,
        )

    def is_ready(self) -> bool:
        """Whether it is known whose the token is, so that something can be posted."""
        return self.application_id is not None


@asynccontextmanager
async def open_poster(
    house: Installation, *, token: str, api_url: str, reachable: Callable[[], Awaitable[None]]
) -> AsyncIterator[Service]:
    """Yield a Poster of Discord's accounts that answers nobody; ``reachable`` is told once it can post.

    Raises SettingsError for a token that Discord does not know; where Discord cannot be reached it goes on
    trying.
    """
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    discord.http.Route.BASE = api_url
    client = PostingClient()
    service = Service(client, house, frozenset())

    async def begin(*, is_in: bool) -> None:
        waits = growing_waits()
        while not is_in:
            await asyncio.sleep(next(waits))
            is_in = await log_in(client, token)
        await reachable()
        while True:
            with contextlib.suppress(NotStored):
                service.mentions = await fetch_mentions(house, client.application_id)
            await asyncio.sleep(MENTIONS_SECONDS)

    async with client:
        beginning = asyncio.create_task(begin(is_in=await log_in(client, token)), name="discord posts")
        beginning.add_done_callback(_say_why_it_ended)
        try:
            yield service
        finally:
            beginning.cancel()
            await asyncio.wait([beginning])


def _say_why_it_ended(beginning: asyncio.Task[None]) -> None:
    """Say at once that nothing can be posted from here: everything else goes on."""
    if not beginning.cancelled() and (error := beginning.exception()):
        log.error("Nothing can be posted to Discord from here (%s). Start Troupe again.", error)
