"""A member who erases a call before anybody knows how long it took: it costs what was talked."""

import pytest

from bot.domain.allowance import month_of
from bot.domain.caller import Caller, parse_account
from tests.scenarios.stage import open_stage
from tests.scenarios.test_hosted_links import talk_over

pytestmark = pytest.mark.anyio

MIRA = Caller(parse_account("mira"), "Mira")


async def minutes(stage) -> tuple[int, int]:
    """The minutes that Mira has left and those that are held."""
    house = stage.app.house
    person = await house.store.find_or_add_person(MIRA.account, "Mira", house.new_id(), house.now())
    left = await house.store.fetch_allowance(person.id, "", house.terms.limits, house.now())
    return left.minutes_left, left.reserved_minutes


async def test_a_chat_that_is_erased_right_after_it_costs_what_was_talked(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.types("/call wizard by chat")
        await mira.types("1")
        await mira.types("My cat is called Fig.")
        await stage.told("clock", {"advance_seconds": 30})
        await mira.types("/hangup")
        await mira.types("/forget everything")
        assert "Erased here: 1 call" in await mira.types("1")

        async def is_settled() -> bool:
            return await minutes(stage) == (29, 0)

        async def is_gone_there() -> bool:
            return await stage.listed_there() == []

        await stage.until(is_settled)
        await stage.until(is_gone_there)


async def test_who_erases_a_call_and_talks_on_pays_for_all_of_it(tmp_path):
    async with open_stage(tmp_path, settings={"cost_per_month": 1_000_000}) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        async with stage.browser() as browser:
            talk = await browser.opens(mira.link())
            await talk.says("My cat is called Fig.")
            await mira.types("/forget everything")
            await mira.types("1")
            assert await minutes(stage) == (15, 15)
            await stage.told("clock", {"advance_seconds": 100})
            await browser.hangs_up(mira.link(), talk)

        async def is_settled() -> bool:
            return (await minutes(stage))[1] == 0

        await stage.until(is_settled)
        left, _ = await minutes(stage)
        assert left == 28
        assert await stage.app.house.store.fetch_total_cost(month_of(stage.clock())) > 0


async def test_a_public_link_that_nobody_opened_gives_its_minutes_back_once_that_is_sure(tmp_path):
    async with open_stage(tmp_path, hosted=True) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await mira.types("/forget everything")
        await mira.types("1")
        await stage.rests()
        assert await minutes(stage) == (15, 15)
        for _ in range(300):
            await stage.later(minutes=6)
        assert (await minutes(stage))[0] == 30


async def test_a_talk_that_began_on_a_public_link_counts_although_its_call_was_erased(tmp_path):
    async with open_stage(tmp_path, hosted=True) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        async with stage.browser() as browser:
            talk = await talk_over(stage, browser, mira.link())
            await talk.says("My cat is called Fig.")
            await stage.told("clock", {"advance_seconds": 30})
            await mira.types("/forget everything")
            await mira.types("1")
            await talk.socket.close()
        await stage.until(lambda: is_left(stage, 29))


async def is_left(stage, wanted: int) -> bool:
    await stage.later(minutes=2)
    return await minutes(stage) == (wanted, 0)
