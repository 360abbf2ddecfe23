"""What the operator is told of the month's cost, once, also if their front is down at first."""

import logging

import pytest

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
    return await stage.app.house.store.note_alert(f"{stage.clock():%Y-%m}", 0)


async def test_an_operator_whose_front_is_down_is_told_once_it_is_there_again(tmp_path, caplog):
    settings = {"cost_per_month": 1, "operator": "olga"}
    async with open_stage(tmp_path, settings=settings) as stage:
        await spend(stage)
        await stage.until(lambda: logged(caplog))
        await stage.later(minutes=1)
        assert await noted(stage) == 0
    async with open_stage(tmp_path, settings=settings) as stage:
        olga = stage.member("olga")
        await stage.later(minutes=10)
        assert "of 1 in" in await olga.is_told("100 % is reached. No new call begins this month.")
        await stage.until(lambda: is_noted(stage))
        await stage.later(hours=2)
        assert olga.seen.count("is reached") == 1
    assert caplog.text.count("is reached") == 1


async def test_where_no_operator_is_named_the_log_alone_knows(tmp_path, caplog):
    async with open_stage(tmp_path, settings={"cost_per_month": 1}) as stage:
        await spend(stage)
        await stage.until(lambda: is_noted(stage))
        assert "100 % is reached" in caplog.text


async def is_noted(stage: Stage) -> bool:
    return await noted(stage) == 100


async def logged(caplog: pytest.LogCaptureFixture) -> bool:
    return any(
        "is reached" in record.message for record in caplog.records if record.levelno >= logging.WARNING
    )
