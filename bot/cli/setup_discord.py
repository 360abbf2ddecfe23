"""``troupe setup discord``: asks for the bot's token, checks it live, and writes it into ``.env``."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from bot.calls.first_call import privacy_address
from bot.cli.asking import ask, clean, refuse_other
from bot.cli.env_file import ENV_FILE, is_written, write_setting
from bot.config import Settings
from bot.domain.errors import CallerError, SettingsError
from bot.domain.words import plural
from bot.domain.written import check_token

if TYPE_CHECKING:
    from bot.fronts.discord.inviting import Application

TOKEN = "DISCORD_TOKEN"  # noqa: S105 (a setting's name)
PORTAL = "https://discord.com/developers/applications"
STEPS = f"""\
Discord, in three steps:
  1. Open {PORTAL} and press New Application.
  2. Under Bot, press Reset Token and copy it. No privileged intent is needed.
  3. Paste it here; what you paste is not shown.
"""


def set_up_discord(settings: Settings, *, only_check: bool, may_skip: bool = False) -> None:
    """Ask, check and write; with ``only_check`` check what is set. Raises SettingsError, CallerError.

    Where it ``may_skip``, no token means no Discord, and that is no error.
    """
    known = settings.discord_token.get_secret_value()
    if only_check:
        if not known:
            raise SettingsError("DISCORD_TOKEN is not set; troupe setup asks for it.")
        _show(settings, known)
        return
    if sys.stdin.isatty():
        click.echo(STEPS)
        without = "no Discord" if may_skip else ""
        token = ask(
            "Bot token", TOKEN, lambda typed: _check_live(settings, typed), known=known, without=without
        )
    else:
        token = clean(sys.stdin.read())
        refuse_other(token, TOKEN)
        _check(token)
    if not token and may_skip:
        click.echo("Discord stays off; troupe setup discord switches it on.")
        return
    if not token:
        raise CallerError("No token was given, and nothing was changed.")
    _show(settings, token)
    if is_written(TOKEN, token):
        click.echo(f"\n{ENV_FILE} has it already.")
    else:
        write_setting(TOKEN, token)
        click.echo(f"\nWritten to {ENV_FILE}, which only you can read.")
    click.echo("Start Troupe (make run), then type /troupe here in the server.")


def _check_live(settings: Settings, token: str) -> None:
    _check(token)
    _look_up(settings, token)


def _check(token: str) -> None:
    try:
        check_token(token)
    except ValueError as error:
        raise SettingsError(f"That is no token: {error}.") from None


def _look_up(settings: Settings, token: str) -> "Application":
    from bot.fronts.discord.inviting import look_up  # loaded only where it is asked for

    return asyncio.run(look_up(token, settings.discord_api_url, user_install=settings.discord_user_install))


def _show(settings: Settings, token: str) -> None:
    application = _look_up(settings, token)
    servers = plural(application.servers, "server") if application.servers else "no server yet"
    click.echo(f"\nThis is {application.name}; it is in {servers}.")
    for what, fix in application.advice:
        click.echo(f"! {what} {fix}")
    if address := privacy_address(settings.public_url or ""):
        click.echo(f"Privacy Policy URL, under General Information in the developer portal:\n  {address}")
    click.echo(f"Invite it to your server:\n  {application.invitation}")
