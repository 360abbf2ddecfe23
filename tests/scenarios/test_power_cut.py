"""Killed between hanging up and the recap, and started again: nothing is lost."""

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest

from tests.scenarios.process import ConsoleProcess
from tests.scenarios.stage import Browser

SECONDS_AFTER_HANGING_UP = [0.0, 0.05, 0.4]


async def talk_and_hang_up(link: str) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        browser = Browser(http)
        talk = await browser.opens(link)
        await talk.says("I found a silver key.")
        await talk.socket.close()


@pytest.mark.parametrize("seconds", SECONDS_AFTER_HANGING_UP)
def test_killed_after_hanging_up_the_transcript_and_the_recap_still_come(tmp_path: Path, seconds: float):
    with ConsoleProcess(tmp_path, "--as", "mira", "--yes") as first:
        first.types("/call wizard")
        first.shows("Talk with Merlin")
        first.shows("http")
        asyncio.run(talk_and_hang_up(first.link()))
        time.sleep(seconds)
        first.kill()
    with ConsoleProcess(tmp_path, "--as", "mira") as second:
        if "Merlin will remember this" not in first.seen:
            second.shows("Merlin will remember this")
        second.types("/memory wizard")
        assert "silver key" in second.shows("First words")
        assert second.leaves() == 0


def test_killed_in_mid_talk_what_was_said_so_far_comes_home(tmp_path: Path):
    async def talk_until_the_power_fails(link: str) -> None:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            talk = await Browser(http).opens(link)
            await talk.says("I found a silver key.")
            first.kill()

    with ConsoleProcess(tmp_path, "--as", "mira", "--yes") as first:
        first.types("/call wizard")
        first.shows("http")
        asyncio.run(talk_until_the_power_fails(first.link()))
    with ConsoleProcess(tmp_path, "--as", "mira") as second:
        second.shows("Merlin will remember this")
        second.types("/memory wizard")
        assert "silver key" in second.shows("First words")


def test_told_to_stop_in_mid_chat_it_hangs_up_and_the_recap_comes_with_the_next_start(tmp_path: Path):
    with ConsoleProcess(tmp_path, "--as", "mira", "--yes") as first:
        first.types("/call wizard by chat")
        first.shows("You are connected with Merlin")
        first.types("I found a silver key.")
        first.shows("reading from a script")
        assert first.is_told_to_stop() == 0
        first.kill()
    assert "Traceback" not in first.seen
    with ConsoleProcess(tmp_path, "--as", "mira") as second:
        if "Merlin will remember this" not in first.seen:
            second.shows("Merlin will remember this")
        second.types("/memory wizard")
        assert "silver key" in second.shows("First words")
