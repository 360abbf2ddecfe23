"""Rounds from beginning to end: workers, what they were granted, and what the file says afterwards."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.allowance import day_of, month_of
from bot.domain.caller import Account, PersonId
from storage import open_store
from storage.postgres.connection import connect
from storage.postgres.database import PostgresDatabase
from storage.url import is_postgres
from tests.databases import keys_of
from tests.races.rounds import Round, as_json, plan_rounds

WORKERS = 2
PERSON = PersonId("racer")


@dataclass(slots=True)
class Race:
    """What came of a race: how many asked, were accepted by which worker, and everything that was wrong."""

    seed: int
    rounds: int = 0
    asked: int = 0
    accepted: list[int] = field(default_factory=lambda: [0] * WORKERS)
    by_ceiling: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


def race(url: str, *, rounds: int, at_once: int, seed: int, bug: str = "") -> Race:
    """Run rounds on a new database."""
    began, told = time.monotonic(), Race(seed)
    plan = plan_rounds(rounds, at_once, seed)
    asyncio.run(_prepare(url, plan))
    with ExitStack() as stack:
        workers = [stack.enter_context(_start(url, share, bug)) for share in range(WORKERS)]
        database = stack.enter_context(_looking(url))
        _answers(workers)
        for one in plan:
            placed = _tell(workers, as_json(one))
            accepted = [call for calls in placed for call in calls]
            told.rounds += 1
            told.asked += one.at_once
            told.by_ceiling[one.ceiling] += 1
            for share, calls in enumerate(placed):
                told.accepted[share] += len(calls)
            told.faults += _accepted_faults(one, accepted)
            told.faults += _counter_faults(database, one, "after asking")
            _tell(workers, as_json(one, accepted=accepted))
            told.faults += _counter_faults(database, one, "after the ends")
        for worker in workers:
            worker.stdin.close()  # type: ignore[union-attr]
        told.faults += [f"a worker ended with {code}" for worker in workers if (code := worker.wait(30))]
        if not is_postgres(url):
            told.faults += [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]
    told.seconds = time.monotonic() - began
    return told


@contextmanager
def _looking(url: str) -> Iterator[Any]:
    """Look at what is committed, whichever engine keeps it."""
    if is_postgres(url):
        with connect(url) as connection:
            yield PostgresDatabase(connection)
    else:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            yield database


async def _prepare(url: str, plan: Sequence[Round]) -> None:
    async with open_store(url, keys_of(url)) as store:
        await store.find_or_add_person(Account("discord", "app", "racer"), "racer", PERSON, plan[0].moment)
        for one in plan:
            if one.ceiling == "place":
                await store.set_place_minutes(one.place, one.most)


def _start(url: str, share: int, bug: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.races.worker", url, PERSON, str(share), str(WORKERS), bug],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _tell(workers: Sequence[subprocess.Popen[str]], line: dict[str, Any]) -> list[Any]:
    """Let all workers begin at once, and return their answers."""
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(line) + "\n")
        worker.stdin.flush()
    return _answers(workers)


def _answers(workers: Sequence[subprocess.Popen[str]]) -> list[Any]:
    answers = []
    for worker in workers:
        assert worker.stdout is not None
        answers.append(json.loads(worker.stdout.readline() or '"a worker died"'))
    return answers


def _accepted_faults(one: Round, accepted: Sequence[tuple[str, int]]) -> Iterator[str]:
    how = f"round {one.number}, {one.ceiling} at {one.most}, {one.minutes} minutes each"
    if len(accepted) != one.accepted:
        yield f"{how}: {len(accepted)} were accepted and not {one.accepted}"
    if (granted := sum(minutes for _, minutes in accepted)) != one.granted:
        yield f"{how}: {granted} minutes were granted and not {one.granted}"


def _counter_faults(database: Any, one: Round, when: str) -> Iterator[str]:
    """Compare a round's counters with what its calls say, and with the ceiling."""
    calls, minutes, holder = database.execute(
        "SELECT sum(charged_calls), sum(charged_minutes), max(holder) FROM calls WHERE place = ?",
        (one.place,),
    ).fetchone()
    day, month = day_of(one.moment), month_of(one.moment)
    wanted = {
        (f"person {holder}", day): (calls, 0),
        (f"person {holder}", month): (0, minutes),
        (f"place {one.place}", month): (0, minutes),
        ("all", month): (0, minutes),
    }
    for (scope, period), sums in wanted.items():
        found = database.execute(
            "SELECT calls, minutes FROM allowances WHERE scope = ? AND period = ?", (scope, period)
        ).fetchone()
        if found is None or tuple(found) != sums:
            yield f"round {one.number} {when}: {scope[:12]} in {period} is {found}, and its calls say {sums}"
    if (calls if one.ceiling == "calls" else minutes) > one.most:
        yield f"round {one.number} {when}: {calls} calls, {minutes} minutes pass {one.ceiling} at {one.most}"
