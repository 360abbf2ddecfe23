"""``troupe setup slack``: asks for an app's two tokens, checks them live, and writes them into ``.env``."""

import asyncio
import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from bot.cli.asking import ask, clean, keep, refuse_other
from bot.cli.env_file import ENV_FILE, is_written, write_setting
from bot.cli.setup_slack_many import (
    BY_REQUESTS,
    CLIENT,
    CLIENT_SECRET,
    ONLY_BY_HTTP,
    ask_credentials,
    check_credentials,
    read_credentials,
    say_what_the_app_needs,
)
from bot.config import Settings
from bot.config.reading import find_unfit_install
from bot.domain.errors import CallerError, SettingsError
from bot.domain.written import check_slack_token

if TYPE_CHECKING:
    from bot.fronts.slack.tokens import Workspace

STEPS = """\
Slack, in four steps:
  1. Open https://api.slack.com/apps, press Create New App, From a manifest, and paste slack-manifest.yaml.
  2. Under Install App, install it in your workspace, and copy the Bot User OAuth Token (xoxb-…).
  3. Under Basic Information, App-Level Tokens, make one with connections:write and copy it (xapp-…).
     An app without Socket Mode has a Signing Secret there instead.
  4. Paste both here; what you paste is not shown.
An app that any workspace may install has no need of Socket Mode, nor of a bot token: leave that empty then.
"""
NOTHING_GIVEN = "No token was given, and nothing was changed."
BOT, APP, SECRET = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What connects us: the bot token, and the app token or else the signing secret.

    With the client's id and secret any workspace installs the app, and the bot token may be missing.
    """

    bot: str
    app: str = ""
    secret: str = ""
    client_id: str = ""
    client_secret: str = ""


def set_up_slack(settings: Settings, *, only_check: bool, may_skip: bool = False) -> None:
    """Ask, check and write; with ``only_check`` check what is set. Raises SettingsError, CallerError.

    Where it ``may_skip``, no bot token means no Slack, and that is no error.
    """
    known = Tokens(
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
        settings.slack_signing_secret.get_secret_value(),
        settings.slack_client_id,
        settings.slack_client_secret.get_secret_value(),
    )
    if only_check:
        if settings.slack_client_id:
            if unfit := find_unfit_install(settings):
                raise SettingsError("\n".join(unfit))
            check_credentials(settings, known.client_id, known.client_secret)
            click.echo(f"Workspaces install the app at {settings.public_url}/slack/install.")
            if not known.bot:
                return
        if not known.bot:
            raise SettingsError("SLACK_BOT_TOKEN is not set; troupe setup slack asks for it.")
        _check_way(settings, known)
        _show(_look_up(settings, known.bot))
        return
    wanted = _ask(settings, known, may_skip=may_skip) if sys.stdin.isatty() else _read(settings, known)
    if not (wanted.bot or wanted.client_id):
        click.echo("Slack stays off; troupe setup slack switches it on.")
        return
    if known.client_id and not wanted.client_id:
        click.echo(ONLY_BY_HTTP)
    chosen = {
        APP: wanted.app,
        SECRET: wanted.secret,
        BOT: wanted.bot,
        CLIENT: wanted.client_id,
        CLIENT_SECRET: wanted.client_secret,
    }
    changed = {name: value for name, value in chosen.items() if not is_written(name, value)}
    for name, value in changed.items():
        write_setting(name, value)
    done = f"Written to {ENV_FILE}, which only you can read." if changed else f"{ENV_FILE} has it already."
    click.echo(f"\n{done}")
    if wanted.client_id:
        say_what_the_app_needs(settings)
    click.echo(f"Start Troupe (make run), then type {settings.slack_command} in the workspace.")


def _read(settings: Settings, known: Tokens) -> Tokens:
    """Return the tokens from standard input, checked; what is missing there is as it was."""
    lines = [clean(line) for line in sys.stdin.read().rstrip().splitlines()]
    bot, way, client_id, client_secret, *_ = [*lines, "", "", "", ""]
    if not (bot or client_id):
        raise CallerError(NOTHING_GIVEN)
    if not way and not (known.app or known.secret):
        raise CallerError(
            "Only one token was given, and nothing was changed: a second line has the app token (xapp-…) or "
            "the signing secret."
        )
    refuse_other(bot, BOT)
    refuse_other(way, APP)
    workspace = _look_up(settings, bot) if bot else None
    wanted = _with_way(Tokens(bot, known.app, known.secret), way)
    _check_way(settings, wanted)
    if workspace:
        _show(workspace)
    if wanted.app and not client_id:
        return wanted
    client_id, client_secret = client_id or known.client_id, client_secret or known.client_secret
    if client_id and wanted.app:
        raise CallerError(BY_REQUESTS)
    client_id, client_secret = read_credentials(settings, client_id, client_secret)
    return replace(wanted, client_id=client_id, client_secret=client_secret)


def _ask(settings: Settings, known: Tokens, *, may_skip: bool) -> Tokens:
    """Ask until both are good; the first is written before the second is asked for. Raises CallerError."""
    click.echo(STEPS)
    without = "no Slack" if may_skip and not known.client_id else "no workspace of your own"
    found: list[Workspace] = []

    def check_bot(typed: str) -> None:
        found.append(_look_up(settings, typed))

    bot = ask("Bot token", BOT, check_bot, known=known.bot, without=without)
    if not bot and may_skip and not known.client_id:
        return Tokens("")
    if bot:
        _show(found[-1])
        keep(BOT, bot)
    way = ask(
        "App token, or signing secret" if bot else "Signing secret",
        APP,
        lambda typed: _check_way(settings, _with_way(Tokens(bot), typed)),
        known=(known.app if bot else "") or known.secret,
        without="" if bot else "no Slack",
    )
    if not (way or bot):
        raise CallerError(NOTHING_GIVEN)
    if not way:
        raise CallerError(
            "Without one of these Slack cannot reach Troupe, and Troupe does not start: troupe setup slack "
            "goes on here."
        )
    wanted = _with_way(Tokens(bot), way)
    if wanted.app:
        is_as_it_was = (bot, way) == (known.bot, known.app)
        return replace(known, client_id="", client_secret="") if is_as_it_was else wanted
    others = "your workspace alone" if bot else "no Slack"
    client_id, client_secret = ask_credentials(settings, without=others)
    if not (bot or client_id):
        raise CallerError(NOTHING_GIVEN)
    return replace(wanted, client_id=client_id, client_secret=client_secret)


def _with_way(tokens: Tokens, typed: str) -> Tokens:
    """Return the tokens with another way to be reached: an app token or a signing secret."""
    if not typed:
        return tokens
    return Tokens(tokens.bot, app=typed) if typed.startswith("xapp-") else Tokens(tokens.bot, secret=typed)


def _check_way(settings: Settings, tokens: Tokens) -> None:
    """Check the app token at Slack, or what can be said of a signing secret. Raises SettingsError."""
    if tokens.app and not tokens.bot:
        raise SettingsError(BY_REQUESTS)
    if tokens.app:
        from bot.fronts.slack.tokens import check_socket, open_client  # loaded only where it is asked for

        _check_token(tokens.app, "xapp-")
        asyncio.run(check_socket(open_client(tokens.bot, settings.slack_api_url), tokens.app))
        return
    if tokens.secret.startswith("xox") or not _SECRET.fullmatch(tokens.secret):
        raise SettingsError(
            "That is neither an app token, which begins with xapp-, nor a signing secret; both stand under "
            "Basic Information."
        )
    if not (settings.public_url or "").startswith("https://"):
        raise SettingsError(
            "With a signing secret Slack sends its requests to PUBLIC_URL, which is no https address yet: "
            "set it first, or give an app token (xapp-…)."
        )


def _check_token(token: str, beginning: str) -> None:
    try:
        check_slack_token(token, beginning)
    except ValueError as error:
        raise SettingsError(f"That is no token: {error}.") from None


def _look_up(settings: Settings, token: str) -> "Workspace":
    from bot.fronts.slack.tokens import look_up, open_client  # loaded only where it is asked for

    _check_token(token, "xoxb-")
    return asyncio.run(look_up(open_client(token, settings.slack_api_url)))


def _show(workspace: "Workspace") -> None:
    click.echo(f"\nThis is {workspace.bot} in the workspace {workspace.name}.")
    for what, fix in workspace.advice:
        click.echo(f"! {what} {fix}")
