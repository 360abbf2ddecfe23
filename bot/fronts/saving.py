"""A file that the terminal keeps for whoever sits there: for them alone, and in the place of no other."""

import os
from itertools import count
from pathlib import Path

from bot.domain.errors import CallerError
from bot.domain.reply import Download


async def save(download: Download, folder: Path) -> Path:
    """Write a file and return where; one that is there already stays, and a name of ours gets a number.

    Raises CallerError where it cannot be written; nothing of it is left then.
    """
    path, file = _create(download, folder)
    try:
        with os.fdopen(file, "wb") as written:
            async for piece in download.pieces():
                written.write(piece)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _refusal(path, error) from None
        raise
    return path


def _create(download: Download, folder: Path) -> tuple[Path, int]:
    wanted = folder / Path(download.name).expanduser()
    for number in count(1):
        path = wanted if number == 1 else wanted.with_stem(f"{wanted.stem}-{number}")
        try:
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if download.is_named:
                raise CallerError(
                    f"{path} is there already, so it was left as it is. Name another."
                ) from None
        except OSError as error:
            raise _refusal(path, error) from None
    raise AssertionError("counting never ends")


def _refusal(path: Path, error: OSError) -> CallerError:
    return CallerError(f"{path} cannot be written ({error.strerror}): name another file.")
