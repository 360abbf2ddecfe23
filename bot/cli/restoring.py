"""``troupe restore``: a backup is put back, and what was erased since it was made is erased again."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import click

from bot.cli.backing_up import in_words, showing
from bot.cli.replacing import confirm
from bot.cli.whereabouts import NO_SANDBOX
from bot.config import Settings, read_settings
from bot.domain.errors import BackupRefused
from bot.domain.words import plural
from storage.backups.making import make_backup
from storage.backups.restoring import Prepared, aside, prepare, put_in_place, refuse_unfit
from storage.backups.sealing import Contents, counted, read_contents
from storage.backups.shelf import new_name
from storage.full import tells_of_a_full_disk
from storage.keyring import keys_for
from storage.lock import hold_lock
from storage.sqlite.looking import count_people as count_people_in
from storage.tombstones import Tombstone, TombstonesInFile, tombstones_of
from storage.url import find_database


@dataclass(frozen=True, slots=True)
class _Work:
    """A backup that is to be put back, and how it is asked and told about that."""

    settings: Settings
    backup: Path
    contents: Contents
    now: datetime
    yes: bool
    as_json: bool

    def confirm(self, question: str) -> None:
        """Ask before something is replaced. Raises click.Abort, CallerError."""
        confirm(question, yes=self.yes, aside=self.as_json)

    def prepare(self, file: Path, place: Path | str, here: list[Tombstone]) -> Prepared:
        """Make the backup ready in a file."""
        keys = keys_for(self.contents.key_checks, place, self.settings.keys, str(self.backup))
        with showing("Looking through it", quiet=self.as_json) as tell:
            ready = prepare(self.backup, self.contents, file, keys, here, self.now, tell)
            return asyncio.run(ready)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before what is there is replaced.")
@click.option("--json", "as_json", is_flag=True, help="Print what was put back as JSON.")
def restore(file: Path, *, yes: bool, as_json: bool) -> None:
    """Put the backup FILE back, into a database file or a server's database, as DATABASE_URL says.

    Troupe must not run meanwhile. What is there is kept, and it is said where. What was erased since the
    backup was made is erased again.
    """
    settings = read_settings()
    with showing("Reading", quiet=as_json) as tell:
        contents = read_contents(file, tell)
    refuse_unfit(file, contents)
    work = _Work(settings, file, contents, datetime.now(UTC), yes, as_json)
    place = find_database(settings.database_url)
    if place is None and settings.database_url.startswith("sqlite:"):
        raise BackupRefused("DATABASE_URL is a database in memory: name a file, or a server.")
    try:
        erased_again, kept = _to_server(work) if place is None else _to_file(work, place)
    except OSError as error:
        if tells_of_a_full_disk(error):
            raise
        raise BackupRefused(f"{error.filename or file}: {error.strerror}. Nothing was replaced.") from error
    if as_json:
        found = {
            "made_at": contents.made_at,
            "people": contents.people,
            "rows": contents.rows,
            "erased_again": erased_again,
            "kept": str(kept) if kept else None,
        }
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo(f"Put back, as it was on {contents.made_at}: {in_words(contents)}.")
    if erased_again:
        click.echo(f"{plural(erased_again, 'thing')} that had been erased since: erased again.")
    if kept:
        click.echo(
            f"What was there is kept in {kept}. It holds people's words, also those that somebody may ask "
            "you to erase: delete it once you do not need it."
        )


def _to_file(work: _Work, place: Path) -> tuple[int, Path | None]:
    keys_for(work.contents.key_checks, place, work.settings.keys, str(work.backup))
    with hold_lock(work.settings.database_url, {"public_url": "", "api_url": NO_SANDBOX}):
        if place.exists():
            known = count_people_in(place)
            holds = "cannot be read" if known is None else f"knows {plural(known, 'person', 'people')}"
            work.confirm(f"{place} {holds}; it will be kept beside under another name. Replace it?")
        here = list(TombstonesInFile(tombstones_of(place)).read())
        with aside(place) as file:
            prepared = work.prepare(file, place, here)
            return prepared.erased_again, put_in_place(prepared, place, work.now)


def _to_server(work: _Work) -> tuple[int, Path | None]:
    from storage.postgres.connection import name_of
    from storage.postgres.copying import copy, count_people
    from storage.postgres.saving import count_others, read_tombstones

    url = work.settings.database_url
    where = name_of(url)
    keys_for(work.contents.key_checks, where, work.settings.keys, str(work.backup))
    if others := count_others(url):
        raise BackupRefused(
            f"Troupe uses {where} at this moment ({plural(others, 'connection')}): stop it first, everywhere."
        )
    kept = None
    if known := count_people(url):
        kept = new_name(work.backup.parent, work.now, "-before-restore")
        work.confirm(
            f"{where[0].upper()}{where[1:]} knows {plural(known, 'person', 'people')}; it will be backed up "
            f"to {kept} before. Replace all it holds?"
        )
        with showing("Backing up what is there", quiet=work.as_json) as tell:
            make_backup(url, kept, work.now, tell)
    with aside(_beside(work.backup, where)) as file:
        prepared = work.prepare(file, where, read_tombstones(url))
        with showing("Putting it back", quiet=work.as_json) as tell:
            copy(prepared.file, url, counted(tell, work.contents.rows), prepared.more_stones)
    return prepared.erased_again, kept


def _beside(backup: Path, where: str) -> Path:
    """Name what is made ready for a server: beside the backup, where there is room, each database's its own.

    So whoever puts it back there again clears away what somebody who was killed left of people's words.
    """
    return backup.absolute().with_name(f"{backup.name}.{sha256(where.encode()).hexdigest()[:8]}")
