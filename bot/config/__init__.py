"""Settings: the only reader of the environment and of ``.env``."""

from bot.config.reading import read_settings
from bot.config.settings import Settings

__all__ = ["Settings", "read_settings"]
