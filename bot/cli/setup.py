"""``troupe setup``: asks for what a front needs, checks it live, and writes it into ``.env``."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from bot.calls.first_call import privacy_address
from bot.cli.env_file import ENV_FILE, is_written, write_setting
from bot.cli.setup_slack import set_up_slack
from bot.cli.unreachable import nothing_changed
from bot.config import Settings, read_settings
from bot.domain.errors import CallerError, PlatformUnreachable, SettingsError
from bot.domain.words import plural
from bot.domain.written import check_token

if TYPE_CHECKING:
    from bot.fronts.discord.inviting import Application

PORTAL = "https://discord.com/developers/applications"
STEPS = f"""\
Discord, in three steps:
  1. Open {PORTAL} and press New Application.
  2. Under Bot, press Reset Token and copy it. No privileged intent is needed.
  3. Paste it here; what you paste is not shown.
"""
MOST_TRIES = 5


@click.command()
@click.argument("front", type=click.Choice(["discord", "slack"]), default="discord")
@click.option("--check", "only_check", is_flag=True, help="Check what is set already, and change nothing.")
def setup(front: str, *, only_check: bool) -> None:
    """Connect Troupe with Discord, or with Slack: ask for tokens, check them there, and write them into .env.

    It can be repeated; an empty answer keeps what is there. Where there is no terminal the tokens are read
    from standard input, one a line:

        printf '%s' "$TOKEN" | troupe setup

        printf '%s\\n' "$BOT_TOKEN" "$APP_TOKEN" | troupe setup slack
    """
    settings = read_settings(ENV_FILE)
    with nothing_changed("troupe setup slack" if front == "slack" else "troupe setup"):
        if front == "slack":
            set_up_slack(settings, only_check=only_check)
        else:
            _set_up_discord(settings, only_check=only_check)


def _set_up_discord(settings: Settings, *, only_check: bool) -> None:
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
    if is_written("DISCORD_TOKEN", token):
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
        except PlatformUnreachable:
            raise
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
    if address := privacy_address(settings.public_url or ""):
        click.echo(f"Privacy Policy URL, under General Information in the developer portal:\n  {address}")
    click.echo(f"Invite it to your server:\n  {application.invitation}")
