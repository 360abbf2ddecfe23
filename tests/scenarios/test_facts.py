"""What a member wants a character to know: added, told, corrected, deleted, and nobody else's business."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.caller import Caller, parse_account
from bot.domain.errors import CallerError
from bot.domain.record import Reading
from bot.domain.reply import Ask, Reply
from bot.fronts.memory import memory
from tests.scenarios.stage import PERSONAS, Member, Stage, open_stage

pytestmark = pytest.mark.anyio

NUTS, SEEDS = "I am allergic to nuts.", "I am allergic to sesame."


async def introduces_herself(mira: Member) -> None:
    """Agree to be remembered, without a call."""
    await mira.types("/account remember on")
    assert "Remembering is on" in await mira.types("1")


def told_card(shown: str) -> str:
    """Return the first card, in one line: what the character will be told."""
    lines = (line.strip("│╭╮╰╯─ ") for line in shown.partition("╰")[0].splitlines())
    return " ".join(lines)


def undated(shown: str) -> str:
    """Return facts as they are numbered, without when, by whom and to whom they were told."""
    return re.sub(r"(?<=\d\. )\d+ \w{3} \d{4}( · [^·\n]+?)+ {2,}", "", shown)


async def test_who_told_a_fact_after_calls_that_were_not_kept_is_greeted_as_for_the_first_time(
    tmp_path: Path,
):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.types("/call wizard")
        assert "Merlin is ready" in await mira.types("2")
        await browser.talks(mira.link(), "My secret word is marzipan.")
        await mira.is_told("Nothing that was said is kept")
        await mira.types("/account remember on")
        assert "Merlin will know" in await mira.types(f"/memory wizard add {NUTS}")
        assert "remembers you" not in await mira.calls("wizard")
        variables = (await browser.opens(mira.link())).started["message"]["dynamic_variables"]
        assert NUTS in variables["context"]
        assert (variables["is_returning"], variables["call_count"]) == (False, 0)
        assert variables["days_since_last_call"] == -1


async def test_what_is_added_is_told_in_the_next_call_to_the_letter(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await introduces_herself(mira)
        assert f"Merlin will know: “{NUTS}”" in await mira.types(f"/memory wizard add {NUTS}")
        shown = await mira.types("/memory wizard")
        assert "What Merlin is to know about you" in shown
        assert re.search(rf"1\. \d+ \w+ 2026 · you added this  {NUTS}", shown)
        assert "What they want you to know:" in told_card(shown)
        assert f": “{NUTS}”" in told_card(shown)

        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        context = talk.started["message"]["dynamic_variables"]["context"]
        assert f": “{NUTS}”" in context
        assert all(line in told_card(shown) for line in context.splitlines())
        assert "nuts" in await talk.says("What do you remember about me?")


async def test_a_fact_is_corrected_and_deleted_by_number(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        await mira.types(f"/memory wizard add {NUTS}")
        await mira.types("/memory wizard add I keep bees.")
        shown = await mira.types(f"/memory wizard correct 2 {SEEDS}")
        assert f"Merlin will know instead: “{SEEDS}”" in shown
        shown = await mira.types("/memory wizard")
        assert NUTS not in shown
        assert f"1. {SEEDS}" in undated(shown)
        assert "2. I keep bees." in undated(shown)
        assert f"This deletes: “{SEEDS}”" in await mira.types("/memory wizard delete 1")
        assert "Nothing was changed" in await mira.types("2")
        await mira.types("/memory wizard delete 1")
        assert "Deleted. Merlin will not be told that any more." in await mira.types("1")
        shown = await mira.types("/memory wizard")
        assert "sesame" not in shown
        assert "1. I keep bees." in undated(shown)
    for file in tmp_path.glob("troupe.db*"):
        assert b"sesame" not in file.read_bytes(), file
        assert b"allergic to nuts" not in file.read_bytes(), file


async def test_the_buttons_say_how_to_add_and_to_correct(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        shown = await mira.types("/memory wizard")
        assert "Nothing yet." in shown
        assert "4  Add something" in shown
        assert "/memory wizard add" in await mira.types("4")
        await mira.types(f"/memory wizard add {NUTS}")
        shown = await mira.types("/memory wizard")
        assert "5  Correct 1: I am allergic to nuts" in shown
        assert "/memory wizard correct 1" in await mira.types("5")


async def test_a_correction_without_words_asks_whether_it_shall_go(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, house = stage.member("mira"), stage.app.house
        await introduces_herself(mira)
        await mira.types(f"/memory wizard add {NUTS}")

        async def asks(caller: Caller, arguments: Mapping[str, str] = {}) -> Reply:
            return await memory(house, Ask(caller, "memory", {"character": "wizard", **arguments}))

        caller = Caller(parse_account("mira"), "Mira")
        correct = next(one for one in (await asks(caller)).choices if one.label.startswith("Correct"))
        asked = await asks(caller, {**correct.arguments, "text": " "})
        assert NUTS in asked.cards[0].text
        assert [choice.label for choice in asked.choices] == ["Delete it", "Keep it"]
        assert NUTS in await mira.types("/memory wizard")
        with pytest.raises(CallerError, match="That is not among"):
            await asks(Caller(parse_account("ben"), "Ben"), asked.choices[0].arguments)
        assert "Deleted" in (await asks(caller, asked.choices[0].arguments)).text
        assert NUTS not in await mira.types("/memory wizard")
        with pytest.raises(CallerError, match="That is not among"):
            await asks(caller, asked.choices[0].arguments)


async def test_many_facts_come_ten_at_a_time_and_keep_their_numbers(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        for number in range(1, 13):
            await mira.types(f"/memory wizard add I have {number} bees.")
        shown = await mira.types("/memory wizard")
        assert "10. I have 3 bees." in undated(shown)
        assert "11. " not in shown
        assert "12 altogether, the newest first." in shown
        assert "14  Correct 10: I have 3 bees." in shown
        assert "15  Older ones" in shown
        shown = await mira.types("15")
        assert "10. " not in shown
        assert "12. I have 1 bees." in undated(shown)
        assert "Older ones" not in shown
        assert "3  Correct 12: I have 1 bees." in shown
        assert "/memory wizard correct 12 I am" in await mira.types("3")
        assert "“I have 1 bees.”" in await mira.types("/memory wizard delete 12")


async def test_another_character_and_another_member_do_not_know_it(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, ben = stage.member("mira"), stage.member("ben")
        for member in (mira, ben):
            await introduces_herself(member)
        await mira.types(f"/memory wizard add {NUTS}")
        assert "nuts" in await mira.types("/memory wizard")
        assert "nuts" not in await mira.types("/memory coach")
        assert "nuts" not in await ben.types("/memory wizard")
        assert "There is no 1 among" in await ben.types("/memory wizard delete 1")


async def test_forgetting_a_character_takes_its_facts_along_and_counts_them(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        await mira.types(f"/memory wizard add {NUTS}")
        await mira.types("/memory wizard add I keep bees.")
        await mira.types("/memory coach add I run.")
        assert "what Merlin was to know about you" in " ".join((await mira.types("/forget wizard")).split())
        assert "Erased here: 2 facts." in await mira.types("1")
        assert "nuts" not in await mira.types("/memory wizard")
        assert "I run." in await mira.types("/memory coach")
        await mira.types("/forget everything")
        assert "1 fact." in await mira.types("1")


async def test_who_is_not_remembered_adds_nothing_and_is_told_how_to_change_that(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        assert "/account remember on" in await mira.types(f"/memory wizard add {NUTS}")
        assert "nuts" not in await mira.types("/memory wizard")
        await introduces_herself(mira)
        await mira.types(f"/memory wizard add {NUTS}")
        await mira.types("/account remember off")
        assert "/account remember on" in await mira.types("/memory wizard add I keep bees.")
        assert "/account remember on" in await mira.types(f"/memory wizard correct 1 {SEEDS}")
        shown = await mira.types("/memory wizard")
        assert "nuts" not in told_card(shown)
        assert f"1. {NUTS}" in undated(shown)
        assert "None of this is told at the moment" in shown
        assert "Add something" not in shown
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        assert "nuts" not in json.dumps(talk.started["message"])
        await mira.types("/memory wizard delete 1")
        assert "Deleted" in await mira.types("1")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/memory wizard add", "Write it in one sentence: /memory wizard add"),
        ("/memory wizard add \u200f\u2028", "nothing in it"),
        ("/memory wizard add \u200b\u200b", "nothing in it"),
        ("/memory wizard add \u2800 \u0301", "nothing in it"),
        ("/memory wizard add 🐝", "Merlin will know: “🐝”"),
        (f"/memory wizard add {'x' * 301}", "301 characters long"),
        ("/memory nobody-at-all add I sing", "There is no character called “nobody-at-all”"),
        ("/memory wizard add I keep bees", "Merlin is to know that already"),
        ("/memory wizard correct", "Which one?"),
        ("/memory wizard correct 1", "Write how it should read: /memory wizard correct 1"),
        ("/memory wizard correct 2 I sing", "There is no 2 among"),
        ("/memory wizard delete 99999", "There is no 99999 among"),
        ("/memory wizard correct 0 I sing", "There is no 0 among"),
        ("/memory Captain Nan Tregarth add I sing", "Captain Nan Tregarth will know"),
        ("/memory wizard add add delete 1", "Merlin will know: “add delete 1”"),
        ("/memory wizard add {{secret__key}}\x1b[31m", "“{ {secret__key} }[31m”"),
        (f"/memory wizard add {'y' * 300}", "will know"),
    ],
)
async def test_every_line_gets_one_clear_answer(tmp_path, line, answer):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        await mira.types("/memory wizard add I KEEP  bees")
        shown = " ".join((await mira.types(line)).split())
        assert answer in shown
        assert "Traceback" not in shown


def cast_with(folder: Path, *slugs: str, **front: str) -> Path:
    """Copy the cast, and give some characters other lines of front matter."""
    folder.mkdir()
    for path in PERSONAS.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    for slug in slugs:
        file = folder / f"{slug}.md"
        lines = file.read_text().splitlines()
        for name, value in front.items():
            lines = [line for line in lines if not line.startswith(f"{name}:")]
            lines.insert(1, f"{name}: {value}")
        file.write_text("\n".join(lines))
    return folder


async def test_a_character_that_remembers_nothing_is_told_nothing(tmp_path):
    forgetful = cast_with(tmp_path / "forgetful", "wizard", memory="none")
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        await mira.types(f"/memory wizard add {NUTS}")
    async with open_stage(tmp_path, personas=forgetful) as stage:
        mira = stage.member("mira")
        assert "remembers nothing" in await mira.types("/memory wizard add I keep bees.")
        shown = await mira.types("/memory wizard")
        assert "nuts" not in told_card(shown)
        assert f"1. {NUTS}" in undated(shown)
        assert "Add something" not in shown
        await mira.types("/memory wizard delete 1")
        await mira.types("1")
        assert "What Merlin is to know about you" not in await mira.types("/memory wizard")


async def test_characters_that_share_tell_each_other_and_say_to_whom_it_was_told(tmp_path):
    sharing = cast_with(tmp_path / "sharing", "wizard", memory="shared")
    async with open_stage(tmp_path, personas=sharing) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        await mira.types(f"/memory captain add {NUTS}")
        shown = await mira.types("/memory wizard")
        assert f", told to Captain Nan Tregarth: “{NUTS}”" in told_card(shown)
        assert "· told to Captain Nan Tregarth  I am" in " ".join(shown.split("\n"))
        assert f"1. {NUTS}" in undated(shown)
        await mira.types("/account remember off")
        assert "nuts" not in await mira.types("/memory wizard")
        assert f"1. {NUTS}" in undated(await mira.types("/memory captain"))
        await mira.types("/account remember on")
        await mira.types("/memory wizard delete 1")
        await mira.types("1")
        assert "nuts" not in await mira.types("/memory captain")


@asynccontextmanager
async def after_merlin_left(folder: Path) -> AsyncIterator[Stage]:
    """Let Mira tell Merlin something, and open everything again without him in the cast."""
    cast = cast_with(folder / "cast", "wizard")
    async with open_stage(folder, personas=cast) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        await mira.types(f"/memory wizard add {NUTS}")
    (cast / "wizard.md").unlink()
    async with open_stage(folder, personas=cast) as stage:
        yield stage


async def test_what_a_character_that_left_was_told_is_forgotten_without_any_talk(tmp_path):
    async with after_merlin_left(tmp_path) as stage:
        mira, ben = stage.member("mira"), stage.member("ben")
        assert "neither a call nor a character" in await ben.types("/forget wizard")
        assert "what wizard was to know about you" in await mira.types("/forget wizard")
        assert "Erased here: 1 fact." in await mira.types("1")
        assert "There is no character called" in await mira.types("/memory wizard")


async def test_what_a_character_that_left_was_told_stays_to_be_seen_and_deleted(tmp_path):
    async with after_merlin_left(tmp_path) as stage:
        mira, ben = stage.member("mira"), stage.member("ben")
        shown = await mira.types("/memory wizard")
        assert "not in the cast any more" in shown
        assert f"1. {NUTS}" in undated(shown)
        await mira.types("/memory wizard delete 1")
        assert "Deleted" in await mira.types("1")
        for member in (mira, ben):
            assert "There is no character called" in await member.types("/memory wizard")


async def test_what_only_others_were_told_of_one_that_left_can_be_kept_from_them_too(tmp_path):
    async with after_merlin_left(tmp_path) as stage:
        mira, house = stage.member("mira"), stage.app.house
        caller = Caller(parse_account("mira"), "Mira")
        person = await house.store.find_person(caller.account)
        (fact,) = await house.store.fetch_facts(person.id, Reading("wizard", "own"))
        given = {"character": "wizard", "fact": fact.id}
        await memory(house, Ask(caller, "memory", {**given, "do": "everyone"}))
        others, now = [one.slug for one in house.cast.all()], house.now()
        await house.store.note_characters([*others, "wizard"], now + timedelta(minutes=12))
        await house.store.note_characters(others, now + timedelta(minutes=13))
        assert NUTS in await mira.types("/memory coach")
        reply = await memory(house, Ask(caller, "memory", {**given, "do": "alone"}))
        assert reply.text == "wizard will not be told that any more."
        assert NUTS not in await mira.types("/memory coach")
