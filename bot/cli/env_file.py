"""The file ``.env``, in which ``troupe setup`` keeps what it asked for."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values, set_key

from bot.domain.errors import SettingsError

ENV_FILE = Path(".env")


@contextmanager
def alone() -> Iterator[None]:
    """Be the only one who sets Troupe up in this folder: two would make a webhook each, and keep one secret.

    The operating system lets go when the process ends. Raises SettingsError where somebody else is at it.
    """
    folder = os.open(ENV_FILE.absolute().parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise SettingsError(
            "Somebody is setting Troupe up in this folder at this moment: run this again when that is done."
        ) from None
    except OSError:  # where the file system locks no folders, everybody is alone
        pass
    try:
        yield
    finally:
        os.close(folder)


def is_written(name: str, value: str) -> bool:
    """Whether a setting stands in the file like this; one that is nowhere counts as empty."""
    there = dotenv_values(ENV_FILE, interpolate=False) if ENV_FILE.is_file() else {}
    return (there.get(name) or "") == value


def write_setting(name: str, value: str) -> None:
    """Write a setting into ``.env``, in place of the line that has it, readable by its owner alone.

    Where ``.env`` is a link, the file that it leads to is written. Raises SettingsError where that cannot be.
    """
    file = Path(os.path.realpath(ENV_FILE))
    try:
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        file.chmod(0o600)
        set_key(file, name, value, quote_mode="never")
        file.chmod(0o600)
    except OSError as error:
        raise SettingsError(f"{ENV_FILE} cannot be written: {error.strerror}. Nothing was changed.") from None
