"""What managers decide, and that nobody else does."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.calls import managing
from bot.calls.placing import place
from bot.domain.caller import Caller, parse_account
from bot.domain.errors import CallerError, NumberNotAllowed
from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio

MANAGER = Caller(parse_account("olga"), "Olga", "discord:77", may_manage=True)
MEMBER = Caller(parse_account("mira"), "Mira", "discord:77")


async def test_every_decision_is_refused_to_whoever_may_not_manage(tmp_path: Path):
    async with open_stage(tmp_path) as stage:
        house = stage.app.house
        for decision in (
            managing.see_overview(house, MEMBER),
            managing.see_member_allowance(house, MEMBER, "mira"),
            managing.set_member_allowance(house, MEMBER, "mira", calls=9),
            managing.see_place_allowance(house, MEMBER),
            managing.set_place_allowance(house, MEMBER, 9),
            managing.pause(house, MEMBER, "mine"),
            managing.resume(house, MEMBER),
            managing.block(house, MEMBER, "olga"),
            managing.unblock(house, MEMBER, "olga"),
            managing.see_cost(house, MEMBER),
        ):
            with pytest.raises(CallerError, match="you are not one of them"):
                await decision
        overview = await managing.see_overview(house, MANAGER)
        assert (overview.paused, overview.blocked) == (None, ())


async def test_one_half_of_an_allowance_is_changed_without_the_other(tmp_path: Path):
    async with open_stage(tmp_path) as stage:
        house = stage.app.house
        await managing.set_member_allowance(house, MANAGER, "mira", calls=9, minutes=90)
        changed = await managing.set_member_allowance(house, MANAGER, "mira", calls="default")
        assert (changed.own.calls_per_day, changed.own.minutes_per_month) == (None, 90)
        assert changed.allowance is None
        await place(house, MEMBER, "wizard", card_comes_later=True)
        seen = (await managing.see_member_allowance(house, MANAGER, "mira")).allowance
        assert seen is not None
        assert (seen.calls_left, seen.minutes_per_month, seen.minutes_left) == (2, 90, 75)


async def test_looking_at_an_account_does_not_make_it_known(tmp_path: Path):
    async with open_stage(tmp_path) as stage:
        house = stage.app.house
        await managing.see_member_allowance(house, MANAGER, "nobody")
        assert await house.store.find_person(parse_account("nobody")) is None


@pytest.mark.parametrize("minutes", [-1, 10**12])
async def test_an_allowance_out_of_range_is_refused(tmp_path: Path, minutes: int):
    async with open_stage(tmp_path) as stage:
        for change in (
            managing.set_member_allowance(stage.app.house, MANAGER, "mira", minutes=minutes),
            managing.set_place_allowance(stage.app.house, MANAGER, minutes),
        ):
            with pytest.raises(CallerError, match="Choose 0 to"):
                await change


async def test_a_number_of_any_region_can_be_blocked(tmp_path: Path):
    async with open_stage(tmp_path, settings={"phone_countries": "DE"}) as stage:
        house = stage.app.house
        for changed in (True, False):
            done = await managing.block(house, MANAGER, "+1 201 555 0123")
            assert (done.whom, done.is_number, done.changed) == ("+1 ••• 123", True, changed)
        assert (await managing.unblock(house, MANAGER, "+12015550123")).to_confirm
        assert (await managing.unblock(house, MANAGER, "+12015550123", asked_by_them=True)).changed
        with pytest.raises(NumberNotAllowed):
            await managing.block(house, MANAGER, "+49 1")


async def test_last_month_is_the_one_before_on_every_day_of_the_month(tmp_path: Path):
    async with open_stage(tmp_path) as stage:
        house = stage.app.house
        stage.clock.moved += datetime(2027, 3, 31, 12, tzinfo=UTC) - house.now()
        report = await managing.see_cost(house, MANAGER)
        assert (report.now.month, report.before.month) == ("2027-03", "2027-02")


async def test_what_a_place_holds_is_told_from_what_it_used(tmp_path: Path):
    async with open_stage(tmp_path) as stage:
        house = stage.app.house
        elsewhere = Caller(parse_account("ben"), "Ben", "discord:78")
        await place(house, MEMBER, "wizard", card_comes_later=True)
        await place(house, elsewhere, "wizard", card_comes_later=True)
        seen = await managing.see_place_allowance(house, MANAGER)
        assert (seen.used_minutes, seen.held_minutes) == (0, 15)
        assert (seen.used_by_all, seen.held_by_all) == (0, 30)
