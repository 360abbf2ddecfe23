"""Looking at a database file without changing anything of it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.domain.errors import SettingsError
from storage.examining import Examined
from storage.keyring import check_keys
from storage.schema import migrations
from storage.sqlite.connection import as_settings_error, connect_reader, find_newer_steps

SQLITE_VERSION = sqlite3.sqlite_version_info[:3]


def examine(path: Path, keys: Sequence[str]) -> Examined:
    """Look at the file of a database; ``keys`` are SECRET_KEY's. Raises SettingsError if it is none."""
    with as_settings_error(path), closing(connect_reader(path)) as database:
        if newer := find_newer_steps(database):
            return Examined(tuple(newer))
        lacking = len(migrations.pending(database))
        if lacking:
            return Examined(lacking=lacking)
        try:
            check_keys(database, path, keys)
        except SettingsError as error:
            return Examined(key_problem=str(error))
    return Examined()


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Whether an SQLite has the WAL-reset bug: those that it was mended in, and all after 3.51.2, have not.

    Source: SQLite, "Write-Ahead Logging", the WAL-reset bug.
    """
    if version[:2] == (3, 44):
        return version < (3, 44, 6)
    if version[:2] == (3, 50):
        return version < (3, 50, 7)
    return (3, 7, 0) <= version < (3, 51, 3)
