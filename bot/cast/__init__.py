"""The cast: reads ``personas/``, keeps the last good version of each file, reloads on change."""

from bot.cast.live import LiveCast
from bot.cast.read import Cast, read_cast

__all__ = ["Cast", "LiveCast", "read_cast"]
