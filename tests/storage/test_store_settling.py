"""The contract of the store: calls that are erased before it is known how long they took."""

import pytest
from store_samples import NOW, later, person
from telephone_samples import LIMITS, ask, begin, end, left

from bot.domain.call import Delivery
from bot.ports import Store

pytestmark = pytest.mark.anyio

MARCH = "2026-03"
HERE = "discord:1"


async def held(store: Store, place: str = "") -> tuple[int, int]:
    return await store.fetch_held_minutes(place, NOW)


@pytest.mark.parametrize("erases", ["the call", "the character", "everything"])
async def test_an_erased_call_costs_what_it_turns_out_to_have_taken(store: Store, erases: str) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first", place=HERE)
    await begin(store, call, "conv")
    if erases == "the call":
        await store.erase_talk(who.id, call.id, NOW)
    elif erases == "the character":
        await store.erase_character(who.id, "wizard", NOW)
    else:
        await store.erase_person(who.id, NOW)
        who = await person(store)
    allowance = await store.fetch_allowance(who.id, HERE, LIMITS, NOW)
    assert (allowance.minutes_left, allowance.reserved_minutes) == (15, 15)
    assert (await held(store, HERE), await held(store, "discord:2")) == ((15, 15), (0, 15))
    await store.settle_erased("conv", 61, 7, MARCH)
    assert await left(store, who) == (2, 28)
    assert await store.fetch_used_minutes(HERE, NOW) == (2, 2)
    assert await held(store, HERE) == (0, 0)
    cost = await store.fetch_cost(MARCH)
    assert (cost.total.cost, cost.total.seconds, cost.total.calls) == (7, 61, 1)
    assert [line.name for line in (*cost.by_person, *cost.by_character)] == ["", ""]
    await store.settle_erased("conv", 600, 70, MARCH)
    assert await left(store, who) == (2, 28)
    assert await store.fetch_total_cost(MARCH) == 7


async def test_an_erased_call_that_took_longer_than_it_was_granted_costs_all_of_it(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first")
    await begin(store, call, "conv")
    await store.erase_talk(who.id, call.id, NOW)
    await store.settle_erased("conv", 20 * 60, 0, MARCH)
    assert await left(store, who) == (2, 10)


async def test_an_erased_call_whose_length_nobody_will_know_costs_what_it_held(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first")
    await begin(store, call, "conv one")
    await begin(store, call, "conv two")
    await store.erase_talk(who.id, call.id, NOW)
    await store.settle_erased("conv one", None, 0, MARCH)
    await store.settle_erased("conv two", 60, 0, MARCH)
    assert await left(store, who) == (2, 14)
    assert await held(store) == (0, 0)


async def test_an_erased_call_holds_its_minutes_until_its_last_conversation_is_over(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first", delivery=Delivery.PAGE)
    for number in (1, 2, 3):
        await begin(store, call, f"conv {number}")
    await end(store, "conv 1", 90)
    await store.erase_talk(who.id, call.id, NOW)
    await store.settle_erased("conv 2", 40, 0, MARCH)
    assert await left(store, who) == (2, 15)
    await store.settle_erased("conv 3", 60, 0, MARCH)
    assert await left(store, who) == (2, 26)


async def test_an_erased_call_whose_conversation_is_found_later_costs_what_that_took(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first", delivery=Delivery.HOSTED)
    await store.erase_talk(who.id, call.id, NOW)
    assert await left(store, who) == (2, 15)
    await store.note_found(call.ref, "conv")
    await store.note_found(call.ref, "conv of another")
    await store.settle_erased(call.ref, 0, 0, MARCH)
    assert await left(store, who) == (2, 15)
    await store.settle_erased("conv", 119, 0, MARCH)
    assert await left(store, who) == (2, 28)


async def test_an_erased_call_that_never_began_costs_nothing_once_that_is_sure(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first", delivery=Delivery.HOSTED)
    await store.erase_talk(who.id, call.id, NOW)
    await store.settle_erased(call.ref, 0, 0, MARCH)
    assert await left(store, who) == (2, 30)


async def test_what_is_settled_before_it_is_erased_is_not_settled_again(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first")
    await begin(store, call, "conv")
    await end(store, "conv", 61, cost=7)
    await store.erase_talk(who.id, call.id, NOW)
    await store.settle_erased("conv", 600, 7, MARCH)
    assert await left(store, who) == (2, 28)
    assert await store.fetch_total_cost(MARCH) == 7


async def test_what_was_never_settled_is_forgotten_with_its_month(store: Store) -> None:
    who = await person(store)
    call, _ = await ask(store, who, "first")
    await begin(store, call, "conv")
    await store.erase_talk(who.id, call.id, NOW)
    await store.drop_old_counters(later(days=30))
    assert (await store.fetch_allowance(who.id, "", LIMITS, NOW)).reserved_minutes == 15
    await store.drop_old_counters(later(days=60))
    assert (await store.fetch_allowance(who.id, "", LIMITS, NOW)).reserved_minutes == 0
