"""Summaries: ElevenLabs' own where there is one, else the member's most telling words."""

import json
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.scenarios.stage import open_stage
from tests.scenarios.test_facts import introduces_herself
from tests.scenarios.test_learning import plain, shown_context

pytestmark = pytest.mark.anyio
WORDS = "My sister Ann moved to Bern last summer."


def past(folder: Path, *texts: str, **conversation: object) -> Path:
    file = folder / "past.json"
    file.write_text(
        json.dumps({**conversation, "messages": [{"role": "user", "content": text} for text in texts]})
    )
    return file


async def test_an_import_without_a_summary_is_told_by_its_most_telling_words(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        await mira.types(f"/import {past(tmp_path, 'Hi there!', WORDS, 'How are you?')}")
        await mira.types("1")
        context = await shown_context(stage)
        assert f"- from what they said: “‘{WORDS}’”" in context
        assert "what it was about" not in context


async def test_where_elevenlabs_sent_no_summary_the_recap_has_one_in_the_member_s_words(
    tmp_path: Path,
) -> None:
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await talk.says(WORDS)
        await stage.told("faults", {"operation": "analysis", "fault": "no_summary"})
        await browser.hangs_up(mira.link(), talk)
        recap = plain(await mira.is_told("will remember this"))
        assert "In your words On " in recap
        assert f"they said: “{WORDS}”" in recap
        assert "Summary" not in recap


async def test_what_was_kept_without_a_summary_gets_one_at_the_next_start(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await introduces_herself(mira)
        await mira.types(f"/import {past(tmp_path, WORDS)}")
        await mira.types("1")
    with Database(tmp_path / "troupe.db") as database:
        database.execute("UPDATE conversations SET summary = '', is_extract = 0")
        database.conn.commit()
    async with open_stage(tmp_path) as stage:

        async def is_there() -> bool:
            return f"from what they said: “‘{WORDS}’”" in await shown_context(stage)

        await stage.until(is_there)
        assert await stage.app.house.store.fetch_unsummarised(9) == ()
