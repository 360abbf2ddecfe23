"""Processes on one database: each is known while it lives, and the others do what it left behind."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.calls.installation import Installation
from bot.calls.placing import Wish, place
from bot.cli.check_processes import check_processes
from bot.cli.whereabouts import NO_SANDBOX, sandbox_provider
from bot.config import Settings
from bot.domain.call import CallId, NewJob
from bot.domain.caller import Account, Caller
from bot.domain.process import ROLES, clock_apart
from bot.followup import ELSEWHERE, Followup
from bot.house import open_cast, open_installation
from bot.presence import OLDER, Me, look_after_others, stay_known, warn_of_disagreements
from storage.postgres.connection import connect
from tests.databases import keys_of
from tests.postgres_server import Server
from tests.scenarios.stage import PATIENCE_SECONDS, PERSONAS

pytestmark = pytest.mark.anyio

BEAT, LOOK = 0.02, 0.3
LONG_AGO = "2000-01-01T00:00:00.000000+00:00"
ALICE = Caller(Account("console", "local", "alice"), "Alice")


@asynccontextmanager
async def opened(url: str, **more: Any) -> AsyncIterator[Installation]:
    """Open the store as a process does."""
    chosen = {"database_url": url, "secret_key": keys_of(url), "personas_dir": PERSONAS, **more}
    settings = Settings(_env_file=None, **chosen)  # type: ignore[call-arg]
    cast = await open_cast(settings)
    provider = sandbox_provider(NO_SANDBOX)
    async with open_installation(settings, provider, cast, settings.public_url or "") as house:
        yield house


def who(house: Installation, cast: str = "abc") -> Me:
    return Me(house, ROLES, "https://api.elevenlabs.io", lambda: cast, {})


async def until(is_so: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await is_so():  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.01)


async def nothing_ends() -> None:
    raise AssertionError("nobody was taken for gone")


async def begin_chat(house: Installation) -> CallId:
    placed = await place(house, ALICE, "wizard", Wish(via="chat"), card_comes_later=True)
    assert placed is not None
    assert await house.store.hold_line(placed.call.id, "chat", house.process, house.now())
    return placed.call.id


async def is_silent(house: Installation, process: str) -> None:
    """Let nothing have been heard of a process for long."""
    store: Any = house.store
    await store.writer.write(
        lambda database: database.execute(
            "UPDATE processes SET seen_at = ? WHERE id = ?", (LONG_AGO, process)
        )
    )


async def test_a_process_is_known_until_it_ends(server: Server) -> None:
    async with opened(server.emptied_database()) as house:
        async with stay_known(who(house), nothing_ends, BEAT):
            [told] = await house.store.fetch_processes()
            assert (told.id, told.roles, told.cast_version) == (house.process, ROLES, "abc")
        assert await house.store.fetch_processes() == ()


async def test_a_process_that_ends_while_it_says_that_it_lives_is_known_no_more(server: Server) -> None:
    async with opened(server.emptied_database()) as house:
        for _ in range(30):
            async with stay_known(who(house), nothing_ends, 0.0):
                await house.store.fetch_processes()
            # One after the other, so that what was begun before is over.
            await asyncio.gather(*(house.store.fetch_processes() for _ in range(8)))
            assert await house.store.fetch_processes() == ()


async def test_a_process_that_was_silent_for_long_learns_that_it_was_taken_for_gone(server: Server) -> None:
    learned = asyncio.Event()

    async def taken_for_gone() -> None:
        learned.set()

    async with opened(server.emptied_database()) as house, stay_known(who(house), taken_for_gone, BEAT):
        await house.store.drop_process(house.process)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await learned.wait()
        assert [one.id for one in await house.store.fetch_processes()] == [house.process]


async def test_a_process_that_a_newer_one_came_beside_says_so_once_and_goes_on(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    url = server.new_database()
    async with opened(url) as house:
        with connect(url) as newer:
            newer.execute("INSERT INTO schema_steps VALUES ('m999_wonders', '2030')")
        async with stay_known(who(house), nothing_ends, BEAT):

            async def is_said() -> bool:
                return OLDER in caplog.text

            await until(is_said)
            for _ in range(3):  # beats later
                await is_silent(house, house.process)
                await until(house.store.fetch_processes)
        assert caplog.text.count(OLDER) == 1
        await begin_chat(house)


async def test_a_job_that_only_a_newer_troupe_knows_is_left_for_it(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(server.emptied_database()) as house:
        await house.store.add_jobs([NewJob("conjure", "a rabbit", house.now())])
        assert await Followup(house, {}, lambda _: None).run_due() == 1
        due_at = await house.store.fetch_next_due_at()
        assert due_at is not None
        assert house.now() < due_at <= house.now() + ELSEWHERE
    assert "Traceback" not in caplog.text


async def test_whose_process_died_is_told_that_the_chat_is_over_and_nobody_else(server: Server) -> None:
    url, told = server.emptied_database(), asyncio.Event()
    async with (
        opened(url) as dead,
        opened(url) as alive,
        opened(url) as worker,
        stay_known(who(alive), nothing_ends, BEAT),
        stay_known(who(worker), nothing_ends, BEAT),
    ):
        await dead.store.keep_process(who(dead).describe())
        over, going_on = await begin_chat(dead), await begin_chat(alive)
        await is_silent(dead, dead.process)
        looking = asyncio.create_task(look_after_others(worker, told.set, LOOK, silence_seconds=0.1))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await told.wait()
        assert await dead.store.fetch_held(dead.process) == set()
        assert await alive.store.fetch_held(alive.process) == {going_on}
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        now = worker.now()
        jobs = await worker.store.claim_jobs(now, now, 100)
        assert [one.subject for one in jobs if one.kind == "broke_off"] == [over]


async def test_who_did_not_see_the_database_for_long_enough_takes_nobody_for_gone(server: Server) -> None:
    url, told = server.emptied_database(), asyncio.Event()
    async with opened(url) as away, opened(url) as worker:
        await away.store.keep_process(who(away).describe())
        chat = await begin_chat(away)
        await is_silent(away, away.process)
        await begin_chat(worker)
        looking = asyncio.create_task(look_after_others(worker, told.set, BEAT, silence_seconds=3_600))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await told.wait()
        assert await worker.store.fetch_held(worker.process) == set(), "who is known to nobody relays nothing"
        assert await away.store.fetch_held(away.process) == {chat}
        looking.cancel()
        await asyncio.wait([looking])


async def test_what_processes_do_not_agree_on_is_said_when_one_starts(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    url = server.emptied_database()
    async with opened(url, public_url="https://one.example") as first, opened(url) as second:
        await warn_of_disagreements(who(first))
        assert caplog.messages == []
        await warn_of_disagreements(who(second, "def"))
        [about_url, about_cast] = caplog.messages
        assert about_url.startswith("PUBLIC_URL differs: https://one.example in everything (process ")
        assert about_url.endswith("Give every process the same.")
        assert about_cast.startswith("The casts differ: abc in everything (process ")


@pytest.mark.parametrize(("hours", "which"), [(2, "ahead of"), (-2, "behind")])
async def test_a_clock_that_is_not_the_databases_is_told_at_the_start_and_by_check(
    server: Server, caplog: pytest.LogCaptureFixture, hours: int, which: str
) -> None:
    told = re.compile(rf"This machine's clock is \d+ minutes {which} that of the database\.")
    url = server.emptied_database()
    async with opened(url) as house:
        off = replace(house, now=lambda: house.now() + timedelta(hours=hours))
        await warn_of_disagreements(who(off))
        assert told.search(caplog.text)
    settings = Settings(_env_file=None, database_url=url)  # type: ignore[call-arg]
    assert not any("clock" in one.what for one in check_processes(settings))
    assert any(told.match(one.what) for one in check_processes(settings, off.now))


def test_how_long_the_database_takes_to_say_its_time_is_not_the_clocks_fault() -> None:
    asked, there = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, 0, 7, tzinfo=UTC)
    assert clock_apart(asked, there, asked + timedelta(seconds=8)) is None
    assert clock_apart(asked, there, asked + timedelta(seconds=5)) is None
    for before, after, said in ((0, 4, "3 seconds behind"), (10, 11, "3 seconds ahead of")):
        apart = clock_apart(asked + timedelta(seconds=before), there, asked + timedelta(seconds=after))
        assert apart is not None
        assert apart[0] == f"This machine's clock is {said} that of the database."
