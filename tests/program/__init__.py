"""``troupe`` as it is typed, in a process of its own: arguments, settings, standard input, output, exit code.

A process that has read the program's modules forks for each run, which spares a second of reading them anew;
what differs from a fresh one is that alone. ``make run`` and the tests of signals start fresh ones.
"""

import functools
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio.to_thread

ROOT = Path(__file__).parents[2]
PERSONAS = ROOT / "personas"
PATIENCE_SECONDS = 100


def kept_environment() -> dict[str, str]:
    """Return what a program needs of this process's environment, and no settings."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def troupe(
    folder: Path, *arguments: str, typed: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder, with these settings and nothing else, and wait for its end."""
    defaults = {"PERSONAS_DIR": str(PERSONAS), "LISTEN": "127.0.0.1:0", "COLUMNS": "200"}
    return run(folder, arguments, {**kept_environment(), **defaults, **settings}, typed)


def run(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str], typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the program with exactly this environment; what it printed may hold what is no text."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        said.write(typed.encode())
        said.seek(0)
        asked = json.dumps([str(folder), list(arguments), dict(environment)]).encode()
        with ours:
            with theirs:
                parts = [said.fileno(), out.fileno(), err.fileno(), theirs.fileno()]
                line, _ = _forker()
                socket.send_fds(line, [len(asked).to_bytes(4, "big")], parts)
                line.sendall(asked)
            ours.settimeout(PATIENCE_SECONDS)
            code = int(ours.recv(16))
        printed = []
        for file in (out, err):
            file.seek(0)
            printed.append(file.read().decode(errors="replace"))
    return subprocess.CompletedProcess(["troupe", *arguments], code, *printed)


async def beside(
    runs: Callable[..., subprocess.CompletedProcess[str]], *given: Any
) -> subprocess.CompletedProcess[str]:
    """Run it beside what this process's event loop serves."""
    return await anyio.to_thread.run_sync(functools.partial(runs, *given))


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
    return ours, process
