"""Staying connected with Discord, from the first try to the last word."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import discord
import yarl

from bot.calls.installation import Installation
from bot.domain.errors import SettingsError
from bot.domain.shards import WantedShards
from bot.fronts.discord import attachments
from bot.fronts.discord.client import LONGEST_WAIT_SECONDS, TroupeClient
from bot.fronts.discord.refusals import UNREACHABLE, describe
from bot.fronts.discord.service import Service
from bot.fronts.waiting import growing_waits

GOODBYE_SECONDS = 10.0
FOR_GOOD = (discord.ConnectionClosed, discord.PrivilegedIntentsRequired, SettingsError)
"""What no new connection mends."""
BEGINNINGS = frozenset({"READY", "RESUMED"})
"""Events without which a connection is none."""
NOT_KNOWN = (
    "Discord does not know DISCORD_TOKEN: copy it anew (developer portal, Bot, Reset Token), or let troupe "
    "setup ask for it."
)

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_discord(
    house: Installation,
    *,
    token: str,
    api_url: str,
    gateway_url: str,
    user_install: bool,
    wanted: WantedShards,
    are_shared: bool,
    nudge: Callable[[], None],
    connected: Callable[[str], Awaitable[None]],
) -> AsyncIterator[Service]:
    """Connect, stay connected until left, and yield the Poster of Discord's accounts.

    ``connected`` is told as whom and where, whenever commands begin to arrive. Raises SettingsError for a
    token that Discord does not know, and where other processes divide the bot otherwise than ``wanted``;
    where Discord cannot be reached it goes on trying. With ``are_shared`` other processes may have the same
    database, and hold some of the shards.
    """
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # calls go by link and telephone
    discord.http.Route.BASE = api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    client = TroupeClient(
        house,
        user_install=user_install,
        wanted=wanted,
        are_shared=are_shared,
        file_hosts=_file_hosts(api_url),
        nudge=nudge,
        connected=connected,
    )
    if client.share is not None:
        await client.share.check()
    _skip_what_is_not_understood(client)
    async with client:
        is_in = await log_in(client, token)
        running = asyncio.create_task(_stay_connected(client, token, is_in=is_in), name="discord")
        running.add_done_callback(_say_why_it_ended)
        try:
            yield client.service
        finally:
            await _finish(client)
            await client.close()
            running.cancel()
            await asyncio.wait([running])
            if client.share is not None:
                await client.share.aclose()


def _skip_what_is_not_understood(client: discord.Client) -> None:
    """Let an event that cannot be read be lost alone: the library would give the whole connection up."""

    def careful(event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        def read(data: Any) -> None:
            try:
                parse(data)
            except Exception:
                log.exception("Discord's event %s could not be read", event)

        return read

    parsers = client._connection.parsers  # noqa: SLF001  there is no other place between socket and events
    for event in parsers.keys() - BEGINNINGS:
        parsers[event] = careful(event, parsers[event])


async def log_in(client: discord.Client, token: str) -> bool:
    """Log in; False where Discord cannot be reached now. Raises SettingsError for a token that is none."""
    try:
        await client.login(token)
    except discord.LoginFailure:
        raise SettingsError(NOT_KNOWN) from None
    except UNREACHABLE as error:
        log.warning("Discord cannot be reached (%s). It is tried again until it can.", describe(error))
        await client.http.close()
        client.http.connector = discord.utils.MISSING  # else the next try would use the closed one
        return False
    return True


async def _stay_connected(client: discord.Client, token: str, *, is_in: bool) -> None:
    """Stay connected until the client is closed, however long Discord cannot be reached, or makes no sense.

    Raises what Discord says no with for good.
    """
    waits = growing_waits()
    while True:
        while not is_in:
            await asyncio.sleep(next(waits))
            is_in = await log_in(client, token)
        began_at = time.monotonic()
        try:
            await client.connect(reconnect=True)
        except FOR_GOOD:
            raise
        except Exception:  # whatever was not understood, the library gives up with it
            log.exception("The connection with Discord broke; it is begun anew")
        else:
            return
        if time.monotonic() - began_at > LONGEST_WAIT_SECONDS:
            waits = growing_waits()
        is_in = False
        await _begin_anew(client)


async def _begin_anew(client: discord.Client) -> None:
    """Make a client that gave up as it was at first."""
    client.clear()
    client.http.connector = discord.utils.MISSING
    await client._async_setup_hook()  # noqa: SLF001  only this empties the queue, which holds the end


def _say_why_it_ended(running: asyncio.Task[None]) -> None:
    """Say at once that Discord is gone for good: everything else goes on."""
    if not running.cancelled() and (error := running.exception()):
        log.error("Discord has closed the connection for good (%s). Start Troupe again.", error)


async def _finish(client: TroupeClient) -> None:
    """Answer what is in hand, and end all chats with an honest word."""
    for last in (client.service.chats.aclose, client.desk.aclose):
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await last()
        except TimeoutError:
            log.warning(
                "Not everything could be ended in time; whoever was in a chat is told at the next start."
            )


def _file_hosts(api_url: str) -> frozenset[str]:
    """Return from where attachments may be fetched: Discord's own hosts, or the stand-in that is used."""
    host = urlsplit(api_url).netloc
    return attachments.HOSTS if host == "discord.com" else frozenset({host})
