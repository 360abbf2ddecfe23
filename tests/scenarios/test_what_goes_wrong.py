"""Webhooks twice, unreadable or foreign; pages that are opened and left; time that passes."""

import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.scenarios.stage import Browser, Stage, Talk, open_stage

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


async def fetches(stage: Stage, browser: Browser, conversation_id: str) -> dict:
    url = f"{stage.sandbox.url}/v1/convai/conversations/{conversation_id}"
    async with browser.http.get(url, headers={"xi-api-key": stage.sandbox.api_key}) as answer:
        return await answer.json()


def conversation_of(talk: Talk) -> str:
    return parse_qs(urlsplit(talk.started["signed_url"]).query)["conversation_id"][0]


async def test_a_webhook_that_comes_again_changes_nothing(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.types("/call wizard")
        await mira.types("1")
        talk = await browser.opens(mira.link())
        await talk.says("I found a silver key.")
        await browser.hangs_up(mira.link(), talk)
        await mira.is_told("Merlin will remember this")
        detail = await fetches(stage, browser, conversation_of(talk))
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
        await mira.types("/call wizard")
        await mira.types("1")
        talk = await browser.opens(mira.link())
        await talk.says("I found a silver key.")
        await talk.socket.close()
        poison = {
            "type": "post_call_transcription",
            "event_timestamp": 1,
            "data": {"conversation_id": conversation_of(talk), "transcript": "not a list"},
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
        await mira.types("/call wizard")
        await mira.types("1")
        await stage.later(minutes=15, seconds=1)
        assert "link not used in time" in await mira.types("/history")
        async with browser.http.get(mira.link()) as page:
            assert page.status == 410
            assert "/call" in await page.text()


async def test_a_page_that_was_started_and_left_without_a_word_ends_in_words(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.types("/call wizard")
        await mira.types("1")
        assert "signed_url" in await browser.presses(mira.link())
        await stage.later(seconds=1)
        assert "running, or about to come in" in await mira.types("/history")
        await stage.later(hours=2)
        assert "failed: it never started" in await mira.types("/history")


async def test_the_same_browser_may_start_again_and_no_talk_is_lost(tmp_path):
    async with open_stage(tmp_path) as stage, stage.browser() as browser, stage.browser() as other:
        mira = stage.member("mira")
        await mira.types("/call wizard")
        await mira.types("1")
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
        await mira.types("/call wizard")
        await mira.types("1")
        talk = await browser.opens(mira.link())
        await talk.says("My secret word is marzipan.")
        await talk.socket.close()
        detail = await fetches(stage, browser, conversation_of(talk))
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
        await mira.types("/call wizard")
        await mira.types("1")
        talk = await browser.opens(mira.link())
        await talk.says("My secret word is marzipan.")
        await mira.types("/memory wizard")
        assert "Remembering is off" in await mira.types("2")
        await browser.hangs_up(mira.link(), talk)
        await mira.is_told("Nothing that was said is kept")
        assert "marzipan" not in (await mira.types("/history"))
