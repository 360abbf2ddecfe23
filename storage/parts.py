"""Files that are there whole or not at all: written beside their place under another name, and renamed."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.domain.errors import SettingsError
from storage.files import make_private_file

_PART = ".troupe-part"


@contextmanager
def part_beside(path: Path) -> Iterator[Path]:
    """Make an empty file that is gone afterwards, and clear away those of whoever was killed.

    Raises SettingsError.
    """
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
