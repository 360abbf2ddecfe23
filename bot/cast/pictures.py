"""A character's picture, beside its file: never outside the folder, never larger than it may be."""

import logging
from pathlib import Path

from bot.domain.picture import MAX_PICTURE_BYTES, picture_kind

log = logging.getLogger(__name__)


def read_picture(folder: Path, name: str) -> bytes:
    """Return the file's bytes; none if it is not there, too large, or a link that leads out of the folder."""
    try:
        path = (folder / name).resolve(strict=True)
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return b""
        with path.open("rb") as file:
            data = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        log.warning("cannot read the picture %s: %s", name, error.strerror)
        return b""
    if len(data) > MAX_PICTURE_BYTES or not picture_kind(data):
        log.warning("the picture %s cannot be shown", name)
        return b""
    return data
