"""Asked in mid-call what was told long ago, a character looks it up; and never for anybody else."""

import asyncio
import json
import logging
import sqlite3
from contextlib import closing
from datetime import timedelta

import aiohttp
import pytest

from bot.calls.looking_up import MOST_LOOK_UPS
from tests.scenarios.stage import Stage, Talk, open_stage
from tests.scenarios.telephone import MIRAS, open_exchange

pytestmark = pytest.mark.anyio
SISTER = "My sister Lena keeps bees on the roof of the old brewery."
ASKED = "What did I tell you about my sister?"


def write_past(path, now, character_lines=60):
    """Write down many old talks, so that what one was about stands in no context."""
    talks = []
    for number in range(character_lines):
        line = SISTER if number == 3 else f"Talk {number} was about the weather in town number {number}."
        messages = [{"role": "user", "content": line}, {"role": "assistant", "content": "I see."}]
        at = now - timedelta(days=200 - number)
        talks.append({"messages": messages, "started_at": at.isoformat()})
    path.write_text(json.dumps(talks))


async def mira_told(stage: Stage, folder, mira=None):
    """Let Mira, who may be there already, bring a long past along."""
    past = folder / "past.json"
    write_past(past, stage.clock())
    mira = mira or stage.member("mira")
    await mira.types(f"/import {past} wizard")
    await mira.types("1")
    return mira


async def test_what_was_told_long_ago_is_answered_in_mid_call(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    async with open_stage(tmp_path, recalls=True) as stage, stage.browser() as browser:
        mira = await mira_told(stage, tmp_path)
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        began_with = (await stage.fetches(talk.conversation_id))[1]["conversation_initiation_client_data"]
        assert "brewery" not in json.dumps(began_with)
        assert SISTER in await talk.says(ASKED)
        await browser.hangs_up(mira.link(), talk)
    assert "brewery" not in caplog.text


async def test_nobody_hears_what_somebody_else_told(tmp_path):
    async with open_stage(tmp_path, recalls=True) as stage, stage.browser() as browser:
        await mira_told(stage, tmp_path)
        ben = stage.member("ben")
        await ben.calls("wizard")
        talk = await browser.opens(ben.link())
        assert "I looked, and found nothing." in (said := await talk.says(ASKED))
        assert "brewery" not in said


async def test_a_fresh_start_knows_nothing_in_mid_call_either(tmp_path):
    async with open_stage(tmp_path, recalls=True) as stage, stage.browser() as browser:
        mira = await mira_told(stage, tmp_path)
        await mira.calls("wizard continue:fresh")
        talk = await browser.opens(mira.link())
        assert "I looked, and found nothing." in await talk.says(ASKED)


async def test_whoever_stops_being_remembered_is_told_nothing_from_then_on(tmp_path):
    async with open_stage(tmp_path, recalls=True) as stage, stage.browser() as browser:
        mira = await mira_told(stage, tmp_path)
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        assert "brewery" in await talk.says(ASKED)
        await mira.types("/account remember off")
        assert "I looked, and found nothing." in await talk.says(ASKED)


async def test_a_hosted_link_looks_nothing_up(tmp_path):
    async with open_stage(tmp_path, recalls=True, hosted=True) as stage:
        mira = await mira_told(stage, tmp_path)
        await mira.calls("wizard")
        with closing(sqlite3.connect(tmp_path / "troupe.db")) as database:
            ((ref,),) = database.execute("SELECT ref FROM calls WHERE delivery = 'hosted'").fetchall()
            database.execute("UPDATE calls SET state = 'live', busy_until = '2999'")
            database.commit()
        assert await asks(stage, ref, ASKED) == "nothing yet"


async def test_on_the_telephone_nothing_is_told_before_somebody_said_that_it_is_them(tmp_path):
    async with open_exchange(tmp_path, recalls=True) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira_told(stage, tmp_path, mira)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        assert await asks(stage, placed.call.ref, ASKED) == "nothing yet"
        await phone.answers()
        assert await asks(stage, placed.call.ref, ASKED) == "nothing yet"
        await phone.says("Yes, that is me.")
        assert SISTER in await asks(stage, placed.call.ref, ASKED)
        assert SISTER in await phone.says(ASKED)
        await phone.hangs_up(after_seconds=10)
        await mira.is_told("Merlin will remember this")
        assert await asks(stage, placed.call.ref, ASKED) == "nothing yet"


async def test_somebody_else_who_picks_up_is_told_nothing(tmp_path):
    async with open_exchange(tmp_path, recalls=True) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await mira_told(stage, tmp_path, mira)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        await phone.says("What do you remember?")
        assert await asks(stage, placed.call.ref, ASKED) == "nothing yet"
        await phone.hangs_up()


async def test_a_call_looks_up_so_many_things_and_no_more(tmp_path):
    async with open_stage(tmp_path, recalls=True) as stage, stage.browser() as browser:
        mira = await mira_told(stage, tmp_path)
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        ref = await sent_along(stage, talk)
        answers = await asyncio.gather(*(asks(stage, ref, ASKED) for _ in range(MOST_LOOK_UPS + 5)))
        assert sum(SISTER in one for one in answers) == MOST_LOOK_UPS
        assert set(answers[MOST_LOOK_UPS:]) <= {answers[0], "nothing more in this call"}
        assert all(len(one) <= 2_000 for one in answers)


async def test_a_restart_gives_no_look_ups_back(tmp_path):
    async with open_stage(tmp_path, recalls=True) as stage, stage.browser() as browser:
        mira = await mira_told(stage, tmp_path)
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        ref = await sent_along(stage, talk)
        for _ in range(MOST_LOOK_UPS - 1):
            assert SISTER in await asks(stage, ref, ASKED)
    async with open_stage(tmp_path, recalls=True) as stage:
        assert SISTER in await asks(stage, ref, ASKED)
        assert await asks(stage, ref, ASKED) == "nothing more in this call"


async def sent_along(stage: Stage, talk: Talk) -> str:
    """Return the reference that a talk sent along."""
    _, conversation = await stage.fetches(talk.conversation_id)
    reference: str = conversation["conversation_initiation_client_data"]["dynamic_variables"]["call_ref"]
    return reference


async def asks(stage: Stage, call_ref: str, query: str) -> str:
    """Ask as ElevenLabs would."""
    body = {"call_ref": call_ref, "query": query}
    async with (
        aiohttp.ClientSession(headers={"X-Troupe-Secret": "ours"}) as http,
        http.post(f"{stage.app.url}/tools/recall", json=body) as answer,
    ):
        assert answer.status == 200
        return str((await answer.json())["memory"])
