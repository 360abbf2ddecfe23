"""Tombstones: what was erased, as keyed hashes beside the database, so that it outlives a backup.

They stand in a file, or on a server in a schema of their own. Each is a number, what kind of thing it was,
and its hash, as in this line of the file: ``12 talk 9f86d0…``. The database knows the number of its newest
one, so a backup that was put back knows which came after it.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.domain.errors import NotStored, SettingsError
from storage.database import Database
from storage.files import make_private_file

_PARTS = 3


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One thing that was erased.

    ``kind`` is ``person``, ``character``, ``talk``, ``fact``, or ``lines-`` and how many of a talk stay.
    """

    number: int
    kind: str
    fingerprint: str


class Tombstones(Protocol):
    """Those of one database; every call happens inside a transaction of it."""

    def read(self, database: Database, /) -> Iterator[Tombstone]:
        """Yield them in order. Raises SettingsError."""

    def newest(self, database: Database, /) -> int:
        """Return the number of the newest one, 0 where there is none. Raises SettingsError."""

    def add(self, database: Database, stones: Iterable[Tombstone], /) -> None:
        """Write them down, before what they stand for is erased. Raises NotStored."""


class TombstonesInFile:
    """The file of one database; every call happens inside a transaction that writes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, _: Database | None = None) -> Iterator[Tombstone]:
        """Yield them in order, but for a line that a power cut left unfinished. Raises SettingsError."""
        try:
            text = self._path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return
        except OSError as error:
            raise SettingsError(
                f"{self._path} says what has to stay erased, and cannot be read: {error.strerror}."
            ) from error
        for line in text.splitlines():
            parts = line.split()
            if len(parts) == _PARTS and parts[0].isdecimal():
                yield Tombstone(int(parts[0]), parts[1], parts[2])

    def newest(self, database: Database) -> int:
        """Return the number of the newest one, 0 where there is none."""
        return max((one.number for one in self.read(database)), default=0)

    def add(self, _: Database | None, stones: Iterable[Tombstone]) -> None:
        """Write them down for good, before what they stand for is erased. Raises NotStored."""
        lines = "".join(f"{one.number} {one.kind} {one.fingerprint}\n" for one in stones)
        try:
            descriptor = make_private_file(self._path)
            try:
                # An unfinished line of a power cut must not swallow the next one.
                end = os.lseek(descriptor, 0, os.SEEK_END)
                is_whole = end == 0 or os.pread(descriptor, 1, end - 1) == b"\n"
                os.write(descriptor, (lines if is_whole else f"\n{lines}").encode("ascii"))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except (OSError, SettingsError) as error:
            raise NotStored(f"Nothing was changed: {self._path.name} cannot be written.") from error


def tombstones_of(database: Path) -> Path:
    """Return where the tombstones of a database stand."""
    return database.with_name(f"{database.name}.erased")
