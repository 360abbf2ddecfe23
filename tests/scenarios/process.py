"""`troupe console` as a process of its own, for tests that kill it."""

import os
import queue
import signal
import threading
import time
from pathlib import Path
from typing import Self

from tests.program import PERSONAS, kept_environment, start

PATIENCE_SECONDS = 60.0


class ConsoleProcess:
    """A running console that reads plain lines; use it as a context manager."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        settings = {
            "PERSONAS_DIR": str(PERSONAS),
            "DATABASE_URL": f"sqlite:///{folder}/troupe.db",
            "LISTEN": "127.0.0.1:0",
            "COLUMNS": "200",
            "PYTHONUNBUFFERED": "1",
        }
        read, write = os.pipe()
        shown, show = os.pipe()
        self._process = start(
            folder, ["console", *arguments], kept_environment() | settings, [read, show, show]
        )
        for end in (read, show):
            os.close(end)
        self._typed, self._shown = os.fdopen(write, "w"), os.fdopen(shown)
        self._lines: queue.Queue[str] = queue.Queue()
        self.seen = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    def types(self, line: str) -> None:
        """Type a line."""
        self._typed.write(line + "\n")
        self._typed.flush()

    def shows(self, words: str) -> str:
        """Wait until these words were shown; return everything so far."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0, f"{words!r} was not shown in:\n{self.seen}"
            try:
                self.seen += self._lines.get(timeout=min(left, 1.0))
            except queue.Empty:
                assert not self._process.has_ended() or not self._lines.empty(), f"it ended:\n{self.seen}"
        return self.seen

    def link(self) -> str:
        """Return the newest address that was shown."""
        return [line for line in self.seen.splitlines() if line.startswith("http")][-1].strip()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()
        self._reader.join(5)
        while not self._lines.empty():
            self.seen += self._lines.get()
        self._typed.close()
        self._shown.close()

    def is_told_to_stop(self) -> int:
        """Stop it as an operator does, and return the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE_SECONDS)

    def leaves(self) -> int:
        """End the input and return the exit code."""
        self._typed.close()
        return self._process.wait(PATIENCE_SECONDS)

    def _read(self) -> None:
        for line in self._shown:
            self._lines.put(line)
