"""The contract of the store: what calls cost, by month, and when it is too much."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from store_samples import NOW, hex_of, person
from telephone_samples import LIMITS, ask, begin, end

from bot.domain.allowance import UNLIMITED
from bot.domain.call import Delivery
from bot.domain.caller import Account, Person, PersonId
from bot.domain.cost import CostLine, MonthlyCost
from bot.domain.errors import CallRefused
from bot.ports import Store

pytestmark = pytest.mark.anyio

MARCH, APRIL = "2026-03", "2026-04"


async def spend(
    store: Store,
    who: Person,
    cost: int,
    *,
    seconds: int = 60,
    slug: str = "wizard",
    place: str = "",
    at: datetime = NOW,
) -> None:
    """A call with one conversation that cost so much."""
    name = f"{who.id} {cost} {slug} {place} {at}"
    call, _ = await ask(store, who, name, at=at, place=place, limits=UNLIMITED, slug=slug)
    await begin(store, call, f"conv {name}")
    assert await end(store, f"conv {name}", seconds, at=at, cost=cost)


async def test_a_month_without_calls_cost_nothing(store: Store) -> None:
    assert await store.fetch_cost(MARCH) == MonthlyCost(MARCH, CostLine("", 0, 0, 0))
    assert await store.fetch_total_cost(MARCH) == 0


async def test_a_month_s_cost_is_split_by_what_it_was_spent_on_the_dearest_first(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await spend(store, alice, 100, seconds=60, place="discord:1")
    await spend(store, alice, 20, seconds=30, slug="captain")
    await spend(store, bob, 500, seconds=200, place="discord:1")
    page, _ = await ask(store, bob, "page", delivery=Delivery.PAGE, limits=UNLIMITED)
    await begin(store, page, "conv page")
    await end(store, "conv page", 5, cost=3)
    assert await store.fetch_cost(MARCH) == MonthlyCost(
        MARCH,
        CostLine("", 623, 295, 4),
        by_delivery=(CostLine("chat", 620, 290, 3), CostLine("page", 3, 5, 1)),
        by_character=(CostLine("wizard", 603, 265, 3), CostLine("captain", 20, 30, 1)),
        by_place=(CostLine("discord:1", 600, 260, 2), CostLine("", 23, 35, 2)),
        by_person=(CostLine("bob", 503, 205, 2), CostLine("alice", 120, 90, 2)),
    )
    assert await store.fetch_total_cost(MARCH) == 623
    assert await store.fetch_total_cost(APRIL) == 0


async def test_a_call_of_two_conversations_is_one_call_that_cost_both(store: Store) -> None:
    call, _ = await ask(store, await person(store), "first")
    for conversation_id in ("one", "two"):
        await begin(store, call, conversation_id)
        await end(store, conversation_id, 10, cost=7)
    await end(store, "one", 10, cost=7)
    assert (await store.fetch_cost(MARCH)).total == CostLine("", 7, 10, 1)
    again, _ = await ask(store, await person(store), "again")
    for conversation_id in ("three", "four"):
        await begin(store, again, conversation_id)
    for conversation_id in ("three", "four", "four"):
        await end(store, conversation_id, 10, cost=7)
    assert (await store.fetch_cost(MARCH)).total == CostLine("", 21, 30, 2)


async def test_cost_belongs_to_the_month_in_which_a_conversation_began_however_late_it_comes(
    store: Store,
) -> None:
    who = await person(store)
    began = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
    call, _ = await ask(store, who, "over midnight", at=began)
    await begin(store, call, "conv")
    await end(store, "conv", 600, at=began, now=datetime(2026, 4, 3, tzinfo=UTC), cost=40)
    assert await store.fetch_total_cost(MARCH) == 40
    assert await store.fetch_total_cost(APRIL) == 0


async def test_only_the_ten_heaviest_people_are_named(store: Store) -> None:
    for number in range(12):
        await spend(store, await person(store, f"person{number}"), 10 + number)
    heaviest = (await store.fetch_cost(MARCH)).by_person
    assert [line.name for line in heaviest] == [f"person{number}" for number in range(11, 1, -1)]


async def test_what_the_erased_cost_is_nobody_s_and_stays(store: Store) -> None:
    alice, bob, carol = [await person(store, name) for name in ("alice", "bob", "carol")]
    for who, cost in ((alice, 100), (bob, 50), (carol, 10)):
        await spend(store, who, cost)
    before = await store.fetch_cost(MARCH)
    await store.erase_person(alice.id, NOW)
    await store.erase_person(bob.id, NOW)
    after = await store.fetch_cost(MARCH)
    assert (after.total, after.by_character) == (before.total, before.by_character)
    assert after.by_person == (CostLine("", 150, 120, 2), CostLine("carol", 10, 60, 1))
    returned = await store.find_or_add_person(
        Account("discord", "app", "alice"), "alice", PersonId(hex_of("returned")), NOW
    )
    await spend(store, returned, 5)
    assert (await store.fetch_cost(MARCH)).by_person[-1] == CostLine("alice", 5, 60, 1)


async def test_erasing_a_stranger_or_somebody_twice_leaves_what_is_nobody_s(store: Store) -> None:
    alice = await person(store)
    await spend(store, alice, 100)
    for _ in range(3):
        await store.erase_person(alice.id, NOW)
    await store.erase_person(PersonId("nobody"), NOW)
    assert await store.fetch_total_cost(MARCH) == 100


async def test_at_the_ceiling_no_new_call_is_placed_until_the_month_is_over(store: Store) -> None:
    who = await person(store)
    limits = replace(LIMITS, cost_per_month=100)
    await spend(store, who, 99)
    asked, _ = await ask(store, who, "just below", limits=limits)
    await spend(store, who, 1)
    with pytest.raises(CallRefused) as refusal:
        await ask(store, who, "at the ceiling", limits=limits)
    assert str(refusal.value) == (
        "What this community spends on calls in a month is used up; "
        "there is more from 1 April 2026, 00:00 UTC on."
    )
    assert await begin(store, asked, "conv of what was placed before") == "bound"
    assert (await ask(store, who, "no ceiling", limits=UNLIMITED))[1]
    assert (await ask(store, who, "next month", at=datetime(2026, 4, 1, tzinfo=UTC), limits=limits))[1]


async def test_an_alert_is_noted_once_for_each_month_and_never_goes_down(store: Store) -> None:
    answers = [await store.note_alert(MARCH, 1_000, percent) for percent in (50, 50, 100, 80, 100)]
    assert answers == [0, 50, 50, 100, 100]
    assert await store.note_alert(APRIL, 1_000, 50) == 0


async def test_what_was_told_of_one_ceiling_says_nothing_of_another(store: Store) -> None:
    assert await store.note_alert(MARCH, 1_000, 100) == 0
    assert await store.note_alert(MARCH, 5_000, 50) == 0
    assert await store.note_alert(MARCH, 1_000, 0) == 100
