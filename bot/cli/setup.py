"""``troupe setup``: asks for what a front needs, checks it live, and writes it into ``.env``."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from dotenv import set_key

from bot.config import Settings, read_settings
from bot.domain.errors import CallerError, SettingsError
from bot.domain.words import plural
from bot.domain.written import check_token

if TYPE_CHECKING:
    from bot.fronts.discord.inviting import Application

ENV_FILE = Path(".env")
PORTAL = "https://discord.com/developers/applications"
STEPS = f"""\
Discord, in three steps:
  1. Open {PORTAL} and press New Application.
  2. Under Bot, press Reset Token and copy it. No privileged intent is needed.
  3. Paste it here; what you paste is not shown.
"""
MOST_TRIES = 5


@click.command()
@click.option(
    "--check", "only_check", is_flag=True, help="Check the token that is set already, and change nothing."
)
def setup(*, only_check: bool) -> None:
    """Connect Troupe with Discord: ask for the bot's token, check it, and write it into .env.

    It can be repeated; an empty answer keeps what is there. Where there is no terminal the token is read from
    standard input:

        printf '%s' "$TOKEN" | troupe setup
    """
    settings = read_settings(ENV_FILE)
    known = settings.discord_token.get_secret_value()
    if only_check:
        if not known:
            raise SettingsError("DISCORD_TOKEN is not set; troupe setup asks for it.")
        _show(settings, known)
        return
    token = _ask(settings, known) if sys.stdin.isatty() else sys.stdin.read().strip()
    if not token:
        raise CallerError("No token was given, and nothing was changed.")
    _check(token)
    _show(settings, token)
    if token == known and _is_in_file():
        click.echo(f"\n{ENV_FILE} has it already.")
    else:
        write_setting("DISCORD_TOKEN", token)
        click.echo(f"\nWritten to {ENV_FILE}, which only you can read.")
    click.echo("Start Troupe (make run), then type /troupe here in the server.")


def _ask(settings: Settings, known: str) -> str:
    """Ask until a token is one, or nothing is answered; return the one that is to be used."""
    click.echo(STEPS)
    kept = " (empty: keep the one that is set)" if known else ""
    for _ in range(MOST_TRIES):
        token: str = click.prompt(f"Bot token{kept}", default="", show_default=False, hide_input=True).strip()
        if not token:
            return known
        try:
            _check(token)
            _look_up(settings, token)
        except SettingsError as error:
            click.echo(str(error), err=True)
        else:
            return token
    raise CallerError("That was no token either. Nothing was changed; troupe setup starts again.")


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
    click.echo(f"Invite it to your server:\n  {application.invitation}")


def _is_in_file() -> bool:
    return ENV_FILE.exists() and "DISCORD_TOKEN" in ENV_FILE.read_text("utf-8")


def write_setting(name: str, value: str) -> None:
    """Write a setting into ``.env``, in place of the line that has it, readable by its owner alone.

    Raises SettingsError where the file cannot be written.
    """
    try:
        os.close(os.open(ENV_FILE, os.O_CREAT | os.O_WRONLY, 0o600))
        ENV_FILE.chmod(0o600)
        set_key(ENV_FILE, name, value, quote_mode="never")
        ENV_FILE.chmod(0o600)
    except OSError as error:
        raise SettingsError(f"{ENV_FILE} cannot be written: {error.strerror}. Nothing was changed.") from None
