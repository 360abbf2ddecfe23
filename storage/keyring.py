"""Whether the keys at hand are those that the database was written with: a check value in it tells."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bot.domain.errors import NotStored, SettingsError
from storage.database import Database, Engine
from storage.keys import key_file_of, make_keys, read_keys
from storage.rooms.notes import keep_setting
from storage.vault import Vault

_NAME = "secret_key"
Place = Path | str
"""A database file, or which server's database it is, in words: that has no key file."""


async def open_vault(writer: Engine, place: Place, keys: Sequence[str]) -> Vault:
    """Open the vault of a database with the operator's keys, else with those of its key file.

    A database that has no check value yet gets one, and its key file before it. Raises SettingsError when
    a key that was in use is missing; a key that was never in use is taken up.
    """
    try:
        if vault := await writer.read(partial(_find, place=place, keys=keys)):
            return vault
        return await writer.write(partial(_take_up, place=place, keys=keys))
    except NotStored as error:
        raise SettingsError(f"{place} cannot be used: {error}") from error


def check_keys(database: Database, place: Place, keys: Sequence[str]) -> None:
    """Raise SettingsError where a key that was in use is missing; changes nothing."""
    keys_for(read_checks(database), place, keys)


def keys_for(stored: tuple[str, ...], place: Place, keys: Sequence[str], what: str = "") -> Sequence[str]:
    """Return the keys at hand, for what these values were stored with; changes nothing.

    ``what`` is that, where it is not the database at ``place``. Raises SettingsError where a key is missing.
    """
    at_hand = keys or _in_file(place, makes_private=False)
    if stored:
        _matching(stored, place, at_hand, is_set=bool(keys), what=what)
    return at_hand


def _find(database: Database, place: Place, keys: Sequence[str]) -> Vault | None:
    """Return the vault if the check value says all that it should."""
    stored = read_checks(database)
    if not stored:
        return None
    vault = _matching(stored, place, keys or _in_file(place), is_set=bool(keys))
    return vault if vault.checks == stored else None


def _take_up(database: Database, place: Place, keys: Sequence[str]) -> Vault:
    """Write the check value of a new database, or of one that has new keys."""
    stored = read_checks(database)
    if stored:
        vault = _matching(stored, place, keys or _in_file(place), is_set=bool(keys))
    else:
        vault = Vault(keys or _make(place))
    keep_setting(database, _NAME, " ".join(vault.checks))
    return vault


def _in_file(place: Place, *, makes_private: bool = True) -> tuple[str, ...]:
    return read_keys(place, makes_private=makes_private) if isinstance(place, Path) else ()


def _make(place: Place) -> Sequence[str]:
    if isinstance(place, Path):
        return make_keys(place)
    raise SettingsError(
        f"SECRET_KEY is not set, and {place} has no file beside it that a key could stand in. Set it, the "
        "same for every process, and keep it apart from the database; this makes one: python -c "
        '"import secrets; print(secrets.token_urlsafe(32))"'
    )


def _matching(
    stored: tuple[str, ...], place: Place, at_hand: Sequence[str], *, is_set: bool, what: str = ""
) -> Vault:
    """Return the vault of the keys at hand, which ``SECRET_KEY`` has where ``is_set``, else the key file."""
    what = what or str(place)
    file = key_file_of(place) if isinstance(place, Path) else None
    if not at_hand:
        missing = "SECRET_KEY is not set" if file is None else f"{file} is missing"
        remedy = "set it to" if file is None else "put that file back, or set SECRET_KEY to"
        raise SettingsError(
            f"{missing}, and {what} cannot be read without the key in it: {remedy} what it held."
        )
    vault = Vault(at_hand)
    if vault.checks[: len(stored)] != stored:
        source = "SECRET_KEY" if is_set else str(file)
        hint = f" A key of it may stand in {file}." if is_set and file and file.exists() else ""
        raise SettingsError(
            f"{source} is not what {what} was written with: put every key back that it had, in the same "
            f"order; a new one goes first, with a comma.{hint}"
        )
    return vault


def read_checks(database: Database) -> tuple[str, ...]:
    """Return the values that tell the keys of a database, oldest first; none before it was used."""
    row = database.execute("SELECT value FROM settings WHERE name = ?", (_NAME,)).fetchone()
    return tuple(row[0].split()) if row else ()
