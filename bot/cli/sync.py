"""``troupe sync``: the nightly sweep, now and by hand."""

import asyncio
import json
import sys
from datetime import timedelta

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.calls.sweeping import SWEEP_DAYS, Swept, sweep_all
from bot.cli.whereabouts import Whereabouts, find_bot
from bot.config import Settings, read_settings
from bot.domain.errors import SettingsError
from bot.domain.words import plural
from bot.house import open_cast, open_installation


@click.command()
@click.option(
    "--days",
    type=click.IntRange(1, 366),
    default=SWEEP_DAYS,
    show_default=True,
    help="How far back to look, for who asked for a call and for what was said.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def sync(days: int, *, as_json: bool) -> None:
    """Bring home conversations that ElevenLabs has and Troupe has not, as it does every night by itself.

    Only the people who asked for a call are asked for. Exit code 1 if something could not be had.
    """
    settings = read_settings()
    whereabouts = find_bot(settings)
    if not whereabouts.can_be_asked:
        raise SettingsError(
            "The built-in sandbox plays ElevenLabs, and it does not run at the moment: start Troupe first "
            "(make run)."
        )
    swept = asyncio.run(_sync(settings, whereabouts, timedelta(days=days)))
    for reason in sorted(swept.reasons):
        click.echo(reason, err=True)
    counts = {
        "people": swept.people,
        "found": swept.found,
        "taken_home": swept.taken_home,
        "known": swept.known,
        "failed": swept.failed,
        "reasons": sorted(swept.reasons),
    }
    click.echo(json.dumps(counts) if as_json else _sentence(swept))
    sys.exit(1 if swept.failed else 0)


async def _sync(settings: Settings, whereabouts: Whereabouts, window: timedelta) -> Swept:
    out = Console(stderr=True)
    columns = (TextColumn("People"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    cast = await open_cast(settings)
    async with open_installation(settings, whereabouts.provider, cast, whereabouts.public_url) as house:
        since = house.now() - window
        people = await house.store.fetch_callers_since(since)
        with Progress(*columns, console=out, disable=not out.is_terminal) as progress:
            task = progress.add_task("", total=len(people))
            return await sweep_all(house, people, since, lambda: progress.advance(task))


def _sentence(swept: Swept) -> str:
    asked = plural(swept.people, "person", "people")
    found = plural(swept.found, "conversation")
    return (
        f"Asked for {asked}: {found} found, {swept.taken_home:,} taken home, {swept.known:,} known already, "
        f"{swept.failed:,} failed."
    )
