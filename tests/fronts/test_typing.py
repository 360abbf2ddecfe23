"""Hasty and hostile members at the terminal, with the whole house behind it."""

import re

import pytest

from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("call wizard", "Commands begin with a slash"),
        ("/cal wizard", "There is no command /cal. Did you mean /call?"),
        ("/call wizzard", "did you mean wizard?"),
        ("/call", "Whom do you want to call?"),
        ("/memory", "Whose memory do you want to see?"),
        ("/memory nobody-at-all", "There is no character called “nobody-at-all”"),
        ("/history abcdef", "You have no call “abcdef”"),
        ("/history", "There are no calls yet"),
        ("/forget nothing-like-this", "neither a call nor a character “nothing-like-this”"),
        ("²", "Commands begin with a slash"),
        ("9" * 5_000, "Commands begin with a slash"),
        ("?", "/import FILE"),
        ("/call captain nan", "Before your first call"),
        ("/import", "Name the file"),
        ("/import no-such-file.json", "no-such-file.json"),
        ("/import /", "is a directory"),
        ("7", "There is no choice 7"),
        ("/", "There is no command"),
        ("/ call", "There is no command"),
        ("/call " + "x" * 5_000, "There is no character called"),
        ("/answer", "Nothing was kept"),
        ("/keep", "You have no call"),
        ("/help", "/import FILE"),
        ("/account cod 123456", "There is no /account cod 123456. Did you mean /account code?"),
        ("/account rung", "There is no /account rung. /account alone"),
        ("/troupe paus a storm", "Did you mean /troupe pause?"),
    ],
)
async def test_every_line_gets_one_clear_answer(tmp_path, line, answer):
    async with open_stage(tmp_path) as stage:
        shown = await stage.member("mira").types(line)
        assert answer in " ".join(shown.split())
        assert "Traceback" not in shown


async def test_a_hidden_door_opens_nothing_of_somebody_else(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await browser.talks(mira.link(), "My secret word is marzipan.")
        await mira.is_told("Merlin will remember this")
        past_id = (await mira.types("/history")).split("Merlin")[0].split()[-1]
        assert "marzipan" in await mira.types(f"/history {past_id}")
        ben = stage.member("ben")
        for line in (f"/history {past_id}", f"/keep {past_id}"):
            assert "You have no call" in await ben.types(line)
        assert "neither a call" in await ben.types(f"/forget {past_id}")
        assert "marzipan" in await mira.types(f"/history {past_id}")


async def test_a_link_typed_as_a_number_says_how_to_open_it(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        assert "Open this in your browser: http" in await mira.types("1")


async def test_not_now_keeps_nothing_and_asks_again(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.types("/call wizard")
        assert "Nothing was kept" in await mira.types("3")
        assert "Merlin is an AI" in await mira.types("/call wizard")


async def test_remembering_can_be_switched_off_and_on_again(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await mira.types("/memory wizard")
        assert "Remembering is off" in await mira.types("2")
        assert "remembering is off" in await mira.types("/memory wizard")
        assert "Remembering is on" in await mira.types("2")


async def test_an_erasure_can_be_declined(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await mira.types("/forget everything")
        assert "Nothing was changed" in await mira.types("2")
        assert "link not used yet" in await mira.types("/history")


async def test_an_erasure_names_the_call_or_the_import_and_not_the_character_alone(tmp_path):
    past = tmp_path / "past.json"
    past.write_text('[{"role": "user", "content": "I like bees."}]')
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        for brought in ("wizard", ""):
            await mira.types(f"/import {past} {brought}")
            await mira.types("1")
        await mira.calls("wizard")
        lines = [line for line in (await mira.types("/history")).splitlines() if " · " in line]
        asked = [await mira.types(f"/forget {line.split()[1]}") for line in lines]
    assert "This erases your call with Merlin · " in asked[0]
    assert sum("This erases what you imported: Merlin · " in one for one in asked) == 1
    assert sum("This erases what you imported: for every character · " in one for one in asked) == 1


async def test_a_line_that_is_out_of_order_has_an_id_that_the_log_knows(tmp_path, caplog):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("captain by chat")
        await mira.types("/hangup")
        await stage.told("faults", {"operation": "get_signed_url", "fault": "status", "status": 401})
        shown = " ".join((await mira.types("/call wizard by chat")).split())
    short = re.search(r"finds the reason in the log as ([0-9a-f]{8})\.", shown)
    assert short, shown
    assert caplog.text.count(f"{short[1]}: ") == 1


async def test_a_file_that_changed_between_preview_and_saving_is_not_saved(tmp_path):
    past = tmp_path / "past.json"
    past.write_text('[{"role": "user", "content": "I like bees."}]')
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.types(f"/import {past}")
        past.write_text('[{"role": "user", "content": "I like wasps."}]')
        assert "Nothing was saved" in await mira.types("1")
        await mira.types(f"/import {past}")
        assert "Saved 1 conversation. Every character will know." in await mira.types("1")
        await mira.types(f"/import {past}")
        assert "1 conversation was there already" in await mira.types("1")


async def test_a_confirmation_lapses_with_the_next_command(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await mira.types("/forget everything")
        await mira.types("/help")
        assert "There is no choice 1" in await mira.types("1")


async def test_a_recap_does_not_take_the_numbers_of_what_is_being_asked(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await talk.says("I found a silver key.")
        await mira.types("/characters")
        await browser.hangs_up(mira.link(), talk)
        recap = await mira.is_told("Merlin will remember this")
        assert "6  Call Merlin again" in recap
        assert "Ambrose Pell is ready" in await mira.types("1")


async def test_an_import_says_that_nobody_is_told_while_remembering_is_off(tmp_path):
    past = tmp_path / "my past.json"
    past.write_text('[{"role": "user", "content": "I like bees."}]')
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.types("/call wizard")
        await mira.types("2")
        await mira.types(f"/import {past}")
        assert "Remembering is off, so nobody is told" in await mira.types("1")


async def test_a_call_without_a_name_asks_whom_and_keeps_the_topic(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        assert "Whom do you want to call?" in await mira.types("/call about dragons")
        await mira.types("5")
        await mira.types("1")
        assert "“dragons”" in await mira.types("2")
