"""What was said long ago about the topic of a call is told with it, and nothing of anybody else's."""

import json
from datetime import timedelta

import pytest

from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio
LONG_AGO = "My sister Lena keeps bees on the roof of the old brewery."


def write_past(path, clock):
    """Write down thirty old talks, of which one is about bees."""
    talks = []
    for number in range(30):
        line = LONG_AGO if number == 3 else f"Talk {number} was about the weather in town number {number}."
        at = clock() - timedelta(days=200 - number)
        messages = [{"role": "user", "content": line}, {"role": "assistant", "content": "I see."}]
        talks.append({"messages": messages, "started_at": at.isoformat()})
    path.write_text(json.dumps(talks))


async def test_a_topic_brings_back_what_was_said_about_it(tmp_path):
    past = tmp_path / "past.json"
    async with open_stage(tmp_path, settings={"calls_per_day": 20}) as stage, stage.browser() as browser:
        write_past(past, stage.clock)
        mira = stage.member("mira")
        await mira.types(f"/import {past} wizard")
        await mira.types("1")
        await mira.calls("wizard")
        assert LONG_AGO not in " ".join((await mira.types("/memory wizard")).split())
        shown = " ".join(
            (await mira.types("/memory wizard about my sister's bees")).replace("│", " ").split()
        )
        await mira.calls("wizard about my sister's bees")
        talk = await browser.talks(mira.link(), "Hello.")
        _, body = await stage.fetches(talk.conversation_id)
        context = body["conversation_initiation_client_data"]["dynamic_variables"]["context"]
        assert "What was said about this before:" in context
        assert LONG_AGO in context
        assert " ".join(context.split()) in shown, "to the letter what the call is told"
        assert len(context) <= 4_000

        ben = stage.member("ben")
        await ben.calls("wizard about my sister's bees")
        talk = await browser.talks(ben.link(), "Hello.")
        _, body = await stage.fetches(talk.conversation_id)
        assert "brewery" not in str(body)


async def test_what_was_never_talked_about_brings_nothing_back(tmp_path):
    past = tmp_path / "past.json"
    async with open_stage(tmp_path) as stage:
        write_past(past, stage.clock)
        mira = stage.member("mira")
        await mira.types(f"/import {past} wizard")
        await mira.types("1")
        assert "What was said about this before" in await mira.types("/memory wizard about my sister's bees")
        assert "What was said about this before" not in await mira.types("/memory wizard about zebras")
