"""Whether a first call asks what may be remembered, or only says so."""

import pytest

from bot.calls.placing import place
from bot.domain.caller import Caller, parse_account
from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio
NOTICE = {"memory_consent": "notice", "calls_per_day": 20}


async def test_a_notice_holds_nobody_up_and_says_what_is_kept(tmp_path):
    async with open_stage(tmp_path, settings=NOTICE) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        first = await mira.types("/call wizard")
        assert "Before your first call" in first
        assert "transcribed by ElevenLabs" in first
        assert "Merlin is ready" in first
        assert "Don't remember me" in first
        await browser.talks(mira.link(), "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        assert "silver key" in await mira.types("/memory wizard")
        again = await mira.types("/call wizard")
        assert "Before your first call" not in again
        assert "Merlin remembers you." in again


async def test_whoever_says_no_to_the_notice_is_not_remembered(tmp_path):
    async with open_stage(tmp_path, settings=NOTICE) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        first = await mira.types("/call wizard")
        number = next(line.split()[0] for line in first.splitlines() if "Don't remember me" in line)
        assert "Remembering is off" in await mira.types(number)
        await browser.talks(mira.link(), "I found a silver key.")
        await mira.is_told("Nothing that was said is kept")
        assert "silver key" not in await mira.types("/memory wizard")


async def test_whoever_had_said_no_stays_unremembered_and_whoever_was_only_told_is_asked(tmp_path):
    async with open_stage(tmp_path, settings={"memory_consent": "ask"}) as stage:
        ben = stage.member("ben")
        await ben.types("/call wizard")
        await ben.types("2")
    async with open_stage(tmp_path, settings=NOTICE) as stage:
        ben = stage.member("ben")
        assert "Before your first call" in await ben.types("/call wizard")
        assert "remembering is off" in await ben.types("/account")
        mira = stage.member("mira")
        await mira.types("/call wizard")
        assert "remembering is on" in await mira.types("/account")
    async with open_stage(tmp_path, settings={"memory_consent": "ask"}) as stage:
        mira = stage.member("mira")
        assert "Call and remember" in await mira.types("/call wizard")


async def test_a_page_shows_the_notice_above_its_one_button(tmp_path):
    async with open_stage(tmp_path, settings=NOTICE) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        caller = Caller(parse_account("mira"), "Mira")
        placed = await place(stage.app.house, caller, "wizard", card_comes_later=True)
        assert placed is not None
        async with browser.http.get(placed.url) as answer:
            page = await answer.text()
        assert "Before your first call" in page
        assert "Call and remember" not in page
        assert "Call Merlin</button>" in page
        assert "your first call says" in await mira.types("/account")
        talk = await browser.opens(placed.url)
        assert "remembering is on" in await mira.types("/account")
        await browser.hangs_up(placed.url, talk)
