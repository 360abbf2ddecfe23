"""Waiting for what a thread does, which ends whether anybody waits for it or not."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

T = TypeVar("T")


async def run_to_the_end(executor: Executor, work: Callable[[], T]) -> T:
    """Run ``work`` in a thread; a caller that is cancelled stops waiting, and learns nothing of its end."""
    running = asyncio.get_running_loop().run_in_executor(executor, work)
    # Else asyncio logs a failure of which nobody hears, with a traceback.
    running.add_done_callback(lambda done: done.cancelled() or done.exception())
    return await asyncio.shield(running)
