"""``troupe check``: what is missing, by name, each with its fix."""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict

import click
from rich.console import Console
from rich.text import Text

from bot.cast import Cast, read_cast
from bot.cli.check_boards import check_boards
from bot.cli.check_clock import check_clock
from bot.cli.check_database import check_database
from bot.cli.check_discord import check_discord
from bot.cli.check_hosted import check_hosted
from bot.cli.check_processes import check_processes
from bot.cli.check_slack import check_slack
from bot.cli.expecting import what_is_expected, what_is_wished
from bot.cli.whereabouts import Whereabouts, find_bot
from bot.config import Settings, read_settings
from bot.domain.agent import APPLY, Finding
from bot.domain.agent_check import check_agent
from bot.domain.agent_wanted import behind_the_cast
from bot.domain.errors import ProviderError, ProviderRefused, SettingsError
from bot.domain.words import plural
from bot.elevenlabs.client import open_elevenlabs
from bot.elevenlabs.inspecting import inspect_agent
from bot.house import now, unknown_inbound_character

EXIT_CODES = {"error": 2, "warning": 1, "note": 0}
COLORS = {"error": "red", "warning": "yellow", "note": "dim"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(*, as_json: bool) -> None:
    """Look at all that Troupe needs, and say what is missing, each with what to do.

    That is: cast, database, its key and disk, the processes that share it, recall index, agent, number,
    webhook, Discord, Slack, clock.

    Exit code 0: nothing, or notes only; 1: warnings; 2: something that has to be mended.
    """
    findings = _find()
    if as_json:
        click.echo(json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        _print(findings)
    sys.exit(max((EXIT_CODES[finding.severity] for finding in findings), default=0))


def _find() -> list[Finding]:
    """Return all that is to be said; where the settings cannot be used, that alone."""
    try:
        settings = read_settings()
        cast = read_cast(settings.personas_dir)
        here = [
            *_cast(cast),
            *_inbound(settings, cast),
            *check_database(settings),
            *check_processes(settings),
        ]
        return [*here, *asyncio.run(_online(settings, cast))]
    except SettingsError as error:
        fix = "Mend it in .env, or in the environment; README.md lists the settings."
        return [Finding("error", sentence, fix) for sentence in str(error).splitlines()]


def _cast(cast: Cast) -> Iterator[Finding]:
    for problem in cast.problems:
        yield Finding("error", str(problem), "Mend the file; troupe personas lint looks again.")
    if not cast.personas:
        yield Finding("error", "No character can be called.", "Set PERSONAS_DIR to the folder of the cast.")


def _inbound(settings: Settings, cast: Cast) -> Iterator[Finding]:
    if advice := unknown_inbound_character(settings, cast):
        yield Finding(
            "warning", advice, "Set INBOUND_CHARACTER to the slug of a character, or leave it empty."
        )


async def _online(settings: Settings, cast: Cast) -> list[Finding]:
    whereabouts = find_bot(settings)
    agent = await _agent(settings, whereabouts, cast)
    url = whereabouts.public_url
    asked = [whereabouts.provider.api_url] if whereabouts.can_be_asked else []
    asked += [settings.discord_api_url] if settings.discord_token.get_secret_value() else []
    fronts = [*await check_discord(settings, url), *await check_slack(settings, url)]
    fronts += await check_boards(settings)
    return [*agent, *check_hosted(settings, whereabouts, cast), *fronts, *await check_clock(asked)]


async def _agent(settings: Settings, whereabouts: Whereabouts, cast: Cast) -> list[Finding]:
    if not whereabouts.can_be_asked:
        what = (
            "No ElevenLabs key is set, so the built-in sandbox plays it, and it does not run at the moment."
        )
        return [
            Finding("note", what, "Set ELEVENLABS_API_KEY and ELEVENLABS_AGENT_ID to talk with an agent.")
        ]
    provider = whereabouts.provider
    expected = what_is_expected(settings, whereabouts, cast)
    try:
        async with open_elevenlabs(
            api_url=provider.api_url, api_key=provider.api_key, agent_id=provider.agent_id, clock=now
        ) as elevenlabs:
            agent, lines = await inspect_agent(elevenlabs)
            document = (await elevenlabs.agent.fetch()).document
    except ProviderRefused as error:
        return [Finding("error", str(error), "Look at ELEVENLABS_API_KEY and ELEVENLABS_AGENT_ID.")]
    except ProviderError as error:
        return [Finding("error", str(error), "Look at ELEVENLABS_API_URL and the network, then try again.")]
    behind = (
        behind_the_cast(document, what_is_wished(settings, whereabouts, cast)) if agent.playing_nodes else ()
    )
    found = list(check_agent(agent, lines, expected))
    if expected.is_hosted and behind:
        what = f"The agent's workflow does not play these as the cast has them now: {', '.join(behind)}."
        found.append(Finding("warning", what, APPLY))
    return found


def _print(findings: list[Finding]) -> None:
    out = Console(highlight=False)
    for finding in findings:
        out.print(Text(f"{finding.severity}: ", style=COLORS[finding.severity]) + Text(finding.what))
        out.print(Text(f"  {finding.fix}", style="dim"), soft_wrap=True)
    counts = [
        plural(number, severity)
        for severity in EXIT_CODES
        if (number := sum(finding.severity == severity for finding in findings))
    ]
    out.print(", ".join(counts) + "." if counts else "Everything is as it should be.")
