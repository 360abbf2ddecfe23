"""Conversations that members bring as a file: looked at, confirmed, saved, or refused in words."""

import json
from pathlib import Path

import pytest

from bot.fronts.discord import attachments
from tests.fakes.discord import Attachment, Shown
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern

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
        assert saved.buttons == ["Call Merlin"]
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
