"""Asking the operator for one thing at a time, until it is good; what belongs elsewhere is recognised."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import click

from bot.cli.env_file import ENV_FILE, is_written, write_setting
from bot.domain.errors import CallerError, PlatformUnreachable, SettingsError

MOST_TRIES = 5
_QUOTES = "\"'`“”„‘’«»<>"
_NAMED = re.compile(r"(?:export)?[A-Z][A-Z_]{3,40}=")
_SCHEME = re.compile(r"^\W*(?:Bearer|Bot)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is pasted, how it is recognised, and what to do with it in place of another."""

    name: str
    pattern: re.Pattern[str]
    setting: str = ""
    advice: str = ""


def _kind(name: str, pattern: str, setting: str = "", advice: str = "") -> Kind:
    belongs = f"it belongs where {setting} is asked for" if setting else advice
    return Kind(name, re.compile(pattern), setting, belongs)


KINDS = (
    _kind("a Slack bot token", r"xoxb-.+", "SLACK_BOT_TOKEN"),
    _kind("a Slack app token", r"xapp-.+", "SLACK_APP_TOKEN"),
    _kind(
        "a Slack user token",
        r"xox[a-z]-.+",
        advice="Troupe needs the bot token (xoxb-…) under OAuth & Permissions",
    ),
    _kind("the Client ID of a Slack app", r"[0-9]{4,}\.[0-9]{4,}", "SLACK_CLIENT_ID"),
    _kind("a Discord bot token", r"[\w-]{18,}\.[\w-]{6,7}\.[\w-]{27,}", "DISCORD_TOKEN"),
    _kind("an ElevenLabs key", r"sk_[0-9a-f]{16,}", "ELEVENLABS_API_KEY"),
    _kind("the secret of an ElevenLabs webhook", r"wsec_.+", "ELEVENLABS_WEBHOOK_SECRET"),
    _kind("the id of an ElevenLabs agent", r"agent_\w+", "ELEVENLABS_AGENT_ID"),
    _kind("the id of an ElevenLabs phone number", r"phnum_\w+", "ELEVENLABS_PHONE_NUMBER_ID"),
    _kind(
        "the id of something at Discord",
        r"[0-9]{17,20}",
        advice="the token stands under Bot, Reset Token, in the developer portal",
    ),
    _kind("a web address", r"https?://.+", "PUBLIC_URL"),
)
"""What somebody tired may paste into the wrong place."""


def clean(text: str) -> str:
    """Return what was meant: without spaces, line breaks, quotation marks, or the name before it."""
    text = _SCHEME.sub("", "".join(char for char in text if char.isprintable() or char.isspace()))
    return _NAMED.sub("", "".join(text.split()).strip(_QUOTES), count=1).strip(_QUOTES)


def refuse_other(text: str, setting: str) -> None:
    """Raise SettingsError where a text is plainly something else than this setting wants."""
    kind = next((one for one in KINDS if one.pattern.fullmatch(text)), None)
    if kind is not None and kind.setting != setting:
        raise SettingsError(f"This looks like {kind.name}; {kind.advice}.")


def ask(
    what: str,
    setting: str,
    check: Callable[[str], None],
    *,
    known: str = "",
    without: str = "",
    hidden: bool = True,
) -> str:
    """Ask until an answer is good, and return it; nothing where there is nothing to keep and none was given.

    An empty answer keeps ``known``, which is checked too. ``without`` says what comes of having none.
    ``check`` raises SettingsError, whose sentence is shown. Raises CallerError after five that were not good.
    """
    kept = " (empty: keep the one that is set)" if known else f" (empty: {without})" if without else ""
    for _ in range(MOST_TRIES):
        answered: str = click.prompt(f"{what}{kept}", default="", show_default=False, hide_input=hidden)
        wanted = clean(answered) or known
        if not wanted:
            return ""
        try:
            refuse_other(wanted, setting)
            check(wanted)
        except PlatformUnreachable:
            raise
        except SettingsError as error:
            click.echo(str(error), err=True)
        else:
            return wanted
    raise CallerError(f"That was none either. {setting} is as it was; the same command starts again.")


def keep(setting: str, value: str) -> None:
    """Write an answer at once, and say so; what stands there already is left alone."""
    if is_written(setting, value):
        click.echo(f"{setting} stands in {ENV_FILE} already.")
    else:
        write_setting(setting, value)
        click.echo(f"{setting} is written to {ENV_FILE}, which only you can read.")


def choose(what: str, options: list[tuple[str, str]], *, known: str = "", none: str = "") -> str:
    """Show a numbered list and return the value of what was chosen; ``known`` for an empty answer.

    ``options`` are pairs of a value and its words; ``none`` is said where an empty answer leaves it out.
    Raises CallerError after five answers that are none of them.
    """
    for number, (_, words) in enumerate(options, 1):
        click.echo(f"  {number}. {words}")
    kept = f"; empty: keep {known}" if known else f"; empty: {none}" if none else ""
    by_value = {value for value, _ in options}
    for _ in range(MOST_TRIES):
        answered: str = click.prompt(f"{what} (1 to {len(options)}{kept})", default="", show_default=False)
        answered = clean(answered)
        if not answered and (known or none):
            return known
        if answered.isdecimal() and 1 <= int(answered) <= len(options):
            return options[int(answered) - 1][0]
        if answered in by_value:
            return answered
        click.echo(f"Write a number from 1 to {len(options)}.", err=True)
    raise CallerError("That was none of them either. The same command starts again.")
