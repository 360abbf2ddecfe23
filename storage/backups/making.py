"""Making a backup: beside its place and renamed, private, checked, and safe on the disk."""

from datetime import UTC, datetime
from pathlib import Path

from bot.domain.errors import BackupRefused
from storage.backups.sealing import Contents, Tell, seal
from storage.files import sync_folder
from storage.parts import part_beside
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
    with part_beside(path) as part:
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
