"""Several processes on one file, and processes that are killed in the middle of their work."""

import asyncio
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlite_utils
from store_samples import NOW, person

from bot.domain.call import NewJob
from storage import open_store
from storage.database import Database
from storage.url import is_postgres
from tests.databases import keys_of

WORKER = Path(__file__).with_name("store_worker.py")
KILLS = 8

BROKEN_PROMISES = {
    "a call without its link": """
        SELECT id FROM calls WHERE NOT EXISTS (SELECT 1 FROM links WHERE call_id = calls.id)""",
    "a call without its text": """
        SELECT id FROM calls WHERE (SELECT count(*) FROM persona_versions) < (SELECT count(*) FROM calls)""",
    "a call that was asked for, without its jobs": """
        SELECT id FROM calls WHERE state = 'asked'
        AND (SELECT count(*) FROM jobs WHERE subject = calls.id AND kind IN ('expire', 'find')) < 2""",
    "a live call without its conversation or the job to fetch it": """
        SELECT id FROM calls WHERE state = 'live' AND NOT EXISTS (
            SELECT 1 FROM bindings JOIN jobs ON kind = 'fetch' AND subject = conversation_id
            WHERE call_id = calls.id AND finished_at IS NULL)""",
    "a finished call without every turn of its conversation": """
        SELECT id FROM calls WHERE state = 'done' AND 30 <> (
            SELECT count(*) FROM turns JOIN conversations ON conversations.id = turns.conversation
            WHERE conversations.call_id = calls.id)""",
    "a finished conversation without its recap, or still to be fetched": """
        SELECT conversation_id FROM bindings WHERE finished_at IS NOT NULL AND (
            NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'recap' AND subject = conversation_id)
            OR EXISTS (SELECT 1 FROM jobs WHERE kind = 'fetch' AND subject = conversation_id))""",
    "a conversation that is half erased": """
        SELECT subject FROM jobs WHERE kind = 'erase_remote'
        AND subject IN (SELECT conversation_id FROM bindings)""",
    "turns of no conversation": """
        SELECT id FROM turns WHERE conversation NOT IN (SELECT id FROM conversations)""",
}


def start(work: str, url: str, name: str) -> subprocess.Popen[str]:
    """Start a worker process on a database."""
    path = os.pathsep.join([str(WORKER.parent), str(WORKER.parents[2])])
    return subprocess.Popen(
        [sys.executable, str(WORKER), work, url, name],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_in_the_middle(url: str, name: str, seconds: float) -> None:
    """Let a worker finish a call, and kill it so many seconds later."""
    with start("talk", url, name) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        time.sleep(seconds)
        worker.kill()


async def come_back(url: str) -> None:
    """Open the database as the next process would, and write."""
    async with open_store(url, keys_of(url)) as store:
        await person(store, "somebody who comes after the crash")


async def look(url: str) -> tuple[dict[str, list], int]:
    """Return which promises are broken, and how many calls are done."""

    def ask(database: Database) -> tuple[dict[str, list], int]:
        found = {name: database.execute(query).fetchall() for name, query in BROKEN_PROMISES.items()}
        done = database.execute("SELECT count(*) FROM calls WHERE state = 'done'").fetchone()[0]
        return {name: rows for name, rows in found.items() if rows}, done

    async with open_store(url, keys_of(url)) as store:
        return await store.reader.read(ask)


@pytest.fixture(params=["file", "postgres"])
def new_url(request: pytest.FixtureRequest, file_url: str) -> str:
    """The address of a database without a schema, which several processes may open."""
    if request.param == "file":
        return file_url
    made: str = request.getfixturevalue("server").new_database()
    return made


def test_a_process_that_is_killed_leaves_each_transaction_whole_or_undone(new_url: str) -> None:
    moments = random.Random(20260314)
    for life in range(KILLS):
        kill_in_the_middle(new_url, f"life{life}", moments.uniform(0.0, 0.25))
        asyncio.run(come_back(new_url))
        broken, done = asyncio.run(look(new_url))
        assert broken == {}
        if not is_postgres(new_url):
            with sqlite_utils.Database(new_url.removeprefix("sqlite:///")) as database:
                assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert done >= KILLS


def test_two_processes_claim_each_job_once(new_url: str) -> None:
    subjects = {f"subject{number}" for number in range(150)}

    async def queue_them() -> None:
        async with open_store(new_url, keys_of(new_url)) as store:
            await store.add_jobs([NewJob("recap", subject, NOW) for subject in sorted(subjects)])

    asyncio.run(queue_them())
    workers = [start("claim", new_url, name) for name in ("one", "two")]
    claimed = [worker.communicate(timeout=60)[0].splitlines() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert sorted(claimed[0] + claimed[1]) == sorted(f"{subject} 1" for subject in subjects)


def test_processes_may_open_a_new_database_at_once(new_url: str) -> None:
    workers = [start("claim", new_url, name) for name in ("one", "two", "three")]
    for worker in workers:
        worker.communicate(timeout=60)
    assert [worker.returncode for worker in workers] == [0, 0, 0]
