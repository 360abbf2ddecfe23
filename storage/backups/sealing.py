"""The end of a backup: what it holds, and a digest of all of it.

After the database come a line of JSON and one that is always as long::

    {"made_at": "2026-11-28T21:25:00+00:00", "database_bytes": 409600, …}
    troupe-backup-1 00000312 9f86d0…

The number is how long the line before is, and the rest the SHA-256 of everything before it. SQLite itself
does not mind what follows a database.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from bot.domain.errors import BackupRefused

_LAST = re.compile(rb"troupe-backup-1 ([0-9]{8}) ([0-9a-f]{64})\n")
_LAST_BYTES = len("troupe-backup-1 ") + 8 + 1 + 64 + 1
_AT_ONCE_BYTES = 1 << 20
Tell = Callable[[int, int], object]
"""Called with how much of how much is done."""


def counted(tell: Tell, total: int) -> Callable[[int], None]:
    """Return what is called with how much more is done."""
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        tell(min(done, total), total)

    return advance


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds.

    ``made_at`` is ISO 8601 in UTC, ``steps`` are those of the schema, ``key_checks`` tell the keys that it
    needs from others, oldest first, and give nothing of them away; ``tables`` is how many rows each has.
    """

    made_at: str
    database_bytes: int
    steps: tuple[str, ...]
    key_checks: tuple[str, ...]
    tables: Mapping[str, int]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(self.tables.values())

    @property
    def people(self) -> int:
        """How many people it knows."""
        return self.tables.get("people", 0)


def seal(path: Path, contents: Contents, tell: Tell) -> None:
    """Write the end of a backup, and see it safe on the disk."""
    line = json.dumps(asdict(contents)).encode() + b"\n"
    with path.open("r+b") as file:
        digest = _digest(file, contents.database_bytes, tell)
        digest.update(line)
        file.seek(contents.database_bytes)
        file.truncate()
        begun = b"troupe-backup-1 %08d " % len(line)
        digest.update(begun)
        file.write(line + begun + digest.hexdigest().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_contents(path: Path, tell: Tell) -> Contents:
    """Read all of a backup, and return what it holds. Raises BackupRefused for what is not as it was made."""
    try:
        with path.open("rb") as file:
            return _read(file, path, tell)
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read: {error.strerror}.") from error


def _read(file: BinaryIO, path: Path, tell: Tell) -> Contents:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - _LAST_BYTES, 0))
    last = _LAST.fullmatch(file.read())
    if last is None:
        raise BackupRefused(
            f"{path} is no backup of troupe backup's, or one that was cut off: nothing was changed. "
            "Take another one."
        )
    digest = _digest(file, size - _LAST_BYTES, tell)
    digest.update(last[0].removesuffix(last[2] + b"\n"))
    if digest.hexdigest().encode() != last[2]:
        raise BackupRefused(
            f"{path} is damaged: it is not as it was written, and nothing was changed. Take another one."
        )
    file.seek(-_LAST_BYTES - int(last[1]), os.SEEK_END)
    found = json.loads(file.read(int(last[1])))
    return Contents(
        found["made_at"],
        found["database_bytes"],
        tuple(found["steps"]),
        tuple(found["key_checks"]),
        found["tables"],
    )


def _digest(file: BinaryIO, size: int, tell: Tell) -> "hashlib._Hash":
    file.seek(0)
    digest, done = hashlib.sha256(), 0
    while done < size and (piece := file.read(min(_AT_ONCE_BYTES, size - done))):
        digest.update(piece)
        done += len(piece)
        tell(done, size)
    return digest
