"""What may be a character's picture: a PNG or WebP of at most 256 KB, judged by its bytes."""

from typing import Literal

MAX_PICTURE_BYTES = 256 * 1024


def picture_kind(data: bytes) -> Literal["png", "webp", ""]:
    """Return what kind of picture these bytes begin; empty for anything but PNG and WebP."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""
