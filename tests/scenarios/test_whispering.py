"""From chat into an open talk page: a whisper that the character takes in, and an end."""

import json

import pytest

from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio


async def next_event(stream) -> tuple[str, dict]:
    """Return the next event of a page's stream, as its name and data."""
    name = ""
    async for raw in stream.content:
        field, _, value = raw.decode().strip().partition(": ")
        name = value if field == "event" else name
        if field == "data":
            return name, json.loads(value)
    raise AssertionError("the stream ended")


async def test_a_whisper_in_the_terminal_reaches_the_character_on_the_page(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        assert "nothing can be whispered into that" in await mira.types("/whisper I am in a hurry")
        async with browser.http.get(f"{mira.link()}/events") as stream:
            assert "Merlin knows." in await mira.types("/whisper I am in a hurry")
            name, data = await next_event(stream)
            assert name == "update"
            await talk.socket.send_json({"type": "contextual_update", "text": data["text"]})
            assert "just handed a note: “They let you know" in await talk.says("Good evening.")
            assert "The page that talks with Merlin hangs up." in await mira.types("/hangup")
            assert await next_event(stream) == ("hang_up", {"reason": "asked"})
            await browser.hangs_up(mira.link(), talk)
        await mira.is_told("Merlin will remember this")
        assert "Nobody is on the line." in await mira.types("/hangup")
