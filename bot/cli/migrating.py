"""``troupe migrate-to``: everything that is kept moves from the SQLite file to a Postgres server."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.backing_up import showing
from bot.cli.replacing import confirm
from bot.cli.whereabouts import NO_SANDBOX
from bot.config import Settings, read_settings
from bot.domain.errors import CallerError, SettingsError
from bot.domain.words import plural
from storage import open_store
from storage.backups.making import make_backup
from storage.backups.restoring import aside, prepare
from storage.backups.sealing import counted
from storage.keyring import keys_for
from storage.keys import key_file_of
from storage.lock import hold_lock
from storage.tombstones import Tombstone, TombstonesInFile, tombstones_of
from storage.url import find_database, is_postgres


@click.command("migrate-to")
@click.argument("url", metavar="postgresql://…")
@click.option("--yes", is_flag=True, help="Do not ask before what the server's database holds is replaced.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def migrate_to(url: str, *, yes: bool, as_json: bool) -> None:
    """Copy the database file to a Postgres server, and compare both.

    Troupe must not run meanwhile. The file is left as it is. It can be done again: what the server's database
    held is replaced, all of it or nothing, but what was erased there is not brought back.
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
        rows, erased_again = _copy(settings, path, url, yes=yes, as_json=as_json)
    seconds = time.monotonic() - began
    if as_json:
        click.echo(json.dumps({"rows": rows, "erased_again": erased_again, "seconds": round(seconds, 1)}))
        return
    click.echo(f"{plural(rows, 'row')}: copied in {seconds:.0f} s, and the same on both sides.")
    if erased_again:
        click.echo(f"{plural(erased_again, 'thing')} that had been erased on the server: erased again.")
    if settings.keys:
        click.echo("Set DATABASE_URL to this address, leave SECRET_KEY as it is, and start Troupe.")
    else:
        key_file = key_file_of(path)
        click.echo(f"Set DATABASE_URL to this address and SECRET_KEY to what stands in {key_file}.")


async def _bring_up_to_date(settings: Settings) -> None:
    """See to it that the file has the newest schema, nothing unclean, and the keys that are set."""
    async with open_store(settings.database_url, settings.keys) as store:
        await store.cleaned()


def _copy(settings: Settings, path: Path, url: str, *, yes: bool, as_json: bool) -> tuple[int, int]:
    """Return how many rows were copied, and how many things were erased again before."""
    from storage.postgres.connection import connect
    from storage.postgres.copying import copy, count_people, count_rows
    from storage.postgres.looking import look_at_processes
    from storage.postgres.saving import read_tombstones

    with connect(url, "the address that you gave"):
        pass  # whatever is wrong with it is not said of DATABASE_URL, which is the file's
    if running := look_at_processes(url):
        raise SettingsError(f"Troupe runs with that database already, as {running[0]}; stop it first.")
    if people := count_people(url):
        question = f"That database knows {plural(people, 'person', 'people')} already. Replace all it holds?"
        confirm(question, yes=yes, aside=as_json)
    with _without_what_was_erased(settings, path, read_tombstones(url)) as (file, erased_again, more_stones):
        rows = count_rows(file)
        with showing("Copying", quiet=as_json) as tell:
            copy(file, url, counted(tell, rows), more_stones)
    return rows, erased_again


@contextmanager
def _without_what_was_erased(
    settings: Settings, path: Path, there: list[Tombstone]
) -> Iterator[tuple[Path, int, Sequence[Tombstone] | None]]:
    """Give the file to copy: itself, or what of it was not erased on the server since it was copied first.

    With it come how many things that leaves out, and the tombstones that the server lacks; None: all of them.
    """
    known = {(one.kind, one.fingerprint) for one in TombstonesInFile(tombstones_of(path)).read()}
    if all((one.kind, one.fingerprint) in known for one in there):
        yield path, 0, None
        return
    keys, now = keys_for((), path, settings.keys), datetime.now(UTC)
    with aside(path) as file:
        backup = file.with_name("copied.backup")
        contents = make_backup(settings.database_url, backup, now, _untold)
        prepared = asyncio.run(prepare(backup, contents, file, keys, there, now, _untold))
        backup.unlink()
        yield prepared.file, prepared.erased_again, prepared.more_stones


def _untold(_done: int, _total: int) -> None:
    pass
