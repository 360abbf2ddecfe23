"""One talk as a file on Discord: private, its owner's alone, and readable by /import."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.conversation import Transcript, Turn
from bot.fronts.discord.limits import FILE_BYTES
from tests.scenarios.discord.stage import LAVISH, open_tavern

pytestmark = pytest.mark.anyio
SAID = "My cat is called Fig."


async def test_a_transcript_comes_as_text_and_as_json_in_private(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.talks(await tavern.calls(mira), SAID)
        recap = await mira.is_told("Your call with Merlin")
        transcript = await tavern.presses(mira, recap, "Transcript")
        text = await tavern.presses(mira, transcript, "As a text file")
        assert text.is_private
        assert "cannot erase a file that you have." in text.text
        ((name, data),) = text.files.items()
        assert re.fullmatch(r"troupe-wizard-\d{4}-\d\d-\d\d\.txt", name)
        assert data.decode().startswith("With Merlin\n")
        assert re.search(r"^(\[\d+:\d\d\] )?Mira: My cat is called Fig\.$", data.decode(), re.MULTILINE)

        as_json = await tavern.presses(mira, transcript, "As a JSON file")
        assert as_json.is_private
        ((name, data),) = as_json.files.items()
        assert re.fullmatch(r"troupe-wizard-\d{4}-\d\d-\d\d\.json", name)
        file = tavern.discord.uploads(name, data, "application/json")
        preview = await tavern.asks(mira, "import", file=file)
        assert "Understood as: Troupe export." in preview.text
        assert "1 conversation was there already." in (await tavern.presses(mira, preview, "Save it")).text
        assert not any(name.startswith("troupe-") for shown in mira.dms for name in shown.files)


async def test_from_a_page_of_the_history_there_is_a_way_back_to_it(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.talks(await tavern.calls(mira), SAID)
        await mira.is_told("Your call with Merlin")
        found = await tavern.asks(mira, "history", search="cat Fig")
        transcript = await tavern.presses(mira, found, "Transcript")
        text = await tavern.presses(mira, transcript, "As a text file")
        assert b"Fig" in next(iter(text.files.values()))
        back = await tavern.presses(mira, text, "◀ Back to the calls")
        assert "Where “cat Fig” was said" in back.text


async def test_nobody_else_gets_it_and_after_forgetting_nobody_does(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, eve = tavern.mira, tavern.joins("Eve")
        await tavern.calls(eve)
        await tavern.talks(await tavern.calls(mira), SAID)
        recap = await mira.is_told("Your call with Merlin")
        history = await tavern.asks(mira, "history")
        transcript = await tavern.presses(mira, history, "Transcript")
        labels = ("As a text file", "As a JSON file")
        for label in labels:
            as_mira = await tavern.answer(await eve.presses(transcript, label, forged=True))
            assert as_mira.text.startswith("This button is somebody else's.")
            stolen = transcript.button(label)["custom_id"].replace(mira.id, eve.id)
            as_eve = await tavern.answer(await eve.presses(transcript, custom_id=stolen, forged=True))
            assert as_eve.text.startswith("You have no call")
            assert (as_mira.files, as_eve.files) == ({}, {})
        sure = await tavern.presses(mira, recap, "Forget this call")
        await tavern.presses(mira, sure, "Erase it")
        for label in labels:
            gone = await tavern.presses(mira, transcript, label)
            assert gone.text.startswith("You have no call")
            assert gone.files == {}


async def test_one_that_is_larger_than_discord_takes_is_packed(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        store = tavern.stage.app.house.store
        person = await store.find_person(tavern.caller(mira).account)
        assert person is not None
        line = Turn("user", "I walked to the sea. " * 900, 0)
        long = Transcript((line,) * (FILE_BYTES // len(line.text) + 10))
        await store.store_import(person.id, "wizard", "own", [("1a" * 16, long)], "", {}, datetime.now(UTC))
        history = await tavern.asks(mira, "history", character="wizard")
        transcript = await tavern.presses(mira, history, "Transcript")
        packed = await tavern.presses(mira, transcript, "As a text file")
        (name,) = packed.files
        assert name.endswith(".txt.gz")


async def test_whoever_speaks_german_has_buttons_and_heading_in_german(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        anna = tavern.joins("Anna", locale="de")
        first = await tavern.asks(anna, "call", character="wizard")
        ready = await tavern.presses(anna, first, "Anrufen und erinnern")
        async with tavern.stage.browser() as browser:
            await browser.talks(ready.link("Mit Merlin"), "Ich habe eine Katze.")
        recap = await anna.is_told("Dein Anruf bei Merlin")
        transcript = await tavern.presses(anna, recap, "Transkript")
        text = await tavern.presses(anna, transcript, "Als Textdatei")
        heading = next(iter(text.files.values())).decode().partition("\n\n")[0].splitlines()
        assert heading[0] == "Mit Merlin"
        assert heading[-1].startswith("Zusammenfassung: ")
        assert "Als JSON-Datei" in transcript.buttons
