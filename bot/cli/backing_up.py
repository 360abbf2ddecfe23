"""``troupe backup``: everything that is kept in one file, while Troupe runs."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.cli.replacing import confirm, refuse_target, telling_of_files
from bot.config import Settings, read_settings
from bot.domain.errors import CallerError
from bot.domain.words import plural
from storage.backups.making import make_backup
from storage.backups.sealing import Contents, Tell
from storage.backups.shelf import delete_old, new_name
from storage.keys import key_file_of
from storage.url import find_database


@click.command()
@click.argument("file", required=False)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Of the backups in a folder keep the newest N alone; all, unless they are older than BACKUP_DAYS.",
)
@click.option("--yes", is_flag=True, help="Do not ask before a file is replaced.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
def backup(file: str | None, keep: int | None, *, yes: bool, as_json: bool) -> None:
    """Back up everything that is kept to FILE, or to a new file in a folder; Troupe may run meanwhile.

    Without FILE it is the folder backups beside the database. In a folder, backups older than BACKUP_DAYS are
    deleted. The keys are not in it: back up SECRET_KEY, or the key file, elsewhere.
    """
    settings, now = read_settings(), datetime.now(UTC)
    with telling_of_files(Path(file or "")):
        folder = _folder(settings, file)
        if folder is None and keep:
            raise CallerError("Name a folder, or nothing, with --keep: it says how many backups stay in one.")
        if folder is None:
            path = Path(file or "")
            refuse_target(path, settings)
            if path.exists():
                confirm(f"{path} is there already. Replace it?", yes=yes, aside=as_json)
        else:
            path = new_name(folder, now)
        with showing("Backing up", quiet=as_json) as tell:
            contents = make_backup(settings.database_url, path, now, tell)
        gone = delete_old(folder, now, settings.backup_days, keep or 0, path) if folder else []
    if as_json:
        click.echo(json.dumps(_as_json(path, contents, gone), ensure_ascii=False))
    else:
        click.echo(f"{path}: {in_words(contents)}. Checked, and readable by you alone.")
        click.echo(_about_keys(settings))
        for one in gone:
            click.echo(f"{one}: deleted, for it was too old, or one too many.")
    if settings.backup_days == 0:
        click.echo(
            "BACKUP_DAYS is 0, so receipts of /forget say that there are no backups: set it.", err=True
        )


def in_words(contents: Contents) -> str:
    """Return how much a backup holds."""
    return f"{plural(contents.people, 'person', 'people')} in {plural(contents.rows, 'row')}"


@contextmanager
def showing(words: str, *, quiet: bool) -> Iterator[Tell]:
    """Show how far something is that goes through the same several times; at a terminal alone."""
    out = Console(stderr=True)
    columns = (TextColumn(words), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, disable=quiet or not out.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _folder(settings: Settings, file: str | None) -> Path | None:
    """Return the folder that is meant: one that is there, or is named with a slash at its end."""
    if file is None:
        database = find_database(settings.database_url)
        return (database.parent if database else Path("data")) / "backups"
    if not file.strip():
        raise CallerError("Name a file or a folder; with nothing at all backups go beside the database.")
    return Path(file) if file.endswith(os.sep) or Path(file).is_dir() else None


def _about_keys(settings: Settings) -> str:
    database = find_database(settings.database_url)
    where = "SECRET_KEY" if settings.keys or database is None else str(key_file_of(database))
    return f"It can be read with the key in {where} alone, which is not in it: keep that elsewhere."


def _as_json(path: Path, contents: Contents, gone: list[Path]) -> dict[str, object]:
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "made_at": contents.made_at,
        "people": contents.people,
        "rows": contents.rows,
        "key_checks": list(contents.key_checks),
        "deleted": [str(one) for one in gone],
    }
