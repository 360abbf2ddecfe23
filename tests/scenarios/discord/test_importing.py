"""Conversations that members bring as a file: looked at, confirmed, saved, or refused in words."""

import json
from pathlib import Path

import pytest

from bot.calls.moving import bring
from bot.fronts.discord import attachments
from bot.records.many import Entry, Owner
from tests.fakes.discord import Attachment, Shown
from tests.scenarios.discord.stage import LAVISH, Tavern, open_discord, open_tavern, people_of
from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio

PAST = json.dumps(
    [
        {"role": "user", "content": "My cat is called Fig, and she hates Mondays."},
        {"role": "assistant", "content": "Fig is a fine name for a cat."},
    ]
).encode()


def attached(tavern: Tavern, data: bytes = PAST, name: str = "past.json", **false: object) -> Attachment:
    """Upload a file; what is ``false`` is told of it falsely."""
    return tavern.discord.uploads(name, data, "application/json", **false)  # type: ignore[arg-type]


async def imports(tavern: Tavern, file: Attachment, **options: str) -> Shown:
    """Let Mira import a file."""
    return await tavern.asks(tavern.mira, "import", file=file, **options)


async def is_known(tavern: Tavern, character: str = "wizard") -> bool:
    """Whether a character will be told what stands in the file."""
    return "Mondays" in (await tavern.asks(tavern.mira, "memory", character=character)).text


async def test_a_file_is_previewed_and_saved_once_that_is_confirmed(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        preview = await imports(tavern, attached(tavern), character="wizard")
        assert preview.is_private
        assert "This is what I understood, for Merlin" in preview.text
        assert "Nothing is saved yet." in preview.text
        assert preview.buttons == ["Save it", "Don't save it"]
        left = await tavern.presses(mira, preview, "Don't save it")
        assert left.message is preview.message
        assert not await is_known(tavern)

        preview = await imports(tavern, attached(tavern), character="wizard")
        saved = await tavern.presses(mira, preview, "Save it")
        assert saved.message is preview.message
        assert "Saved 1 conversation. Merlin will know." in saved.text
        assert saved.buttons == ["Call Merlin", "Take it back"]
        assert await is_known(tavern)
        assert not await is_known(tavern, "captain"), "it was brought for Merlin alone"
        talk = await tavern.talks(await tavern.presses(mira, saved, "Call Merlin"), "Do you remember my cat?")
        assert "Mondays" in talk.heard[-1]

        preview = await imports(tavern, attached(tavern), character="wizard")
        again = await tavern.presses(mira, preview, "Save it")
        assert "was there already" in again.text


async def test_a_file_that_is_none_of_ours_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        await tavern.calls(tavern.mira)
        host = "evil.example"
        refused = (
            (tavern.discord.uploads("cat.png", b"\x89PNG", "image/png"), "cat.png is no JSON file"),
            (attached(tavern, size=26 * 1024 * 1024), "past.json is 26 MB: send 25 MB at most"),
            (attached(tavern, b""), "past.json is empty"),
            (attached(tavern, url=f"https://{host}/past.json"), "does not lie at Discord"),
            (attached(tavern, url="https://cdn.discordapp.com.evil.example/x"), "does not lie at Discord"),
            (attached(tavern, url="file:///etc/passwd"), "does not lie at Discord"),
            (attached(tavern, url="https://[::bad"), "past.json has no address"),
        )
        for file, words in refused:
            shown = await imports(tavern, file)
            assert words in shown.text, words
            assert shown.buttons == []
        fetched = [one for one in tavern.discord.requests if one.path.startswith("/cdn/")]
        assert fetched == []


async def test_a_file_that_cannot_be_read_says_what_is_wrong(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        await tavern.calls(tavern.mira)
        for data in (b"not json at all", b"[]", b'{"a": 1}', b"\xff\xfe\x00", b"[" * 100_000):
            shown = await imports(tavern, attached(tavern, data))
            assert shown.is_private
            assert shown.buttons == []
            assert "in the log" not in shown.text
            assert len(shown.text) > 20


async def test_a_file_larger_than_it_was_said_to_be_is_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_BYTES", 1_000)
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        await tavern.calls(tavern.mira)
        shown = await imports(tavern, attached(tavern, PAST + b" " * 2_000, size=10))
        assert "past.json is larger than Discord said. Nothing was saved." in shown.text


async def test_a_file_that_is_gone_or_changed_when_it_is_confirmed_is_not_saved(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        file = attached(tavern)
        preview = await imports(tavern, file)
        file.data = PAST.replace(b"Fig", b"Pip")
        changed = await tavern.presses(mira, preview, "Save it")
        assert "past.json has changed meanwhile. Nothing was saved" in changed.text

        preview = await imports(tavern, attached(tavern))
        await tavern.later(hours=25)
        gone = await tavern.presses(mira, preview, "Save it")
        assert gone.text.startswith("past.json is not at Discord any more. Nothing was saved; </import:")
        assert "Save it" in preview.buttons
        assert not await is_known(tavern)
        tavern.discord.fails("GET", "/cdn/", 0, times=2)
        lost = await imports(tavern, attached(tavern))
        assert "past.json could not be fetched from Discord. Nothing was saved" in lost.text
        tavern.discord.fails("GET", "/cdn/", 302, body="elsewhere")
        assert "is not at Discord any more" in (await imports(tavern, attached(tavern))).text


SAMPLES = Path(__file__).parents[2] / "records" / "samples"


async def test_who_is_who_and_what_is_kept_is_chosen_in_menus_and_taken_back(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        asked = await imports(tavern, attached(tavern, (SAMPLES / "slack.json").read_bytes(), "slack.json"))
        assert asked.is_private
        assert asked.buttons == ["ana · 1", "Bob · 1", "Don't save it"]
        shown = await tavern.presses(mira, asked, "Bob · 1")
        assert shown.message is asked.message
        assert "You are called “Bob” in it." in shown.text
        saved = await tavern.presses(mira, shown, "Save it")
        back = await tavern.presses(mira, saved, "Take it back")
        assert "Taken back. Erased here: 1 conversation, 2 turns." in back.text
        assert back.buttons == []

        many = [[{"role": "user", "content": f"My number is {number}."}] for number in range(45)]
        shown = await imports(tavern, attached(tavern, json.dumps(many).encode()), character="wizard")
        page = await tavern.presses(mira, shown, "Choose conversations")
        assert len(page.options) == 20
        assert page.buttons == ["Further ones", "All", "None", "Show what will be saved", "Don't save it"]
        page = await tavern.presses(mira, page, "None")
        page = await tavern.answer(await mira.picks(page, "☐ #8"))
        assert page.message is shown.message
        shown = await tavern.presses(mira, page, "Show what will be saved")
        assert "1 conversation with 1 line" in shown.text
        await tavern.presses(mira, shown, "Save it")
        told = (await tavern.asks(mira, "memory", character="wizard")).text
        assert "My number is 7." in told
        assert "My number is 6." not in told


async def test_a_discord_export_knows_its_own_member_by_their_id(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        data = (SAMPLES / "discord.json").read_bytes().replace(b'"70"', f'"{mira.id}"'.encode())
        shown = await imports(tavern, attached(tavern, data), character="wizard")
        assert "You are called “Ana” in it." in shown.text
        assert "Understood as: Discord conversation." in shown.text


async def test_what_an_operator_brought_before_the_bot_connected_is_its_members(tmp_path: Path) -> None:
    async with open_discord() as discord:
        _, mira, _ = people_of(discord)
        async with open_stage(tmp_path) as stage:
            early = stage.app.house
            entry = Entry("a line", Owner(f"discord:{mira.id}", "wizard"), PAST)
            await bring(early, entry, is_dry=False)
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            await tavern.calls(tavern.mira)
            assert await is_known(tavern)
