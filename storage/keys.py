"""The file of the secret key, for those who set none: beside the database, private, and made once."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from bot.domain.errors import SettingsError
from storage.files import make_private_file, sync_folder

KEY_CHARACTERS = 32
"""The least length of a key."""
_SUFFIX = ".key"
_MOST_BYTES = 65_536
_OTHERS = 0o077


def new_key() -> str:
    """Return 256 random bits as text."""
    return secrets.token_urlsafe(32)


def key_file_of(database: Path) -> Path:
    """Return where the key of a database is kept: ``troupe.key`` for ``troupe.db``."""
    beside = database.with_suffix(_SUFFIX)
    return beside if beside != database else database.with_name(database.name + _SUFFIX)


def read_keys(database: Path, *, makes_private: bool = True) -> tuple[str, ...]:
    """Return the keys in the file, newest first and separated by commas there; none if there is no file.

    A file that others could read is made private, unless nothing is to be changed. Raises SettingsError.
    """
    path = key_file_of(database)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SettingsError(f"{path} cannot be opened: {error.strerror}.") from error
    try:
        if makes_private and os.fstat(descriptor).st_mode & _OTHERS:
            os.fchmod(descriptor, 0o600)
        written = os.read(descriptor, _MOST_BYTES)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read or made private: {error.strerror}.") from error
    finally:
        os.close(descriptor)
    keys = tuple(key.strip() for key in written.decode("utf-8", "replace").split(","))
    if not all(len(key) >= KEY_CHARACTERS and key.isascii() and key.isprintable() for key in keys):
        raise SettingsError(
            f"{path} is empty or damaged: put back the one that belongs to this database, "
            f"or remove it if the database is new."
        )
    return keys


def make_keys(database: Path) -> tuple[str, ...]:
    """Return the keys in the file, which is made if it is missing and is safe on the disk afterwards.

    A file appears whole or not at all, and never in place of another. The caller holds the database's write
    lock, so that nobody else works on the unfinished file, which is named after the database.
    Raises SettingsError.
    """
    path = key_file_of(database)
    unfinished = database.with_name(database.name + ".key-unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        if not path.exists():
            _write(unfinished, new_key())
            with suppress(FileExistsError):
                os.link(unfinished, path, follow_symlinks=False)
            unfinished.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be made: {error.strerror}. Set SECRET_KEY if it shall not be kept there."
        ) from error
    if keys := read_keys(database):
        return keys
    raise SettingsError(f"{path} leads nowhere; remove it, or put the key where it leads.")


def _write(path: Path, key: str) -> None:
    descriptor = make_private_file(path)
    try:
        os.write(descriptor, f"{key}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
