"""Whether the keys at hand are those that the database was written with: a check value in it tells."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bot.domain.errors import NotStored, SettingsError
from storage.database import Database
from storage.keys import key_file_of, make_keys, new_key, read_keys
from storage.rooms.notes import keep_setting
from storage.sqlite.thread import DatabaseThread
from storage.vault import Vault

_NAME = "secret_key"


async def open_vault(writer: DatabaseThread, path: Path | None, keys: Sequence[str]) -> Vault:
    """Open the vault of a database with the operator's keys, else with those of its key file.

    A database that has no check value yet gets one, and its key file before it. Raises SettingsError when
    a key that was in use is missing; a key that was never in use is taken up.
    """
    if path is None:
        return Vault(keys or [new_key()])
    try:
        if vault := await writer.read(partial(_find, path=path, keys=keys)):
            return vault
        return await writer.write(partial(_take_up, path=path, keys=keys))
    except NotStored as error:
        raise SettingsError(f"{path} cannot be used: {error}") from error


def check_keys(database: Database, path: Path, keys: Sequence[str]) -> None:
    """Raise SettingsError where a key that was in use is missing; changes nothing."""
    if stored := _read_checks(database):
        _matching(stored, path, keys or read_keys(path, makes_private=False), is_set=bool(keys))


def _find(database: Database, path: Path, keys: Sequence[str]) -> Vault | None:
    """Return the vault if the check value says all that it should."""
    stored = _read_checks(database)
    if not stored:
        return None
    vault = _matching(stored, path, keys or read_keys(path), is_set=bool(keys))
    return vault if vault.checks == stored else None


def _take_up(database: Database, path: Path, keys: Sequence[str]) -> Vault:
    """Write the check value of a new database, or of one that has new keys."""
    stored = _read_checks(database)
    if stored:
        vault = _matching(stored, path, keys or read_keys(path), is_set=bool(keys))
    else:
        vault = Vault(keys or make_keys(path))
    keep_setting(database, _NAME, " ".join(vault.checks))
    return vault


def _matching(stored: tuple[str, ...], path: Path, at_hand: Sequence[str], *, is_set: bool) -> Vault:
    """Return the vault of the keys at hand, which ``SECRET_KEY`` has where ``is_set``, else the key file."""
    file = key_file_of(path)
    if not at_hand:
        raise SettingsError(
            f"{file} is missing, and {path} cannot be read without the key in it: put that file back, "
            "or set SECRET_KEY to what it held."
        )
    vault = Vault(at_hand)
    if vault.checks[: len(stored)] != stored:
        source = "SECRET_KEY" if is_set else str(file)
        place = f" A key of it may stand in {file}." if is_set and file.exists() else ""
        raise SettingsError(
            f"{source} is not what {path} was written with: put every key back that it had, in the same "
            f"order; a new one goes first, with a comma.{place}"
        )
    return vault


def _read_checks(database: Database) -> tuple[str, ...]:
    row = database.execute("SELECT value FROM settings WHERE name = ?", (_NAME,)).fetchone()
    return tuple(row[0].split()) if row else ()
