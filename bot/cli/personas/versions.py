"""``troupe personas versions``: every text that a character was ever played from."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cast import Cast, read_cast
from bot.cli.personas.folder import folder_of_cast, folder_option
from bot.config import Settings, read_settings
from bot.domain.errors import CallerError
from bot.domain.nearest import nearest
from bot.domain.persona import Persona, Slug
from bot.domain.quoting import day
from bot.domain.variables import strip_control
from bot.domain.versions import UsedVersion
from bot.domain.words import plural
from storage import open_store
from storage.url import may_hold_something

_SHORT_CHARS = 12


@click.command()
@click.argument("slug")
@click.option("--show", "shown", metavar="ID", help="Print the text of this version; a beginning will do.")
@click.option("--json", "as_json", is_flag=True, help="Print the versions as JSON.")
@folder_option
def versions(slug: str, shown: str | None, folder: Path | None, *, as_json: bool) -> None:
    """List the versions of the character SLUG: when each was first used, and for how many calls.

    A version's id is what git hash-object says of the file. Characters that were removed are listed too.
    """
    settings = read_settings()
    cast = read_cast(folder_of_cast(folder))
    current = cast.personas.get(Slug(slug))
    found = _with_current(asyncio.run(_fetch(settings, slug)), current)
    if not found:
        raise CallerError(_nothing_known(slug, cast))
    if shown is not None:
        version = _choose(found, shown)
        click.echo(
            json.dumps({"version": version.version, "text": version.text}, ensure_ascii=False)
            if as_json
            else version.text,
            nl=as_json or not version.text.endswith("\n"),
        )
    elif as_json:
        told = {"slug": slug, "versions": [_as_json(one, current) for one in found]}
        click.echo(json.dumps(told, indent=2))
    else:
        _print(Console(highlight=False), settings, found, current)
        if current is None:
            why = "broken now: lint says why" if slug in cast.slugs_on_disk else "gone from the folder"
            click.echo(f"None of them is current; the file is {why}.")


async def _fetch(settings: Settings, slug: str) -> Sequence[UsedVersion]:
    if not may_hold_something(settings.database_url):
        return ()
    async with open_store(settings.database_url, settings.keys) as store:
        return await store.fetch_versions(slug)


def _with_current(used: Sequence[UsedVersion], current: Persona | None) -> Sequence[UsedVersion]:
    if current is None or any(one.version == current.version for one in used):
        return used
    return [*used, UsedVersion(current.version, current.source)]


def _nothing_known(slug: str, cast: Cast) -> str:
    shown = strip_control(slug)[:40]
    if slug in cast.slugs_on_disk:
        return f"{shown}.md is broken and was never played; troupe personas lint says what is wrong."
    match = nearest(shown, sorted(cast.slugs_on_disk))
    return f"No character {shown!r} was ever here; " + (
        f"did you mean {match}?" if match else "write the slug, which is the file's name without .md."
    )


def _choose(found: Sequence[UsedVersion], prefix: str) -> UsedVersion:
    """Return the version that begins like that. Raises CallerError unless it is one."""
    meant = [one for one in found if prefix and one.version.startswith(prefix.lower())]
    if len(meant) != 1:
        known = ", ".join(one.version[:_SHORT_CHARS] for one in meant or found)
        what = "begins several versions" if meant else "is no version of this character"
        raise CallerError(f"{strip_control(prefix)[:40]!r} {what}; choose one of {known}.")
    return meant[0]


def _as_json(one: UsedVersion, current: Persona | None) -> dict[str, Any]:
    return {
        "version": one.version,
        "is_current": current is not None and one.version == current.version,
        "calls": one.calls,
        "first_used_at": one.first_used_at.isoformat() if one.first_used_at else None,
        "last_used_at": one.last_used_at.isoformat() if one.last_used_at else None,
    }


def _print(out: Console, settings: Settings, found: Sequence[UsedVersion], current: Persona | None) -> None:
    table = Table("Version", "First used", "Last used", "Calls", box=None, pad_edge=False)
    for one in found:
        moments = [_told(at, settings.zone) for at in (one.first_used_at, one.last_used_at)]
        name = Text(one.version[:_SHORT_CHARS])
        if current is not None and one.version == current.version:
            name.append(" (current)", style="bold")
        table.add_row(name, *moments, plural(one.calls, "call"))
    out.print(table)


def _told(at: datetime | None, zone: ZoneInfo) -> str:
    local = at.astimezone(zone) if at else None
    return f"{day(local)}, {local:%H:%M}" if local else "never"
