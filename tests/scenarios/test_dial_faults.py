"""Whatever goes wrong with the one request that rings: one ring at most, and the member is told the truth."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

import bot.app
from bot.calls import dialing
from bot.calls.sweeping import queue_sweep
from bot.domain.call import CallState
from bot.elevenlabs import connection
from bot.followup import LEASE
from bot.sandbox import open_sandbox
from tests.scenarios.telephone import (
    DIAL,
    EXOTEL,
    MIRAS,
    NUMBERS,
    SIP,
    TOMS,
    Exchange,
    open_exchange,
    open_troupe,
    two_clocks,
)

pytestmark = pytest.mark.anyio

REFUSALS = [
    ({"status": 429}, "all lines are overloaded: try again at {in_300}."),
    ({"status": 429, "retry_after": 900}, "all lines are overloaded: try again at {in_900}."),
    ({"status": 402}, "the community's ElevenLabs account is out of credit."),
    ({"status": 401}, "the telephone is not set up correctly; whoever runs Troupe finds the reason"),
    ({"status": 401, "code": "quota_exceeded"}, "the community's ElevenLabs account is out of credit."),
    ({"status": 403}, "the telephone is not set up correctly;"),
    ({"status": 404, "code": "phone_number_not_found"}, "the telephone is not set up correctly;"),
    ({"status": 400, "reason": "The phone number cannot be called."}, "the number was refused."),
    ({"status": 422}, "the telephone is not set up correctly;"),
]


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_refusal_rings_nobody_costs_nothing_and_is_told_in_words(tmp_path, number):
    async with open_exchange(tmp_path, phone_number_id=number) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        refusals = [*(("status", *refusal) for refusal in REFUSALS)]
        refusals.append(("unsuccessful", {}, "the call could not be connected."))
        for fault, more, words in refusals:
            await stage.goes_wrong(DIAL, fault, **more)
            placed = await stage.asks(mira)
            await stage.comes_to(placed.call, CallState.FAILED)
            failed = await stage.app.house.store.fetch_call(placed.call.id)
            times = {
                f"in_{wait}": f"{failed.ended_at + timedelta(seconds=wait):%H:%M %Z}" for wait in (300, 900)
            }
            await stage.tells(mira, f"The call with Merlin failed: {words.format(**times)}")
            assert await stage.left(mira) == before, words
        assert await stage.rung() == {}
        await stage.passes(hours=1)
        assert await stage.rung() == {}


RANG_ALL_THE_SAME = [
    {"fault": "status", "status": 503, "when": "after"},
    {"fault": "status", "status": 500, "when": "after"},
    {"fault": "status", "status": 409, "when": "after"},
    {"fault": "drop", "when": "after"},
    {"fault": "garbage"},
    {"fault": "null_id"},
]


@pytest.mark.parametrize("number", NUMBERS)
async def test_what_rang_although_nobody_said_so_is_found_and_never_rung_again(tmp_path, number):
    async with open_exchange(tmp_path, phone_number_id=number, webhooks=False) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        _, minutes = await stage.left(mira)
        for rings, fault in enumerate(RANG_ALL_THE_SAME, start=1):
            await stage.goes_wrong(DIAL, **fault)
            placed = await stage.asks(mira)
            phone = await stage.ringing()
            await stage.comes_to(placed.call, CallState.UNKNOWN, CallState.LIVE)
            await phone.answers()
            await stage.passes(seconds=6)
            await stage.comes_to(placed.call, CallState.LIVE)
            await stage.passes(seconds=5)
            await stage.tells(mira, "Your phone was answered: Merlin is on the line.")
            await phone.says("Yes, that is me.")
            await phone.hangs_up(after_seconds=10)
            await stage.passes(seconds=30)
            await stage.tells(mira, "Merlin will remember this")
            assert await stage.rung() == {MIRAS: rings}
            assert await stage.left(mira) == (100 - rings, minutes - rings)


@pytest.mark.parametrize(("when", "rung"), [("before", {}), ("after", {MIRAS: 1})])
async def test_what_is_answered_only_after_we_stopped_waiting_is_found_too(tmp_path, monkeypatch, when, rung):
    monkeypatch.setattr(connection, "TIMEOUT", httpx.Timeout(0.3))
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.goes_wrong(DIAL, "delay", when=when, seconds=0.8)
        placed = await stage.asks(mira)
        await stage.comes_to(placed.call, CallState.UNKNOWN)
        assert await stage.rung() == rung
        phone = await stage.ringing()
        await stage.later(seconds=6)
        await stage.comes_to(placed.call, CallState.LIVE)
        await phone.talks("I have a cat named Fig.")
        await stage.tells(mira, "Merlin will remember this")
        assert await stage.rung() == {MIRAS: 1}
        assert dials(stage) == {"unclear": 1}


def dials(stage: Exchange) -> dict[str, float]:
    """Return how many dials were counted by what became of them."""
    counted = stage.app.house.figures.dials.collect()[0].samples
    return {one.labels["outcome"]: one.value for one in counted if one.name.endswith("_total") and one.value}


NOTHING_RANG = [
    {"fault": "status", "status": 503, "when": "before"},
    {"fault": "drop", "when": "before"},
]


@pytest.mark.parametrize("fault", NOTHING_RANG)
async def test_a_dial_that_stays_unclear_is_told_and_its_minutes_come_back(tmp_path, fault):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        await stage.goes_wrong(DIAL, **fault)
        placed = await stage.asks(mira)
        await stage.comes_to(placed.call, CallState.UNKNOWN)
        reserved = await stage.left(mira)
        assert reserved < before
        await looks_up(stage, mira, placed.call, until=CallState.FAILED)
        told = await stage.tells(mira, "it is not clear whether the phone rang")
        assert "your minutes are back tomorrow" in told
        assert await stage.left(mira) == reserved
        await stage.passes(hours=16)
        assert (await stage.left(mira))[1] == before[1]
        assert await stage.rung() == {}


async def test_a_lost_dial_is_looked_up_at_growing_distances(tmp_path, monkeypatch):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.goes_wrong(DIAL, "drop", when="before")
        placed = await stage.asks(mira)
        await stage.comes_to(placed.call, CallState.UNKNOWN)
        opened_at = (await stage.app.house.store.fetch_call(placed.call.id)).opened_at
        looks = []
        while await stage.state_of(placed.call) is CallState.UNKNOWN:
            looks.append((stage.clock() - opened_at).total_seconds())
            wait = await dialing.look_up(stage.app.house, placed.call.id)
            stage.clock.moved += wait or timedelta()
        assert [round(look, -len(str(int(look))) + 1) for look in looks[1:]] == [5, 20, 60, 300, 2_000]


async def test_what_cannot_be_found_by_its_reference_is_found_by_its_person(tmp_path):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.goes_wrong(DIAL, "drop", when="after")
        placed = await stage.asks(mira)
        await stage.comes_to(placed.call, CallState.UNKNOWN)
        phone = await stage.ringing()
        await stage.goes_wrong("get_conversation", "status", status=404)
        house = replace(stage.app.house, agents=BlindToReferences(stage.app.house.agents))
        assert await dialing.look_up(house, placed.call.id) is not None
        assert await stage.state_of(placed.call) is CallState.UNKNOWN
        assert await dialing.look_up(house, placed.call.id) is None
        assert await stage.state_of(placed.call) is CallState.LIVE
        await phone.talks("I have a cat named Fig.")
        assert await stage.rung() == {MIRAS: 1}


class BlindToReferences:
    """ElevenLabs, whose list does not know yet with which variables a conversation began."""

    def __init__(self, agents) -> None:
        self._agents = agents

    def __getattr__(self, name):
        return getattr(self._agents, name)

    async def find_conversation_ids(self, call_ref) -> tuple[str, ...]:
        """Return none."""
        return ()


async def test_what_rang_while_elevenlabs_was_down_for_an_hour_is_taken_home_by_the_sweep(tmp_path):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        _, minutes = await stage.left(mira)
        await stage.goes_wrong(DIAL, "drop", when="after")
        await stage.goes_wrong("list_conversations", "status", status=503, times=None, retry_after=30)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        await stage.comes_to(placed.call, CallState.UNKNOWN)
        await phone.talks("I have a cat named Fig.")
        for _ in range(14):
            await stage.passes(minutes=5)
        await stage.tells(mira, "it is not clear whether the phone rang")
        assert await stage.state_of(placed.call) is CallState.FAILED
        await stage.all_is_well()
        await stage.passes(hours=16)
        await stage.tells(mira, "Merlin will remember this")
        assert await stage.state_of(placed.call) is CallState.DONE
        assert (await stage.left(mira))[1] == minutes - 1
        assert await stage.rung() == {MIRAS: 1}


async def test_what_was_released_counts_if_it_comes_to_light_afterwards(tmp_path):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        _, minutes = await stage.left(mira)
        await stage.goes_wrong(DIAL, "drop", when="after")
        await stage.goes_wrong("list_conversations", "status", status=404, times=None)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        await stage.comes_to(placed.call, CallState.UNKNOWN)
        await phone.talks("I have a cat named Fig.")
        await stage.passes(minutes=31)
        await stage.tells(mira, "it is not clear whether the phone rang")
        await stage.passes(hours=2)
        await queue_sweep(stage.app.house)
        assert (await stage.left(mira))[1] == minutes
        await stage.all_is_well()
        await stage.passes(days=1)
        await stage.tells(mira, "Merlin will remember this")
        assert (await stage.left(mira))[1] == minutes - 1


async def test_eight_at_once_ring_once(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        stage.app.followup.stop()
        await asyncio.sleep(0.1)
        placed = await stage.asks(mira)
        await asyncio.gather(*(dialing.dial(stage.app.house, placed.call.id) for _ in range(8)))
        assert await stage.rung() == {MIRAS: 1}
        assert await stage.state_of(placed.call) is CallState.LIVE


async def test_a_lease_that_runs_out_during_the_dial_rings_nobody_twice(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.goes_wrong(DIAL, "delay", when="after", seconds=1.0)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        await stage.later(seconds=LEASE.total_seconds() + 1)
        assert await stage.state_of(placed.call) in {CallState.UNKNOWN, CallState.LIVE}
        await stage.comes_to(placed.call, CallState.LIVE)
        await phone.talks("I have a cat named Fig.")
        await stage.tells(mira, "Merlin will remember this")
        await stage.later(minutes=45)
        assert mira.seen.count("Merlin will remember this") == 1
        assert "failed" not in mira.seen
        assert await stage.rung() == {MIRAS: 1}


async def test_a_talk_that_is_over_before_the_dial_was_answered_stays_over(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.goes_wrong(DIAL, "delay", when="after", seconds=1.5)
        placed = await stage.asks(mira)
        await (await stage.ringing()).talks("I have a cat named Fig.")
        await stage.tells(mira, "Merlin will remember this")
        assert await stage.state_of(placed.call) is CallState.DONE
        await asyncio.sleep(1.5)
        await stage.later(minutes=45)
        assert await stage.state_of(placed.call) is CallState.DONE
        assert mira.seen.count("Merlin will remember this") == 1
        assert await stage.rung() == {MIRAS: 1}


async def test_whoever_forgets_everything_during_the_dial_is_forgotten_at_elevenlabs_too(tmp_path):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.goes_wrong(DIAL, "delay", when="after", seconds=0.7)
        await stage.asks(mira)
        phone = await stage.ringing()
        await stage.goes_wrong("list_conversations", "status", status=404, times=None)
        assert "Erased here" in await mira.types("/forget everything") + await mira.types("1")
        await phone.talks("I have a cat named Fig.")
        conversation_id = (await stage.carrier_log())[0]["conversation_id"]

        async def is_gone() -> bool:
            await stage.passes(minutes=6)
            return (await stage.fetches(conversation_id))[0] == 404

        await stage.until(is_gone)
        assert "remember this" not in mira.seen


async def test_whoever_forgets_everything_just_before_the_dial_is_not_rung_and_nothing_fails(
    tmp_path, caplog
):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        stage.app.house.agents.forget_agent()
        await stage.goes_wrong("get_agent", "delay", seconds=1.0)
        placed = await stage.asks(mira)
        assert "Erased here" in await mira.types("/forget everything") + await mira.types("1")
        await asyncio.sleep(1.2)
        assert await stage.app.house.store.fetch_call(placed.call.id) is None
        assert await stage.rung() == {}
    assert "Follow-up" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("number", [SIP, EXOTEL])
async def test_a_process_that_ends_in_mid_dial_finds_afterwards_what_it_rang(tmp_path, monkeypatch, number):
    monkeypatch.setattr(bot.app, "LAST_JOBS_SECONDS", 0.1)
    clocks = two_clocks()
    async with open_sandbox(file=tmp_path / "sandbox.db", clock=clocks[1]) as sandbox:
        async with open_troupe(sandbox, tmp_path, clocks, phone_number_id=number) as stage:
            mira = await stage.newcomer("mira", MIRAS)
            _, minutes = await stage.left(mira)
            await stage.goes_wrong(DIAL, "delay", when="after", seconds=4)
            placed = await stage.asks(mira)
            phone = await stage.ringing()
            assert await stage.state_of(placed.call) is CallState.DIALING
        async with open_troupe(sandbox, tmp_path, clocks, phone_number_id=number) as stage:
            mira = stage.member("mira")
            await stage.comes_to(placed.call, CallState.UNKNOWN)
            phone.exchange = stage
            await stage.later(seconds=6)
            await stage.comes_to(placed.call, CallState.LIVE)
            await phone.talks("I have a cat named Fig.")
            await stage.tells(mira, "Merlin will remember this")
            assert await stage.rung() == {MIRAS: 1}
            assert (await stage.left(mira))[1] == minutes - 1


async def test_a_process_that_ends_before_it_asked_for_a_ring_tells_that_it_is_unclear(tmp_path, monkeypatch):
    monkeypatch.setattr(bot.app, "LAST_JOBS_SECONDS", 0.1)
    clocks = two_clocks()
    async with open_sandbox(file=tmp_path / "sandbox.db", clock=clocks[1]) as sandbox:
        async with open_troupe(sandbox, tmp_path, clocks) as stage:
            mira = await stage.newcomer("mira", MIRAS)
            before = await stage.left(mira)
            await stage.goes_wrong("list_phone_numbers", "delay", seconds=5)
            placed = await stage.asks(mira)
            await stage.comes_to(placed.call, CallState.DIALING)
        async with open_troupe(sandbox, tmp_path, clocks) as stage:
            mira = stage.member("mira")
            await stage.comes_to(placed.call, CallState.UNKNOWN)
            await looks_up(stage, mira, placed.call, until=CallState.FAILED)
            await stage.tells(mira, "it is not clear whether the phone rang")
            await stage.passes(hours=16)
            assert (await stage.left(mira))[1] == before[1]
            assert await stage.rung() == {}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 401}, "the telephone is not set up correctly; whoever runs Troupe finds the reason"),
        ({"status": 402}, "the community's ElevenLabs account is out of credit"),
        ({"status": 429, "retry_after": 900}, "all lines are overloaded: try again at "),
    ],
)
async def test_what_refuses_before_the_dial_is_told_at_once(tmp_path, fault, words):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        await stage.goes_wrong("get_agent", "status", **fault)
        placed = await stage.asks(mira)
        await stage.tells(mira, f"Merlin did not ring you: {words}")
        assert await stage.state_of(placed.call) is CallState.EXPIRED
        assert await stage.left(mira) == before
        assert await stage.rung() == {}


@pytest.mark.parametrize(
    ("fault", "more", "words"),
    [
        ("unsuccessful", {}, "the call could not be connected."),
        ("status", {"status": 402}, "the community's ElevenLabs account is out of credit."),
    ],
)
async def test_a_code_that_could_not_be_read_is_told_with_its_reason(tmp_path, fault, more, words):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira")
        before = await stage.left(mira)
        await stage.goes_wrong(DIAL, fault, **more)
        call = await stage.asks_for_code(mira, MIRAS)
        await stage.tells(mira, f"The call with your code failed: {words}")
        assert await stage.state_of(call) is CallState.FAILED
        call = await stage.asks_for_code(mira, MIRAS)
        await (await stage.ringing()).declines()
        await stage.tells(mira, "The call with your code failed: the line was busy.")
        assert await stage.left(mira) == before
        assert await stage.rung() == {MIRAS: 1}


async def test_whoever_is_blocked_before_the_dial_is_not_rung(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        before = await stage.left(mira)
        stage.app.followup.stop()
        await asyncio.sleep(0.1)
        placed = await stage.asks(mira)
        house = stage.app.house
        await house.store.block(placed.call.account, house.now())
        assert await dialing.dial(house, placed.call.id) is None
        assert await stage.state_of(placed.call) is CallState.EXPIRED
        assert await stage.left(mira) == before
        assert await stage.rung() == {}


@pytest.mark.parametrize("fixed", [{"prompt": {"prompt": False}}, {"first_message": False}])
async def test_an_agent_whose_words_would_not_be_ours_rings_nobody_and_that_is_told_at_once(tmp_path, fixed):
    agent = {"platform_settings": {"overrides": {"conversation_config_override": {"agent": fixed}}}}
    async with open_exchange(tmp_path, agent=agent) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        await stage.tells(mira, "Merlin did not ring you: the telephone is not set up correctly;")
        tom = await stage.newcomer("tom")
        await stage.asks_for_code(tom, TOMS)
        await stage.tells(tom, "The call with your code failed: the telephone is not set up correctly;")
        assert await stage.rung() == {}


async def test_elevenlabs_that_cannot_be_asked_is_waited_for_but_no_longer_than_two_minutes(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.goes_wrong("get_agent", "status", status=503, times=4)
        placed = await stage.asks(mira)
        await asyncio.sleep(1.7)
        await stage.later(seconds=60)
        await stage.comes_to(placed.call, CallState.LIVE)
        await (await stage.ringing()).declines()
        await stage.tells(mira, "the line was busy")
        stage.app.house.agents.forget_agent()
        await stage.goes_wrong("get_agent", "status", status=503, times=None, retry_after=25)
        placed = await stage.asks(mira)
        await stage.later(seconds=119)
        await stage.tells(mira, "Merlin did not ring you: all lines are overloaded: try again at")
        assert await stage.state_of(placed.call) is CallState.EXPIRED
        assert await stage.rung() == {MIRAS: 1}


async def looks_up(stage: Exchange, mira, call, *, until: CallState) -> None:
    """Let the looks at an unclear dial come, one after another, with nothing told before the last."""
    for seconds in (6, 10, 46, 241):
        await stage.passes(seconds=seconds)
        assert await stage.state_of(call) is CallState.UNKNOWN
        assert "Merlin failed" not in mira.seen
    await stage.passes(seconds=1_501)
    await stage.comes_to(call, until)
