"""Making a backup: beside its place and renamed, private, checked, and safe on the disk."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.errors import BackupRefused, SettingsError
from storage.backups.sealing import Contents, Tell, seal
from storage.files import make_private_file, sync_folder
from storage.sqlite.saving import (
    as_refusal,
    carry_tombstones,
    count_tables,
    find_faults,
    key_checks,
    names_of_steps,
    open_part,
    save_file,
)
from storage.tombstones import Tombstone, TombstonesInFile, tombstones_of
from storage.url import find_database, is_postgres

_PART = ".troupe-backup-part"


def make_backup(url: str, path: Path, now: datetime, tell: Tell) -> Contents:
    """Write all that a database holds to a file, and return what that is; Troupe may run meanwhile.

    The file is there whole or not at all, and takes the place of another of its name. ``tell`` is called
    with how much of how much is done, several times over. Raises BackupRefused, SettingsError, and as it is
    whatever tells of a full disk.
    """
    source = find_database(url)
    if source is None and not is_postgres(url):
        raise BackupRefused("DATABASE_URL is a database in memory, of which there can be no backup.")
    if source is not None and not source.exists():
        raise BackupRefused(f"There is nothing to back up yet: {source} does not exist.")
    with _part_beside(path) as part:
        stones = _save(url, source, part, tell)
        contents = _describe(part, stones, now)
        seal(part, contents, tell)
        part.replace(path)
        sync_folder(path.parent)
    return contents


def _save(url: str, source: Path | None, part: Path, tell: Tell) -> list[Tombstone]:
    if source is None:
        from storage.postgres.saving import save_server

        return save_server(url, part, tell)
    save_file(source, part, tell)
    # Read after the rest: one too many of them does no harm, one too few would.
    return list(TombstonesInFile(tombstones_of(source)).read())


def _describe(part: Path, stones: list[Tombstone], now: datetime) -> Contents:
    """Look through what was written, and return what it holds. Raises BackupRefused."""
    with as_refusal("What was to be backed up is damaged"), open_part(part) as database:
        if faults := find_faults(database):
            raise BackupRefused(f"What was to be backed up is damaged: {faults}.")
        tables, steps, checks = count_tables(database), names_of_steps(database), key_checks(database)
        carry_tombstones(database, stones)
    made_at = now.astimezone(UTC).isoformat(timespec="seconds")
    return Contents(made_at, part.stat().st_size, steps, checks, tables)


@contextmanager
def _part_beside(path: Path) -> Iterator[Path]:
    """Make an empty file that is gone afterwards, and clear away those of whoever was killed."""
    folder = path.parent
    try:
        part = folder / f"{_PART}-{secrets.token_hex(4)}"
        for left in folder.glob(f"{_PART}-*"):
            _clear_away(left)
        descriptor = make_private_file(part)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield part
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
        os.close(descriptor)


def _clear_away(part: Path) -> None:
    """Delete what somebody who was killed left behind; whoever works on it still holds its lock."""
    descriptor = os.open(part, os.O_RDWR | os.O_CLOEXEC)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()
    finally:
        os.close(descriptor)
