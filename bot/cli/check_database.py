"""What ``troupe check`` says of the database: its schema, its key, who can read it, SQLite, and the disk."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.cli.check_index import check_index
from bot.cli.env_file import ENV_FILE
from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.errors import SettingsError
from storage.examining import Examined
from storage.keys import key_file_of
from storage.sqlite.examining import SQLITE_VERSION, examine, has_wal_reset_bug
from storage.url import find_database, is_postgres

FULL_BYTES, SCARCE_BYTES = 100_000_000, 1_000_000_000
OTHERS = 0o077
_PROCESSES = Path("/proc")
_ABOUT_KEYS = "Put the key back that the database was written with, from where you back it up."


def check_database(settings: Settings) -> Iterator[Finding]:
    """Look at what is kept and at what it is kept on; nothing of it is changed."""
    try:
        path = find_database(settings.database_url)
    except SettingsError as error:
        yield Finding("error", str(error), "Look at DATABASE_URL.")
        return
    if is_postgres(settings.database_url):
        yield from _check_server(settings)
        return
    if path is None:
        return
    yield from check_disk(_free_bytes(path), path.parent)
    yield from _modes(path)
    if not path.exists():
        return
    yield from check_sqlite(SQLITE_VERSION, path, others_with(path))
    try:
        examined = examine(path, settings.keys)
    except SettingsError as error:
        yield Finding("error", str(error), "Look at DATABASE_URL, and at the file that it names.")
        return
    yield from _what_of(examined, str(path), settings)


def _check_server(settings: Settings) -> Iterator[Finding]:
    from storage.postgres.connection import name_of
    from storage.postgres.looking import examine as examine_server

    try:
        where = name_of(settings.database_url)
        examined = examine_server(settings.database_url, settings.keys)
    except SettingsError as error:
        yield Finding("error", str(error), "Look at DATABASE_URL, and at the server that it names.")
        return
    yield from _what_of(examined, where, settings)


def _what_of(examined: Examined, path: str, settings: Settings) -> Iterator[Finding]:
    """Say what of a database keeps Troupe from starting, or will change with its next start."""
    if examined.newer:
        known = ", ".join(examined.newer)
        what = f"{path} was written by a newer Troupe (it knows {known}), so this one does not start with it."
        yield Finding("error", what, "Update Troupe, or put back a backup from before it was updated.")
        return
    if examined.lacking:
        what = f"{path} was written by an older Troupe; the next start brings it up to date."
        yield Finding("note", what, "Back it up before: an older Troupe does not start with it afterwards.")
    if examined.key_problem:
        yield Finding("error", examined.key_problem, _ABOUT_KEYS)
    yield from check_index(settings)


def check_disk(free_bytes: int, folder: Path) -> Iterator[Finding]:
    """Say that there is little room left where the database is."""
    if free_bytes >= SCARCE_BYTES:
        return
    left = f"{free_bytes // 1_000_000:,} MB are free at {folder}"
    if free_bytes < FULL_BYTES:
        what = f"Only {left}: soon no call can be placed, and no transcript kept."
        yield Finding("error", what, "Make room there now, or move the database (DATABASE_URL).")
    else:
        yield Finding("warning", f"{left}, which is little.", "Make room there before it is used up.")


def check_sqlite(version: tuple[int, ...], path: Path, others: frozenset[int]) -> Iterator[Finding]:
    """Say that this SQLite has the WAL-reset bug: a warning where several other processes use the file.

    Source: SQLite, "Write-Ahead Logging", the WAL-reset bug: 3.7.0 to 3.51.2 have it, but 3.50.7 and 3.44.6.
    It takes two connections that write or clean up in the same moment; one running Troupe writes over one.
    """
    if not has_wal_reset_bug(version):
        return
    named = ".".join(str(part) for part in version)
    what = (
        f"SQLite {named} has a rare bug that can damage a database which several processes write to at the "
        "same moment; SQLite 3.51.3 has it no more."
    )
    if len(others) > 1:
        numbers = ", ".join(str(one) for one in sorted(others))
        what += f" Several have {path} open now: {numbers}."
        yield Finding("warning", what, "Let Troupe alone use the file, or take a Python with a newer SQLite.")
    else:
        fix = "Nothing else should write to the file; a Python with a newer SQLite is safe from it."
        yield Finding("note", what, fix)


def others_with(path: Path) -> frozenset[int]:
    """Return which other processes have a file open, as far as the system lets us see (Linux)."""
    if not _PROCESSES.is_dir():
        return frozenset()
    return frozenset(
        int(folder.name)
        for folder in _PROCESSES.iterdir()
        if folder.name.isdecimal() and int(folder.name) != os.getpid() and _has_open(folder, path)
    )


def _has_open(process: Path, path: Path) -> bool:
    try:
        return any(one.readlink() == path for one in (process / "fd").iterdir())
    except OSError:
        return False  # it is somebody else's, or over already


def _modes(database: Path) -> Iterator[Finding]:
    beside = (database.with_name(database.name + end) for end in ("-wal", "-shm"))
    files = [one for one in (database, *beside, key_file_of(database), ENV_FILE) if one.exists()]
    open_files = [one for one in files if one.stat().st_mode & OTHERS]
    for one in open_files:
        what = f"Other users of this machine can read {one}: its mode is {one.stat().st_mode & 0o777:04o}."
        yield Finding("warning", what, f"chmod 600 {one}")


def _free_bytes(path: Path) -> int:
    """Return what is free where a file is, or will be once its folders are made."""
    folder = next(one for one in path.parents if one.exists())
    return shutil.disk_usage(folder).free
