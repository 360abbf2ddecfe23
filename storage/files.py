"""Files that nobody but the operator may read."""

import os
from pathlib import Path

from bot.domain.errors import SettingsError

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


def make_private_file(path: Path) -> int:
    """Open a file for reading and writing, make it and its folders if missing, and return its descriptor.

    The mode becomes 0600, of new folders 0700. Raises SettingsError.
    """
    try:
        _make_folders(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
    except OSError as error:
        raise SettingsError(f"{path} cannot be opened: {error.strerror}.") from error
    try:
        os.fchmod(descriptor, _FILE_MODE)
    except OSError as error:
        os.close(descriptor)
        raise SettingsError(f"{path} cannot be made private: {error.strerror}.") from error
    return descriptor


def sync_folder(folder: Path) -> None:
    """See the names in a folder safe on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_folders(folder: Path) -> None:
    if not folder.exists():
        _make_folders(folder.parent)
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
