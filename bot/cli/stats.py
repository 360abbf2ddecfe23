"""``troupe stats``: how much Troupe is used, without anybody's name or words."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from bot.config import Settings, read_settings
from bot.domain.errors import SettingsError
from bot.domain.usage import FEWEST_PEOPLE, Usage, Used
from bot.domain.words import plural
from storage import open_store
from storage.url import find_database, is_postgres

_CELLS = 24
_STATES = {
    "scheduled": "scheduled",
    "asked": "not begun",
    "dialing": "ringing",
    "unknown": "unclear",
    "live": "going on",
    "done": "done",
    "failed": "failed",
    "expired": "never begun",
}


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far to look back."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def stats(days: int, *, as_json: bool) -> None:
    """Show how much Troupe is used: people, calls, minutes, cost, what is kept. Troupe may run.

    Nobody is named, nor a character whom fewer than three people called: it might tell who talked with whom.
    What was erased, or is older than RETENTION_DAYS, is in no figure but the cost.
    """
    settings = read_settings()
    path = find_database(settings.database_url)
    if path is not None and not path.exists():
        raise SettingsError(f"There is nothing to count yet: {path} does not exist.")
    today = datetime.now(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=days - 1)

    async def count() -> Usage:
        async with open_store(settings.database_url, settings.keys) as store:
            return await store.fetch_usage(first.astimezone(UTC))

    usage = asyncio.run(count())
    by_day = days_of(usage.by_hour, settings.zone)
    size = _size(settings)
    if as_json:
        click.echo(json.dumps(_as_json(usage, by_day, size, days), ensure_ascii=False))
        return
    _show(usage, by_day, size, first, days)


def days_of(by_hour: Mapping[str, Used], zone: ZoneInfo) -> dict[str, Used]:
    """Return the days of a zone that had calls; an hour of UTC belongs to the day in which it begins."""
    days: dict[str, Used] = defaultdict(Used)
    for hour, used in by_hour.items():
        began = datetime.fromisoformat(f"{hour}:00+00:00").astimezone(zone)
        days[f"{began:%Y-%m-%d}"] += used
    return dict(days)


def _size(settings: Settings) -> int:
    if is_postgres(settings.database_url):
        from storage.postgres.looking import measure

        return measure(settings.database_url)
    path = find_database(settings.database_url)
    return path.stat().st_size if path else 0


def _as_json(usage: Usage, by_day: Mapping[str, Used], size: int, days: int) -> dict[str, Any]:
    found = asdict(usage)
    del found["by_hour"]
    # People of several hours would be counted several times.
    found["by_day"] = {day: {"calls": one.calls, "seconds": one.seconds} for day, one in by_day.items()}
    del found["little_called"]["people"]
    return {"days": days, **found, "database_bytes": size}


def _show(usage: Usage, by_day: Mapping[str, Used], size: int, first: datetime, days: int) -> None:
    total, out = usage.total, Console(highlight=False)
    out.print(
        f"{plural(days, 'day')}: {plural(total.calls, 'call')} of "
        f"{plural(total.people, 'person', 'people')}, {_minutes(total.seconds)}; "
        f"{usage.returning:,} of them had called before."
    )
    characters = dict(usage.by_character)
    if usage.little_called_characters:
        others = plural(usage.little_called_characters, "other")
        characters[f"{others}, with fewer than {FEWEST_PEOPLE} people each"] = usage.little_called
    tables = {
        "By day": _every_day(by_day, first, days),
        "By delivery": usage.by_delivery,
        "By outcome": {_STATES.get(name, name): used for name, used in usage.by_state.items()},
        "By character": characters,
    }
    width = max(len(name) for parts in (tables, *tables.values()) for name in parts)
    for title, parts in tables.items():
        out.print(_table(title, parts, width))
    spent = ", ".join(f"{cost:,} in {month}" for month, cost in usage.costs.items()) or "nothing"
    out.print(f"Cost in ElevenLabs' credits: {spent}.")
    people, talks = plural(usage.people, "person", "people"), plural(usage.talks, "conversation")
    turns, facts = plural(usage.turns, "turn"), plural(usage.facts, "fact")
    out.print(
        f"Kept: {people}, {usage.remembered:,} of them want to be remembered; {talks}, {turns}, {facts}. "
        f"{usage.indexed_turns:,} turns can be recalled. The database has {size / 1_000_000:,.1f} MB."
    )


def _every_day(by_day: Mapping[str, Used], first: datetime, days: int) -> dict[str, Used]:
    """Return each day, those without calls too."""
    named = (f"{first + timedelta(days=place):%Y-%m-%d}" for place in range(days))
    return {name: by_day.get(name, Used()) for name in named}


def _table(title: str, parts: Mapping[str, Used], width: int) -> Table:
    most = max((used.calls for used in parts.values()), default=0) or 1
    table = Table(title, "Calls", "", "Minutes", box=None, pad_edge=False, header_style="bold")
    table.columns[0].min_width = width
    table.columns[1].justify = table.columns[3].justify = "right"
    for name, used in parts.items():
        cells = -(-used.calls * _CELLS // most)
        table.add_row(name, f"{used.calls:,}", "▇" * cells, f"{used.seconds / 60:,.0f}")
    return table


def _minutes(seconds: int) -> str:
    return plural(round(seconds / 60), "minute")
