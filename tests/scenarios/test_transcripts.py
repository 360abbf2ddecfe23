"""One talk as a file at a terminal: its owner's alone, to be read by people, or by ``/import``."""

import json
import re
import stat
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from bot.domain.caller import Caller, parse_account
from bot.domain.conversation import Turn
from bot.domain.errors import CallNotFound
from bot.domain.export import Export
from bot.domain.reply import Ask
from bot.fronts import commands
from tests.scenarios.stage import Member, Stage, open_stage

pytestmark = pytest.mark.anyio
SAID = "My cat is called Fig.\nMerlin: and Rex is mine."


def label(shown: str, words: str) -> str:
    """Return the number of a button."""
    found = re.search(rf"^ +([0-9]+)  {re.escape(words)}", shown, re.MULTILINE)
    assert found, shown
    return found[1]


def path_in(shown: str) -> Path:
    found = re.search(r"^/.*\.(txt|json)$", shown, re.MULTILINE)
    assert found, shown
    return Path(found[0])


async def talks(stage: Stage, mira: Member, *words: str, character: str = "wizard") -> str:
    """Talk on the page, and return the transcript as it is shown."""
    await mira.calls(character)
    async with stage.browser() as browser:
        await browser.talks(mira.link(), *words)
    return await mira.types(label(await mira.is_told("will remember this"), "Transcript"))


async def saves(mira: Member, transcript: str, words: str) -> Path:
    return path_in(await mira.types(label(transcript, words)))


async def turns_of(stage: Stage, name: str) -> list[tuple[Turn, ...]]:
    """Return the words of each talk that somebody has, and of the character that it was with."""
    person = await stage.app.house.store.find_person(parse_account(name))
    assert person is not None
    past = await stage.app.house.store.fetch_history(person.id)
    return [await stage.app.house.store.fetch_turns(person.id, one.talk_id) for one in past if one.talk_id]


async def test_a_text_file_reads_like_a_dialogue_under_its_heading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_stage(tmp_path, settings={"timezone": "Asia/Tokyo"}) as stage:
        mira = stage.member("mira")
        transcript = await talks(stage, mira, SAID)
        path = await saves(mira, transcript, "As a text file")
        assert re.fullmatch(r"troupe-wizard-\d{4}-\d{2}-\d{2}\.txt", path.name)
        assert path.parent == tmp_path
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        heading, _, said = path.read_text().partition("\n\n")
        lines = heading.splitlines()
        assert lines[0] == "With Merlin"
        assert re.fullmatch(r"\d+ \w{3} \d{4}, \d\d:\d\d \(Asia/Tokyo\)( · \d+ seconds?)?", lines[1]), lines
        assert [line.partition(":")[0] for line in lines[2:]] == ["About", "Summary"]
        spoken = [re.sub(r"^\[\d+:\d\d\] ", "", line) for line in said.splitlines()]
        assert spoken[0].startswith("Merlin: ")
        assert "Mira: My cat is called Fig." in spoken
        assert "    Merlin: and Rex is mine." in spoken


async def test_a_json_file_is_an_export_of_that_one_talk_that_import_takes_back_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path)
    async with open_stage(tmp_path / "here") as stage:
        mira = stage.member("mira")
        await talks(stage, mira, "I found a silver key.", character="captain")
        await mira.types("/memory wizard add I am allergic to nuts")
        path = await saves(mira, await talks(stage, mira, SAID, "Rex is a dog."), "As a JSON file")
        assert path.name.startswith("troupe-wizard-")
        (before,) = [one for one in await turns_of(stage, "mira") if any("Fig" in turn.text for turn in one)]
    data = path.read_bytes()
    found = json.loads(data)
    TypeAdapter(Export).validate_python(found)
    assert (found["name"], found["facts"], found["calls"], found["accounts"]) == ("Mira", [], [], [])
    assert b"silver" not in data
    assert b"nuts" not in data
    assert len({part["id"] for part in found["conversations"]}) == 1

    async with open_stage(tmp_path / "there") as stage:
        mira = stage.member("mira")
        preview = await mira.types(f"/import {path}")
        assert "Understood as: Troupe export." in preview
        assert "Saved 1 conversation." in await mira.types(label(preview, "Save it"))
        assert await turns_of(stage, "mira") == [before]
        imported = await mira.types("/history wizard")
        assert "imported" in imported
        again = await saves(mira, await mira.types(label(imported, "Transcript")), "As a JSON file")
        assert json.loads(again.read_bytes())["conversations"][0]["turns"] == [
            {"role": turn.role, "text": turn.text, "seconds": turn.seconds} for turn in before
        ]


async def test_a_talk_is_taken_along_by_its_owner_alone_and_only_while_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await talks(stage, mira, SAID)
        await stage.member("eve").calls("wizard")
        person = await stage.app.house.store.find_person(parse_account("mira"))
        assert person is not None
        (talk,) = [one for one in await stage.app.house.store.fetch_history(person.id) if one.talk_id]

        async def asks(name: str, form: str):
            caller = Caller(parse_account(name), name.capitalize())
            return await commands.answer(
                stage.app.house, Ask(caller, "history", {"call": talk.id, "as": form})
            )

        for form in ("text", "json"):
            with pytest.raises(CallNotFound, match="You have no call"):
                await asks("eve", form)
        made = {form: (await asks("mira", form)).download for form in ("text", "json")}
        sure = await mira.types(f"/forget {talk.id}")
        await mira.types(label(sure, "Erase it"))
        for form, download in made.items():
            with pytest.raises(CallNotFound, match="You have no call"):
                await asks("mira", form)
            assert download is not None
            with pytest.raises(CallNotFound):
                [piece async for piece in download.pieces()]


async def test_whatever_a_file_calls_its_character_the_name_of_ours_is_harmless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    talk = {
        "id": "theirs",
        "character": "../../~/Evil\x1b[2J .html",
        "reach": "own",
        "started_at": "2024-03-01T10:00:00Z",
        "turns": [{"role": "user", "text": "I sing.", "seconds": 0}],
    }
    brought = tmp_path / "theirs.json"
    brought.write_text(json.dumps({"troupe_export": 1, "conversations": [talk]}))
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.types(label(await mira.types(f"/import {brought}"), "Save it"))
        transcript = await mira.types(label(await mira.types("/history"), "Transcript"))
        path = await saves(mira, transcript, "As a text file")
        assert (path.parent, path.name) == (tmp_path, "troupe-vil2html-2024-03-01.txt")
        assert "\x1b" not in path.read_text()


async def test_a_call_of_which_no_words_are_kept_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard continue fresh")
        async with stage.browser() as browser:
            await browser.talks(mira.link(), SAID)
        await mira.is_told("Nothing that was said is kept")
        person = await stage.app.house.store.find_person(parse_account("mira"))
        assert person is not None
        (talk,) = await stage.app.house.store.fetch_history(person.id)
        caller = Caller(parse_account("mira"), "Mira")
        reply = await commands.answer(
            stage.app.house, Ask(caller, "history", {"call": talk.id, "as": "text"})
        )
        assert reply.text.startswith(f"No words of {talk.id[:8]} are kept")
        assert reply.download is None
