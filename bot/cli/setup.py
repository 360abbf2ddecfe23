"""``troupe setup``: asks for one thing at a time, checks it live, and writes it into ``.env`` at once."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
from pydantic import SecretStr

from bot.cli.check import check
from bot.cli.env_file import ENV_FILE, alone
from bot.cli.setup_call import have_a_word
from bot.cli.setup_discord import set_up_discord
from bot.cli.setup_elevenlabs import check_elevenlabs, set_up_elevenlabs
from bot.cli.setup_slack import set_up_slack
from bot.cli.unreachable import nothing_changed
from bot.config import Settings, read_settings
from bot.domain.errors import CallerError, OperatorError, PlatformUnreachable, ProviderError, SettingsError

WELCOME = f"""\
Troupe asks for what it needs, one thing at a time. Each answer is checked, and written to {ENV_FILE} at once:
Ctrl-C loses nothing, and running this again offers what is there. An empty answer keeps it, or skips it.
"""


@click.command()
@click.argument("part", type=click.Choice(["elevenlabs", "discord", "slack"]), required=False)
@click.option("--check", "only_check", is_flag=True, help="Check what is set already, and change nothing.")
@click.pass_context
def setup(ctx: click.Context, part: str | None, *, only_check: bool) -> None:
    """Set Troupe up: ElevenLabs with its agent, Discord, Slack, a test call in text, and a check at the end.

    With a PART that alone. It can be repeated; an empty answer keeps what is there. Where there is no
    terminal the tokens of the PART that is named are read from standard input, one a line:

        printf '%s' "$TOKEN" | troupe setup discord

        printf '%s\\n' "$BOT_TOKEN" "$APP_TOKEN" | troupe setup slack

        printf '%s\\n' "$BOT_TOKEN" "$SIGNING_SECRET" "$CLIENT_ID" "$CLIENT_SECRET" | troupe setup slack

        printf '%s\\n' "$KEY" "$AGENT_ID" | troupe setup elevenlabs
    """
    if not only_check:
        ctx.with_resource(alone())
    if part is None and not only_check:
        if not sys.stdin.isatty():
            raise CallerError(
                "There is no terminal to ask at, and nothing was changed: name what the tokens on standard "
                "input are for, such as troupe setup elevenlabs (or discord, or slack)."
            )
        _set_up_all(ctx)
        return
    if part is None:
        _check_all(_settings())
        return
    with nothing_changed(f"troupe setup {part}"):
        if part == "elevenlabs":
            if only_check:
                check_elevenlabs(_settings())
                return
            set_up_elevenlabs()
        elif part == "slack":
            set_up_slack(_settings(), only_check=only_check)
        else:
            set_up_discord(_settings(), only_check=only_check)


def _check_all(settings: Settings) -> None:
    """Check each part that has its token, with its name above. Raises SettingsError where none has."""
    parts: list[tuple[str, SecretStr, Callable[[], None]]] = [
        ("ElevenLabs", settings.elevenlabs_api_key, lambda: check_elevenlabs(settings)),
        ("Discord", settings.discord_token, lambda: set_up_discord(settings, only_check=True)),
        (
            "Slack",
            settings.slack_client_secret or settings.slack_bot_token,
            lambda: set_up_slack(settings, only_check=True),
        ),
    ]
    are_set = [(name, look) for name, token, look in parts if token.get_secret_value()]
    if not are_set:
        raise SettingsError("Nothing is set for ElevenLabs, Discord or Slack yet; troupe setup asks for it.")
    for name, look in are_set:
        click.echo(f"{name}:")
        with nothing_changed("troupe setup --check"):
            look()
        click.echo()


def _set_up_all(ctx: click.Context) -> None:
    """Ask for everything; what cannot be had now is said, and the next is asked for."""
    _refuse_elsewhere(_settings())
    click.echo(WELCOME)
    _part("elevenlabs", set_up_elevenlabs)
    click.echo()
    _part("discord", lambda: set_up_discord(_settings(), only_check=False, may_skip=True))
    click.echo()
    _part("slack", lambda: set_up_slack(_settings(), only_check=False, may_skip=True))
    click.echo()
    settings = _settings()
    if settings.is_sandbox:
        click.echo("Try it now: make run opens a terminal in which you call a character of the sandbox.")
    elif settings.elevenlabs_agent_id:
        have_a_word(settings)
        if settings.public_url:
            click.echo(
                "\nTroupe does not run yet, so what ElevenLabs sent after the test call could not arrive: a "
                "failure of the post-call webhook below may be that, and goes once Troupe runs."
            )
    click.echo("\nWhat is missing still, as troupe check says it:")
    ctx.invoke(check, as_json=False)


def _refuse_elsewhere(settings: Settings) -> None:
    """Raise SettingsError where no cast is: what is set up here would not be found where Troupe starts."""
    if settings.personas_dir.is_dir():
        return
    ours = Path(__file__).parents[2]
    there = f": cd {ours}" if (ours / "personas").is_dir() else ""
    raise SettingsError(
        f"There is no folder {settings.personas_dir} in {Path.cwd()}. Run this where Troupe is started, "
        f"since .env, cast and data are looked for there{there}; or set PERSONAS_DIR."
    )


def _settings() -> Settings:
    return read_settings(ENV_FILE, unfinished=True)


def _part(name: str, set_up: Callable[[], None]) -> None:
    """Do one part, and go on with the next whatever comes of it: what was answered before stands already."""
    try:
        set_up()
    except PlatformUnreachable as error:
        click.echo(
            f"{error.platform} cannot be reached ({error.reason}), so this could not be checked. What you "
            f"answered before is kept; run troupe setup {name} again once the network is there.",
            err=True,
        )
    except (CallerError, OperatorError, ProviderError) as error:
        click.echo(f"{error} troupe setup {name} asks again.", err=True)
