"""A worker that is stopped in the middle of a dial, for as long as anybody likes, and then goes on.

Others take its job over when its lease runs out. It rings nobody whose call it does not hold any more, and
whoever is rung is rung once.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.calls import dialing
from bot.domain.call import CallState, NewJob
from bot.domain.caller import Account
from bot.domain.reply import Reply
from bot.elevenlabs.client import open_elevenlabs
from bot.followup import LEASE, Followup
from bot.posting import POSTS_AT_ONCE
from tests.scenarios.stage import Member
from tests.scenarios.telephone import MIRAS, Exchange, open_exchange

pytestmark = pytest.mark.anyio

PREPARING, ASKING, ASKED = "agents/agent_sandbox", "outbound-call", "outbound-call"
LEASE_SECONDS = LEASE.total_seconds() + 1


@dataclass
class Stopped:
    """The worker that stops when it asks ElevenLabs for something, or ``after`` that was answered."""

    exchange: Exchange
    path: str
    after: bool = False
    is_there: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    dial: Awaitable[Any] | None = None

    async def wakes(self) -> None:
        """Let it go on to the end of its job."""
        self.goes_on.set()
        assert self.dial is not None
        await self.dial


class _Network(httpx.AsyncHTTPTransport):
    """The network as a worker sees that is stopped on the way to it, or on the way back."""

    def __init__(self, worker: Stopped) -> None:
        super().__init__()
        self._worker = worker

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        is_it = request.url.path.endswith(self._worker.path)
        if is_it and not self._worker.after:
            await self._stop()
        response = await super().handle_async_request(request)
        if is_it and self._worker.after:
            await self._stop()
        return response

    async def _stop(self) -> None:
        self._worker.is_there.set()
        await self._worker.goes_on.wait()


@asynccontextmanager
async def stopped(
    exchange: Exchange, member: Member, path: str, *, after: bool = False
) -> AsyncIterator[tuple[Stopped, Any]]:
    """Let a member ask to be rung, and a worker begin with it and stop; nobody else works by themselves."""
    exchange.app.followup.stop()
    await exchange.rests()
    placed = await exchange.asks(member)
    worker = Stopped(exchange, path, after)
    async with open_elevenlabs(
        api_url=exchange.sandbox.url,
        api_key=SecretStr(exchange.sandbox.api_key),
        agent_id=exchange.sandbox.agent_id,
        clock=exchange.clock,
        transport=_Network(worker),
    ) as agents:
        house = replace(exchange.app.house, agents=agents)
        dial = worker.dial = asyncio.create_task(dialing.dial(house, placed.call.id))
        try:
            await worker.is_there.wait()
            yield worker, placed.call
        finally:
            dial.cancel()
            with suppress(asyncio.CancelledError):
                await dial


async def test_stopped_before_it_began_it_rings_nobody_whose_call_was_closed(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        async with stopped(stage, mira, PREPARING) as (worker, call):
            await stage.passes(seconds=LEASE_SECONDS)
            await stage.tells(mira, "it could not ring in time")
            await worker.wakes()
        await stage.passes(minutes=45)
        assert await stage.state_of(call) is CallState.EXPIRED
        assert (await stage.rung(), await stage.left(mira)) == ({}, before)
        assert mira.seen.count("did not ring you") == 1


async def test_stopped_before_it_began_it_rings_nobody_again_whom_another_rang(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        async with stopped(stage, mira, PREPARING) as (worker, call):
            await stage.passes(seconds=30)
            phone = await stage.ringing()
            await worker.wakes()
            assert await stage.state_of(call) is CallState.LIVE
        await phone.talks("I have a cat named Fig.")
        await stage.passes(minutes=45)
        assert await stage.rung() == {MIRAS: 1}
        assert "did not ring you" not in mira.seen


async def test_stopped_for_a_moment_before_it_asks_it_asks(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        async with stopped(stage, mira, ASKING) as (worker, call):
            stage.clock.moved += dialing.RING_WITHIN / 2
            await worker.wakes()
            assert await stage.state_of(call) is CallState.LIVE
        assert await stage.rung() == {MIRAS: 1}


@pytest.mark.parametrize("seconds", [dialing.RING_WITHIN.total_seconds() + 1, LEASE_SECONDS, 900])
async def test_stopped_for_too_long_before_it_asks_it_asks_no_more(tmp_path, seconds):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        async with stopped(stage, mira, ASKING) as (worker, call):
            assert await stage.state_of(call) is CallState.DIALING
            await stage.passes(seconds=seconds)
            await worker.wakes()
            assert await stage.state_of(call) is CallState.FAILED
        await stage.passes(minutes=45)
        await stage.tells(mira, "The call with Merlin failed: it could not ring in time.")
        assert (await stage.rung(), await stage.left(mira)) == ({}, before)


async def test_what_was_told_as_unclear_does_not_ring_when_the_worker_wakes(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        async with stopped(stage, mira, ASKING) as (worker, call):
            await stage.passes(seconds=LEASE_SECONDS)
            assert await stage.state_of(call) is CallState.UNKNOWN
            await stage.passes(minutes=31)
            await stage.tells(mira, "it is not clear whether the phone rang")
            await worker.wakes()
        assert await stage.state_of(call) is CallState.FAILED
        await stage.passes(hours=16)
        assert (await stage.rung(), (await stage.left(mira))[1]) == ({}, before[1])
        assert mira.seen.count("The call with Merlin failed") == 1


async def test_whoever_was_forgotten_meanwhile_is_not_rung_when_the_worker_wakes(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        async with stopped(stage, mira, ASKING) as (worker, _):
            stage.clock.moved += dialing.RING_WITHIN * 2
            assert "Erased here" in await mira.types("/forget everything") + await mira.types("1")
            await worker.wakes()
        await stage.passes(minutes=45)
        assert await stage.rung() == {}


async def test_another_whose_clock_is_minutes_ahead_does_not_keep_a_telephone_from_ringing_once(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        house = stage.app.house
        hasty = replace(house, now=lambda: house.now() + LEASE + timedelta(minutes=1))
        async with stopped(stage, mira, ASKING) as (worker, call):
            await dialing.dial(hasty, call.id)
            assert await stage.state_of(call) is CallState.UNKNOWN
            assert await dialing.look_up(hasty, call.id) is not None
            await worker.wakes()
            assert await stage.state_of(call) is CallState.LIVE
        await (await stage.ringing()).talks("I have a cat named Fig.")
        await stage.passes(minutes=45)
        await stage.tells(mira, "Merlin will remember this")
        assert "failed" not in mira.seen
        assert await stage.rung() == {MIRAS: 1}


@pytest.mark.parametrize("takes_over", [False, True])
async def test_stopped_after_it_asked_it_says_what_another_found_already(tmp_path, takes_over):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        async with stopped(stage, mira, ASKED, after=True) as (worker, call):
            phone = await stage.ringing()
            if takes_over:
                await phone.answers()
                await stage.passes(seconds=LEASE_SECONDS)
                await stage.passes(seconds=1)
                assert await stage.state_of(call) is CallState.LIVE
            await worker.wakes()
            assert await stage.state_of(call) is CallState.LIVE
        if not takes_over:
            await phone.answers()
        await phone.says("Yes, that is me. I have a cat named Fig.")
        await phone.hangs_up(after_seconds=10)
        await stage.passes(minutes=45)
        await stage.tells(mira, "Merlin will remember this")
        assert mira.seen.count("Merlin will remember this") == 1
        assert await stage.rung() == {MIRAS: 1}


async def test_a_talk_that_is_over_when_the_worker_wakes_stays_over(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        async with stopped(stage, mira, ASKED, after=True) as (worker, call):
            await (await stage.ringing()).talks("I have a cat named Fig.")
            await stage.passes(seconds=LEASE_SECONDS)
            await stage.passes(minutes=31)
            await stage.comes_to(call, CallState.DONE)
            await worker.wakes()
        await stage.passes(minutes=45)
        assert await stage.state_of(call) is CallState.DONE
        assert mira.seen.count("Merlin will remember this") == 1
        assert await stage.rung() == {MIRAS: 1}


class Gate:
    """A front whose posts wait at a gate; ``told`` is whom it told."""

    def __init__(self, *, is_open: bool) -> None:
        self.opens = asyncio.Event()
        self.came = 0
        self.told: list[str] = []
        if is_open:
            self.opens.set()

    async def post(self, account: Account, _reply: Reply, **_instead: Any) -> None:
        self.came += 1
        await self.opens.wait()
        self.told.append(account.id)


async def test_what_waited_until_its_lease_was_over_is_told_by_who_has_it_then(tmp_path):
    async with open_exchange(tmp_path) as stage:
        house, slow, quick = stage.app.house, Gate(is_open=False), Gate(is_open=True)
        stage.app.followup.stop()
        names = [f"member{number}" for number in range(POSTS_AT_ONCE + 1)]
        for number, name in enumerate(names):
            placed = await stage.asks(await stage.newcomer(name, f"+491511234560{number}"))
            work = [NewJob("recap", placed.call.id, house.now())]
            await house.store.fail_call(placed.call.id, "of a test", house.now(), work, charge="nothing")
        one, other = (Followup(house, {"console": front}, lambda _: None) for front in (slow, quick))
        first = asyncio.create_task(one.run_due())

        async def are_at_the_gate() -> bool:
            return slow.came == POSTS_AT_ONCE

        await stage.until(are_at_the_gate)
        stage.clock.moved += LEASE
        while await other.run_due():
            pass
        assert sorted(quick.told) == names
        slow.opens.set()
        await first
        assert len(slow.told) == POSTS_AT_ONCE
