"""Bringing a file at a terminal: who is who in it, which conversations, and taking it back again."""

import json
import re
from pathlib import Path

import pytest

from bot.domain.export import MARK, VERSION
from tests.scenarios.stage import Member, open_stage
from tests.scenarios.test_facts import cast_with

pytestmark = pytest.mark.anyio

SLACK = Path(__file__).parents[1] / "records" / "samples" / "slack.json"


def choice(shown: str, label: str) -> str:
    """Return the number of a choice."""
    found = re.search(rf"^ +([0-9]+)  {re.escape(label)}", shown, re.MULTILINE)
    assert found, shown
    return found[1]


async def chooses(member: Member, shown: str, label: str) -> str:
    return await member.types(choice(shown, label))


def chats(*titles: str) -> list[dict]:
    """Return a ChatGPT export with a conversation of each title."""
    return [
        {
            "title": title,
            "current_node": "b",
            "mapping": {
                "a": {
                    "message": {
                        "author": {"role": "user"},
                        "content": {"parts": [f"Tell me of {title}."]},
                        "create_time": 1_700_000_000 + number,
                    }
                },
                "b": {
                    "parent": "a",
                    "message": {
                        "author": {"role": "assistant"},
                        "content": {"parts": [f"{title}, then."]},
                        "create_time": 1_700_000_060 + number,
                    },
                },
            },
        }
        for number, title in enumerate(titles)
    ]


async def test_who_is_who_in_a_slack_day_is_asked_and_shown_before_anything_is_saved(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        asked = await mira.types(f"/import {SLACK}")
        assert "Who are you?" in asked
        assert "Nothing is saved yet." in asked
        asked = await chooses(mira, asked, "ana · 1")
        assert "Who is the character?" not in asked, "Merlin is in the cast, and speaks here"
        assert "You are called “ana” in it." in asked
        assert "The character is called “Merlin” in it." in asked
        assert "Left out: 1 line by other people." in asked
        other = await chooses(mira, asked, "I am somebody else")
        bob = await chooses(mira, other, "Bob · 1")
        assert "You are called “Bob” in it." in bob
        which = await chooses(mira, bob, "Choose the character")
        everybody = await chooses(mira, which, "All of them")
        saved = await chooses(mira, everybody, "Save it")
        assert "Saved 1 conversation." in saved
        told = await mira.types("/memory wizard")
        assert "My dog is called Rex." in told
        assert "my cat Fig" not in told


async def test_a_choice_between_ais_is_asked_where_none_is_the_character(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        asked = await mira.types(f"/import {SLACK} captain")
        asked = await chooses(mira, asked, "ana · 1")
        assert "Who is the character?" in asked
        shown = await chooses(mira, asked, "Merlin · 2")
        assert "Left out: 1 line by another AI." in shown


async def test_conversations_are_chosen_one_by_one_page_by_page(tmp_path: Path) -> None:
    titles = [f"topic {number}" for number in range(25)]
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps(chats(*titles)))
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        shown = await mira.types(f"/import {file} wizard")
        assert "25 conversations with 50 lines" in shown
        page = await chooses(mira, shown, "Choose conversations")
        assert "25 of 25 conversations chosen, with 50 lines." in page
        assert "☑ topic 0 · 2023-11-14 · 2" in page
        assert "topic 20" not in page
        page = await chooses(mira, page, "None")
        assert "0 of 25 conversations chosen" in page
        assert "Show what will be saved" not in page
        page = await chooses(mira, page, "☐ topic 3")
        page = await chooses(mira, page, "Further ones")
        page = await chooses(mira, page, "☐ topic 24")
        assert "☑ topic 24" in page
        assert "2 of 25 conversations chosen, with 4 lines." in page
        page = await chooses(mira, page, "Earlier ones")
        assert "☑ topic 3" in page
        page = await chooses(mira, page, "☐ topic 4")
        page = await chooses(mira, page, "☑ topic 4")
        assert "2 of 25 conversations chosen" in page
        shown = await chooses(mira, page, "Show what will be saved")
        assert "2 conversations with 4 lines" in shown
        assert "Left out: 23 conversations that you did not choose." in shown
        saved = await chooses(mira, shown, "Save it")
        assert "Saved 2 conversations. Merlin will know." in saved
        told = await mira.types("/memory wizard")
        assert "topic 24" in told
        assert "topic 7" not in told


async def test_a_chat_that_went_on_grows_here_and_can_be_taken_back_to_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "chat.json"
    said = [
        {"role": "user", "content": "My cat is called Fig.", "timestamp": "2024-03-01T10:00:00Z"},
        {"role": "assistant", "content": "A fine name.", "timestamp": "2024-03-01T10:00:07Z"},
    ]
    more = [{"role": "user", "content": "I moved to Quuxlena.", "timestamp": "2024-03-02T10:00:00Z"}]
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        for lines in (said, said + more):
            file.write_text(json.dumps(lines))
            shown = await mira.types(f"/import {file} wizard")
            saved = await chooses(mira, shown, "Save it")
        assert "1 new line in 1 conversation that you brought before. Merlin will know." in saved
        assert "Quuxlena" in await mira.types("/memory wizard")
        assert (await mira.types("/history")).count("imported") == 1
        saved = await chooses(mira, await mira.types(f"/import {file} wizard"), "Save it")
        assert "Saved 0 conversations. 1 conversation was there already." in saved
        file.write_text(json.dumps([*said, *more, {"role": "assistant", "content": "Far away."}]))
        saved = await chooses(mira, await mira.types(f"/import {file} wizard"), "Save it")
        assert "Erased here: 1 turn." in await chooses(mira, saved, "Take it back")
        told = await mira.types("/memory wizard")
        assert "Quuxlena" in told
        assert "Far away" not in told


async def test_what_an_import_added_can_be_taken_back(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    said = [{"role": "user", "content": "My cat is called Fig."}]
    first.write_text(json.dumps({"profile": {"guild": "owls", "level": 1}, "messages": said}))
    more = [{"role": "user", "content": "My dog is called Rex."}]
    second.write_text(json.dumps({"profile": {"level": 2, "rank": "captain"}, "messages": more}))
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await chooses(mira, await mira.types(f"/import {first} wizard"), "Save it")
        saved = await chooses(mira, await mira.types(f"/import {second} wizard"), "Save it")
        house = stage.app.house
        person = await house.store.find_person(mira.front._caller.account)
        assert person
        assert await house.store.fetch_profile(person.id) == {"guild": "owls", "level": 2, "rank": "captain"}
        back = await chooses(mira, saved, "Take it back")
        assert "Taken back. Erased here: 1 conversation, 1 turn, 2 profile fields." in back
        assert await house.store.fetch_profile(person.id) == {"guild": "owls", "level": 1}
        told = await mira.types("/memory wizard")
        assert "Fig" in told
        assert "Rex" not in told


async def test_a_field_that_changed_since_is_not_taken_back(tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_text(json.dumps({"profile": {"level": 1}}))
    second.write_text(json.dumps({"profile": {"level": 2}}))
    async with open_stage(tmp_path) as stage:
        mira, here = stage.member("mira"), stage.member("mira")
        saved = await chooses(mira, await mira.types(f"/import {first}"), "Save it")
        await chooses(here, await here.types(f"/import {second}"), "Save it")
        assert "There was nothing to erase here." in await chooses(mira, saved, "Take it back")
        person = await stage.app.house.store.find_person(mira.front._caller.account)
        assert person
        assert await stage.app.house.store.fetch_profile(person.id) == {"level": 2}


async def test_the_same_conversation_in_another_file_is_not_kept_twice(tmp_path: Path) -> None:
    older, newer = tmp_path / "older.json", tmp_path / "newer.json"
    older.write_text(json.dumps(chats("bees", "rings")))
    newer.write_text(json.dumps(chats("bees", "rings", "stars"), indent=1))
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await chooses(mira, await mira.types(f"/import {older} wizard"), "Save it")
        saved = await chooses(mira, await mira.types(f"/import {newer} wizard"), "Save it")
        assert "Saved 1 conversation. 2 conversations were there already." in saved


async def test_a_file_of_characters_that_keep_nothing_is_refused_in_one_sentence(tmp_path: Path) -> None:
    cast = cast_with(tmp_path / "cast", "wizard", "coach", memory="none")
    file, turns = tmp_path / "export.json", [{"role": "user", "text": "I keep bees."}]

    def write(*slugs: str) -> None:
        reach = {"reach": "own"}
        talks = [{"id": slug, "character": slug, **reach, "turns": turns} for slug in slugs]
        facts = [{"character": slug, **reach, "text": "Bees.", "added_at": "2026-10-01"} for slug in slugs]
        file.write_text(json.dumps({MARK: VERSION, "facts": facts, "conversations": talks}))

    async with open_stage(tmp_path, personas=cast) as stage:
        mira = stage.member("mira")
        write("wizard")
        shown = await mira.types(f"/import {file}")
        assert shown.strip() == "Merlin keeps nothing in memory; choose another character."
        write("wizard", "coach")
        shown = await mira.types(f"/import {file}")
        assert shown.strip() == "The characters of this file keep nothing in memory; choose another one."
        assert "Nothing is saved yet." in await mira.types(f"/import {file} captain")
        write("wizard", "captain")
        assert "1 conversation with a character that keeps nothing" in await mira.types(f"/import {file}")
