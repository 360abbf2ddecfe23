"""From `troupe console` to its first prompt, next to Python itself and to importing the libraries alone."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measuring import show
from tests.scenarios.process import ConsoleProcess

ROUNDS = 7
LIBRARIES = (
    "import aiohttp.web, httpx, pydantic_settings, sqlite_utils, click, rich.console, prompt_toolkit, jinja2"
)


def run() -> None:
    """Print seconds and resident memory."""
    rows = [
        ("python -c pass", *_child("pass"), ""),
        ("importing the libraries alone", *_child(LIBRARIES), ""),
        ("troupe console to the first prompt", *_console(), "under 2 s and 120 MB"),
    ]
    show(f"Start, median of {ROUNDS}", ("what", "seconds", "MB resident", "aim"), rows)


def _console() -> tuple[str, str]:
    seconds, megabytes = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            with ConsoleProcess(Path(folder), "--as", "mira") as console:
                console.shows("/quit leaves")
                seconds.append(time.perf_counter() - began)
                megabytes.append(_resident(console.pid))
    return f"{statistics.median(seconds):.2f}", f"{statistics.median(megabytes):.0f}"


def _child(code: str) -> tuple[str, str]:
    seconds, megabytes = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        told = subprocess.run(
            [sys.executable, "-c", f"{code}\nprint(open('/proc/self/status').read())"],
            capture_output=True,
            text=True,
            check=True,
            env={"PATH": os.environ["PATH"]},
        ).stdout
        seconds.append(time.perf_counter() - began)
        megabytes.append(_megabytes(told))
    return f"{statistics.median(seconds):.2f}", f"{statistics.median(megabytes):.0f}"


def _resident(pid: int) -> float:
    return _megabytes(Path(f"/proc/{pid}/status").read_text())


def _megabytes(status: str) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found.group(1)) / 1024 if found else 0.0
