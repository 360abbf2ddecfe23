"""Two that bring the same end home at the same time: the member is told once."""

from datetime import timedelta

import pytest

from bot.calls.finishing import finish, take_failure
from bot.domain.call import CallState
from bot.domain.dialing import DialFailure
from tests.scenarios.telephone import MIRAS, open_exchange

pytestmark = pytest.mark.anyio

TOLD = "The call with Merlin failed: the line was busy."


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
