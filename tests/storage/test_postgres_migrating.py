"""The schema of a server's database in steps: by many at once, after a kill, and beside older processes."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest
from store_samples import person

from bot.domain.errors import SettingsError
from storage import open_store
from storage.database import Database
from storage.postgres.connection import connect, open_pool
from storage.postgres.engine import PostgresEngine
from storage.postgres.migrating import Steps, find_newer_steps, migrate
from storage.rooms.notes import keep_setting
from storage.schema.steps import all_steps, run
from tests.databases import keys_of
from tests.postgres_server import Server

pytestmark = pytest.mark.anyio

KEYS = keys_of("postgresql://")
LATER = "is brought up to date as soon as nothing long"
TABLES = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'ddl' ORDER BY 1, 2
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"


@pytest.fixture
def pg_url(server: Server) -> str:
    """The address of a database that holds nothing yet but its schema."""
    return server.emptied_database()


@pytest.fixture
def bare_url(server: Server) -> str:
    """The address of a database without a schema."""
    return server.new_database()


@pytest.fixture
def whole_url(bare_url: str) -> str:
    """The address of a database of its own, with its schema."""
    open_pool(bare_url).close()
    return bare_url


@pytest.fixture
async def engine(whole_url: str) -> AsyncIterator[PostgresEngine]:
    """What an older process works on it with."""
    opened = PostgresEngine(open_pool(whole_url))
    yield opened
    await opened.aclose()


def add_moods(database: Database) -> None:
    """A step of the next release, which touches what others work on."""
    run(
        database,
        """
        ALTER TABLE people ADD COLUMN mood TEXT NOT NULL DEFAULT '';
        ALTER TABLE settings ADD COLUMN mood TEXT NOT NULL DEFAULT '';
    """,
    )


def update(url: str) -> None:
    """Do what a process of the next release does first."""
    steps: Steps = all_steps() | {"m998_moods": add_moods}
    with connect(url) as connection:
        migrate(connection, "the database", steps)


def name_of(url: str) -> str:
    """Return the name of a database of the server."""
    return url.partition("@/")[2].partition("?")[0]


def others_wait(server: Server, url: str) -> bool:
    """Say whether somebody waits for a lock in this database."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '{}'"
    return server.execute(waiting.format(name_of(url))) != []


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(is_so):  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.01)


def schema_of(url: str) -> tuple[list, list]:
    with connect(url) as connection:
        return connection.execute(TABLES).fetchall(), connection.execute(INDEXES).fetchall()


async def test_a_newer_schema_is_refused_and_left_alone(bare_url: str) -> None:
    async with open_store(bare_url, KEYS) as store:
        who = await person(store)
    with connect(bare_url) as connection:
        connection.execute("INSERT INTO schema_steps VALUES ('m999_wonders', '2030')")
    with pytest.raises(SettingsError, match=r"was written by a newer Troupe \(it knows m999_wonders\)"):
        async with open_store(bare_url, KEYS):
            pass
    with connect(bare_url) as connection:
        connection.execute("DELETE FROM schema_steps WHERE name = 'm999_wonders'")
    async with open_store(bare_url, KEYS) as store:
        assert await person(store) == who


async def test_many_may_open_a_new_database_at_once(bare_url: str, pg_url: str) -> None:
    pools = await asyncio.gather(*(asyncio.to_thread(open_pool, bare_url) for _ in range(4)))
    for pool in pools:
        pool.close()
    assert schema_of(bare_url) == schema_of(pg_url)


KILLER = """
    CREATE SEQUENCE ddl;
    CREATE FUNCTION kill() RETURNS event_trigger LANGUAGE plpgsql AS $$
    DECLARE nth INT := 1 + coalesce(nullif(current_setting('troupe.nth', true), ''), '0')::int;
    BEGIN
        PERFORM set_config('troupe.nth', nth::text, false);
        IF nth = (SELECT last_value FROM ddl) THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
    END $$;
    CREATE EVENT TRIGGER kill ON ddl_command_end EXECUTE FUNCTION kill()
"""
"""Ends whoever is at their so many'th change of the schema, which the sequence says."""


async def test_whoever_is_killed_at_any_statement_of_a_migration_leaves_whole_steps(
    server: Server, bare_url: str, pg_url: str
) -> None:
    """One is killed at the first statement, the next at the second of the same step, and so on to the end."""
    database = name_of(bare_url)
    server.execute(KILLER, database)
    kills, number, done = 0, 1, 0
    while number:
        server.execute(f"SELECT setval('ddl', {number})", database)
        try:
            open_pool(bare_url).close()
        except SettingsError:
            kills += 1
        else:
            break
        (is_there,) = server.execute("SELECT to_regclass('schema_steps') IS NOT NULL", database)[0]
        (steps,) = server.execute("SELECT count(*) FROM schema_steps", database)[0] if is_there else (0,)
        assert steps in (done, done + 1)
        # Who finished a step was killed at the first statement of the next.
        number, done = (number + 1 if steps == done else 2), steps
    assert kills > 100
    server.execute("DROP EVENT TRIGGER kill; DROP FUNCTION kill; DROP SEQUENCE ddl", database)
    assert schema_of(bare_url) == schema_of(pg_url)


# Beside older processes


@pytest.mark.parametrize("how", ["write", "take", "read"])
async def test_a_step_waits_for_who_is_in_the_middle_and_then_goes_first(
    server: Server, whole_url: str, engine: PostgresEngine, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """Each would lock the other out half-way, had they not agreed on what is locked first."""
    begun, may_go_on = threading.Event(), threading.Event()

    tries = 0

    def work(database: Database) -> int:
        nonlocal tries
        tries += 1
        database.execute("SELECT * FROM settings").fetchall()
        begun.set()
        may_go_on.wait(20)
        return len(database.execute("SELECT * FROM people").fetchall())

    working = asyncio.create_task(getattr(engine, how)(work))
    await asyncio.to_thread(begun.wait, 20)
    updating = asyncio.create_task(asyncio.to_thread(update, whole_url))
    await until(lambda: others_wait(server, whole_url))
    after = asyncio.create_task(engine.write(lambda database: keep_setting(database, "who", "came later")))
    may_go_on.set()
    assert await working == 0
    await updating
    await after
    assert tries == 1
    assert LATER not in caplog.text
    assert await engine.read(find_newer_steps) == ("m998_moods",)


async def test_what_an_older_process_had_prepared_is_prepared_anew(
    whole_url: str, engine: PostgresEngine
) -> None:
    def look(database: Database) -> int:
        return len(database.execute("SELECT * FROM people").fetchall())

    def give_up(database: Database) -> None:
        raise LookupError("a transaction that is undone, as any may be")

    with pytest.raises(LookupError):
        await engine.read(give_up)
    for _ in range(8):  # more than psycopg waits for, on each connection
        await asyncio.gather(*(engine.read(look) for _ in range(4)))
    await asyncio.to_thread(update, whole_url)
    assert await asyncio.gather(*(engine.read(look) for _ in range(8))) == [0] * 8
    assert await asyncio.gather(*(engine.write(look) for _ in range(8))) == [0] * 8


async def test_what_reads_for_long_holds_a_step_up_and_nobody_else(
    server: Server, whole_url: str, engine: PostgresEngine, caplog: pytest.LogCaptureFixture
) -> None:
    with psycopg.connect(whole_url) as backup:
        backup.execute("SELECT count(*) FROM people")
        updating = asyncio.create_task(asyncio.to_thread(update, whole_url))
        await until(lambda: others_wait(server, whole_url))
        async with asyncio.timeout(20):
            await engine.write(lambda database: keep_setting(database, "who", "is not held up"))
        await until(lambda: LATER in caplog.text)
        assert await engine.read(find_newer_steps) == ()
    await updating
    assert await engine.read(find_newer_steps) == ("m998_moods",)
