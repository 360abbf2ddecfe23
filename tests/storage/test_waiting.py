"""Whoever waited for the database and went away: what it does ends all the same, and is no news."""

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from bot.domain.errors import NotStored
from storage.waiting import run_to_the_end

pytestmark = pytest.mark.anyio


async def test_a_failure_for_which_nobody_waits_any_more_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    may_end, has_ended = threading.Event(), threading.Event()

    def fail() -> None:
        may_end.wait(30)
        has_ended.set()
        raise NotStored("the server went away")

    with ThreadPoolExecutor(1) as executor:
        waiting = asyncio.create_task(run_to_the_end(executor, fail))
        await asyncio.sleep(0)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        may_end.set()
    assert has_ended.is_set()
    for _ in range(5):
        await asyncio.sleep(0)
    gc.collect()
    assert caplog.records == []


async def test_whoever_waits_is_told_of_the_failure() -> None:
    def fail() -> None:
        raise NotStored("the server went away")

    with ThreadPoolExecutor(1) as executor, pytest.raises(NotStored, match="went away"):
        await run_to_the_end(executor, fail)
