"""A past that is too long for one message of Discord's: its pages take each other's place."""

from pathlib import Path

import pytest

from tests.scenarios.discord.stage import LAVISH, open_tavern
from tests.scenarios.pasts import long_past

pytestmark = pytest.mark.anyio


async def test_every_call_is_reached_page_by_page_and_the_page_is_found_again(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        file = tavern.discord.uploads("past.json", long_past(7), "application/json")
        preview = await tavern.asks(mira, "import", file=file, character="captain")
        await tavern.presses(mira, preview, "Save it")

        first = await tavern.asks(mira, "history", character="captain")
        assert "Page 1; “Older calls” shows more." in first.text
        on_first = [label for label in first.buttons if label.startswith("Transcript ")]
        assert len(on_first) == 5
        second = await tavern.presses(mira, first, "Older calls")
        assert second.message is first.message
        assert "Page 2, the last." in second.text
        assert "Merlin" not in second.text
        (oldest, _) = [label for label in second.buttons if label.startswith("Transcript ")]
        assert not {oldest} & set(on_first)

        transcript = await tavern.presses(mira, second, oldest)
        assert "Mira: I found coin" in transcript.text
        back = await tavern.presses(mira, transcript, "◀ Back to the calls")
        assert back.message is transcript.message
        assert "I found coin" not in back.text
        assert back.buttons == second.buttons
        newer = await tavern.presses(mira, back, "◀ Newer calls")
        assert [label for label in newer.buttons if label.startswith("Transcript ")] == on_first
