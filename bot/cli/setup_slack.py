"""``troupe setup slack``: asks for an app's two tokens, checks them live, and writes them into ``.env``."""

import asyncio
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bot.cli.asking import ask, clean, keep, refuse_other
from bot.cli.env_file import ENV_FILE, is_written, write_setting
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
"""
NOTHING_GIVEN = "No token was given, and nothing was changed."
BOT, APP, SECRET = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What connects us: the bot token, and the app token or else the signing secret."""

    bot: str
    app: str = ""
    secret: str = ""


def set_up_slack(settings: Settings, *, only_check: bool, may_skip: bool = False) -> None:
    """Ask, check and write; with ``only_check`` check what is set. Raises SettingsError, CallerError.

    Where it ``may_skip``, no bot token means no Slack, and that is no error.
    """
    known = Tokens(
        settings.slack_bot_token.get_secret_value(),
        settings.slack_app_token.get_secret_value(),
        settings.slack_signing_secret.get_secret_value(),
    )
    if only_check:
        if settings.slack_client_id:
            if unfit := find_unfit_install(settings):
                raise SettingsError("\n".join(unfit))
            click.echo(f"Workspaces install the app at {settings.public_url}/slack/install.")
            if not known.bot:
                return
        if not known.bot:
            raise SettingsError("SLACK_BOT_TOKEN is not set; troupe setup slack asks for it.")
        _check_way(settings, known)
        _show(_look_up(settings, known.bot))
        return
    wanted = _ask(settings, known, may_skip=may_skip) if sys.stdin.isatty() else _read(settings, known)
    if not wanted.bot:
        click.echo("Slack stays off; troupe setup slack switches it on.")
        return
    chosen = {APP: wanted.app, SECRET: wanted.secret, BOT: wanted.bot}
    changed = {name: value for name, value in chosen.items() if not is_written(name, value)}
    for name, value in changed.items():
        write_setting(name, value)
    done = f"Written to {ENV_FILE}, which only you can read." if changed else f"{ENV_FILE} has it already."
    click.echo(f"\n{done}")
    click.echo(f"Start Troupe (make run), then type {settings.slack_command} in the workspace.")


def _read(settings: Settings, known: Tokens) -> Tokens:
    """Return the tokens from standard input, checked; what is missing there is as it was."""
    bot, way, *_ = [*(clean(line) for line in sys.stdin.read().strip().splitlines()), "", ""]
    if not bot:
        raise CallerError(NOTHING_GIVEN)
    if not way and not (known.app or known.secret):
        raise CallerError(
            "Only one token was given, and nothing was changed: a second line has the app token (xapp-…) or "
            "the signing secret."
        )
    refuse_other(bot, BOT)
    refuse_other(way, APP)
    workspace = _look_up(settings, bot)
    wanted = _with_way(Tokens(bot, known.app, known.secret), way)
    _check_way(settings, wanted)
    _show(workspace)
    return wanted


def _ask(settings: Settings, known: Tokens, *, may_skip: bool) -> Tokens:
    """Ask until both are good; the first is written before the second is asked for. Raises CallerError."""
    click.echo(STEPS)
    without = "no Slack" if may_skip else ""
    found: list[Workspace] = []

    def check_bot(typed: str) -> None:
        found.append(_look_up(settings, typed))

    bot = ask("Bot token", BOT, check_bot, known=known.bot, without=without)
    if not bot and may_skip:
        return Tokens("")
    if not bot:
        raise CallerError(NOTHING_GIVEN)
    _show(found[-1])
    keep(BOT, bot)
    way = ask(
        "App token, or signing secret",
        APP,
        lambda typed: _check_way(settings, _with_way(Tokens(bot), typed)),
        known=known.app or known.secret,
    )
    if not way:
        raise CallerError(
            "Without one of these Slack cannot reach Troupe, and Troupe does not start: troupe setup slack "
            "goes on here."
        )
    return known if (bot, way) == (known.bot, known.app or known.secret) else _with_way(Tokens(bot), way)


def _with_way(tokens: Tokens, typed: str) -> Tokens:
    """Return the tokens with another way to be reached: an app token or a signing secret."""
    if not typed:
        return tokens
    return Tokens(tokens.bot, app=typed) if typed.startswith("xapp-") else Tokens(tokens.bot, secret=typed)


def _check_way(settings: Settings, tokens: Tokens) -> None:
    """Check the app token at Slack, or what can be said of a signing secret. Raises SettingsError."""
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
