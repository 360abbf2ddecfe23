"""A past that is too long for one message of Slack's: its pages take each other's place."""

from pathlib import Path

import pytest

from tests.scenarios.pasts import long_past
from tests.scenarios.slack.stage import LAVISH, Office, open_office

pytestmark = pytest.mark.anyio


async def brings(office: Office, talks: int) -> None:
    """Let Mira bring a past of so many talks."""
    await office.calls(office.mira)
    await office.mira.shares_file("past.json", long_past(talks))
    offer = await office.mira.is_told("Is this a conversation that you want me to know?")
    preview = await office.presses(office.mira, offer, "Show what it holds")
    saved = await office.presses(office.mira, preview, "Save it")
    assert f"Saved {talks} conversations" in saved.text


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_pages_of_the_past_take_each_others_place(tmp_path: Path, by_http: bool) -> None:
    async with open_office(tmp_path, by_http=by_http, settings=LAVISH) as office:
        mira = office.mira
        await brings(office, 7)
        first = await office.asks(mira, "history")
        assert "Page 1; “Older calls” shows more." in first.text
        on_first = [label for label in first.buttons if label.startswith("Transcript ")]
        second = await office.presses(mira, first, "Older calls")
        assert second.message is first.message
        assert "Page 2, the last." in second.text
        oldest = [label for label in second.buttons if label.startswith("Transcript ")][-1]
        assert oldest not in on_first

        transcript = await office.presses(mira, second, oldest)
        assert "Mira: I found coin" in transcript.text
        back = await office.presses(mira, transcript, "◀ Back to the calls")
        assert back.message is transcript.message
        assert "I found coin" not in back.text
        assert back.buttons == second.buttons
        newer = await office.presses(mira, back, "◀ Newer calls")
        assert [label for label in newer.buttons if label.startswith("Transcript ")] == on_first


async def test_pages_are_turned_in_a_window_and_stand_in_no_message(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await brings(office, 7)
        home = await mira.opens_home()
        window = await (await mira.presses(home, "Past calls")).opens("Page 1; “Older calls” shows more.")
        on_first = [label for label in window.buttons if label.startswith("Transcript ")]
        await mira.presses(window, "Older calls")
        await office.becomes(window, "Page 2, the last.")
        oldest = [label for label in window.buttons if label.startswith("Transcript ")][-1]
        assert oldest not in on_first
        await mira.presses(window, oldest)
        await office.becomes(window, "Mira: I found coin")
        await mira.presses(window, "◀ Back to the calls")
        await office.becomes(window, "Page 2, the last.")
        await mira.presses(window, "◀ Newer calls")
        await office.becomes(window, "Page 1; “Older calls” shows more.")
        assert [label for label in window.buttons if label.startswith("Transcript ")] == on_first
        assert not any("coin" in shown.text for shown in mira.dms)
