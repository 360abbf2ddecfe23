"""What the bot needs in a server, and the address that invites it with exactly that.

Source: Discord, "OAuth2" (bot authorization) and "Permissions".
"""

from collections.abc import Iterator
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
    advice = tuple(_advice(info, user_install=user_install))
    return Application(info.id, info.name, info.approximate_guild_count, advice)


PRIVILEGED = {
    "gateway_message_content": "Message Content",
    "gateway_guild_members": "Server Members",
    "gateway_presence": "Presence",
}
"""Intents that Discord has to be asked for; Troupe needs none of them."""


def _advice(info: discord.AppInfo, *, user_install: bool) -> Iterator[tuple[str, str]]:
    """Yield what is not as it should be with an application, each with what to do."""
    if info.bot_public and not user_install:
        yield (
            "Anybody can invite this bot to a server of theirs.",
            "Set the Install Link to None under Installation, then switch off Public Bot under Bot.",
        )
    if info.interactions_endpoint_url:
        yield (
            "An Interactions Endpoint URL is set, so no command reaches Troupe.",
            "Clear it under General Information.",
        )
    if info.bot_require_code_grant:
        yield (
            "The bot requires an OAuth2 code grant, so its invitation leads nowhere.",
            "Switch off Requires OAuth2 Code Grant under Bot.",
        )
    in_servers, for_people = info.guild_integration_config, info.user_integration_config
    if in_servers is None and for_people is not None:
        yield ("The bot cannot be installed in servers.", "Switch on Guild Install under Installation.")
    if user_install and for_people is None and in_servers is not None:
        yield (
            "DISCORD_USER_INSTALL is set, but nobody can install the bot for themselves.",
            "Switch on User Install under Installation, or take the setting away.",
        )
    if in_servers is not None and in_servers.oauth2_install_params is not None:
        yield from _install_permissions(in_servers.oauth2_install_params.permissions)
    flags = info.flags
    unused = [
        name for flag, name in PRIVILEGED.items() if getattr(flags, flag) or getattr(flags, f"{flag}_limited")
    ]
    if unused:
        yield (
            f"The bot may see more than Troupe ever asks for: {', '.join(unused)} Intent.",
            "Switch it off under Bot, Privileged Gateway Intents.",
        )


def _install_permissions(given: discord.Permissions) -> Iterator[tuple[str, str]]:
    """Yield where Discord's own Install Link gives the bot other permissions than our invitation does."""
    lacking = [_title(name) for name, is_on in PERMISSIONS if is_on and not getattr(given, name)]
    more = [_title(name) for name, is_on in given if is_on and not getattr(PERMISSIONS, name)]
    where = "Under Installation, Default Install Settings, Guild Install"
    if lacking and not given.administrator:
        yield (
            f"The Install Link lets the bot post no cards: it lacks {', '.join(lacking)}.",
            f"{where}, add them, or invite it with troupe setup's address.",
        )
    if more:
        yield (
            f"The Install Link gives the bot more than Troupe ever uses: {', '.join(more)}.",
            f"{where}, take them out.",
        )


def _title(permission: str) -> str:
    """Return a permission as the developer portal names it."""
    return "View Channels" if permission == "read_messages" else permission.replace("_", " ").title()
