"""Webhooks twice, unreadable or foreign; pages that are opened and left; time that passes."""

import asyncio
import hashlib
import hmac
import json
import sqlite3
import time
from contextlib import closing
from datetime import timedelta

import aiohttp
import pytest

from bot.calls.placing import place
from bot.domain.call import NewJob
from bot.domain.caller import Caller, parse_account
from tests.scenarios.stage import Browser, Stage, open_stage

pytestmark = pytest.mark.anyio


async def sends_webhook(stage: Stage, browser: Browser, body: bytes) -> int:
    """Post an event as ElevenLabs signs it."""
    at = int(time.time())
    digest = hmac.new(
        stage.sandbox.webhook_secret.encode(), f"{at}.".encode() + body, hashlib.sha256
    ).hexdigest()
    headers = {"ElevenLabs-Signature": f"t={at},v0={digest}", "Content-Type": "application/json"}
    async with browser.http.post(f"{stage.app.url}/hooks/elevenlabs", data=body, headers=headers) as answer:
        return answer.status


async def test_a_webhook_that_comes_again_changes_nothing(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.talks(mira.link(), "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        _, detail = await stage.fetches(talk.conversation_id)
        before = await mira.types("/history")
        for shuffled in (detail, dict(reversed(detail.items()))):
            event = {"type": "post_call_transcription", "event_timestamp": 1, "data": shuffled}
            assert await sends_webhook(stage, browser, json.dumps(event).encode()) == 200
        await stage.later(seconds=10)
        assert await mira.types("/history") == before
        assert mira.seen.count("Merlin will remember this") == 1


async def test_an_unreadable_webhook_is_set_aside_and_its_conversation_fetched(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await talk.says("I found a silver key.")
        await talk.socket.close()
        poison = {
            "type": "post_call_transcription",
            "event_timestamp": 1,
            "data": {"conversation_id": talk.conversation_id, "transcript": "not a list"},
        }
        assert await sends_webhook(stage, browser, json.dumps(poison).encode()) == 200
        await mira.is_told("Merlin will remember this")
        assert "silver key" in await mira.types("/memory wizard")


async def test_conversations_and_events_of_others_are_left_alone(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.types("/call wizard")
        for body in (
            b'{"type": "something_new", "event_timestamp": 1, "data": {}}',
            b'{"type": "post_call_transcription", "data": {"conversation_id": "conv_of_somebody_else"}}',
            b"not json at all",
            b"",
        ):
            assert await sends_webhook(stage, browser, body) == 200
        await stage.later(minutes=30)
        assert "There are no calls yet" in await mira.types("/history")


async def test_a_link_that_nobody_opened_expires_and_says_so(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        assert "link not used yet" in await mira.types("/history")
        await stage.later(minutes=15, seconds=1)
        assert "There are no calls yet" in await mira.types("/history")
        async with browser.http.get(mira.link()) as page:
            assert page.status == 410
            assert "/call" in await page.text()


async def test_a_page_that_was_started_and_left_without_a_word_ends_in_words(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        assert "signed_url" in await browser.presses(mira.link())
        await stage.later(seconds=1)
        assert "running, or about to come in" in await mira.types("/history")
        await stage.later(hours=2)
        assert "The call with Merlin failed: it never started" in await mira.is_told(
            "You can simply call again"
        )
        assert "failed: it never started" in await mira.types("/history")


async def test_the_same_browser_may_start_again_and_no_talk_is_lost(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser, stage.browser() as other:
        mira = stage.member("mira")
        await mira.calls("wizard")
        first = await browser.opens(mira.link())
        assert "another browser" in (await other.presses(mira.link()))["error"]
        second = await browser.opens(mira.link())
        await first.says("I found a silver key.")
        await second.says("And a golden door.")
        await browser.hangs_up(mira.link(), first)
        await browser.hangs_up(mira.link(), second)
        await stage.until(lambda: has_both(mira))


async def has_both(mira) -> bool:
    memory = await mira.types("/memory wizard")
    return "silver key" in memory and "golden door" in memory


async def test_a_forgotten_call_does_not_come_back_with_a_late_webhook(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await talk.says("My secret word is marzipan.")
        await talk.socket.close()
        _, detail = await stage.fetches(talk.conversation_id)
        await mira.types("/forget everything")
        await mira.types("1")
        event = {"type": "post_call_transcription", "event_timestamp": 1, "data": detail}
        assert await sends_webhook(stage, browser, json.dumps(event).encode()) == 200
        await stage.later(seconds=10)
        assert "There are no calls yet" in await mira.types("/history")
        assert "marzipan" not in await mira.types("/memory wizard")


async def test_switched_off_during_the_talk_nothing_of_it_is_kept(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await talk.says("My secret word is marzipan.")
        await mira.types("/memory wizard")
        assert "Remembering is off" in await mira.types("2")
        await browser.hangs_up(mira.link(), talk)
        await mira.is_told("Nothing that was said is kept")
        assert "marzipan" not in (await mira.types("/history"))


async def test_follow_up_that_goes_wrong_is_counted(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        fault = {"operation": "get_conversation", "fault": "status", "status": 500, "times": 9}
        await stage.told("faults", fault)

        async def figures() -> str:
            async with browser.http.get(f"{stage.app.url}/metrics") as answer:
                return await answer.text()

        before = await figures()
        for name in ("failed_total", "tried", "late", "due", "waiting"):
            for kind in ("fetch", "event", "alert", "dial"):
                assert f'troupe_jobs_{name}{{kind="{kind}"}} 0.0' in before
        await browser.talks(mira.link(), "I found a silver key.")

        async def is_counted() -> bool:
            return 'troupe_jobs_failed_total{kind="fetch"} 0.0' not in await figures()

        await stage.until(is_counted)
        assert 'troupe_command_seconds_count{command="call",front="console"}' in await figures()


async def test_that_follow_up_waits_for_the_database_is_told_once_each_time(tmp_path, caplog):
    async with open_stage(tmp_path) as stage:
        store, followup = stage.app.house.store, stage.app.followup
        await stage.rests()

        async def takes_turns(times):
            for _ in range(times):
                followup.nudge()
                await stage.until(is_heard)

        async def is_heard():
            return not followup._nudged.is_set()

        for outages in (1, 2):
            due_at = stage.clock() + timedelta(minutes=1)
            await store.add_jobs([NewJob("expire", f"of a test {outages}", due_at)])
            await cannot_write(store, is_so=True)
            stage.clock.moved += timedelta(minutes=1)
            await takes_turns(5)
            assert caplog.text.count("follow-up waits") == outages
            await cannot_write(store, is_so=False)
            await takes_turns(2)


async def cannot_write(store, *, is_so):
    await store.writer.read(lambda database: database.execute(f"PRAGMA query_only = {int(is_so)}"))


UNREADABLE = {"operation": "get_conversation", "fault": "garbage", "times": None}


async def test_a_call_whose_record_cannot_be_read_is_told_to_have_failed(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await talk.says("I found a silver key.")
        await stage.told("faults", UNREADABLE)
        await browser.hangs_up(mira.link(), talk)
        await stage.later(hours=3)
        await mira.is_told("record of it cannot be read")
        assert "failed" in await mira.types("/history")


async def test_what_cannot_be_read_there_is_erased_there_all_the_same(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.talks(mira.link(), "My secret word is marzipan.")
        await mira.is_told("Merlin will remember this")
        await stage.told("faults", UNREADABLE)
        await mira.types("/forget everything")
        await mira.types("1")
        await stage.until(lambda: stage.is_erased_there(talk.conversation_id))


async def test_switched_off_while_the_transcript_is_on_its_way_it_is_erased_there_too(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await talk.says("My secret word is marzipan.")
        await stage.told(
            "faults", {"operation": "get_conversation", "fault": "delay", "seconds": 1, "times": 1}
        )
        await browser.hangs_up(mira.link(), talk)
        await mira.types("/memory wizard")
        await mira.types("2")
        await mira.is_told("Nothing that was said is kept")
        await stage.until(lambda: stage.is_erased_there(talk.conversation_id))


async def test_one_slow_answer_holds_up_nobody_else(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage, stage.browser() as browser:
        mira, ben = stage.member("mira"), None
        await mira.calls("wizard")
        slow = await browser.opens(mira.link())
        slow_link = mira.link()
        ben = stage.member("ben")
        await ben.calls("wizard")
        quick = await browser.opens(ben.link())
        await slow.says("I wait.")
        await quick.says("I do not wait.")
        await stage.told(
            "faults", {"operation": "get_conversation", "fault": "delay", "seconds": 20, "times": 1}
        )
        await browser.hangs_up(slow_link, slow)
        await stage.until(lambda: has_been_asked(stage))
        await browser.hangs_up(ben.link(), quick)
        async with asyncio.timeout(10):
            await ben.is_told("Merlin will remember this")


async def has_been_asked(stage: Stage) -> bool:
    """Whether the sandbox used up the fault that it was told to have."""
    async with aiohttp.ClientSession() as http, http.get(f"{stage.sandbox.url}/sandbox/faults") as answer:
        return all(fault["times"] == 0 for fault in (await answer.json())["faults"])


async def test_of_two_browsers_that_race_for_one_link_one_starts(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as one, stage.browser() as other:
        mira = stage.member("mira")
        await mira.calls("wizard")
        answers = await asyncio.gather(one.presses(mira.link()), other.presses(mira.link()))
        assert sum("signed_url" in answer for answer in answers) == 1
        assert sum("another browser" in answer.get("error", "") for answer in answers) == 1


async def test_an_answer_to_the_card_counts_only_when_the_call_starts(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        caller = Caller(parse_account("mira"), "Mira")
        placed = await place(stage.app.house, caller, "wizard", card_comes_later=True)
        assert placed is not None
        await stage.told(
            "faults", {"operation": "get_signed_url", "fault": "status", "status": 500, "times": None}
        )
        assert "signed_url" not in await browser.presses(placed.url, remember=True)
        assert "Merlin is an AI" in await mira.types("/call wizard")


async def test_the_raw_bytes_of_a_webhook_go_once_it_is_read(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.talks(mira.link(), "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        key = f"post_call_transcription:{talk.conversation_id}"

        async def is_gone() -> bool:
            return await stage.app.house.store.fetch_event(key) is None

        await stage.until(is_gone)


async def test_who_is_told_to_come_back_later_does(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await talk.says("I found a silver key.")
        busy = {
            "operation": "get_conversation",
            "fault": "status",
            "status": 429,
            "retry_after": 600,
            "times": 1,
        }
        await stage.told("faults", busy)
        await browser.hangs_up(mira.link(), talk)
        await stage.until(lambda: has_been_asked(stage))
        await stage.later(minutes=9)
        assert "Merlin will remember this" not in mira.seen
        await stage.later(minutes=2)
        await mira.is_told("Merlin will remember this")


async def test_while_the_database_is_locked_nothing_is_lost(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        talk = await browser.opens(mira.link())
        await talk.says("I found a silver key.")
        with closing(sqlite3.connect(tmp_path / "troupe.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await talk.socket.close()
            shown = await mira.types("/call wizard")
            assert "nothing was charged" in shown
            other.execute("ROLLBACK")
        await mira.is_told("Merlin will remember this")


async def test_a_second_call_says_that_the_link_of_the_first_no_longer_works(tmp_path):
    async with open_stage(tmp_path, settings={"calls_per_day": 9}) as stage:
        mira = stage.member("mira")
        gone = "Your earlier link no longer works."
        assert gone not in await mira.calls("wizard")
        first = mira.link()
        assert gone in await mira.calls("captain")
        async with stage.browser() as browser:
            async with browser.http.get(first) as page:
                assert page.status == 410
            await browser.talks(mira.link(), "Ahoy.")
        assert gone not in await mira.types("/call wizard")
        assert gone in await mira.types("3")
        assert gone in await mira.types("/call wizard by chat")
        await mira.types("/hangup")
        await mira.types("/call wizard")
        stage.clock.moved += timedelta(minutes=16)
        assert gone not in await mira.types("/call wizard")
