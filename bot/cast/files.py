"""Reads one file of the folder with care: inside it, of bounded size, UTF-8, without invisible characters."""

from collections.abc import Sequence
from pathlib import Path

from bot.cast.document import Finding, line_and_column, unseen_reason
from bot.domain.picture import MAX_PICTURE_BYTES, picture_kind
from bot.domain.unseen import find_unseen

MAX_FILE_BYTES = 64 * 1024


class FileRefused(Exception):
    """A file that cannot be used at all, with the place where that shows."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.finding = Finding(line, column, reason)


def read_text(path: Path, folder: Path) -> str:
    """Return a file's text exactly as it is on disk. Raises FileRefused."""
    data = _read_bytes(path, folder, MAX_FILE_BYTES, "this file")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = normal(data[: error.start].decode())
        place = line_and_column(before, len(before))
        how = "save the file with the encoding UTF-8 (in Notepad: Save as, then Encoding)"
        raise FileRefused(f"this is not UTF-8; {how}", *place) from None
    unseen = find_unseen(normal(text))
    if unseen:
        place = line_and_column(normal(text), unseen.start())
        raise FileRefused(unseen_reason(unseen.group(0)), *place)
    return text


def normal(text: str) -> str:
    """Return a file's text with line feeds only and without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def picture_findings(name: str, folder: Path, spot: tuple[int, int]) -> Sequence[Finding]:
    """Say what is wrong with a persona's picture; ``spot`` is where the persona names it."""
    try:
        data = _read_bytes(folder / name, folder, MAX_PICTURE_BYTES, f"picture {name!r}")
    except FileRefused as refused:
        return [Finding(*spot, refused.finding.reason)]
    found = picture_kind(data)
    if not found:
        return [Finding(*spot, f"picture {name!r} is neither PNG nor WebP inside; save it as one of them")]
    if not name.endswith(found):
        return [
            Finding(*spot, f"picture {name!r} is {found.upper()} inside; name it so that it ends in .{found}")
        ]
    return []


def _read_bytes(path: Path, folder: Path, most: int, what: str) -> bytes:
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise FileRefused(f"{what} leads out of the folder; put the file itself there, not a link")
        if not real.is_file():
            raise FileRefused(f"{what} is a folder or a device, not a file; move it away")
        with real.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        raise FileRefused(f"{what} was not found in the folder; add it, or correct the name") from None
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise FileRefused(f"{what} cannot be read ({reason}); check the file and its permissions") from None
    if len(data) > most:
        raise FileRefused(f"{what} is larger than {most // 1024} KB; make it smaller")
    return data
