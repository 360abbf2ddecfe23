"""What members asked and were told: a file; each line is added in one write, before it counts as told."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Traces:
    """A folder in which what happens is written down."""

    folder: Path

    @property
    def journal(self) -> Path:
        """What members asked and were told."""
        return self.folder / "journal"

    @property
    def log(self) -> Path:
        """What those logged who were stopped and killed."""
        return self.folder / "log"


class Journal:
    """Written by one life after another; it outlives all of them."""

    def __init__(self, path: Path, life: int, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._life = life
        self._clock = clock

    def note(self, kind: str, to: str, **more: Any) -> None:
        """Add a line: ``asks`` before a member asks, ``told`` once answered, ``post`` for the unasked."""
        line = json.dumps(
            {"life": self._life, "at": self._clock().timestamp(), "kind": kind, "to": to, **more}
        )
        os.write(self._descriptor, line.encode() + b"\n")

    def tells_of(self, word: str) -> bool:
        """Whether a word stands in any line, whichever life wrote it."""
        return word.encode() in self._path.read_bytes()


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines; a life cannot die within one."""
    if path.exists():
        for line in path.read_text().splitlines():
            yield json.loads(line)
