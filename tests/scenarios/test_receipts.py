"""What a member reads after `/forget`, at once and once ElevenLabs has confirmed the rest."""

import json
from datetime import timedelta

import pytest

from tests.scenarios.stage import open_stage
from tests.scenarios.test_sweep import clear_faults

pytestmark = pytest.mark.anyio


async def test_a_receipt_says_what_is_gone_where_and_what_stays(tmp_path):
    async with open_stage(tmp_path, settings={"backup_days": 7}) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.talks(mira.link(), "My secret word is marzipan.")
        await mira.is_told("Merlin will remember this")
        await mira.types("/forget everything")
        receipt = await mira.types("1")
        assert "Erased here: 1 call, 1 conversation" in receipt
        assert "1 of 1 conversation confirmed." in receipt
        assert await stage.is_erased_there(talk.conversation_id)
        gone_by = stage.clock() + timedelta(days=7)
        for words in (
            f"gone by {gone_by.day} {gone_by:%B %Y}",
            "files that you downloaded",
            "what telephone companies keep of calls",
            "what you used of this month's allowance, and which numbers are never to be called",
        ):
            assert words in " ".join(receipt.replace("│", " ").split())
        await stage.later(minutes=5)
        assert "ElevenLabs has confirmed it" not in mira.seen


async def test_what_elevenlabs_confirms_later_is_told_once(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.talks(mira.link(), "My secret word is marzipan.")
        await mira.is_told("Merlin will remember this")
        fault = {"operation": "delete_conversation", "fault": "status", "status": 500, "times": None}
        await stage.told("faults", fault)
        await mira.types("/forget wizard")
        receipt = await mira.types("1")
        assert "0 of 1 conversation confirmed." in receipt
        assert "The rest is tried again, and you will be told." in receipt
        assert not await stage.is_erased_there(talk.conversation_id)
        await clear_faults(stage)
        await stage.later(hours=1)
        await stage.later(hours=1)
        said = "ElevenLabs has confirmed it: what you erased is gone there as well, 1 of 1 conversation."
        assert said in await mira.is_told("ElevenLabs has confirmed it")
        assert await stage.is_erased_there(talk.conversation_id)


async def test_what_was_only_kept_here_has_nothing_to_confirm(tmp_path):
    past = tmp_path / "past.json"
    past.write_text(json.dumps([{"role": "user", "content": "My sister Lena moved to Bern."}]))
    async with open_stage(tmp_path, settings={"backup_days": 0}) as stage:
        mira = stage.member("mira")
        await mira.types(f"/import {past} wizard")
        await mira.types("1")
        await mira.types("/forget wizard")
        receipt = await mira.types("1")
        assert "Erased here: 1 conversation, 1 turn." in receipt
        assert "ElevenLabs" not in receipt
        assert "gone by" not in receipt
        assert "files that you downloaded" in receipt


async def test_whoever_forgets_everything_in_a_chat_has_hung_up(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard by chat")
        await mira.is_told("You are connected with Merlin.")
        await mira.types("My secret word is marzipan.")
        await mira.is_told("Merlin: ")
        await mira.types("/forget everything")
        assert "You hung up." in await mira.types("1")
        assert "Commands begin with a slash" in await mira.types("Are you still there?")

        async def is_erased_there():
            await stage.later(minutes=10)
            return await stage.listed_there() == []

        await stage.until(is_erased_there)
