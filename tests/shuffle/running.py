"""The three runs: in order and once, shuffled and twenty times, and with three in ten never delivered."""

import asyncio
import random
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from bot.calls.opening import end_call
from tests.shuffle.holding import Start
from tests.shuffle.posting import Delivery, Event, Sort, build_deliveries
from tests.shuffle.run import Note, Outcome, Run, open_run

LOST_SHARE = 0.3
LATE_SHARE = 0.02
POLLED_SHARE = 0.25
WAVES = 20
SMALLEST_WAVE = 60
DISK_FULL_SECONDS = 0.1
TRIED_IN_VAIN = {"operation": "get_conversation", "fault": "status", "status": 404, "times": None}
LOOKED_AT_FOR_A_DAY = ("find",)
"""Kinds of job for which a day of looks is too long to wait for here."""

Deed = Callable[[], Awaitable[None]]


async def deliver_in_order(start: Start, note: Note) -> Outcome:
    """Deliver each event once, as the conversations ended; no restart, and nothing goes wrong."""
    async with open_run(start, "ordered", random.Random(0), note) as run:
        begun = time.monotonic()
        events = [Event(name, body, is_once=True) for name, body in start.events.items()]
        deliveries = [Delivery(event, Sort.GENUINE) for event in events]
        for delivery in deliveries:
            assert await run.post.deliver(delivery)
        seconds = time.monotonic() - begun
        await run.settle()
        await run.night()
        return await run.outcome(deliveries, seconds)


async def deliver_shuffled(start: Start, seed: int, note: Note) -> Outcome:
    """Deliver each event twenty times, in no order and in parallel, through polls, restarts and power cuts.

    A few conversations are looked for in vain until their calls are given up; only then their events come.
    """
    rng = random.Random(seed)
    async with open_run(start, "shuffled", rng, note) as run:
        deliveries = build_deliveries(start.events, rng)
        late = set(_some(list(start.events), LATE_SHARE, rng))
        in_time = [one for one in deliveries if one.event.conversation_id not in late]
        polls = [partial(_page_hangs_up, run, name) for name in _some(list(start.pages), POLLED_SHARE, rng)]
        some = len(start.events) // 20 + 1
        run.fault(operation="get_conversation", fault="status", status=503, times=some, skip=some)
        run.fault(operation="get_conversation", fault="status", status=404, times=some)
        run.fault(operation="get_conversation", fault="drop", times=some // 4 + 1)
        steps = [partial(_move, run, minutes=3), partial(_move, run, minutes=45)]
        begun = time.monotonic()
        await _deliver(run, in_time, [*polls, *steps, *_troubles(run)], with_cuts=True)
        seconds = time.monotonic() - begun
        run.mend()
        run.fault(**TRIED_IN_VAIN)
        run.clock.move(hours=2)
        await run.settle(*LOOKED_AT_FOR_A_DAY)
        run.mend()
        begun = time.monotonic()
        await _deliver(run, [one for one in deliveries if one.event.conversation_id in late], [])
        seconds += time.monotonic() - begun
        await run.settle()
        await run.night()
        return await run.outcome(deliveries, seconds)


async def lose_three_in_ten(start: Start, seed: int, note: Note) -> tuple[Outcome, set[str], int]:
    """Deliver the others as above, find nothing by asking until every call is given up, and sweep.

    Returns also whose events never came, and how many transcripts were there before the sweep.
    """
    rng = random.Random(seed)
    async with open_run(start, "lost", rng, note) as run:
        lost = set(_some(list(start.events), LOST_SHARE, rng))
        deliveries = build_deliveries({k: v for k, v in start.events.items() if k not in lost}, rng)
        run.fault(**TRIED_IN_VAIN)
        begun = time.monotonic()
        await _deliver(run, deliveries, _troubles(run), with_cuts=True)
        seconds = time.monotonic() - begun
        run.clock.move(hours=3)
        await run.settle(*LOOKED_AT_FOR_A_DAY)
        with closing(sqlite3.connect(run.lives.database)) as database:
            (before,) = database.execute("SELECT count(*) FROM conversations").fetchone()
        run.mend()
        await run.night()
        return await run.outcome(deliveries, seconds), lost, before


async def _deliver(
    run: Run, deliveries: list[Delivery], disturbances: Sequence[Deed], *, with_cuts: bool = False
) -> None:
    """Send everything, 8 to 32 at once, until it is taken; the disturbances happen in between, at random.

    The power goes just after a conversation's only genuine delivery was acknowledged.
    """
    rng, left, total = run.rng, list(deliveries), len(deliveries)
    cuts_at = sorted(rng.randrange(total * 3 // 4) for _ in range(_how_often(run) if with_cuts else 0))
    script: dict[int, list[Deed]] = {}
    for disturbance in disturbances:
        script.setdefault(rng.randrange(total), []).append(disturbance)
    actions: asyncio.Queue[Deed] = asyncio.Queue()
    place = 0

    async def disturb() -> None:
        while True:
            action = await actions.get()
            await action()
            actions.task_done()

    async def send(wave: deque[Delivery], failed: list[Delivery]) -> None:
        nonlocal place
        while wave:
            delivery = wave.popleft()
            for action in script.pop(place, ()):
                actions.put_nowait(action)
            place += 1
            if not await run.post.deliver(delivery):
                failed.append(delivery)
            elif _is_all_that_comes(delivery) and cuts_at and place > cuts_at[0] and run.lives.up.is_set():
                cuts_at.pop(0)
                run.lives.cut()
                actions.put_nowait(run.lives.after_cut)

    size = max(total // WAVES, SMALLEST_WAVE)
    async with asyncio.TaskGroup() as tasks:
        disturber = tasks.create_task(disturb())
        while left:
            wave, left = deque(left[:size]), left[size:]
            failed: list[Delivery] = []
            async with asyncio.TaskGroup() as workers:
                for _ in range(rng.randint(8, 32)):
                    workers.create_task(send(wave, failed))
            for delivery in failed:
                left.insert(rng.randrange(len(left) + 1), delivery)
            run.note(
                f"{place:,} sent, {len(left):,} left, {run.lives.restarts} restarts, {run.lives.cuts} cuts"
            )
        for late in script.values():
            for action in late:
                actions.put_nowait(action)
        await actions.join()
        disturber.cancel()


def _is_all_that_comes(delivery: Delivery) -> bool:
    return delivery.event.is_once and delivery.sort is Sort.GENUINE


def _some(names: list[str], share: float, rng: random.Random) -> list[str]:
    return rng.sample(names, min(len(names), max(1, round(share * len(names)))))


def _how_often(run: Run) -> int:
    return 1 + len(run.start.events) // 250


def _troubles(run: Run) -> list[Deed]:
    return [run.lives.restart] * _how_often(run) + [partial(_disk_full, run)] * _how_often(run)


async def _disk_full(run: Run) -> None:
    """Let nothing be written for a moment."""
    store: Any = run.lives.app.house.store
    for is_full in (True, False):
        await store.writer.read(
            lambda database, full=is_full: database.execute(f"PRAGMA query_only = {full}")
        )
        await asyncio.sleep(DISK_FULL_SECONDS if is_full else 0)


async def _move(run: Run, **step: float) -> None:
    run.clock.move(**step)


async def _page_hangs_up(run: Run, conversation_id: str) -> None:
    """Let the page say that its talk is over, so that the transcript is asked for."""
    token, cookie = run.start.pages[conversation_id]
    await end_call(run.lives.app.house, token, cookie)
    run.post.sent.counts["asked for"] += 1
