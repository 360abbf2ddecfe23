"""The bots as processes of their own, and what the kernel knows of them."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PATIENCE_SECONDS = 60
ROOT = Path(__file__).resolve().parents[2]
PERSONAS = ROOT / "personas"
TROUPE = ("-m", "bot", "run")
TICKS = os.sysconf("SC_CLK_TCK")


class BotProcess:
    """A running bot; what it says goes into a file beside its database."""

    def __init__(self, folder: Path, arguments: tuple[str, ...], settings: Mapping[str, str]) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._said = folder / f"{arguments[0].strip('-')}.log"
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=folder,
                env={**kept, "PYTHONPATH": str(ROOT), **settings},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    @property
    def said(self) -> str:
        """All that it wrote, to whichever of the two outputs."""
        return self._said.read_text()

    def megabytes(self) -> float:
        """Return how much memory is resident."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self._process.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0

    def cpu_seconds(self) -> float:
        """Return how long it has computed, in all threads."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def check(self) -> None:
        """Raise RuntimeError if it ended on its own."""
        if self._process.poll() is not None:
            raise RuntimeError(f"A bot ended with {self._process.returncode}:\n{self.said}")

    async def stop(self) -> None:
        """Stop it as an operator does."""
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, PATIENCE_SECONDS)
        finally:
            self._process.kill()
