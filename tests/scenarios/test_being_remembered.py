"""From `/call wizard` to the recap, and what is remembered next time."""

import json

import pytest

from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio


async def test_a_member_calls_talks_hangs_up_and_is_remembered(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        asked = await mira.types("/call wizard")
        assert "Merlin is an AI" in asked
        assert "1  Call and remember" in asked
        assert "http" not in asked
        assert "Merlin is ready" in await mira.types("1")

        talk = await browser.opens(mira.link())
        assert "Mira" in talk.heard[0]
        await talk.says("My cat is called Fig and loves the moon.")
        await browser.hangs_up(mira.link(), talk)
        recap = await mira.is_told("Merlin will remember this")
        assert "Your call with Merlin" in recap

        again = await mira.types("/call wizard")
        assert "Merlin is an AI" not in again
        assert "Merlin remembers you" in again
        assert "cat is called Fig" in await mira.types("/memory wizard")

        talk = await browser.opens(mira.link())
        assert "Fig" in talk.started["message"]["dynamic_variables"]["context"]
        assert "Fig" in await talk.says("What do you remember about me?")


async def test_an_imported_conversation_and_a_new_one_are_both_known(tmp_path):
    past = tmp_path / "past.json"
    past.write_text(json.dumps([
        {"role": "user", "content": "My sister Lena moved to Bern."},
        {"role": "assistant", "content": "Then Bern is richer by one."},
    ]))  # fmt: skip
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        preview = await mira.types(f"/import {past} wizard")
        assert "Nothing is saved yet" in preview
        assert "Saved 1 conversation. Merlin will know." in await mira.types("1")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        assert "Lena" in talk.started["message"]["dynamic_variables"]["context"]
        await talk.says("I am learning to juggle swords.")
        await browser.hangs_up(mira.link(), talk)
        await mira.is_told("Merlin will remember this")
        memory = await mira.types("/memory wizard")
        assert "Lena" in memory
        assert "juggle swords" in memory


async def test_without_webhooks_the_transcript_is_fetched(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await browser.talks(mira.link(), "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        assert "silver key" in await mira.types("/memory wizard")


async def test_who_does_not_want_to_be_remembered_is_not(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.types("/call wizard")
        await mira.types("2")
        talk = await browser.talks(mira.link(), "I buried the treasure under the oak.")
        recap = await mira.is_told("Nothing that was said is kept")
        assert "treasure" not in recap
        assert "treasure" not in await mira.types("/memory wizard")
        assert "nothing kept" in await mira.types("/history")

        await stage.until(lambda: stage.is_erased_there(talk.conversation_id))


async def test_one_character_does_not_know_what_was_said_to_another(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await browser.talks(mira.link(), "My secret word is marzipan.")
        await mira.is_told("Merlin will remember this")
        assert "marzipan" in await mira.types("/memory wizard")
        assert "marzipan" not in await mira.types("/memory coach")
        ben = stage.member("ben")
        assert "marzipan" not in await ben.types("/memory wizard")
        assert "marzipan" not in await ben.types("/history")


async def test_what_is_forgotten_is_gone_here_and_there(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.talks(mira.link(), "My secret word is marzipan.")
        await mira.is_told("Merlin will remember this")
        assert "Are you sure?" in await mira.types("/forget everything")
        assert "Erased here: 1 call, 1 conversation" in await mira.types("1")
        assert "marzipan" not in await mira.types("/memory wizard")

        await stage.until(lambda: stage.is_erased_there(talk.conversation_id))
    for file in tmp_path.glob("troupe.db*"):
        assert b"marzipan" not in file.read_bytes(), file


async def test_a_link_asked_for_twice_only_the_newer_one_opens(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        first = mira.link()
        await mira.types("/call captain")
        assert "signed_url" not in await browser.presses(first)
        await browser.opens(mira.link())


async def test_a_recap_waits_until_its_member_is_there_again(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        stage.app.posters.clear()
        await browser.talks(mira.link(), "I found a silver key.")

        async def is_in() -> bool:
            return "silver key" in await mira.types("/history")

        await stage.until(is_in)
        assert "Merlin will remember this" not in mira.seen
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await stage.app.house.store.hasten_jobs("recap", stage.app.house.now())
        await mira.is_told("Merlin will remember this")


async def test_who_switched_remembering_off_is_a_stranger_to_everybody(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.talks(mira.link(), "My secret word is marzipan.")
        await mira.is_told("Merlin will remember this")
        await mira.types("/memory wizard")
        await mira.types("2")
        shown = await mira.types("/memory wizard")
        assert "marzipan" not in shown.partition("is to know about you")[0]
        assert "None of this is told at the moment." in shown
        await mira.types("/call wizard")
        talk = await browser.opens(mira.link())
        told = json.dumps(talk.started["message"])
        assert "marzipan" not in told
        assert talk.started["message"]["dynamic_variables"]["is_returning"] is False


async def test_the_topic_is_told(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard about the lost ring")
        assert "the lost ring" in await mira.types("2")
        talk = await browser.opens(mira.link())
        assert "“the lost ring”" in talk.started["message"]["dynamic_variables"]["context"]
