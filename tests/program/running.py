"""A program that runs beside a test, which types into it, reads what it shows, and ends it."""

import atexit
import functools
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
NUMBER_BYTES = 16
"""How long the number of a process is, and an exit code at most."""


def kept_environment() -> dict[str, str]:
    """Return what a program needs of this process's environment, and no settings."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


class Running:
    """What ``subprocess.Popen`` is for a child: this one is the child of the process that forks."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self.pid = int(line.recv(NUMBER_BYTES, socket.MSG_WAITALL))
        self.returncode: int | None = None
        """Below zero it is the signal that ended it."""

    def wait(self, seconds: float | None = None) -> int:
        """Return the exit code once it ended; raises TimeoutError, or ConnectionError if none tells it."""
        if self.returncode is None:
            self._line.settimeout(seconds)
            if not (said := self._line.recv(NUMBER_BYTES)):
                raise ConnectionResetError("Nobody is left who can tell how the program ended.")
            self.returncode = int(said)
            self._line.close()
        return self.returncode

    def has_ended(self) -> bool:
        """Whether it ended by now."""
        try:
            self.wait(0)
        except BlockingIOError:
            return False
        return True

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it ended."""
        if not self.has_ended():
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)


def start(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str], parts: Sequence[int]
) -> Running:
    """Start the program with exactly this environment; ``parts`` are its input, its output and its errors."""
    ours, theirs = socket.socketpair()
    with theirs:
        asked = json.dumps([str(folder), list(arguments), dict(environment)]).encode()
        line, _ = _forker()
        socket.send_fds(line, [len(asked).to_bytes(4, "big")], [*parts, theirs.fileno()])
        line.sendall(asked)
    return Running(ours)


@functools.cache
def _forker() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Return the line to the process that forks, and that process, which ends with this one."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.program.forking", str(theirs.fileno())],
            cwd=ROOT,
            env=kept_environment(),
            pass_fds=[theirs.fileno()],
        )
    atexit.register(_end, ours, process)
    return ours, process


def _end(line: socket.socket, process: subprocess.Popen[bytes]) -> None:
    line.close()
    process.wait()
