"""`/history search`: where something was said."""

import pytest

from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio


def number_of(shown: str, label: str) -> str:
    return next(line.split()[0] for line in shown.splitlines() if label in line)


async def test_what_was_said_is_found_and_leads_to_its_transcript_and_back(tmp_path):
    settings = {"calls_per_day": 50, "minutes_per_month": 1000}
    async with open_stage(tmp_path, settings=settings) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        for number in range(7):
            await mira.calls("wizard")
            await browser.talks(mira.link(), f"Key number {number} is silver.")
            await mira.is_told("Your call with Merlin")
        found = await mira.types("/history search SILVER number 3")
        assert "Where “SILVER number 3” was said" in found
        assert "Key number 3 is silver" in found
        assert "number 5" not in found
        transcript = await mira.types("1")
        assert "Key number 3 is silver" in transcript
        back = await mira.types(number_of(transcript, "Back to the calls"))
        assert "Where “SILVER number 3” was said" in back

        first = await mira.types("/history search key number")
        assert "number 6" in first
        assert "number 1" not in first
        assert "number 1" in await mira.types(number_of(first, "Older calls"))

        assert "Nobody said “dragon”." in await mira.types("/history search dragon")
        ben = stage.member("ben")
        assert "Nobody said “silver”." in await ben.types("/history search silver")
