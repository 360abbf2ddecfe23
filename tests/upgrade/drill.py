"""Plays one upgrade: the old database, the processes of the new release, and what must be there then."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from storage.keys import new_key
from storage.sqlite.connection import connect_reader
from tests.bench.bots import ROOT
from tests.bench.measuring import p50_p99
from tests.postgres_server import run_server
from tests.upgrade.old import CALLS_EACH, TURNS, make_old_file, make_old_server

_COUNTS = """
    SELECT (SELECT count(*) FROM calls WHERE state = 'done'), (SELECT count(*) FROM conversations),
    (SELECT count(*) FROM turns), (SELECT count(*) FROM terms WHERE term = ''),
    (SELECT count(*) FROM conversations WHERE shelf IS NULL)
"""


@dataclass(frozen=True)
class Outcome:
    """What an upgrade came to; times are seconds from the moment that the new release is started."""

    where: str
    opened: float
    """When the last process was ready."""
    indexed: float
    seconds: Sequence[float]
    refused: Counter[str]
    failed: Sequence[str]
    counts: tuple[int, ...]
    """Old calls, conversations, turns, turns that are found by their words, and what is not indexed."""

    def wrong_with(self, calls: int) -> list[str]:
        """Return what is not as it has to be after an upgrade of so many calls."""
        wrong = [*self.failed, *(f"refused: {words}" for words in self.refused)]
        if self.counts != (calls, calls, calls * TURNS, calls * TURNS, 0):
            wrong.append(f"{self.counts} instead of {calls} calls with {TURNS} turns each, all indexed")
        return wrong

    def __str__(self) -> str:
        p50, p99 = p50_p99(self.seconds)
        return (
            f"{self.where}: ready after {self.opened:.1f} s, all indexed after {self.indexed:.1f} s; "
            f"{len(self.seconds):,} commands meanwhile, {len(self.failed)} failed, "
            f"{self.refused.total()} refused; p50 {p50} ms, p99 {p99} ms, longest {max(self.seconds):.1f} s"
        )


def upgrade_file(calls: int, commands: int, tell: Callable[[str], None]) -> Outcome:
    """Upgrade a file, with the one process that it has."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "troupe.db"
        make_old_file(path, calls)
        tell(f"a file of the first release, {calls:,} calls, {path.stat().st_size >> 20} MB")
        said = _play(f"sqlite:///{path}", calls, commands, 1)
        with closing(connect_reader(path)) as database:
            counts = tuple(database.execute(_COUNTS).fetchone())
    return _outcome("the file, one process", said, counts)


def upgrade_server(calls: int, commands: int, processes: int, tell: Callable[[str], None]) -> Outcome:
    """Upgrade a database on a server, with several processes that are started at once."""
    with run_server("fsync=on", "full_page_writes=on", "synchronous_commit=on", "autovacuum=on") as server:
        url = server.new_database()
        make_old_server(url, calls)
        tell(f"a server with the schema of the first release, {calls:,} calls")
        said = _play(url, calls, commands, processes)
        with psycopg.connect(url) as connection:
            counts = connection.execute(_COUNTS).fetchone() or ()
    return _outcome(f"the server, {processes} processes at once", said, counts)


def _play(url: str, calls: int, commands: int, processes: int) -> list[dict[str, Any]]:
    key, began = new_key(), time.time()
    arguments = [url, str(-(-calls // CALLS_EACH)), str(commands // processes), str(began)]
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.upgrade.worker", *arguments],
            cwd=ROOT,
            env={**os.environ, "SECRET_KEY": key},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    return [json.loads(worker.communicate()[0]) for worker in workers]


def _outcome(where: str, said: Sequence[dict[str, Any]], counts: tuple[int, ...]) -> Outcome:
    return Outcome(
        where,
        max(one["opened"] for one in said),
        max(one["indexed"] for one in said),
        [seconds for one in said for seconds in one["seconds"]],
        sum((Counter(one["refused"]) for one in said), Counter()),
        [failure for one in said for failure in one["failed"]],
        tuple(counts),
    )
