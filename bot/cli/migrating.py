"""``troupe migrate-to``: everything that is kept moves from the SQLite file to a Postgres server."""

import asyncio
import json
import time
from pathlib import Path

import click
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.cli.whereabouts import NO_SANDBOX
from bot.config import Settings, read_settings
from bot.domain.errors import CallerError, SettingsError
from bot.domain.words import plural
from storage import open_store
from storage.keys import key_file_of
from storage.lock import hold_lock
from storage.url import find_database, is_postgres


@click.command("migrate-to")
@click.argument("url", metavar="postgresql://…")
@click.option("--yes", is_flag=True, help="Do not ask before what the server's database holds is replaced.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def migrate_to(url: str, *, yes: bool, as_json: bool) -> None:
    """Copy the database file to a Postgres server, and compare both.

    Troupe must not run meanwhile. The file is left as it is. It can be done again: what the server's database
    held is replaced, all of it or nothing.
    """
    settings = read_settings()
    path = find_database(settings.database_url)
    if not is_postgres(url):
        raise CallerError("Name a database on a server: postgresql://name:password@host:5432/database.")
    if path is None or not path.exists():
        raise CallerError("DATABASE_URL names no database file, so there is nothing to copy.")
    began = time.monotonic()
    with hold_lock(settings.database_url, {"public_url": "", "api_url": NO_SANDBOX}):
        asyncio.run(_bring_up_to_date(settings))
        rows = _copy(path, url, yes=yes, as_json=as_json)
    seconds = time.monotonic() - began
    if as_json:
        click.echo(json.dumps({"rows": rows, "seconds": round(seconds, 1)}))
        return
    click.echo(f"{plural(rows, 'row')}: copied in {seconds:.0f} s, and the same on both sides.")
    if settings.keys:
        click.echo("Set DATABASE_URL to this address, leave SECRET_KEY as it is, and start Troupe.")
    else:
        key_file = key_file_of(path)
        click.echo(f"Set DATABASE_URL to this address and SECRET_KEY to what stands in {key_file}.")


async def _bring_up_to_date(settings: Settings) -> None:
    """See to it that the file has the newest schema, nothing unclean, and the keys that are set."""
    async with open_store(settings.database_url, settings.keys) as store:
        await store.cleaned()


def _copy(path: Path, url: str, *, yes: bool, as_json: bool) -> int:
    from storage.postgres.copying import copy, count_people, count_rows
    from storage.postgres.looking import look_at_processes

    if running := look_at_processes(url):
        raise SettingsError(f"Troupe runs with that database already, as {running[0]}; stop it first.")
    if (people := count_people(url)) and not yes:
        question = f"That database knows {plural(people, 'person', 'people')} already. Replace all it holds?"
        click.confirm(question, abort=True, err=as_json)
    total = count_rows(path)
    columns = (TextColumn("Copying"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=as_json, transient=True) as progress:
        task = progress.add_task("", total=total)
        copy(path, url, lambda rows: progress.advance(task, rows))
    return total
