"""The contract of the store: what calls use of an allowance, and what managers decide."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from store_samples import NOW, PLAYED, hex_of, later, person, said
from telephone_samples import LIMITS, ask, ask_by_phone, begin, dial, end, jobs_of, left, state_of, verify

from bot.domain.allowance import UNLIMITED, OwnLimits
from bot.domain.call import Call, CallState, Charge, Delivery, Slot
from bot.domain.caller import Account, PersonId
from bot.domain.errors import AllowanceUsedUp, CallRefused
from bot.ports import Store
from storage import open_store
from tests.databases import keys_of

pytestmark = pytest.mark.anyio

ALICE = Account("discord", "app", "alice")
TOMORROW = datetime(2026, 3, 15, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
LAST_MINUTE = datetime(2026, 3, 31, 23, 59, 30, tzinfo=UTC)
NONE_AT_ALL = r"^There are no calls for you here\. Whoever runs Troupe can change that\.$"


async def test_a_call_is_counted_and_its_minutes_are_held_before_it_begins(store: Store) -> None:
    who = await person(store)
    assert await left(store, who) == (3, 30)
    assert (await ask(store, who, "first", minutes=12))[1] == 12
    allowance = await store.fetch_allowance(who.id, "", LIMITS, NOW)
    assert (allowance.calls_left, allowance.minutes_left, allowance.reserved_minutes) == (2, 18, 12)
    assert (allowance.day_ends_at, allowance.month_ends_at) == (TOMORROW, APRIL)
    assert not allowance.is_used_up


@pytest.mark.parametrize(
    ("least", "granted"),
    [
        ({}, 15),
        ({"minutes_per_call": 7}, 7),
        ({"minutes_per_month": 6}, 6),
        ({"minutes_per_month_total": 5}, 5),
        ({"minutes_per_call": 9, "minutes_per_month": 8, "minutes_per_month_total": 10}, 8),
    ],
    ids=["the character", "one call", "the person", "everybody", "the least of them"],
)
async def test_a_call_is_granted_the_least_of_what_there_is(store: Store, least: dict, granted: int) -> None:
    who = await person(store)
    assert (await ask(store, who, "first", limits=replace(LIMITS, **least)))[1] == granted


async def test_a_place_can_have_less_than_everybody(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await store.set_place_minutes("discord:1", 20)
    assert await store.fetch_place_minutes("discord:1") == 20
    assert (await ask(store, alice, "first", place="discord:1"))[1] == 15
    assert (await ask(store, bob, "second", place="discord:1"))[1] == 5
    assert await store.fetch_used_minutes("discord:1", NOW) == (20, 20)
    with pytest.raises(
        AllowanceUsedUp, match=r"^The 20 minutes of this month that this place has are used up"
    ):
        await ask(store, bob, "third", place="discord:1")
    assert (await ask(store, bob, "elsewhere", place="discord:2"))[1] == 15
    await store.set_place_minutes("discord:1", None)
    assert await store.fetch_place_minutes("discord:1") is None
    assert (await ask(store, bob, "again", place="discord:1"))[1] == 10
    assert await store.fetch_used_minutes("discord:1", NOW) == (30, 45)


async def test_each_refusal_says_in_one_sentence_what_is_used_up_and_until_when(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    for number in range(3):
        await ask(store, alice, f"{number}", minutes=5)
    with pytest.raises(AllowanceUsedUp) as refusal:
        await ask(store, alice, "one more")
    assert str(refusal.value) == (
        "Your 3 calls of today are used up; there is more from 15 March 2026, 00:00 UTC on."
    )
    assert refusal.value.resets_at == TOMORROW
    few = replace(LIMITS, calls_per_day=9, minutes_per_month=15)
    with pytest.raises(AllowanceUsedUp) as refusal:
        await ask(store, alice, "one more", limits=few)
    assert str(refusal.value) == (
        "Your 15 minutes of this month are used up; there is more from 1 April 2026, 00:00 UTC on."
    )
    assert refusal.value.resets_at == APRIL
    with pytest.raises(AllowanceUsedUp) as refusal:
        await ask(store, bob, "his first", limits=replace(LIMITS, minutes_per_month_total=15))
    assert str(refusal.value) == (
        "The 15 minutes of this month that all members have together are used up; "
        "there is more from 1 April 2026, 00:00 UTC on."
    )


async def test_a_refused_call_changes_nothing_not_even_the_link_that_it_would_withdraw(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await ask(store, bob, "uses it all up")
    unopened, _ = await ask(store, alice, "unopened", minutes=10, delivery=Delivery.PAGE)
    with pytest.raises(AllowanceUsedUp):
        await ask(store, alice, "refused", limits=replace(LIMITS, minutes_per_month_total=15))
    assert await left(store, alice) == (2, 20)
    assert await store.fetch_used_minutes("", NOW) == (0, 25)
    assert await state_of(store, unopened) is CallState.ASKED
    assert [talk.id for talk in await store.fetch_history(alice.id)] == [unopened.id]


@pytest.mark.parametrize("none", ["calls_per_day", "minutes_per_month", "minutes_per_month_total"])
async def test_a_ceiling_of_nothing_promises_nothing(store: Store, none: str) -> None:
    who = await person(store)
    nothing = replace(LIMITS, **{none: 0})
    with pytest.raises(CallRefused, match=NONE_AT_ALL):
        await ask(store, who, "first", limits=nothing)
    allowance = await store.fetch_allowance(who.id, "", nothing, NOW)
    assert allowance.is_used_up
    assert min(allowance.calls_left, allowance.minutes_left) == 0
    assert await left(store, who) == (3, 30)


async def test_a_manager_can_give_one_person_nothing_more_or_what_everybody_has(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    assert await store.fetch_own_limits(ALICE) == OwnLimits()
    await store.set_own_limits(ALICE, OwnLimits(calls_per_day=0))
    with pytest.raises(CallRefused, match=NONE_AT_ALL):
        await ask(store, alice, "first")
    own = OwnLimits(calls_per_day=5, minutes_per_month=100)
    await store.set_own_limits(ALICE, own)
    assert await store.fetch_own_limits(ALICE) == own
    assert (await left(store, alice), await left(store, bob)) == ((5, 100), (3, 30))
    await store.set_own_limits(ALICE, OwnLimits(minutes_per_month=7))
    assert await left(store, alice) == (3, 7)
    await store.set_own_limits(ALICE, OwnLimits())
    assert await left(store, alice) == (3, 30)


async def test_limits_can_be_set_before_somebody_comes_for_the_first_time(store: Store) -> None:
    await store.set_own_limits(ALICE, OwnLimits(2, 20))
    assert await left(store, await person(store)) == (2, 20)


async def test_a_ceiling_that_was_lowered_below_what_is_used_leaves_nothing_and_owes_nothing(
    store: Store,
) -> None:
    who = await person(store)
    await ask(store, who, "first", minutes=20)
    await store.set_own_limits(ALICE, OwnLimits(minutes_per_month=10))
    assert await left(store, who) == (2, 0)
    with pytest.raises(AllowanceUsedUp, match=r"^Your 10 minutes of this month are used up"):
        await ask(store, who, "second")


async def test_days_and_months_end_at_midnight_of_utc(store: Store) -> None:
    who = await person(store)
    for number in range(3):
        await ask(store, who, f"{number}", minutes=10, at=LAST_MINUTE)
    midnight = datetime(2026, 4, 1, tzinfo=UTC)
    assert await left(store, who, at=LAST_MINUTE) == (0, 0)
    assert await left(store, who, at=midnight - timedelta(microseconds=1)) == (0, 0)
    assert await left(store, who, at=midnight) == (3, 30)
    in_kiritimati = midnight.astimezone(tz=datetime.fromisoformat("2026-04-01T00:00+14:00").tzinfo)
    assert await left(store, who, at=in_kiritimati - timedelta(hours=1)) == (0, 0)
    assert (await ask(store, who, "next", at=midnight))[1] == 15


async def test_a_call_settles_into_the_day_and_month_in_which_it_was_asked_for(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "over midnight", at=LAST_MINUTE, place="discord:1")
    assert await begin(store, call, "conv") == "bound"
    assert await end(store, "conv", 601, at=LAST_MINUTE + timedelta(minutes=11))
    assert await left(store, who, at=LAST_MINUTE) == (2, 19)
    assert await store.fetch_used_minutes("discord:1", LAST_MINUTE) == (11, 11)
    april = LAST_MINUTE + timedelta(minutes=11)
    assert await left(store, who, at=april) == (3, 30)
    assert await store.fetch_used_minutes("discord:1", april) == (0, 0)


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (1, 1), (59, 1), (60, 1), (61, 2), (899, 15)])
async def test_every_started_minute_counts(store: Store, seconds: int, minutes: int) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first", place="discord:1")
    await begin(store, call, "conv")
    assert await end(store, "conv", seconds)
    assert await left(store, who) == (2, 30 - minutes)
    assert await store.fetch_used_minutes("discord:1", NOW) == (minutes, minutes)
    assert not await end(store, "conv", seconds)
    assert await left(store, who) == (2, 30 - minutes)


async def test_conversations_of_one_call_are_counted_together_and_one_that_goes_on_keeps_its_minutes(
    store: Store,
) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first")
    for conversation_id in ("no microphone", "again"):
        await begin(store, call, conversation_id)
    assert await end(store, "no microphone", 30)
    assert await left(store, who) == (2, 15)
    assert await end(store, "again", 80)
    assert await left(store, who) == (2, 28)


async def test_what_a_conversation_that_never_came_had_kept_is_given_back(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first")
    for conversation_id in ("talked", "never began"):
        await begin(store, call, conversation_id)
    await end(store, "talked", 61)
    assert await left(store, who) == (2, 15)
    assert not await store.fail_call(call.id, "it never started", NOW, [], charge="nothing")
    assert await left(store, who) == (2, 28)
    assert await state_of(store, call) is CallState.DONE
    assert await end(store, "never began", 60)
    assert await left(store, who) == (2, 27)


async def test_more_talk_than_was_granted_is_counted_and_nothing_is_left_then(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first", minutes=30)
    await begin(store, call, "conv")
    await end(store, "conv", 31 * 60)
    assert await left(store, who) == (2, 0)
    with pytest.raises(AllowanceUsedUp):
        await ask(store, who, "second")


@pytest.mark.parametrize(
    ("charge", "remaining"), [("nothing", (3, 30)), ("call", (2, 30)), ("keep", (2, 15))]
)
async def test_a_call_that_failed_costs_what_is_said(
    store: Store, charge: Charge, remaining: tuple[int, int]
) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first", place="discord:1")
    await begin(store, call, "conv")
    assert await store.fail_call(call.id, "busy", NOW, [], charge=charge)
    assert not await store.fail_call(call.id, "busy", NOW, [], charge="nothing")
    assert await left(store, who) == remaining
    assert await store.fetch_used_minutes("discord:1", NOW) == (30 - remaining[1], 30 - remaining[1])
    assert await end(store, "conv", 100)
    assert await left(store, who) == (2, 28)


async def test_what_nobody_opened_or_that_was_taken_back_costs_nothing(store: Store) -> None:
    who = await person(store)
    expired, _ = await ask(store, who, "expired", minutes=10)
    assert await store.expire_call(expired.id, NOW)
    assert not await store.expire_call(expired.id, NOW)
    assert await left(store, who) == (3, 30)
    for number in range(9):
        await ask(store, who, f"asked again {number}", delivery=Delivery.PAGE)
    assert await left(store, who) == (2, 15)
    phone = await verify(store, who)
    later_call = await ask_by_phone(store, who, phone, "scheduled", due_at=later(hours=2), limits=LIMITS)
    assert await left(store, who) == (2, 15)
    bob = await person(store, "bob")
    assert not await store.cancel_call(bob.id, later_call.id, NOW)
    assert await store.cancel_call(who.id, later_call.id, NOW)
    assert not await store.cancel_call(who.id, later_call.id, NOW)
    assert await left(store, who) == (3, 30)
    found = await store.fetch_call(later_call.id)
    assert found is not None
    assert (found.state, found.failure) == (CallState.EXPIRED, "you cancelled it")
    assert later_call.id not in await jobs_of(store, "dial")


async def test_what_an_unclear_dial_reserved_comes_back_with_the_sweep_and_counts_if_found_after_all(
    store: Store,
) -> None:
    who = await person(store)
    call = await ask_by_phone(store, who, await verify(store, who), limits=LIMITS)
    assert await dial(store, call) == "dialing"
    assert await store.lose_dial(call.id, [])
    assert await store.fail_call(call.id, "unclear", NOW, [], charge="keep", is_unclear=True)
    assert await left(store, who) == (2, 15)
    assert await store.release_unclear(NOW - timedelta(seconds=1)) == 0
    assert await left(store, who) == (2, 15)
    assert await store.release_unclear(NOW) == 1
    assert await store.release_unclear(NOW) == 0
    assert await left(store, who) == (3, 30)
    assert await store.adopt_conversation(call.ref, "conv") is not None
    assert await end(store, "conv", 200)
    assert await left(store, who) == (2, 26)
    assert await store.release_unclear(later(days=9)) == 0


async def test_an_unclear_dial_that_is_found_before_the_sweep_is_settled_once(store: Store) -> None:
    who = await person(store)
    call = await ask_by_phone(store, who, await verify(store, who), limits=LIMITS)
    await dial(store, call)
    await store.fail_call(call.id, "unclear", NOW, [], charge="keep", is_unclear=True)
    await store.adopt_conversation(call.ref, "conv")
    await end(store, "conv", 10, ended_badly="nobody said anything")
    assert await state_of(store, call) is CallState.FAILED
    assert await store.release_unclear(later(days=1)) == 0
    assert await left(store, who) == (2, 29)


async def test_who_erases_themselves_and_returns_has_used_what_they_used(store: Store) -> None:
    alice = await person(store)
    call, _ = await ask(store, alice, "done")
    await begin(store, call, "conv")
    await end(store, "conv", 100)
    under_way, _ = await ask(store, alice, "under way", minutes=10)
    await begin(store, under_way, "conv under way")
    await ask(store, alice, "never begun", minutes=7)
    assert await left(store, alice) == (0, 11)
    await store.set_own_limits(ALICE, OwnLimits(calls_per_day=4))
    await store.erase_person(alice.id, NOW)
    returned = await store.find_or_add_person(ALICE, "alice", PersonId(hex_of("returned")), NOW)
    assert await left(store, returned) == (2, 18)
    allowance = await store.fetch_allowance(returned.id, "", LIMITS, NOW)
    assert (allowance.reserved_minutes, allowance.calls_per_day) == (10, 4)


async def test_counters_of_months_that_are_over_go_but_not_the_last_month_s(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "in march", at=LAST_MINUTE)
    await begin(store, call, "conv")
    await store.drop_old_counters(datetime(2026, 4, 30, 23, tzinfo=UTC))
    assert await left(store, who, at=LAST_MINUTE) == (2, 15)
    await store.drop_old_counters(datetime(2026, 5, 1, tzinfo=UTC))
    assert await left(store, who, at=LAST_MINUTE) == (3, 30)
    await end(store, "conv", 100, at=LAST_MINUTE)
    assert await left(store, who, at=LAST_MINUTE) == (3, 30)


async def test_while_calls_are_paused_none_begins(store: Store) -> None:
    who = await person(store)
    asked, _ = await ask(store, who, "asked")
    assert await store.fetch_pause() is None
    await store.pause("we test the line", NOW)
    assert await store.fetch_pause() == (NOW, "we test the line")
    with pytest.raises(CallRefused, match=r"^Calls are paused at the moment: “we test the line”\."):
        await ask(store, who, "another")
    assert await begin(store, asked, "conv") == "paused"
    assert await store.fetch_bindings(asked.id) == ()
    await store.pause("", later(minutes=1))
    with pytest.raises(
        CallRefused, match=r"^Calls are paused at the moment\. Try again later; nothing was used"
    ):
        await ask(store, who, "another")
    assert await store.resume()
    assert not await store.resume()
    assert await store.fetch_pause() is None
    assert await begin(store, asked, "conv") == "bound"


async def test_a_pause_lets_what_is_live_go_on(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "live")
    await begin(store, call, "conv")
    await store.pause("", NOW)
    assert await begin(store, call, "conv again") == "bound"
    assert await end(store, "conv", 60)


async def test_a_block_refuses_calls_and_cancels_what_is_scheduled_and_outlives_an_erasure(
    store: Store,
) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    mine = await ask_by_phone(store, alice, await verify(store, alice), due_at=later(days=1), limits=LIMITS)
    of_bob = await ask_by_phone(store, bob, await verify(store, bob, "+33612345678"), due_at=later(days=1))
    asked, _ = await ask(store, alice, "asked", minutes=5)
    assert await store.block(ALICE, NOW)
    assert not await store.block(ALICE, NOW)
    assert await store.is_blocked(ALICE)
    assert not await store.is_blocked(replace(ALICE, id="bob"))
    assert (await state_of(store, mine), await state_of(store, of_bob)) == ("expired", "scheduled")
    assert await left(store, alice) == (2, 25)
    assert await begin(store, asked, "conv") == "gone"
    with pytest.raises(CallRefused, match=r"^You cannot place calls here\."):
        await ask(store, alice, "another")
    assert await store.fetch_blocked() == (str(ALICE),)
    jobs = {(job.kind, job.subject) for job in await store.claim_jobs(NOW, later(days=1), 99)}
    assert ("recap", mine.id) in jobs
    await store.erase_person(alice.id, NOW)
    assert await store.fetch_blocked() == ()
    assert await store.is_blocked(ALICE)
    returned = await store.find_or_add_person(ALICE, "alice", PersonId(hex_of("returned")), NOW)
    assert await store.fetch_blocked() == (str(ALICE),)
    with pytest.raises(CallRefused, match="You cannot place calls here"):
        await ask(store, returned, "another")
    assert await store.unblock(ALICE)
    assert not await store.unblock(ALICE)
    assert not await store.is_blocked(ALICE)
    assert (await ask(store, returned, "another"))[1] == 15


async def test_somebody_who_never_came_can_be_blocked(store: Store) -> None:
    assert await store.block(ALICE, NOW)
    with pytest.raises(CallRefused):
        await ask(store, await person(store), "first", limits=UNLIMITED)


async def test_only_so_many_conversations_run_at_once_and_chats_are_not_among_them(store: Store) -> None:
    people = [await person(store, f"person{number}") for number in range(3)]
    calls = [(await ask(store, who, "page", delivery=Delivery.PAGE))[0] for who in people]
    chat, another_chat = [(await ask(store, people[2], f"chat {number}"))[0] for number in range(2)]
    slot_until = later(minutes=20)

    async def start(call: Call, now: datetime, name: str = "conv") -> str:
        return await store.bind_conversation(
            call.id, f"{name} {call.id}", PLAYED, Slot(slot_until, 1), now, []
        )

    assert await start(chat, NOW) == "bound"
    assert await start(calls[0], NOW) == "bound"
    assert await start(calls[1], NOW) == "full"
    assert await start(another_chat, NOW) == "bound"
    assert await start(calls[0], NOW, "retried") == "full"
    assert await start(calls[1], slot_until) == "bound"


async def test_of_many_that_begin_at_once_only_as_many_as_there_are_lines_do(url: str) -> None:
    async with open_store(url, keys_of(url)) as one, open_store(url, keys_of(url)) as other:
        doors = [one, one if url.endswith(":memory:") else other]
        people = [await person(one, f"person{number}") for number in range(24)]
        calls = [(await ask(one, who, "page", delivery=Delivery.PAGE))[0] for who in people]
        slot = Slot(later(minutes=20), at_once=5)
        answers = await asyncio.gather(
            *(
                doors[number % 2].bind_conversation(call.id, f"conv {number}", PLAYED, slot, NOW, [])
                for number, call in enumerate(calls)
            )
        )
        assert sorted(answers) == ["bound"] * 5 + ["full"] * 19


async def test_a_stranger_s_minutes_count_also_where_they_are_the_month_s_first(store: Store) -> None:
    await store.settle_stranger("conv", "wizard", 61, 5, NOW, [])
    assert await store.fetch_used_minutes("", NOW) == (0, 2)


async def test_a_dial_that_certainly_reached_nobody_counts_as_no_call_when_it_comes_home(
    store: Store,
) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first")
    assert await begin(store, call, "conv") == "bound"
    failed = said(ended_badly="the call could not be connected")
    assert await store.finish_conversation(
        "conv", failed, "talk", held_until=None, now=NOW, jobs=[], counts=False
    )
    assert await left(store, who) == (3, 30)
