"""A past that is too long for one page, in the terminal: every call of it can be read by choosing."""

import re

import pytest

from tests.scenarios.pasts import long_past
from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio


async def chooses(member, shown: str, label: str) -> str:
    """Type the number of a choice that was shown, and return what that shows."""
    found = re.search(rf"^ +(\d+)  {re.escape(label)}$", shown, re.MULTILINE)
    assert found, f"no {label} in {shown}"
    return await member.types(found[1])


def transcripts(shown: str) -> list[str]:
    return re.findall(r"Transcript \w+", shown)


async def test_every_call_is_reached_page_by_page_and_the_page_is_found_again(tmp_path):
    past = tmp_path / "past.json"
    past.write_bytes(long_past(12))
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await mira.types(f"/import {past} captain")
        await mira.types("1")
        page, read = await mira.types("/history captain"), set()
        for number, many in ((1, 5), (2, 5), (3, 2)):
            labels = transcripts(page)
            assert len(labels) == many
            for label in labels:
                transcript = await chooses(mira, page, label)
                read |= set(re.findall(r"Mira: I found coin (\d+)\.", transcript))
                back = await chooses(mira, transcript, "◀ Back to the calls")
                assert transcripts(back) == labels, "the page survives"
                page = back
            if number < 3:
                assert f"Page {number}; “Older calls” shows more." in page
                page = await chooses(mira, page, "Older calls ▶")
        assert "Page 3, the last." in page
        assert "Older calls" not in page
        assert read == {str(one) for one in range(12)}
        newer = await chooses(mira, page, "◀ Newer calls")
        assert "Page 2;" in newer
        assert "Merlin" not in page + newer, "they stay with whom was asked for"


async def test_few_calls_stand_on_one_page_without_its_number(tmp_path):
    past = tmp_path / "past.json"
    past.write_bytes(long_past(5))
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.types(f"/import {past} captain")
        await mira.types("1")
        page = await mira.types("/history captain")
        assert len(transcripts(page)) == 5
        assert "Page" not in page
        assert "Older calls" not in page
