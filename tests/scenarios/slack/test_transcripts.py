"""One talk as a file on Slack: into direct messages, once its owner agreed that it may stand there."""

import re
from pathlib import Path

import pytest

from bot.domain.caller import Account
from tests.fakes.slack import Person, Shown
from tests.scenarios.slack.stage import LAVISH, Office, open_office

pytestmark = pytest.mark.anyio
SAID = "My cat is called Fig."
LABELS = ("As a text file", "As a JSON file")


async def transcript_of(office: Office, person: Person, history: str = "history") -> Shown:
    await office.talks(await office.calls(person), SAID)
    await person.is_told("Your call with Merlin")
    shown = await office.asks(person, history)
    return await office.presses(person, shown, "Transcript")


def files_of(person: Person) -> list[tuple[str, bytes]]:
    return [file for shown in person.dms for file in shown.files.items()]


async def test_a_transcript_comes_as_text_and_as_json_once_its_owner_agrees(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        transcript = await transcript_of(office, mira)
        asked = await office.presses(mira, transcript, "As a text file")
        assert "your workspace owners may be able to read it" in asked.text
        left = await office.presses(mira, asked, "Don't send it")
        assert left.buttons == []
        assert files_of(mira) == []
        asked = await office.presses(mira, transcript, "As a text file")
        sent = await office.presses(mira, asked, "Send me the file")
        assert "/ring forget cannot erase a file that you have." in sent.text
        ((name, data),) = files_of(mira)
        assert re.fullmatch(r"troupe-wizard-\d{4}-\d\d-\d\d\.txt", name)
        assert data.decode().startswith("With Merlin\n")
        assert re.search(r"^(\[\d+:\d\d\] )?Mira: My cat is called Fig\.$", data.decode(), re.MULTILINE)

        asked = await office.presses(mira, transcript, "As a JSON file")
        await office.presses(mira, asked, "Send me the file")
        (_, (name, data)) = files_of(mira)
        assert re.fullmatch(r"troupe-wizard-\d{4}-\d\d-\d\d\.json", name)
        await mira.shares_file(name, data)
        offer = await mira.is_told("Is this a conversation that you want me to know?")
        preview = await office.presses(mira, offer, "Show what it holds")
        assert "Understood as: Troupe export." in preview.text
        assert "1 conversation was there already." in (await office.presses(mira, preview, "Save it")).text


async def test_it_is_asked_for_in_a_window_too(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.talks(await office.calls(mira), SAID)
        recap = await mira.is_told("Your call with Merlin")
        window = await (await mira.presses(recap, "Transcript")).opens(f"Mira: {SAID}")
        await mira.presses(window, "As a text file")
        await office.becomes(window, "Shall I send you this talk?")
        await mira.presses(window, "Send me the file")
        await office.becomes(window, "This is what was said, and nothing else.")
        ((_, data),) = files_of(mira)
        assert SAID.encode() in data


async def test_nobody_else_gets_it_and_after_forgetting_nobody_does(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, eve = office.mira, office.acme.adds_person("Eve")
        await office.calls(eve)
        transcript = await transcript_of(office, mira)
        hers = await office.asks(eve, "help")
        asked = await office.presses(mira, transcript, "As a JSON file")
        for shown, label in (*((transcript, label) for label in LABELS), (asked, "Send me the file")):
            _, button = shown.element(label)
            as_it_was = {"action_id": button["action_id"], "value": button["value"], "forged": True}
            theirs = await (await eve.presses(hers, **as_it_was)).answer()
            assert "This button is somebody else's." in theirs.text
            stolen = as_it_was | {"value": button["value"].replace(mira.id, eve.id)}
            nothing = await (await eve.presses(hers, **stolen)).answer()
            assert nothing.text.startswith("You have no call")
        sure = await office.asks(mira, "forget wizard")
        await office.presses(mira, sure, "Erase it")
        for shown, label in ((transcript, LABELS[0]), (transcript, LABELS[1]), (asked, "Send me the file")):
            gone = await office.presses(mira, shown, label)
            assert gone.text.startswith("You have no call")
        assert (files_of(mira), files_of(eve)) == ([], [])


@pytest.mark.parametrize(
    ("method", "error", "said"),
    [
        ("conversations.open", "cannot_dm_bot", "so the file was not sent"),
        ("files.completeUploadExternal", "channel_not_found", "so the file was not sent"),
        ("conversations.open", "internal_error", "The line is busy at the moment."),
        ("files.getUploadURLExternal", "internal_error", "The line is busy at the moment."),
    ],
)
async def test_where_it_cannot_be_sent_that_is_said(
    tmp_path: Path, method: str, error: str, said: str
) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        transcript = await transcript_of(office, mira)
        asked = await office.presses(mira, transcript, "As a text file")
        office.slack.fails(method, error, times=20)
        if method == "conversations.open":
            await office.stage.app.house.store.keep_channel(Account("slack", office.acme.id, mira.id), "")
        told = await office.presses(mira, asked, "Send me the file")
        assert said in told.text
        assert "Fig" not in told.text
        assert files_of(mira) == []
        office.slack.recovers()


async def test_whoever_speaks_german_is_asked_in_german(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        anna = office.acme.adds_person("Anna", locale="de-DE")
        first = await office.asks(anna, "wizard")
        ready = await office.presses(anna, first, "Anrufen und erinnern")
        async with office.stage.browser() as browser:
            await browser.talks(ready.link("Mit Merlin"), "Ich habe eine Katze.")
        await anna.is_told("Dein Anruf bei Merlin")
        transcript = await office.presses(anna, await office.asks(anna, "history"), "Transkript")
        asked = await office.presses(anna, transcript, "Als Textdatei")
        assert "Soll ich dir dieses Gespräch schicken?" in asked.text
        await office.presses(anna, asked, "Datei schicken")
        ((_, data),) = files_of(anna)
        assert data.decode().startswith("Mit Merlin\n")
