"""At night what never came home is looked for: among our own people's conversations only."""

import asyncio
import json
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.calls.sweeping import queue_sweep, sweep_all
from bot.domain.call import CallRef
from bot.followup import LEASE
from storage.lock import read_lock
from tests.program import troupe
from tests.scenarios.process import ConsoleProcess
from tests.scenarios.stage import Browser, Stage, Talk, open_stage
from tests.scenarios.test_hosted_links import talk_over

pytestmark = pytest.mark.anyio

THERE_IS_NONE = {"operation": "get_conversation", "fault": "status", "status": 404, "times": None}


def counted(operation: str) -> dict[str, object]:
    """A fault that changes nothing; the sandbox counts how often it happened."""
    return {"operation": operation, "fault": "delay", "seconds": 0, "times": None}


async def clear_faults(stage: Stage) -> list[int]:
    """Let nothing go wrong from now on; return how often each fault happened."""
    url = f"{stage.sandbox.url}/sandbox/faults"
    async with aiohttp.ClientSession() as http:
        async with http.get(url) as answer:
            happened = [fault["happened"] for fault in (await answer.json())["faults"]]
        async with http.delete(url):
            return happened


async def lost_talk(stage: Stage, account: str, words: str):
    """A talk whose webhook is lost and whose polls found nothing, until they gave up."""
    member = stage.member(account)
    async with stage.browser() as browser:
        await member.calls("wizard")
        await stage.told("faults", {"operation": "webhook", "fault": "lose"})
        await stage.told("faults", THERE_IS_NONE)
        talk = await browser.talks(member.link(), words)
        await is_over(stage)
        await stage.later(hours=3)
        assert "failed: it never started" in await member.types("/history")
        await clear_faults(stage)
    return member, talk


async def is_over(stage: Stage) -> None:
    """Wait until every conversation that ElevenLabs has is over, and its webhook sent or lost."""

    async def all_are_done() -> bool:
        listed = await stage.app.house.agents.list_conversations(user_id=None, started_after=None)
        return bool(listed) and all(one.is_final for one in listed)

    await stage.until(all_are_done)


async def night(stage: Stage) -> None:
    """Let it become the next morning, and wait until nobody is left to be asked for."""
    await stage.later(days=1)
    await stage.until(lambda: nothing_left(stage))


async def nothing_left(stage: Stage) -> bool:
    """Let a little time pass; whether nothing is in hand then, or about to be tried again."""
    await stage.later(seconds=5)
    due_at = await stage.app.house.store.fetch_next_due_at()
    return due_at is None or due_at > stage.clock() + LEASE + timedelta(seconds=10)


async def test_with_webhooks_lost_and_polls_given_up_everything_is_there_after_a_night(tmp_path):
    async with open_stage(tmp_path, settings={"calls_at_once": 50}) as stage, stage.browser() as browser:
        await stage.told("faults", {"operation": "webhook", "fault": "lose", "times": 3, "skip": 2})
        await stage.told("faults", THERE_IS_NONE)
        members = [stage.member(f"member{number}") for number in range(10)]
        for number, member in enumerate(members):
            await member.calls("wizard")
            await browser.talks(member.link(), f"My number is {number}{number}{number}.")
        await stage.until(lambda: have_come_home(tmp_path, 7))
        await is_over(stage)
        await stage.later(hours=3)
        failed = [member for member in members if "it never started" in await member.types("/history")]
        assert len(failed) == 3
        await clear_faults(stage)
        await stage.later(days=1)
        await stage.until(lambda: have_come_home(tmp_path, 10))
        for number, member in enumerate(members):
            assert f"{number}{number}{number}" in await member.types("/memory wizard")
            assert "it never started" not in await member.types("/history")


async def have_come_home(folder: Path, count: int) -> bool:
    with closing(sqlite3.connect(folder / "troupe.db")) as database:
        return database.execute("SELECT count(*) FROM conversations").fetchone() == (count,)


async def test_a_hosted_talk_is_found_by_its_reference_long_after_its_polls_gave_up(tmp_path):
    async with open_stage(tmp_path, hosted=True, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await stage.later(days=1, hours=1)
        assert "There are no calls yet" in await mira.types("/history")
        talk = await talk_over(stage, browser, mira.link())
        await talk.says("My cat is called Fig.")
        await talk.socket.close()
        await is_over(stage)
        await night(stage)
        await mira.is_told("Was this you?")


async def test_nobody_elses_conversations_are_asked_for_or_read(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        own = await browser.talks(mira.link(), "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        signed = await stage.app.house.agents.sign_url()
        socket = await browser.http.ws_connect(signed.url)
        message = own.started["message"]
        foreign = {
            **message,
            "user_id": "somebody-of-another-program",
            "dynamic_variables": {**message["dynamic_variables"], "call_ref": CallRef("of another program")},
        }
        await socket.send_json(foreign)
        talk = Talk(socket, {"signed_url": signed.url})
        await talk.listens()
        await talk.says("I belong to another program.")
        await socket.close()
        await is_over(stage)
        await stage.told("faults", counted("list_conversations"))
        await stage.told("faults", counted("get_conversation"))
        await night(stage)
        assert await clear_faults(stage) == [1, 0]
        assert talk.conversation_id in await stage.listed_there()
        assert await stage.app.house.store.fetch_binding(talk.conversation_id) is None
        assert "another program" not in await mira.types("/history")


async def test_who_has_not_called_for_days_is_not_asked_for(tmp_path):
    async with open_stage(tmp_path, webhooks=False) as stage:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await night(stage)
        await stage.later(days=3)
        await stage.told("faults", counted("list_conversations"))
        await night(stage)
        assert await clear_faults(stage) == [0]


async def test_an_error_with_one_person_does_not_stop_the_others_and_is_made_up_for(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, _ = await lost_talk(stage, "mira", "I found a silver key.")
        ben, _ = await lost_talk(stage, "ben", "I found a golden door.")
        refused = {"operation": "list_conversations", "fault": "status", "status": 401, "times": 1}
        await stage.told("faults", refused)
        house = stage.app.house
        people = await house.store.fetch_callers_since(stage.clock() - timedelta(days=3))
        swept = await sweep_all(house, people, stage.clock() - timedelta(days=3), lambda: None)
        assert (swept.people, swept.found, swept.taken_home, swept.known, swept.failed) == (2, 1, 1, 0, 1)
        assert len(swept.reasons) == 1
        await clear_faults(stage)
        await stage.told("faults", refused)
        await night(stage)
        assert "silver key" in await mira.types("/memory wizard")
        assert "golden door" in await ben.types("/memory wizard")


async def test_sweeping_again_changes_nothing_and_reads_nothing_again(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, _ = await lost_talk(stage, "mira", "I found a silver key.")
        await night(stage)
        await mira.is_told("Merlin will remember this")
        before = await mira.types("/history")
        await stage.told("faults", counted("get_conversation"))
        for _ in range(3):
            await queue_sweep(stage.app.house)
            await stage.later(seconds=10)
            await stage.until(lambda: nothing_left(stage))
        assert await clear_faults(stage) == [0]
        assert await mira.types("/history") == before
        assert mira.seen.count("Merlin will remember this") == 1


async def test_after_a_night_the_next_ones_work_is_queued(tmp_path):
    async with open_stage(tmp_path) as stage:
        for _ in range(2):
            await night(stage)
            with closing(sqlite3.connect(tmp_path / "troupe.db")) as database:
                waiting = database.execute("SELECT kind, due_at FROM jobs WHERE subject = 'daily'").fetchall()
            assert sorted(kind for kind, _ in waiting) == ["retention", "sweep"]
            assert all(due_at > stage.clock().isoformat() for _, due_at in waiting)


async def test_what_was_forgotten_is_not_swept_back(tmp_path):
    async with open_stage(tmp_path) as stage:
        mira, talk = await lost_talk(stage, "mira", "My secret word is marzipan.")
        await stage.told("faults", {"operation": "delete_conversation", "fault": "status", "status": 500})
        await mira.types("/forget wizard")
        await mira.types("1")
        await mira.calls("captain")
        await night(stage)
        assert "marzipan" not in await mira.types("/memory wizard")
        await stage.until(lambda: stage.is_erased_there(talk.conversation_id))


async def test_a_sweep_that_was_missed_while_nothing_ran_is_made_up_for_at_the_start(tmp_path):
    async with open_stage(tmp_path) as stage:
        await lost_talk(stage, "mira", "I found a silver key.")
    with closing(sqlite3.connect(tmp_path / "troupe.db")) as database, database:
        changed = database.execute(
            "UPDATE jobs SET due_at = '2026-01-01T03:00:00.000000+00:00' WHERE kind = 'sweep'"
        ).rowcount
    assert changed == 1
    async with open_stage(tmp_path) as stage:
        mira = stage.member("mira")
        await mira.is_told("Merlin will remember this")
        await stage.until(lambda: nothing_left(stage))


def test_a_kill_keeps_the_nightly_work_and_a_restart_does_not_double_it(tmp_path):
    def nightly_work() -> list[tuple[str, str]]:
        with closing(sqlite3.connect(tmp_path / "troupe.db")) as database:
            return database.execute(
                "SELECT kind, due_at FROM jobs WHERE subject = 'daily' ORDER BY kind"
            ).fetchall()

    with ConsoleProcess(tmp_path, "--as", "mira") as first:
        first.shows("Troupe. You are Mira")
        before = nightly_work()
        assert [kind for kind, _ in before] == ["retention", "sweep"]
    with ConsoleProcess(tmp_path, "--as", "mira") as second:
        second.shows("Troupe. You are Mira")
        assert nightly_work() == before


def test_sync_next_to_a_running_bot_brings_home_what_it_lost(tmp_path):
    """The bot's own look at the conversation is far away; nobody told it that the talk is over."""

    async def talk_without_a_webhook(sandbox_url: str, link: str) -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            fault = {"operation": "webhook", "fault": "lose"}
            async with http.post(f"{sandbox_url}/sandbox/faults", json=fault) as answer:
                assert answer.status == 201
            talk = await Browser(http).opens(link)
            await talk.says("I found a silver key.")
            await talk.socket.close()

    with ConsoleProcess(tmp_path, "--as", "mira", "--yes") as bot:
        bot.shows("Troupe. You are Mira")
        assert json.loads(synced(tmp_path, "--json").stdout)["people"] == 0
        bot.types("/call wizard")
        bot.shows("http")
        told = read_lock(f"sqlite:///{tmp_path}/troupe.db")
        assert told
        asyncio.run(talk_without_a_webhook(told["api_url"], bot.link()))
        done = synced(tmp_path, "--json")
        deadline = time.monotonic() + 30
        while not json.loads(done.stdout)["found"] and time.monotonic() < deadline:
            done = synced(tmp_path, "--json")
        counts = {"people": 1, "found": 1, "taken_home": 1, "known": 0, "failed": 0, "reasons": []}
        assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, counts, "")
        bot.shows("Merlin will remember this")
        assert synced(tmp_path, "--days", "1").stdout == (
            "Asked for 1 person: 1 conversation found, 0 taken home, 1 known already, 0 failed.\n"
        )


def test_sync_says_why_something_failed_and_exits_with_1(tmp_path):
    async def refuse_the_list(sandbox_url: str) -> None:
        fault = {"operation": "list_conversations", "fault": "status", "status": 401}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{sandbox_url}/sandbox/faults", json=fault) as answer,
        ):
            assert answer.status == 201

    with ConsoleProcess(tmp_path, "--as", "mira", "--yes") as bot:
        bot.types("/call wizard")
        bot.shows("http")
        told = read_lock(f"sqlite:///{tmp_path}/troupe.db")
        assert told
        asyncio.run(refuse_the_list(told["api_url"]))
        done = synced(tmp_path)
        assert done.returncode == 1
        assert "1 failed" in done.stdout
        assert "ElevenLabs, list conversations (401)" in done.stderr
        assert "Traceback" not in done.stderr


def synced(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `troupe sync` beside the console process of this folder."""
    return troupe(folder, "sync", *arguments, DATABASE_URL=f"sqlite:///{folder}/troupe.db")
