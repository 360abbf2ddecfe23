"""Connections that break at the worst moment, servers that start anew, and processes that are stopped."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from store_samples import NOW, call_of, link_of, person

from bot.domain.allowance import UNLIMITED
from bot.domain.call import NewJob
from bot.domain.errors import NotStored, PerhapsStored
from bot.ports import Store
from storage import open_store
from storage.database import Database
from storage.postgres import transactions
from storage.postgres.connection import open_pool
from storage.postgres.engine import PostgresEngine
from storage.postgres.transactions import READS, WRITES, Crowd, Pool
from storage.rooms.notes import keep_setting
from tests.databases import keys_of
from tests.postgres_server import Server, run_server
from tests.postgres_wire import Breaks, Wire, open_wire

pytestmark = pytest.mark.anyio

KEYS = keys_of("postgresql://")
DIALS = "SELECT count(*) FROM jobs WHERE kind = 'dial'"


@pytest.fixture
async def wire(server: Server) -> AsyncIterator[Wire]:
    """The way to the server that breaks."""
    async with open_wire(server) as laid:
        yield laid


@pytest.fixture
async def store(wire: Wire, server: Server) -> AsyncIterator[Store]:
    """A store at the end of that way."""
    async with open_store(wire.url_of(server.emptied_database()), KEYS) as opened:
        yield opened
        wire.mend()


@pytest.mark.parametrize("breaks", ["before", "after"])
async def test_what_the_connection_broke_over_is_done_once_and_said_so(
    wire: Wire, store: Store, breaks: Breaks
) -> None:
    who = await person(store)
    call = call_of(who)
    wire.breaks = breaks
    assert await store.place_call(call, link_of(call), [], {}, UNLIMITED) == call.granted_minutes
    found = await store.fetch_call(call.id)
    assert found is not None
    limits = replace(UNLIMITED, calls_per_day=10)
    assert (await store.fetch_allowance(who.id, "", limits, NOW)).calls_left == 9
    wire.breaks = breaks
    assert await store.receive_event("key", "conv", b"{}", NOW)
    assert not await store.receive_event("key", "conv", b"{}", NOW)


@pytest.mark.parametrize("breaks", ["before", "after"])
async def test_whoever_takes_a_job_while_the_connection_breaks_has_it(
    wire: Wire, store: Store, breaks: Breaks
) -> None:
    await store.add_jobs([NewJob("recap", "one", NOW)])
    wire.breaks = breaks
    (job,) = await store.claim_jobs(NOW, NOW + timedelta(minutes=3), 8)
    assert job.attempts == 1
    assert await store.claim_jobs(NOW, NOW + timedelta(minutes=3), 8) == ()


async def test_what_nobody_can_tell_is_not_told_as_undone_and_does_no_harm_twice(
    wire: Wire, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "_ASKS_SECONDS", 0.1)
    words = ""
    async with asyncio.timeout(60):
        while not words:  # the store looks at the server by itself, and may be who breaks it
            wire.breaks = "for good"
            try:
                await store.receive_event("key", "conv", b"{}", NOW)
            except PerhapsStored as error:
                words = str(error)
            except NotStored:
                wire.mend()
    assert "It is not known whether this was stored" in words
    wire.mend()
    is_new = None
    async with asyncio.timeout(60):
        while is_new is None:
            with suppress(NotStored):  # until it is found again
                is_new = await store.receive_event("key", "conv", b"{}", NOW)
    assert not is_new


def ask(pool: Pool, query: str, *values: str) -> Any:
    """Return the one value that a query finds."""
    return transactions.transact(pool, Crowd(), READS, lambda one: one.execute(query, values).fetchone()[0])[
        0
    ]


@pytest.mark.parametrize("are_others_quicker", [False, True])
async def test_what_a_crash_of_the_server_lost_is_not_taken_for_stored(
    monkeypatch: pytest.MonkeyPatch, are_others_quicker: bool
) -> None:
    """The server gives the name of what was lost to the next one, whose end says nothing of the first."""
    lost: list[str | None] = []

    def keep(database: Database) -> None:
        keep_setting(database, "mine", "kept")
        # What was written down in time is not lost, and begins anew: then it crashes once more.
        if not lost or (are_others_quicker and "committed" not in lost):
            os.kill(database.connection.info.backend_pid, signal.SIGKILL)  # type: ignore[attr-defined]

    def ask_after_others(pool: Pool, name: transactions._Name) -> bool:
        lost.append(None)
        if are_others_quicker:
            for _ in range(5):
                transactions.transact(pool, Crowd(), WRITES, partial(keep_setting, name="it", value="is"))
            lost[-1] = ask(pool, "SELECT pg_xact_status(?::xid8)", name.xact)
        return is_committed(pool, name)

    is_committed = transactions._is_committed
    monkeypatch.setattr(transactions, "_is_committed", ask_after_others)
    with run_server("synchronous_commit=on", "full_page_writes=on", "wal_writer_delay=10s") as crashing:
        pool = open_pool(crashing.new_database())
        told: type[Exception] | None = NotStored
        async with asyncio.timeout(100):
            while told is NotStored:  # until the server is found again
                told = None
                try:
                    await asyncio.to_thread(transactions.transact, pool, Crowd(), WRITES, keep)
                except NotStored as error:
                    told = type(error)
        found = ask(pool, "SELECT count(*) FROM settings WHERE name = 'mine'")
        pool.close()
    assert (told, found) == ((PerhapsStored, 0) if are_others_quicker else (None, 1))


async def test_a_process_that_was_stopped_in_the_middle_does_it_anew(server: Server) -> None:
    naps = [0.3, 0.0]

    def keep(database: Database) -> None:
        database.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        keep_setting(database, "kept", "once")
        time.sleep(naps.pop(0))

    engine = PostgresEngine(open_pool(server.emptied_database()))
    await engine.write(keep)
    kept = "SELECT count(*) FROM settings WHERE name = 'kept'"
    assert (await engine.read(lambda database: database.execute(kept).fetchone()))[0] == 1
    assert naps == []
    naps[:] = [0.3] * 10
    with pytest.raises(NotStored, match="this process was stopped for too long in the middle of it"):
        await engine.write(lambda database: (keep(database), keep_setting(database, "more", "of it")))
    await engine.aclose()


async def test_who_is_stopped_in_the_middle_of_a_transaction_holds_up_nobody_else(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    url = server.emptied_database()
    engine = PostgresEngine(open_pool(url))
    was_refused: list[bool] = []

    def keep(database: Database) -> None:
        keep_setting(database, "mine", "kept")
        if not was_refused:
            was_refused.append(True)
            raise psycopg.errors.SerializationFailure

    with psycopg.connect(url) as stopped:
        stopped.execute("LOCK TABLE schema_steps IN ROW SHARE MODE")
        async with asyncio.timeout(20):
            await engine.write(keep)
            await engine.write(lambda database: keep_setting(database, "next", "kept"))
        stopped.execute("SELECT 1")
    await engine.aclose()
    assert caplog.records == []


async def test_who_is_refused_again_has_the_database_to_itself_once_that_can_be(server: Server) -> None:
    url = server.emptied_database()
    engine = PostgresEngine(open_pool(url))
    mode = """
        SELECT mode FROM pg_locks
        WHERE pid = pg_backend_pid() AND relation = 'schema_steps'::regclass AND mode = 'ExclusiveLock'
    """
    tries: list[bool] = []

    def keep(database: Database) -> None:
        tries.append(database.execute(mode).fetchone() is not None)
        if not tries[-1]:
            if len(tries) == 2:
                stopped.rollback()
            raise psycopg.errors.SerializationFailure

    with psycopg.connect(url) as stopped:
        stopped.execute("LOCK TABLE schema_steps IN ROW SHARE MODE")
        async with asyncio.timeout(20):
            await engine.write(keep)
    await engine.aclose()
    assert tries == [False, False, True]


async def test_jobs_that_another_one_takes_at_this_moment_are_passed_over(server: Server) -> None:
    url = server.emptied_database()
    is_taken, may_go = threading.Event(), threading.Event()

    def take(database: Database) -> None:
        database.execute("UPDATE jobs SET attempts = 1 WHERE subject = 'one'")
        is_taken.set()
        may_go.wait(30)

    async with open_store(url, KEYS) as store:
        await store.add_jobs([NewJob("recap", "one", NOW), NewJob("recap", "two", NOW)])
        engine = PostgresEngine(open_pool(url))
        taking = asyncio.create_task(engine.take(take))
        await asyncio.to_thread(is_taken.wait)
        async with asyncio.timeout(20):
            claimed = await store.claim_jobs(NOW, NOW + timedelta(minutes=3), 8)
        may_go.set()
        await taking
        await engine.aclose()
    assert [job.subject for job in claimed] == ["two"]


async def test_every_connection_that_the_server_ended_is_made_anew(server: Server) -> None:
    """More of them than there are tries for one transaction."""

    def nap(database: Database) -> None:
        database.execute("SELECT pg_sleep(0.05)")

    engine = PostgresEngine(open_pool(server.emptied_database()))
    for _ in range(3):
        await asyncio.gather(*(engine.read(nap) for _ in range(8)))
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'troupe' AND datname = 'shared'"
        )
        await engine.write(lambda database: keep_setting(database, "kept", "once"))
    await engine.aclose()
