"""The file ``.env``, in which ``troupe setup`` keeps what it asked for."""

import os
from pathlib import Path

from dotenv import dotenv_values, set_key

from bot.domain.errors import SettingsError

ENV_FILE = Path(".env")


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
