"""Channels that a board names: known from the gateway, or asked for where nobody told us of them."""

from collections.abc import Collection

import discord
from discord.http import Route

from bot.domain.errors import NobodyThere
from bot.fronts.discord.refusals import UNREACHABLE, describe

ENGLISH = "en-US"
Channel = discord.abc.GuildChannel | discord.Thread


async def find_channel(client: discord.Client, channel_id: int) -> Channel | None:
    """Return a channel of a server; None where we see none of that id. Raises NobodyThere."""
    channel = client.get_channel(channel_id)
    if channel is None:
        try:
            channel = await client.fetch_channel(channel_id)
        except (discord.NotFound, discord.Forbidden, discord.InvalidData):
            return None
        except UNREACHABLE as error:
            raise NobodyThere(describe(error)) from error
    return channel if isinstance(channel, discord.abc.GuildChannel | discord.Thread) else None


async def find_locale(client: discord.Client, channel_id: int) -> str:
    """Return the language of the server that a channel is in; English where it cannot be had."""
    channel = await find_channel(client, channel_id)
    if channel is None:
        return ENGLISH
    known = client.get_guild(channel.guild.id)
    try:
        guild = known or await client.fetch_guild(channel.guild.id, with_counts=False)
    except UNREACHABLE:
        return ENGLISH
    return str(guild.preferred_locale)


async def find_unseen(token: str, api_url: str, channel_ids: Collection[str]) -> tuple[str, ...]:
    """Return which of these channels a bot does not see, without connecting. Raises NobodyThere."""
    Route.BASE = api_url
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with client:
            await client.login(token)
            return tuple([one for one in channel_ids if await find_channel(client, int(one)) is None])
    except (discord.LoginFailure, *UNREACHABLE) as error:
        raise NobodyThere(describe(error)) from error
