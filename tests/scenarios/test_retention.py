"""What is old enough goes by itself: there after a month, here after a year."""

import json
from dataclasses import replace

import pytest

from bot.calls.retaining import keep_no_longer
from bot.domain.caller import parse_account
from tests.scenarios.stage import open_stage
from tests.scenarios.test_sweep import clear_faults, counted, lost_talk

pytestmark = pytest.mark.anyio


async def test_elevenlabs_copy_goes_after_a_month_once_and_ours_stays(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.talks(mira.link(), "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        await stage.later(days=29)
        assert not await stage.is_erased_there(talk.conversation_id)
        await stage.later(days=2)
        await stage.until(lambda: stage.is_erased_there(talk.conversation_id))
        await stage.later(minutes=1)
        await stage.rests()
        for operation in ("get_conversation", "delete_conversation"):
            await stage.told("faults", counted(operation))
        for _ in range(3):
            await stage.later(days=1)
        await stage.later(minutes=1)
        assert await clear_faults(stage) == [0, 0]
        assert "silver key" in await mira.types("/memory wizard")


async def test_what_never_came_home_does_so_before_it_goes_there(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, talk = await lost_talk(stage, "mira", "I found a silver key.")
        await stage.later(days=31)
        await stage.until(lambda: stage.is_erased_there(talk.conversation_id))
        assert "silver key" in await mira.types("/memory wizard")
        assert "it never started" not in await mira.types("/history")


async def test_calls_and_imports_go_after_a_year(tmp_path):
    past = tmp_path / "past.json"
    past.write_text(json.dumps([{"role": "user", "content": "My sister Lena moved to Bern."}]))
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await browser.talks(mira.link(), "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        await mira.types(f"/import {past} wizard")
        await mira.types("1")
        await stage.later(days=364)
        memory = await mira.types("/memory wizard")
        assert "silver key" in memory
        assert "Lena" in memory
        await stage.later(days=2)
        memory = await mira.types("/memory wizard")
        assert "silver key" not in memory
        assert "Lena" not in memory
        assert "There are no calls yet" in await mira.types("/history")


async def test_zero_days_keep_for_ever(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await browser.talks(mira.link(), "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        house = stage.app.house
        for_ever = replace(house.terms, retention_days=0)
        in_ten_years = replace(house, now=lambda: stage.clock().replace(year=2040), terms=for_ever)
        assert await keep_no_longer(in_ten_years) is None
        assert "silver key" in await mira.types("/memory wizard")
        assert await keep_no_longer(replace(in_ten_years, terms=house.terms)) is None
        assert "silver key" not in await mira.types("/memory wizard")


async def test_an_old_button_stands_for_nothing_and_what_a_character_is_to_know_stays(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.types("/account remember on")
        await mira.types("1")
        await mira.types("/memory wizard add I found a silver key.")
        store = stage.app.house.store
        person = await store.find_person(parse_account("mira"))
        assert person is not None
        await store.keep_press("press", person.id, "a long topic", stage.app.house.now())
        await stage.later(days=29)
        assert await store.fetch_press(person.id, "press") == "a long topic"
        await stage.later(days=2)
        assert await store.fetch_press(person.id, "press") is None
        await stage.later(days=366)
        assert "silver key" in await mira.types("/memory wizard")
