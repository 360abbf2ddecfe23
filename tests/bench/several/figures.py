"""The part that is printed: 1, 2 and 4 processes on one server, at one size after the other."""

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.bench.bots import ROOT
from tests.bench.measuring import p50_p99, show
from tests.bench.several.filling import PEOPLE, fill_file, fill_server, multiply
from tests.postgres_server import run_server

SIZES = "BENCH_SEVERAL_SIZES"
"""The environment variable that says how many thousand people there are, such as ``1,10,100``."""
ACTS = {"call": 400, "webhook": 800, "transcript": 200, "recall": 400}
"""What is measured, and how often at each size by all processes together."""
DURABLE = (
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "autovacuum=on",
    "shared_buffers=1GB",
    "max_wal_size=4GB",
)
_MIB = 2**20


@dataclass(frozen=True)
class Size:
    """How many thousand people, how many processes, how often each thing is done, and what each has said."""

    thousands: tuple[int, ...] = (1, 10)
    processes: tuple[int, ...] = (1, 2, 4)
    acts: dict[str, int] = field(default_factory=lambda: dict(ACTS))
    turns: int = 100


@dataclass(frozen=True)
class Figure:
    """Seconds of each act of one kind, how long all took, and what it was done on."""

    where: str
    processes: int
    act: str
    seconds: Sequence[float]
    lasted: float
    megabytes: float
    """Resident memory of one process, afterwards."""

    def __str__(self) -> str:
        p50, p99 = p50_p99(self.seconds)
        return (
            f"{self.where}, {self.processes} at once: {self.act} {self.rate:,.0f} a second, p50 {p50} ms, "
            f"p99 {p99} ms, {self.megabytes:.0f} MB each"
        )

    @property
    def rate(self) -> float:
        """How many were done in a second."""
        return len(self.seconds) / self.lasted


def run() -> None:
    """Print throughput, p50 and p99 at each size, beside one process with its file."""
    thousands = tuple(int(one) for one in os.environ.get(SIZES, "1,10").split(","))
    show_figures(measure(Size(thousands)))


def measure(size: Size) -> list[Figure]:
    """Fill a file and a server, and let processes work on them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        file = asyncio.run(fill_file(folder, size.turns))
        key = (folder / "troupe.key").read_text().strip()
        server = stack.enter_context(run_server(*DURABLE))
        url = server.new_database()
        fill_server(folder, url)
        figures = list(_work("the file, 1,000 people", file, key, PEOPLE, 1, size))
        had = 1
        for thousands in size.thousands:
            multiply(url, had, thousands, lambda words: print(words, file=sys.stderr, flush=True))
            had = thousands
            where = f"{thousands * PEOPLE:,} people, {thousands * PEOPLE * size.turns:,} turns"
            print(f"{where}: {_megabytes_of(url):,.0f} MB on the server", flush=True)
            for processes in size.processes:
                figures += _work(where, url, key, thousands * PEOPLE, processes, size)
        return figures


def show_figures(figures: Sequence[Figure]) -> None:
    """Print a table for every act."""
    for act in dict.fromkeys(one.act for one in figures):
        rows = [
            (one.where, str(one.processes), f"{one.rate:,.0f}", *p50_p99(one.seconds), f"{one.megabytes:.0f}")
            for one in figures
            if one.act == act
        ]
        show(
            f"{act}, four in hand in each process",
            ("stored", "processes", "a second", "p50 ms", "p99 ms", "MB each"),
            rows,
        )


def _work(where: str, url: str, key: str, people: int, processes: int, size: Size) -> Iterator[Figure]:
    with ExitStack() as stack:
        workers = [stack.enter_context(_worker(url, key, people, number)) for number in range(processes)]
        for act, count in size.acts.items():
            for worker in workers:
                _tell(worker, f"{act} {count // processes}")
            for worker in workers:
                assert _hear(worker) == "ready"
            began = time.perf_counter()
            for worker in workers:
                _tell(worker, "go")
            seconds = [one for worker in workers for one in json.loads(_hear(worker))]
            lasted = time.perf_counter() - began
            resident = max(_resident(worker.pid) for worker in workers)
            figure = Figure(where, processes, act, seconds, lasted, resident)
            print(figure, file=sys.stderr, flush=True)
            yield figure


@contextmanager
def _worker(url: str, key: str, people: int, number: int) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.several.worker", url, str(people), f"{number} {time.time_ns()}"],
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": key},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert _hear(worker) == "ready"
        yield worker
        assert worker.stdin is not None
        worker.stdin.close()


def _tell(worker: "subprocess.Popen[str]", line: str) -> None:
    assert worker.stdin is not None
    worker.stdin.write(f"{line}\n")
    worker.stdin.flush()


def _hear(worker: "subprocess.Popen[str]") -> str:
    assert worker.stdout is not None
    line = worker.stdout.readline().strip()
    if not line:
        raise RuntimeError("A process of the bench ended; what it said stands above.")
    return line


def _resident(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def _megabytes_of(url: str) -> float:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchone()
    return float(row[0]) / _MIB if row else 0.0
