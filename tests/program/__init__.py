"""``troupe`` as it is typed, in a process of its own: arguments, settings, standard input, output, exit code.

A process that has read the program's modules forks for each run, which spares a second of reading them anew;
what differs from a fresh one is that alone. ``make run`` and what asks at a terminal start fresh ones.
"""

import functools
import os
import pty
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio.to_thread

from tests.program.running import ROOT, Running, kept_environment, start

PERSONAS = ROOT / "personas"
PATIENCE_SECONDS = 100


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
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        said.write(typed.encode())
        said.seek(0)
        running = start(folder, arguments, environment, [file.fileno() for file in (said, out, err)])
        code = running.wait(PATIENCE_SECONDS)
        printed = []
        for file in (out, err):
            file.seek(0)
            printed.append(file.read().decode(errors="replace"))
    return subprocess.CompletedProcess(["troupe", *arguments], code, *printed)


def at_a_terminal(folder: Path, *arguments: str, answers: Sequence[str], **settings: str) -> tuple[int, str]:
    """Run the program at a terminal, type the answers, and return the exit code and what was shown."""
    ours, theirs = pty.openpty()
    defaults = {"PERSONAS_DIR": str(PERSONAS), "LISTEN": "127.0.0.1:0", "TERM": "dumb"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**kept_environment(), "PYTHONPATH": str(ROOT), **defaults, **settings},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
        seen = b""
        while part := shown(ours):
            seen += part
        os.close(ours)
    return process.returncode, seen.decode(errors="replace")


def shown(terminal: int) -> bytes:
    """Return what a terminal shows next, nothing once it is closed."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


async def beside(
    runs: Callable[..., subprocess.CompletedProcess[str]], *given: Any
) -> subprocess.CompletedProcess[str]:
    """Run it beside what this process's event loop serves."""
    return await anyio.to_thread.run_sync(functools.partial(runs, *given))


__all__ = [
    "PERSONAS",
    "ROOT",
    "Running",
    "at_a_terminal",
    "beside",
    "kept_environment",
    "run",
    "shown",
    "start",
    "troupe",
]
