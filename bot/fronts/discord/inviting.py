"""What the bot needs in a server, and the address that invites it with exactly that.

Source: Discord, "OAuth2" (bot authorization) and "Permissions".
"""

from dataclasses import dataclass
from urllib.parse import urlencode

import discord
from discord.http import Route

from bot.domain.errors import PlatformUnreachable, SettingsError
from bot.fronts.discord.refusals import UNREACHABLE, describe

AUTHORIZE = "https://discord.com/oauth2/authorize"
SCOPES = ("bot", "applications.commands")
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
)
"""For posts in channels, which only ``/troupe post`` and Share a line make; commands need none."""


@dataclass(frozen=True, slots=True)
class Application:
    """A bot as Discord knows it; ``advice`` is what is not as it should be, each with what to do."""

    id: int
    name: str
    servers: int
    advice: tuple[tuple[str, str], ...]

    @property
    def invitation(self) -> str:
        """The address that lets somebody who manages a server invite the bot."""
        return invitation_of(self.id)


def invitation_of(application_id: int) -> str:
    """Return the address that invites an application with exactly our scopes and permissions."""
    asked = {
        "client_id": application_id,
        "scope": " ".join(SCOPES),
        "permissions": PERMISSIONS.value,
        "integration_type": 0,
    }
    return f"{AUTHORIZE}?{urlencode(asked)}"


async def look_up(token: str, api_url: str, *, user_install: bool = False) -> Application:
    """Ask Discord whose token this is, without connecting. Raises SettingsError, PlatformUnreachable."""
    Route.BASE = api_url
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with client:
            await client.login(token)
            info = await client.application_info()
    except discord.LoginFailure:
        raise SettingsError(
            "Discord does not know this token: copy it anew under Bot, Reset Token, in the developer portal."
        ) from None
    except UNREACHABLE as error:
        raise PlatformUnreachable("Discord", describe(error)) from None
    advice = []
    if info.bot_public and not user_install:
        advice.append(
            (
                "Anybody can invite this bot to a server of theirs.",
                "Set the Install Link to None under Installation, then switch off Public Bot under Bot.",
            )
        )
    if info.interactions_endpoint_url:
        advice.append(
            (
                "An Interactions Endpoint URL is set, so no command reaches Troupe.",
                "Clear it under General Information.",
            )
        )
    return Application(info.id, info.name, info.approximate_guild_count, tuple(advice))
