"""Plays upgrades: the old database, the processes of this release and the next, and what must be there."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
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
    older: tuple[int, int, int] = (0, 0, 0)
    """How many commands the processes of a release answered before, while and after the next one came."""
    changed: float = 0.0
    """After how many seconds the next one was ready beside them."""

    def wrong_with(self, calls: int) -> list[str]:
        """Return what is not as it has to be after an upgrade of so many calls."""
        wrong = [*self.failed, *(f"refused: {words}" for words in self.refused)]
        if self.counts != (calls, calls, calls * TURNS, calls * TURNS, 0):
            wrong.append(f"{self.counts} instead of {calls} calls with {TURNS} turns each, all indexed")
        return wrong

    def __str__(self) -> str:
        p50, p99 = p50_p99(self.seconds)
        before, meanwhile, after = self.older
        return (
            f"{self.where}: ready after {self.opened:.1f} s, all indexed after {self.indexed:.1f} s; "
            f"{len(self.seconds):,} commands meanwhile, {len(self.failed)} failed, "
            f"{self.refused.total()} refused; p50 {p50} ms, p99 {p99} ms, longest {max(self.seconds):.1f} s"
        ) + (
            f"; the next release was ready beside them after {self.changed:.1f} s, and of these commands "
            f"they answered {before:,} before, {meanwhile:,} until then and {after:,} after it"
            if after
            else ""
        )


def upgrade_file(calls: int, commands: int, tell: Callable[[str], None]) -> Outcome:
    """Upgrade a file, with the one process that it has."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "troupe.db"
        make_old_file(path, calls)
        tell(f"a file of the first release, {calls:,} calls, {path.stat().st_size >> 20} MB")
        play = _Play(f"sqlite:///{path}", calls, commands)
        only = play.start()
        play.ask([only])
        said = play.end([only])
        with closing(connect_reader(path)) as database:
            counts = tuple(database.execute(_COUNTS).fetchone())
    return _outcome("the file, one process", play.began, said, counts)


def upgrade_server(calls: int, commands: int, processes: int, tell: Callable[[str], None]) -> Outcome:
    """Upgrade a database on a server twice: to this release, and to the next one while this one is asked.

    First several processes are started at once. The next release is this one with a step more; it comes while
    members ask these processes, who go on being asked for as much again, and are ended then.
    """
    with run_server("fsync=on", "full_page_writes=on", "synchronous_commit=on", "autovacuum=on") as server:
        url = server.new_database()
        make_old_server(url, calls)
        tell(f"a server with the schema of the first release, {calls:,} calls")
        play = _Play(url, calls, commands // processes)
        these = [play.start() for _ in range(processes)]
        play.ask(these)
        tell("the processes of this release are there; the next release comes while they are asked")
        came = time.time()
        newer = play.start("newer")
        play.ask([newer])
        play.ask(these)
        said = play.end(these)
        play.ask([newer])
        (last,) = play.end([newer])
        with psycopg.connect(url) as connection:
            counts = connection.execute(_COUNTS).fetchone() or ()
    ends = [at for one in said for at in one["ended_at"]]
    before, until = sum(at < came for at in ends), sum(at < last["opened"] for at in ends)
    return replace(
        _outcome(f"the server, {processes} processes at once", play.began, said, counts),
        seconds=[seconds for one in (*said, last) for seconds in one["seconds"]],
        failed=[failure for one in (*said, last) for failure in one["failed"]],
        refused=sum((Counter(one["refused"]) for one in (*said, last)), Counter()),
        older=(before, until - before, len(ends) - until),
        changed=last["opened"] - came,
    )


class _Play:
    """Processes that members ask, each for a share of commands at a time."""

    def __init__(self, url: str, calls: int, share: int) -> None:
        self.began = time.time()
        self._key = new_key()
        self._arguments = [url, str(-(-calls // CALLS_EACH)), str(share)]

    def start(self, *release: str) -> "subprocess.Popen[str]":
        """Start a process, of this release or of a ``newer`` one; it is asked from the moment it can be."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.upgrade.worker", *self._arguments, str(time.time()), *release],
            cwd=ROOT,
            env={**os.environ, "SECRET_KEY": self._key},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, workers: Sequence["subprocess.Popen[str]"]) -> None:
        """Return once each was asked for one share more."""
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("a share\n")
            worker.stdin.flush()
        for worker in workers:
            assert worker.stdout is not None
            said = worker.stdout.readline()
            assert said == "asked\n", f"a process ended: {said}"

    def end(self, workers: Sequence["subprocess.Popen[str]"]) -> list[dict[str, Any]]:
        """End processes, and return what they say of it."""
        return [json.loads(worker.communicate()[0]) for worker in workers]


def _outcome(where: str, began: float, said: Sequence[dict[str, Any]], counts: tuple[int, ...]) -> Outcome:
    return Outcome(
        where,
        max(one["opened"] for one in said) - began,
        max(one["indexed"] for one in said) - began,
        [seconds for one in said for seconds in one["seconds"]],
        sum((Counter(one["refused"]) for one in said), Counter()),
        [failure for one in said for failure in one["failed"]],
        tuple(counts),
    )
