"""The contract of the store: calls that come in, of a verified number and of strangers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from store_samples import NOW, call_of, later, person
from telephone_samples import (
    LIMITS,
    NEIGHBOUR,
    NUMBER,
    add,
    ask_by_phone,
    dial,
    end,
    jobs_of,
    left,
    state_of,
    verify,
)

from bot.domain.allowance import UNLIMITED, Limits
from bot.domain.call import Call, CallState, Delivery, NewJob, Slot
from bot.domain.caller import Account, Person
from bot.domain.errors import AllLinesBusy, AllowanceUsedUp, CallRefused
from bot.domain.phone import VERIFIED_FOR, Phone
from bot.ports import Store

pytestmark = pytest.mark.anyio

SLOT = Slot(later(minutes=16), at_once=2)


def inbound(who: Person, phone: Phone, name: str = "in", minutes: int = 15) -> Call:
    call = call_of(who, name, delivery=Delivery.PHONE)
    return replace(
        call,
        state=CallState.LIVE,
        opened_at=NOW,
        phone_id=phone.id,
        granted_minutes=minutes,
        is_inbound=True,
    )


async def take(
    store: Store,
    call: Call,
    conversation_id: str = "conv_in",
    *,
    slot: Slot = SLOT,
    limits: Limits = LIMITS,
    jobs: Sequence[NewJob] = (),
) -> Call | None:
    return await store.answer_call(call, conversation_id, slot, jobs, {("wizard", "v"): "text"}, limits)


async def admit(store: Store, conversation_id: str = "conv_x", **changes: Any) -> int:
    limits, slot = changes.get("limits", LIMITS), changes.get("slot", SLOT)
    jobs = [NewJob("stranger", conversation_id, NOW)]
    return await store.admit_stranger(conversation_id, "wizard", 3, slot, jobs, limits, NOW)


async def used_by_all(store: Store) -> int:
    return (await store.fetch_used_minutes("", NOW))[1]


async def test_a_verified_number_is_its_owner_s_and_nobody_else_s(store: Store) -> None:
    alice = await person(store, "alice")
    assert await store.fetch_inbound_caller(NUMBER, NOW) is None
    await add(store, alice)
    assert await store.fetch_inbound_caller(NUMBER, NOW) is None
    phone = await verify(store, alice)
    known = await store.fetch_inbound_caller(NUMBER, NOW)
    assert known is not None
    assert (known.person, known.phone.id, known.phone.inbound_context) == (alice, phone.id, False)
    assert known.account == Account("discord", "app", "alice")
    assert await store.fetch_inbound_caller(NEIGHBOUR, NOW) is None
    assert await store.fetch_inbound_caller(NUMBER, NOW + VERIFIED_FOR) is None
    await store.never_call(NUMBER, NOW)
    assert await store.fetch_inbound_caller(NUMBER, NOW) is None


async def test_the_characters_of_a_caller_come_newest_first(store: Store) -> None:
    alice = await person(store, "alice")
    phone = await verify(store, alice)
    for minute, slug in enumerate(("wizard", "captain", "wizard", "tutor")):
        call = replace(inbound(alice, phone, f"call {minute}"), slug=slug, opened_at=later(minutes=minute))
        await take(store, call, f"conv_{minute}", limits=UNLIMITED)
        await end(store, f"conv_{minute}", 30)
    code = await ask_by_phone(store, alice, phone, "code", purpose="code")
    await dial(store, code)
    known = await store.fetch_inbound_caller(NUMBER, NOW)
    assert known is not None
    assert known.slugs == ("tutor", "wizard", "captain")


async def test_context_is_off_until_its_owner_switches_it_on(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await add(store, alice)
    assert not await store.set_inbound_context(alice.id, is_on=True)
    await verify(store, alice)
    assert not await store.set_inbound_context(bob.id, is_on=True)
    assert await store.set_inbound_context(alice.id, is_on=True)
    (phone,) = await store.fetch_phones(alice.id)
    assert phone.inbound_context
    await verify(store, alice, at=later(days=181))
    (phone,) = await store.fetch_phones(alice.id)
    assert not phone.inbound_context


async def test_an_inbound_call_is_live_bound_and_reserved_once(store: Store) -> None:
    alice = await person(store, "alice")
    phone = await verify(store, alice)
    call = inbound(alice, phone)
    taken = await take(store, call, jobs=[NewJob("watch", call.id, NOW)])
    assert taken is not None
    assert await store.fetch_call(call.id) == taken == replace(call, granted_minutes=15)
    binding = await store.fetch_binding("conv_in")
    assert binding is not None
    assert binding.call.id == call.id
    assert await left(store, alice) == (2, 15)
    again = await take(store, inbound(alice, phone, "again"))
    assert again == taken
    assert await left(store, alice) == (2, 15)
    assert await jobs_of(store, "watch") == {call.id}
    await end(store, "conv_in", 61)
    assert await left(store, alice) == (2, 28)


async def test_what_is_left_limits_an_inbound_call(store: Store) -> None:
    alice = await person(store, "alice")
    phone = await verify(store, alice)
    taken = await take(store, inbound(alice, phone, minutes=60), limits=replace(LIMITS, minutes_per_month=4))
    assert taken is not None
    assert taken.granted_minutes == 4


async def test_a_second_call_from_the_same_number_is_nobody_s(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    phone, others = await verify(store, alice), await verify(store, bob, NEIGHBOUR)
    await take(store, inbound(alice, phone))
    assert await take(store, inbound(alice, phone, "second"), "conv_2") is None
    assert await take(store, inbound(bob, others, "theirs"), "conv_in") is None
    assert await left(store, alice) == (2, 15)
    assert await left(store, bob) == (3, 30)


async def test_a_call_that_rings_out_and_one_that_comes_in_exclude_each_other(store: Store) -> None:
    alice = await person(store, "alice")
    phone = await verify(store, alice)
    asked = await ask_by_phone(store, alice, phone)
    assert await dial(store, asked) == "dialing"
    assert await take(store, inbound(alice, phone)) is None
    await store.fail_call(asked.id, "busy", NOW, [], charge="nothing")
    waiting = await ask_by_phone(store, alice, phone, "waiting")
    assert await take(store, inbound(alice, phone)) is not None
    assert await dial(store, waiting) == "busy"
    assert await state_of(store, waiting) is CallState.ASKED


async def test_a_number_that_was_removed_meanwhile_is_nobody_s(store: Store) -> None:
    alice = await person(store, "alice")
    phone = await verify(store, alice)
    await store.remove_phone(alice.id, phone.id, NOW)
    assert await take(store, inbound(alice, phone)) is None


@pytest.mark.parametrize(
    ("why", "error"),
    [
        ("blocked", CallRefused),
        ("paused", CallRefused),
        ("no money", CallRefused),
        ("no calls", AllowanceUsedUp),
        ("no minutes", AllowanceUsedUp),
        ("full", AllLinesBusy),
    ],
)
async def test_a_call_that_cannot_begin_now_leaves_nothing(
    store: Store, why: str, error: type[Exception]
) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    phone, limits, slot = await verify(store, alice), replace(LIMITS, cost_per_month=100), SLOT
    match why:
        case "blocked":
            await store.block(Account("discord", "app", "alice"), NOW)
        case "paused":
            await store.pause("", NOW)
        case "no money":
            await take(store, inbound(bob, await verify(store, bob, NEIGHBOUR)), "conv_bob")
            await end(store, "conv_bob", 5, cost=100)
        case "no calls":
            for number in range(3):
                await take(store, inbound(alice, phone, f"{number}"), f"conv_{number}")
                await end(store, f"conv_{number}", 1)
        case "no minutes":
            await take(store, inbound(alice, phone, "long", 30), "conv_long", limits=LIMITS)
            await end(store, "conv_long", 1_800)
        case "full":
            slot = replace(SLOT, at_once=0)
    before = await left(store, alice)
    call = inbound(alice, phone, "refused")
    with pytest.raises(error):
        await take(store, call, slot=slot, limits=limits)
    assert await store.fetch_call(call.id) is None
    assert await store.fetch_binding("conv_in") is None
    assert await left(store, alice) == before


async def test_a_stranger_s_minutes_are_everybody_s_until_they_are_settled(store: Store) -> None:
    assert await admit(store) == 3
    assert await admit(store) == 3
    assert await used_by_all(store) == 3
    for _ in range(2):
        await store.settle_stranger(
            "conv_x", "captain", 61, 700, NOW, [NewJob("erase_remote", "conv_x", NOW)]
        )
        assert await used_by_all(store) == 2
    assert await jobs_of(store, "erase_remote") == {"conv_x"}


async def test_what_a_stranger_cost_is_nobody_s_and_counts(store: Store) -> None:
    await admit(store)
    for _ in range(2):
        await store.settle_stranger("conv_x", "captain", 61, 300, NOW, [])
        await store.settle_stranger("conv_unnoted", "captain", 61, 400, NOW, [])
    assert await store.fetch_total_cost("2026-03") == 700
    with pytest.raises(CallRefused):
        await admit(store, "conv_y", limits=replace(LIMITS, cost_per_month=700))


async def test_strangers_take_lines_until_their_time_is_over(store: Store) -> None:
    alice = await person(store, "alice")
    phone = await verify(store, alice)
    for number in range(2):
        await admit(store, f"conv_{number}")
    with pytest.raises(AllLinesBusy):
        await admit(store, "conv_2")
    with pytest.raises(AllLinesBusy):
        await take(store, inbound(alice, phone))
    assert await used_by_all(store) == 6
    await store.settle_stranger("conv_0", "wizard", 0, 0, NOW, [])
    assert await take(store, inbound(alice, phone)) is not None


async def test_strangers_have_what_is_left_of_everybody_s_minutes(store: Store) -> None:
    limits = replace(LIMITS, minutes_per_month_total=4)
    assert await admit(store, limits=limits) == 3
    assert await admit(store, "conv_y", limits=limits) == 1
    with pytest.raises(AllowanceUsedUp):
        await admit(store, "conv_z", limits=limits, slot=replace(SLOT, at_once=9))
    await store.pause("", NOW)
    with pytest.raises(CallRefused):
        await admit(store, "conv_z", limits=limits)


async def test_an_erased_person_s_inbound_call_is_erased_with_them(store: Store) -> None:
    alice = await person(store, "alice")
    phone = await verify(store, alice)
    call = inbound(alice, phone)
    await take(store, call)
    await store.erase_person(alice.id, NOW)
    assert await store.fetch_call(call.id) is None
    assert await store.fetch_inbound_caller(NUMBER, NOW + timedelta(seconds=1)) is None
    assert await jobs_of(store, "erase_remote") == {"conv_in"}
