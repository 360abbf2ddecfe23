"""What those who manage type under /troupe, and what everybody else reads then."""

import json

import pytest

from tests.scenarios.stage import open_stage
from tests.scenarios.telephone import MIRAS, open_exchange
from tests.scenarios.test_account import plain

pytestmark = pytest.mark.anyio

HOSTILE = [
    "/troupe allowance " + "x" * 10_000,
    "/troupe allowance {{x}} calls 5",
    "/troupe allowance mira calls " + "9" * 10_000,
    "/troupe allowance mira calls ٣",
    "/troupe allowance mira calls -1",
    "/troupe allowance mira calls",
    "/troupe allowance mira minutes 99999999",
    "/troupe allowance calls 5",
    "/troupe allowance here",
    "/troupe allowance here calls 5",
    "/troupe allowance mira or ben",
    "/troupe block",
    "/troupe block \x1b[2J",
    "/troupe block +49 112",
    "/troupe block a b c",
    "/troupe unblock nobody",
    "/troupe cost xml",
    "/troupe resume now",
    "/troupe paus",
]


async def test_whoever_may_not_manage_is_refused_and_not_told_how(tmp_path):
    async with open_stage(tmp_path) as stage:
        ben = stage.member("ben", may_manage=False)
        assert "/troupe" not in await ben.types("/help")
        lines = (
            "",
            " allowance",
            " allowance ben calls 100",
            " pause",
            " block mira",
            " block",
            " cost",
            " xyz",
        )
        for line in (*lines, " resume", " unblock", " cost json"):
            assert "you are not one of them" in plain(await ben.types(f"/troupe{line}")), line
        olga = stage.member("olga")
        assert "/troupe" in await olga.types("/help")
        assert "Paused" not in await olga.types("/troupe")


async def test_a_manager_gives_a_member_more_and_takes_it_back(tmp_path):
    async with open_stage(tmp_path) as stage:
        olga, mira = stage.member("olga"), stage.member("mira")
        unknown = plain(await olga.types("/troupe allowance mira"))
        assert "Calls a day 3, as everybody" in unknown
        assert "Nobody has come from this account yet" in unknown
        await mira.calls("wizard by chat")
        await mira.types("/hangup")
        given = plain(await olga.types("/troupe allowance mira calls 9 minutes 90"))
        assert "8 of 9 left, set for them" in given
        seen = plain(await mira.types("/account"))
        assert "8 of 9 left" in seen
        assert "set for you by whoever manages Troupe" in seen
        again = plain(await olga.types("1"))
        assert "2 of 3 left, as everybody" in again
        only_minutes = plain(await olga.types("/troupe allowance mira minutes 5"))
        assert "2 of 3 left, as everybody" in only_minutes
        assert "of 5 left, set for them" in only_minutes
        await olga.types("/troupe allowance mira calls 0")
        assert "is ready" not in plain(await mira.types("/call wizard"))


async def test_the_overview_counts_allowances_and_cost_and_the_help_comes_only_alone(tmp_path):
    async with open_stage(tmp_path, settings={"cost_per_month": 100_000}) as stage:
        olga = stage.member("olga")
        assert "of their own" not in plain(await olga.types("/troupe"))
        await olga.types("/troupe allowance mira calls 9")
        await olga.types("/troupe allowance ben minutes 9")
        await olga.types("/troupe allowance ben minutes default")
        shown = plain(await olga.types("/troupe"))
        assert "Allowances 1 member has one of their own" in shown
        assert "0 of 100,000 credits" in shown
        assert "What managers can do" in shown
        short = plain(await olga.types("/troupe allowance"))
        assert "1 member has one of their own" in short
        assert "What managers can do" not in short


async def test_the_overview_tells_minutes_that_are_held_from_those_that_were_used(tmp_path):
    async with open_stage(tmp_path) as stage:
        olga, mira = stage.member("olga"), stage.member("mira")
        await mira.calls("wizard by chat")
        shown = plain(await olga.types("/troupe"))
        assert "0 of 600 used by all members" in shown
        assert "Held 15 more, until the calls are over" in shown
        await mira.types("My cat is called Fig.")
        await stage.told("clock", {"advance_seconds": 30})
        await mira.types("/hangup")
        await mira.is_told("Merlin will remember this")
        shown = plain(await olga.types("/troupe"))
        assert "1 of 600 used by all members" in shown
        assert "Held" not in shown


async def test_a_pause_stops_every_call_and_says_why_until_it_is_over(tmp_path):
    async with open_stage(tmp_path) as stage:
        olga, mira = stage.member("olga"), stage.member("mira")
        assert "were not paused" in await olga.types("/troupe resume")
        assert "paused on all fronts: “a storm”." in await olga.types("/troupe pause a storm.")
        assert "Calls are paused at the moment: “a storm”." in plain(await mira.types("/call wizard"))
        assert "No call begins at the moment: “a storm”." in plain(await mira.types("/account"))
        overview = plain(await olga.types("/troupe"))
        assert "Paused since" in overview
        await olga.types("/troupe pause")
        assert "begin again" in await olga.types("1")
        assert "Merlin is ready" in await mira.calls("wizard")


async def test_a_blocked_account_places_no_calls_and_its_scheduled_ones_do_not_ring(tmp_path):
    async with open_exchange(tmp_path) as stage:
        olga = stage.member("olga")
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call wizard by phone at tomorrow 18:30")
        assert "mira can place no calls any more" in (await olga.types("/troupe block mira")).replace(
            "console:", ""
        )
        stage.app.followup.nudge()
        await mira.is_told("you cannot place calls here any more")
        assert "You cannot place calls here" in await mira.types("/call wizard")
        assert "Blocked You cannot place calls here." in plain(await mira.types("/account"))
        assert "cannot place calls" not in await stage.member("ben").types("/account")
        assert "blocked already" in await olga.types("/troupe block mira")
        assert "mira" in plain(await olga.types("/troupe")).partition("Blocked")[2]
        assert "can place calls again" in await olga.types("/troupe unblock mira")
        assert "was not blocked" in await olga.types("/troupe unblock mira")
        assert "Merlin is ready" in await mira.types("/call wizard")


async def test_a_blocked_number_is_not_rung_for_anybody(tmp_path):
    async with open_exchange(tmp_path) as stage:
        olga = stage.member("olga")
        mira = await stage.newcomer("mira", MIRAS)
        await mira.types("/call wizard by phone at tomorrow 18:30")
        done = await olga.types("/troupe block +49 1511 2345678")
        assert "+49 ••• 678 is never called again" in done
        stage.app.followup.nudge()
        await mira.is_told("somebody at that number asked not to be called")
        assert "asked not to be called" in plain(await mira.types("/call wizard by phone"))


async def test_a_number_is_called_again_only_once_a_manager_says_that_they_asked_for_it(tmp_path):
    async with open_exchange(tmp_path) as stage:
        olga = stage.member("olga")
        mira = await stage.newcomer("mira", MIRAS)
        await stage.app.house.store.never_call(MIRAS, stage.app.house.now())
        for answer, says in (("2", "Nothing was changed"), ("1", "+49 ••• 678 may be called again")):
            assert "asked not to be called" in plain(await mira.types("/call wizard by phone"))
            asked = plain(await olga.types(f"/troupe unblock {MIRAS}"))
            assert "Somebody may have said “stop calling” at +49 ••• 678." in asked
            assert "Only whoever answers there can take that back." in asked
            assert "1 They asked for it: may be called again 2 Leave it" in asked
            assert "asked not to be called" in plain(await mira.types("/call wizard by phone"))
            assert says in await olga.types(answer)
        assert "Calling your phone" in await mira.types("/call wizard by phone")
        assert "was not blocked" in await olga.types(f"/troupe unblock {MIRAS}")


async def test_the_cost_is_a_table_and_for_scripts_json(tmp_path):
    async with (
        open_stage(tmp_path, settings={"cost_per_month": 100_000}) as stage,
        stage.browser() as browser,
    ):
        olga, mira = stage.member("olga"), stage.member("mira")
        nothing = plain(await olga.types("/troupe cost"))
        assert "0 of 100,000 credits, 0 calls" in nothing
        await mira.calls("wizard")
        await browser.talks(mira.link(), "Hello there.", "My cat is called Fig.")
        await mira.is_told("Merlin will remember this")
        shown = plain(await olga.types("/troupe cost"))
        for said in (
            "By delivery link ▰▰▰▰▰▰▰▰▰▰",
            "By character Merlin",
            "people Mira",
            "1 call",
            "Rose by",
        ):
            assert said in shown
        assert "Fig" not in shown
        data = json.loads(await olga.types("/troupe cost json"))
        assert data["this_month"]["total"]["cost"] > 0
        assert data["this_month"]["by_person"][0]["name"] == "Mira"
        assert (data["ceiling"], data["last_month"]["total"]["cost"]) == (100_000, 0)


async def test_when_the_money_is_used_up_the_table_says_so(tmp_path):
    async with open_stage(tmp_path, settings={"cost_per_month": 1}) as stage, stage.browser() as browser:
        olga, mira = stage.member("olga"), stage.member("mira")
        await mira.calls("wizard")
        await browser.talks(mira.link(), "Hello there.")
        await mira.is_told("Merlin will remember this")
        assert "no new call begins" in plain(await olga.types("/troupe cost"))
        assert "is used up" in plain(await mira.types("/call wizard"))


async def test_whatever_a_manager_mistypes_gets_one_sentence_and_changes_nothing(tmp_path):
    async with open_stage(tmp_path) as stage:
        olga = stage.member("olga")
        for line in HOSTILE:
            shown = await olga.types(line)
            assert shown.strip(), line
            assert len(shown) < 1_000, line
            for bad in ("Traceback", "did not work", "out of order", "\x1b", "Allowance of"):
                assert bad not in shown, line
        overview = plain(await olga.types("/troupe"))
        assert "Paused" not in overview
        assert "Blocked" not in overview
