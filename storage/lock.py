"""The lock beside the database file that admits one running bot."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import SettingsError
from storage.files import make_private_file
from storage.url import find_database

_PATIENCE_SECONDS = 0.5
"""A reader holds the lock for a moment, and a new holder has yet to write who it is."""
_STEP_SECONDS = 0.02


@contextmanager
def hold_lock(url: str, info: Mapping[str, str]) -> Iterator[None]:
    """Be the one running bot of this database, and let others read ``info`` and our process number.

    The operating system lets go when the process dies, however it dies. Raises SettingsError when another
    bot is running. A database in memory needs no lock, and one on a server has room for many bots.
    """
    path = _lock_path(url)
    if path is None:
        yield
        return
    descriptor = make_private_file(path)
    try:
        if not _acquire(descriptor):
            holder = _read_info(descriptor).get("pid", "unknown")
            raise SettingsError(
                f"Troupe is already running here (process {holder}) with this database; "
                "stop it first, or give this one another DATABASE_URL."
            )
        shutil.rmtree(unfinished_of(path.with_suffix("")), ignore_errors=True)
        _write_info(descriptor, {"pid": str(os.getpid()), **info})
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def unfinished_of(database: Path) -> Path:
    """Return the folder in which a backup is made ready; whoever was killed there left people's words in it.

    Only who holds the lock works in it, and clears it away first.
    """
    return database.with_name(f"{database.name}.restoring")


def read_lock(url: str) -> dict[str, str] | None:
    """Return what the running bot said about itself; None when no bot runs with this database."""
    database = find_database(url)
    return read_lock_of(database) if database else None


def read_lock_of(database: Path) -> dict[str, str] | None:
    """Return what the running bot of a database in a file said about itself, as ``read_lock`` does."""
    path = _beside(database)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not _try(descriptor, fcntl.LOCK_SH):
            if (info := _read_info(descriptor)) or time.monotonic() > deadline:
                return info
            time.sleep(_STEP_SECONDS)
        return None
    finally:
        os.close(descriptor)


def _lock_path(url: str) -> Path | None:
    database = find_database(url)
    return _beside(database) if database else None


def _beside(database: Path) -> Path:
    return database.with_name(database.name + ".lock")


def _acquire(descriptor: int) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not _try(descriptor, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            return False
        time.sleep(_STEP_SECONDS)
    return True


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_info(descriptor: int, info: Mapping[str, str]) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(info).encode(), 0)


def _read_info(descriptor: int) -> dict[str, str]:
    try:
        found = json.loads(os.pread(descriptor, 65_536, 0) or b"{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}
