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

    Raises SettingsError where the file cannot be written.
    """
    try:
        os.close(os.open(ENV_FILE, os.O_CREAT | os.O_WRONLY, 0o600))
        ENV_FILE.chmod(0o600)
        set_key(ENV_FILE, name, value, quote_mode="never")
        ENV_FILE.chmod(0o600)
    except OSError as error:
        raise SettingsError(f"{ENV_FILE} cannot be written: {error.strerror}. Nothing was changed.") from None
