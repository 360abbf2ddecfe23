"""Two processes on one Postgres: what is decided at one holds at the other at once."""

import asyncio
from pathlib import Path

import pytest

from bot.calls.switchboard import Switchboard
from bot.domain.line import Carried
from bot.domain.permission import Rule
from tests.postgres_server import Server
from tests.scenarios.several.test_pages import open_two

pytestmark = pytest.mark.anyio


async def test_pausing_and_blocking_hold_for_the_next_call_at_any_process(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other):
        boss, mira = one.member("boss"), other.member("mira")
        await mira.calls("wizard")
        assert "http" in mira.seen
        await boss.types("/troupe pause")
        assert "Calls are paused at the moment" in await mira.types("/call wizard")
        await boss.types("/troupe resume")
        assert "http" in await mira.types("/call wizard")
        await boss.types("/troupe block mira")
        assert "http" not in await mira.types("/call wizard")


async def test_forgetting_and_a_no_to_being_remembered_hold_for_the_next_call_at_any_process(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other), one.browser() as browser:
        mira, there = one.member("mira"), other.member("mira")
        await mira.calls("wizard")
        await browser.talks(mira.link(), "My cat is called Quuxlena.")
        other.app.posters.update(one.app.posters)
        await mira.is_told("Merlin will remember this")
        assert "Quuxlena" in await there.types("/memory wizard")
        await mira.types("/forget everything")
        await mira.types("1")
        assert "Quuxlena" not in await there.types("/memory wizard")
        assert "Call and remember" in await there.types("/call wizard")


async def test_where_who_may_call_whom_is_known_everywhere_before_long(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other):
        here, there = one.app.house, other.app.house
        rule = Rule("discord:1", "wizard", is_off=True)

        async def is_known() -> bool:
            return there.store.get_rules() == (rule,) and not there.store.get_places()

        await here.store.admit_place("discord:1", "The Tavern", here.now())
        await here.store.dismiss_place("discord:1")
        await here.store.set_rule(rule)
        await other.until(is_known)


async def test_what_a_process_keeps_in_memory_of_an_account_goes_with_it_everywhere(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other):
        forgotten = []
        other.app.house.lines.when_forgotten(forgotten.append)
        account = one.member("mira").front._caller.account

        async def is_forgotten() -> bool:
            return forgotten == [account]

        await one.app.house.lines.forget(account)
        await other.until(is_forgotten)


async def test_what_is_sent_arrives_also_where_nobody_is_woken(tmp_path: Path, server: Server) -> None:
    async with open_two(tmp_path, server) as (one, other):
        mira, house = one.member("mira"), one.app.house
        await mira.calls("wizard by link")
        person = await house.store.find_person(mira.front._caller.account)
        assert person is not None
        (call_id,) = [talk.call.id for talk in await house.store.fetch_history(person.id) if talk.call]
        deaf, taken = Switchboard(house.store, "a process behind a pooler", house.now), []

        async def take(one: Carried) -> bool:
            taken.append(one.text)
            return True

        async def cut(_: bool) -> None:
            raise AssertionError("it is held")

        await deaf.hold(call_id, "page", take, cut)
        sent = asyncio.ensure_future(other.app.house.lines.carry(call_id, "update", "hush"))

        async def is_taken() -> bool:
            await deaf._look_around(house.store)
            return taken == ["hush"]

        await one.until(is_taken)
        assert await sent
