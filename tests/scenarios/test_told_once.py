"""Two that bring the same end home at the same time: the member is told once."""

from datetime import timedelta

import pytest

from bot.calls.finishing import finish, take_failure
from bot.domain.call import CallState, NewJob
from bot.domain.dialing import DialFailure
from tests.scenarios.telephone import MIRAS, open_exchange

pytestmark = pytest.mark.anyio

TOLD = "The call with Merlin failed: the line was busy."
REMEMBERED = "Merlin will remember this"


async def test_a_look_that_began_before_the_event_came_tells_nobody_a_second_time(tmp_path):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        house, followup = stage.app.house, stage.app.followup
        mira = await stage.newcomer("mira", MIRAS)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        await stage.comes_to(placed.call, CallState.LIVE)
        (seen_while_it_rang,) = await house.store.fetch_bindings(placed.call.id)
        await phone.declines()
        conversation_id = seen_while_it_rang.conversation_id
        seen_afterwards = await house.agents.fetch_conversation(conversation_id)
        await take_failure(house, DialFailure(conversation_id, "busy"), attempts=1)
        for job in await house.store.claim_jobs(house.now(), house.now() + timedelta(hours=1), 10):
            if job.kind == "recap":
                await followup._run(job)
        await mira.is_told(TOLD)
        await finish(house, seen_while_it_rang, seen_afterwards)
        await house.store.release_jobs()
        await stage.passes(minutes=1)
        assert mira.seen.count(TOLD) == 1


async def test_a_call_that_comes_home_just_before_its_failure_is_told_is_told_once(tmp_path):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        house, followup = stage.app.house, stage.app.followup
        mira = await stage.newcomer("mira", MIRAS)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        await stage.comes_to(placed.call, CallState.LIVE)
        (binding,) = await house.store.fetch_bindings(placed.call.id)
        await phone.talks("I have a cat named Fig.")

        async def is_over() -> bool:
            return (await phone.conversation())["status"] == "done"

        await stage.until(is_over)
        now = house.now()
        work = [NewJob("recap", placed.call.id, now)]
        failed = await house.store.fail_call(placed.call.id, "its end never came", now, work, charge="keep")
        jobs = await house.store.claim_jobs(now, now + timedelta(hours=1), 10)
        await finish(house, binding, await house.agents.fetch_conversation(binding.conversation_id))
        for job in jobs:
            if job.kind == "recap":
                await followup._run(job)
        await mira.is_told(REMEMBERED)
        await house.store.release_jobs()
        await stage.passes(minutes=1)
        assert failed
        assert mira.seen.count(REMEMBERED) == 1
