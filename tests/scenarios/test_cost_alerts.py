"""What the operator is told of the month's cost, once, also if their front is down at first."""

import logging

import pytest

from bot.domain.caller import Account
from bot.domain.errors import PostRefused
from bot.domain.reply import Reply
from tests.scenarios.stage import Stage, open_stage

pytestmark = pytest.mark.anyio


async def spend(stage: Stage) -> None:
    """Let mira talk once, and leave nobody at a terminal."""
    mira = stage.member("mira")
    async with stage.browser() as browser:
        await mira.calls("wizard")
        await browser.talks(mira.link(), "Hello there.")
        await mira.is_told("Merlin will remember this")
    stage.app.posters.clear()


async def noted(stage: Stage) -> int:
    """Return the highest percentage that the operator was told of."""
    ceiling = stage.app.house.terms.limits.cost_per_month
    return await stage.app.house.store.note_alert(f"{stage.clock():%Y-%m}", ceiling, 0)


async def spent(stage: Stage) -> int:
    """Return what this month's calls cost."""
    return await stage.app.house.store.fetch_total_cost(f"{stage.clock():%Y-%m}")


async def test_an_operator_whose_front_is_down_is_told_once_it_is_there_again(tmp_path, caplog):
    settings = {"cost_per_month": 1, "operator": "olga"}
    async with open_stage(tmp_path, settings=settings) as stage:
        await spend(stage)
        await stage.later(minutes=1)
        await stage.until(lambda: logged(caplog))
        await stage.later(minutes=1)
        assert await noted(stage) == 0
    async with open_stage(tmp_path, settings=settings) as stage:
        olga = stage.member("olga")
        # As the console does; a clock that jumps past the lease would have it done twice.
        await stage.app.house.store.hasten_jobs("cost_alert", stage.app.house.now())
        stage.app.followup.nudge()
        assert "of 1 credits in" in await olga.is_told("%. No new call begins this month.")
        await stage.until(lambda: is_noted(stage))
        await stage.later(hours=2)
        assert olga.seen.count("Calls have cost") == 1
    assert caplog.text.count("Calls have cost") == 1


async def test_a_ceiling_that_was_changed_is_told_at_the_next_start(tmp_path, caplog):
    caplog.set_level(logging.INFO, "bot")
    async with open_stage(tmp_path, settings={"cost_per_month": 1_000_000, "operator": "olga"}) as stage:
        await spend(stage)
        await stage.until(lambda: spent(stage))
        cost = await spent(stage)
    assert "Calls have cost" not in caplog.text
    for ceiling, percent, then in (
        (cost, 100, "No new"),
        (cost + 1, 100 * cost // (cost + 1), "/troupe cost"),
    ):
        settings = {"cost_per_month": ceiling, "operator": "olga"}
        for start in ("first", "second"):
            async with open_stage(tmp_path, settings=settings) as stage:
                olga = stage.member("olga")
                await stage.later(minutes=1)
                await stage.until(lambda: is_any_noted(stage))
            told = f"Calls have cost {cost:,} of {ceiling:,} credits in "
            assert olga.seen.count(told) == (start == "first")
            assert caplog.text.count(told) == 1
            assert start == "second" or f", which is {percent} %. {then}" in olga.seen
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_an_operator_who_takes_no_messages_is_told_by_the_log(tmp_path, caplog):
    class Refusing:
        async def post(self, account: Account, reply: Reply) -> None:
            raise PostRefused(account.platform)

    async with open_stage(tmp_path, settings={"cost_per_month": 1, "operator": "discord:7"}) as stage:
        stage.app.posters["discord"] = Refusing()
        await spend(stage)
        stage.app.posters["discord"] = Refusing()
        await stage.later(minutes=10)
        await stage.until(lambda: is_noted(stage))
    assert "No new call begins this month. The operator's account takes no messages." in caplog.text


async def test_where_no_operator_is_named_the_log_alone_knows(tmp_path, caplog):
    async with open_stage(tmp_path, settings={"cost_per_month": 1}) as stage:
        await spend(stage)
        await stage.until(lambda: is_noted(stage))
        assert "No new call begins this month" in caplog.text


async def is_any_noted(stage: Stage) -> bool:
    return await noted(stage) > 0


async def is_noted(stage: Stage) -> bool:
    return await noted(stage) == 100


async def logged(caplog: pytest.LogCaptureFixture) -> bool:
    return any(
        "Calls have cost" in record.message for record in caplog.records if record.levelno >= logging.WARNING
    )
