"""Calls for later, and what may have changed by the time that a telephone is to ring."""

import shutil
from datetime import timedelta

import pytest

from bot.calls.accounts import cancel
from bot.domain.call import CallState
from bot.domain.errors import CallNotFound, NumberNotAllowed, UnknownPersona
from bot.sandbox import open_sandbox
from tests.scenarios.stage import PERSONAS
from tests.scenarios.telephone import (
    MIRAS,
    NOON,
    TOMS,
    caller_of,
    open_exchange,
    open_troupe,
    two_clocks,
)

pytestmark = pytest.mark.anyio

EVENING = NOON.replace(hour=20, minute=59)


async def test_a_scheduled_call_survives_restarts_and_rings_at_its_time(tmp_path):
    clocks = two_clocks()
    async with open_sandbox(file=tmp_path / "sandbox.db", clock=clocks[1]) as sandbox:
        async with open_troupe(sandbox, tmp_path, clocks) as stage:
            mira = await stage.newcomer("mira", MIRAS)
            before = await stage.left(mira)
            placed = await stage.asks(mira, topic="the cat", at=stage.clock() + timedelta(hours=4))
            assert placed.call.state is CallState.SCHEDULED
            reserved = await stage.left(mira)
            assert reserved == (before[0] - 1, before[1] - placed.call.granted_minutes)
        for _ in range(2):
            async with open_troupe(sandbox, tmp_path, clocks) as stage:
                mira = stage.member("mira")
                await stage.passes(hours=1)
                assert await stage.state_of(placed.call) is CallState.SCHEDULED
                assert await stage.left(mira) == reserved
                assert await stage.rung() == {}
        async with open_troupe(sandbox, tmp_path, clocks) as stage:
            mira = stage.member("mira")
            await stage.passes(hours=1, minutes=59)
            assert await stage.rung() == {}
            await stage.passes(minutes=1, seconds=1)
            phone = await stage.ringing()
            await phone.talks("I have a cat named Fig.")
            await stage.tells(mira, "Merlin will remember this")
            assert await stage.rung() == {MIRAS: 1}
            assert await stage.left(mira) == (before[0] - 1, before[1] - 1)


async def test_a_call_that_was_cancelled_does_not_ring(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        placed = await stage.asks(mira, at=stage.clock() + timedelta(hours=1))
        await cancel(stage.app.house, caller_of(mira), placed.call.id)
        assert await stage.left(mira) == before
        await stage.passes(hours=1, minutes=1)
        assert await stage.rung() == {}
        with pytest.raises(CallNotFound, match="is not scheduled"):
            await cancel(stage.app.house, caller_of(mira), placed.call.id)


@pytest.mark.parametrize(("seconds", "rings"), [(110, 1), (125, 0)])
async def test_a_call_that_the_bot_slept_through_rings_within_two_minutes_or_is_told(
    tmp_path, seconds, rings
):
    clocks = two_clocks()
    async with open_sandbox(file=tmp_path / "sandbox.db", clock=clocks[1]) as sandbox:
        async with open_troupe(sandbox, tmp_path, clocks) as stage:
            mira = await stage.newcomer("mira", MIRAS)
            before = await stage.left(mira)
            placed = await stage.asks(mira, at=stage.clock() + timedelta(hours=1))
        for clock in clocks:
            clock.moved += timedelta(hours=1, seconds=seconds)
        async with open_troupe(sandbox, tmp_path, clocks) as stage:
            mira = stage.member("mira")
            if rings:
                await (await stage.ringing()).declines()
                await stage.tells(mira, "the line was busy")
            else:
                await stage.tells(
                    mira, "Merlin did not ring you: it could not ring in time. Nothing was used."
                )
                assert await stage.state_of(placed.call) is CallState.EXPIRED
                assert await stage.left(mira) == before
            assert sum((await stage.rung()).values()) == rings


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"phone_countries": "AT"}, "that phone may not be called any more"),
        ({"phone_countries": ""}, "that phone may not be called any more"),
    ],
)
async def test_a_country_that_was_taken_off_the_list_is_not_rung(tmp_path, settings, reason):
    clocks = two_clocks()
    async with open_exchange(tmp_path, clocks=clocks) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira, at=stage.clock() + timedelta(hours=1))
    async with open_exchange(tmp_path, clocks=clocks, **settings) as stage:
        mira = stage.member("mira")
        await stage.passes(hours=1, seconds=1)
        await stage.tells(mira, f"Merlin did not ring you: {reason}.")
        assert await stage.rung() == {}


async def test_a_call_that_would_ring_at_night_does_not(tmp_path):
    async with open_exchange(tmp_path, clocks=two_clocks(EVENING - timedelta(hours=1))) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        await stage.asks(mira, at=EVENING)
        await stage.passes(hours=1, seconds=70)
        await stage.tells(mira, "Merlin did not ring you: it is night where that phone is.")
        assert await stage.left(mira) == before
        assert await stage.rung() == {}


async def test_a_number_whose_verification_lapsed_by_then_is_not_rung(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        verified_at = stage.clock()
        await stage.later(days=176)
        await stage.asks(mira, at=verified_at + timedelta(days=180, seconds=-30))
        with pytest.raises(NumberNotAllowed, match="more than 180 days"):
            await stage.asks(mira, at=verified_at + timedelta(days=180, seconds=30))
        await stage.later(days=4, seconds=30)
        await stage.tells(mira, "Merlin did not ring you: that phone has to be verified again.")
        assert await stage.rung() == {}


async def test_a_number_that_was_removed_takes_its_calls_along(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        placed = await stage.asks(mira, at=stage.clock() + timedelta(hours=1))
        house = stage.app.house
        assert await house.store.remove_phone(placed.call.person_id, placed.call.phone_id, house.now()) == 1
        await stage.passes(hours=1, seconds=1)
        assert await stage.state_of(placed.call) is CallState.EXPIRED
        assert await stage.left(mira) == before
        assert await stage.rung() == {}


async def test_a_blocked_member_is_not_rung(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        placed = await stage.asks(mira, at=stage.clock() + timedelta(hours=1))
        await stage.app.house.store.block(caller_of(mira).account, stage.clock())
        await stage.passes(hours=1, seconds=1)
        assert await stage.state_of(placed.call) is CallState.EXPIRED
        assert await stage.rung() == {}


async def test_a_pause_is_waited_for_and_told_when_it_lasts(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        store = stage.app.house.store
        await stage.asks(mira, at=stage.clock() + timedelta(hours=1))
        await store.pause("maintenance", stage.clock())
        await stage.passes(hours=1, seconds=1)
        await waits(stage, seconds=100)
        assert "did not ring" not in mira.seen
        await waits(stage, seconds=20)
        await stage.tells(mira, "Merlin did not ring you: calls are paused at the moment. Nothing was used.")
        assert await stage.left(mira) == before
        await store.resume()
        await stage.asks(mira, at=stage.clock() + timedelta(hours=1))
        await store.pause("", stage.clock())
        await stage.passes(hours=1, seconds=1)
        await store.resume()
        await stage.passes(seconds=6)
        await (await stage.ringing()).declines()
        assert await stage.rung() == {MIRAS: 1}


async def test_once_the_month_s_money_is_used_up_nothing_rings_that_was_scheduled_before(tmp_path):
    async with open_exchange(tmp_path, cost_per_month=10) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        placed = await stage.asks(mira, at=stage.clock() + timedelta(hours=1))
        before = await stage.left(mira)
        await stage.asks(mira)
        await (await stage.ringing()).talks("I have a cat named Fig.")
        await stage.tells(mira, "Merlin will remember this")
        await stage.passes(hours=1, seconds=1)
        told = await stage.tells(mira, "Nothing was used.")
        assert "did not ring you: what this community spends on calls in a month is used up." in told
        assert await stage.state_of(placed.call) is CallState.EXPIRED
        assert await stage.rung() == {MIRAS: 1}
        assert await stage.left(mira) == (before[0], before[1] + placed.call.granted_minutes - 1)


async def test_full_lines_are_waited_for_and_told_when_they_stay_full(tmp_path):
    async with open_exchange(tmp_path, calls_at_once=1) as stage:
        mira, tom = await stage.newcomer("mira", MIRAS), await stage.newcomer("tom", TOMS)
        stage.app.posters[caller_of(tom).account.platform] = Both(mira, tom)
        await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        placed = await stage.asks(tom)
        await waits(stage, seconds=100)
        assert await stage.state_of(placed.call) is CallState.ASKED
        await waits(stage, seconds=20)
        await stage.tells(tom, "Merlin did not ring you: all lines were busy. Nothing was used.")
        placed = await stage.asks(tom)
        await phone.says("Yes, that is me.")
        await phone.hangs_up()
        await stage.tells(mira, "Merlin will remember this")
        await stage.later(seconds=6)
        await (await stage.ringing(TOMS)).declines()
        assert await stage.rung() == {MIRAS: 1, TOMS: 1}


async def test_a_call_that_comes_while_another_one_goes_on_is_told(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira, at=stage.clock() + timedelta(minutes=5))
        await stage.passes(minutes=4)
        await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        await waits(stage, seconds=180)
        await stage.tells(
            mira, "Merlin did not ring you: another call to that phone, or to you, was still going on."
        )
        assert await stage.rung() == {MIRAS: 1}
        await phone.hangs_up()


async def test_a_character_that_left_the_cast_does_not_ring_and_says_so(tmp_path):
    personas = tmp_path / "personas"
    shutil.copytree(PERSONAS, personas)
    async with open_exchange(tmp_path, personas=personas) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        await stage.asks(mira, at=stage.clock() + timedelta(hours=1))
        (personas / "wizard.md").unlink()

        async def is_gone() -> bool:
            try:
                stage.app.house.cast.of_slug("wizard")
            except UnknownPersona:
                return True
            return False

        await stage.until(is_gone)
        await stage.passes(hours=1, seconds=1)
        await stage.tells(mira, "did not ring you: this character left the cast meanwhile. Nothing was used.")
        assert await stage.left(mira) == before
        assert await stage.rung() == {}


async def test_at_night_nobody_is_rung_and_the_next_allowed_time_is_said(tmp_path):
    night = NOON.replace(hour=22, minute=30)
    async with open_exchange(tmp_path, clocks=two_clocks(night), timezone="Europe/Berlin") as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        with pytest.raises(NumberNotAllowed, match=r"It may from 11 Mar 2027, 08:00 \(Europe/Berlin\) on"):
            await stage.asks(mira)
        with pytest.raises(NumberNotAllowed, match=r"It may from 12 Mar 2027, 08:00"):
            await stage.asks(mira, at=night + timedelta(hours=24))
        assert await stage.left(mira) == before
        await stage.asks(mira, at=night.replace(day=11, hour=8, minute=0))
        await stage.passes(hours=9, minutes=30, seconds=1)
        await stage.ringing()


async def test_no_phone_an_unverified_one_and_no_telephone_at_all_are_told(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira")
        with pytest.raises(NumberNotAllowed, match="Add your phone first"):
            await stage.asks(mira)
        await stage.adds(mira, MIRAS)
        with pytest.raises(NumberNotAllowed, match="Add your phone first"):
            await stage.asks(mira)
        clocks = (stage.clock, stage.there)
    async with open_exchange(tmp_path, clocks=clocks, phone_countries="") as stage:
        with pytest.raises(NumberNotAllowed, match="switched off here"):
            await stage.asks(stage.member("mira"))
    async with open_exchange(tmp_path, clocks=clocks, phone_number_id="") as stage:
        with pytest.raises(NumberNotAllowed, match="switched off here"):
            await stage.asks(stage.member("mira"))


async def waits(stage, *, seconds: int) -> None:
    """Let time pass in small steps, as it does."""
    for _ in range(0, seconds, 5):
        await stage.passes(seconds=5)


class Both:
    """Two terminals of one front."""

    def __init__(self, *members) -> None:
        self._members = members

    async def post(self, account, reply) -> None:
        """Show it to whom it is for."""
        (member,) = [one for one in self._members if caller_of(one).account == account]
        await member.front.post(account, reply)
