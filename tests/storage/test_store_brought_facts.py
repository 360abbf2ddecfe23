"""Facts of a file beside those that are there: chains, of linked accounts, and more than may be."""

from datetime import timedelta

import pytest

from bot.domain.fact import MOST_FACTS, Fact, FactId
from bot.domain.record import Reading
from tests.storage.linking_samples import link
from tests.storage.store_samples import NOW, hex_of, later, person

pytestmark = pytest.mark.anyio

ULM, BERN, ROME = "I live in Ulm.", "I moved to Bern.", "I live in Rome."


def brought(text: str, *, by: Fact | None = None, at=NOW, run: str = "a") -> Fact:
    named = FactId(hex_of(f"{run} {text} {at}"))
    return Fact(named, "wizard", "own", text, at, source="import", replaced_by=by.id if by else "")


async def standing(store, who) -> dict[str, list[str]]:
    """Return what a character is to know, each with what it replaced."""
    facts = await store.fetch_facts(who.id, Reading("wizard", "own"))
    return {fact.text: [one.text for one in fact.replaces] for fact in facts}


async def test_a_chain_comes_back_one_by_one_as_each_newest_is_erased(store):
    who = await person(store)
    bern = brought(BERN, at=later(days=1))
    ulm = brought(ULM, by=bern)
    rome = brought(ROME, by=ulm, at=NOW - timedelta(days=1))
    assert await store.bring_facts(who.id, [rome, ulm, bern]) == (bern.id, ulm.id, rome.id)
    assert await standing(store, who) == {BERN: [ULM]}
    assert await store.erase_fact(who.id, bern.id, NOW)
    assert await standing(store, who) == {ULM: [ROME]}


async def test_an_older_file_brings_back_neither_what_gave_way_here_nor_a_second_note_of_it(store):
    who = await person(store)
    await store.add_fact(who.id, brought(ULM, run="there"))
    await store.add_fact(who.id, brought(BERN, run="there", at=later(days=1)))
    assert await store.bring_facts(who.id, [brought(ULM, run="file")]) == ()
    assert await standing(store, who) == {BERN: [ULM]}


async def test_there_are_no_more_than_may_be_and_what_stands_comes_first(store):
    who = await person(store)
    stand = [brought(f"Number {one}.") for one in range(MOST_FACTS)]
    past = brought("Number 1000.", by=stand[0])
    assert len(await store.bring_facts(who.id, [past, *stand])) == MOST_FACTS
    assert await standing(store, who) == {fact.text: [] for fact in stand}


async def test_what_a_linked_account_was_told_is_there_and_is_never_replaced(store):
    here, there = await person(store, "here"), await person(store, "there")
    await store.add_fact(there.id, brought(ULM, run="there"))
    await link(store, here, there, shares=True)
    assert await store.bring_facts(here.id, [brought(ULM, run="file")]) == ()
    bern = brought(BERN, run="file", at=later(days=1))
    assert await store.bring_facts(here.id, [bern]) == (bern.id,)
    assert await standing(store, here) == {BERN: [], ULM: []}
