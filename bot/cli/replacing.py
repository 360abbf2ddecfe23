"""Where a command may write a file, and asking before something that is there is replaced."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.cli.env_file import ENV_FILE
from bot.config import Settings
from bot.domain.errors import CallerError, SettingsError
from storage.full import tells_of_a_full_disk
from storage.keys import key_file_of
from storage.tombstones import tombstones_of
from storage.url import find_database

_BESIDE = ("-wal", "-shm", "-journal", ".lock")


def confirm(question: str, *, yes: bool, aside: bool) -> None:
    """Ask before something is lost, on standard error with ``aside``; with ``yes`` nobody is asked.

    Raises click.Abort after a no at a terminal, else CallerError, which names ``--yes``.
    """
    if yes:
        return
    try:
        click.confirm(question, abort=True, err=aside)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=aside)
        raise CallerError("Nothing was changed: add --yes where nobody can be asked.") from None


def refuse_target(path: Path, settings: Settings) -> None:
    """Raise CallerError for a file that must not be replaced: no plain one, or one that Troupe works with."""
    with telling_of_files(path):
        if path.is_dir():
            raise CallerError(f"{path} is a folder: name a file in it.")
        if path.exists() and not path.is_file():
            raise CallerError(f"{path} is no file that could be replaced: name another one.")
        if path.resolve() in _files_of(settings):
            raise CallerError(f"Troupe itself works with {path}, which would be lost: name another file.")


@contextmanager
def telling_of_files(path: Path) -> Iterator[None]:
    """Say in a sentence what is wrong with a file; a full disk and a closed pipe are told elsewhere.

    Raises SettingsError.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        if tells_of_a_full_disk(error):
            raise
        raise SettingsError(f"{error.filename or path}: {error.strerror}.") from error


def _files_of(settings: Settings) -> set[Path]:
    database = find_database(settings.database_url)
    own = {Path(os.path.realpath(ENV_FILE))}
    if database is not None:
        own |= {database, key_file_of(database), tombstones_of(database), database.with_name("sandbox.db")}
        own |= {database.with_name(database.name + end) for end in _BESIDE}
    return own
