"""The contract of the store: facts that calls bring, and what becomes of older ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from store_samples import NOW, bind, call_of, hex_of, later, link_of, person, place, said

from bot.domain.call import Call, Reach
from bot.domain.caller import Person
from bot.domain.errors import CallerError
from bot.domain.fact import MOST_FACTS, MOST_PINNED, Fact, FactId, Replaced
from bot.domain.record import Reading, Receipt
from bot.ports import Store
from storage import open_store

pytestmark = pytest.mark.anyio

WIZARD, CAPTAIN = Reading("wizard", "own"), Reading("captain", "own")
ULM, BERN = "I live in Ulm.", "I moved to Bern."


async def learns(
    store: Store,
    who: Person,
    *texts: str,
    name: str = "first",
    slug: str = "wizard",
    reach: Reach = "own",
    kept: Reach | None = None,
    at: datetime = NOW,
    held_until: datetime | None = None,
) -> Call:
    """A call in which these facts are told; ``kept`` is how far its conversation may be read at its end."""
    call = call_of(who, name, slug, reach=reach, asked_at=at)
    await place(store, call, link_of(call))
    assert await bind(store, call, f"conv {name}", kept)
    facts = [
        Fact(FactId(hex_of(f"{call.id} {text}")), slug, reach, text, at, source="call", call_id=call.id)
        for text in texts
    ]
    await store.finish_conversation(
        f"conv {name}",
        said("Hello."),
        hex_of(f"talk {name}"),
        held_until=held_until,
        now=at,
        jobs=(),
        facts=facts,
    )
    return call


async def known(store: Store, who: Person, reading: Reading = WIZARD) -> list[str]:
    facts = await store.fetch_facts(who.id, reading)
    assert (await store.fetch_record(who.id, reading)).facts == facts
    return [fact.text for fact in facts]


def told(text: str, slug: str = "wizard", at: datetime = NOW) -> Fact:
    return Fact(FactId(hex_of(f"{slug} {text}")), slug, "own", text, at)


async def test_what_a_call_brings_carries_its_call_and_its_date(store: Store) -> None:
    who = await person(store)
    call = await learns(store, who, "I keep bees.", "I sing.", at=later(days=1))
    newest, oldest = await store.fetch_facts(who.id, WIZARD)
    assert (oldest.text, newest.text) == ("I keep bees.", "I sing.")
    assert (oldest.source, oldest.call_id, oldest.added_at) == ("call", call.id, later(days=1))
    assert [fact.text for fact in await store.fetch_facts_of_call(who.id, call.id)] == [
        "I keep bees.",
        "I sing.",
    ]
    assert await store.fetch_facts_of_call((await person(store, "bob")).id, call.id) == ()
    assert await known(store, who, CAPTAIN) == []


async def test_what_is_known_already_is_learned_once(store: Store) -> None:
    who = await person(store)
    await store.add_fact(who.id, told("I have a cat named Fig."))
    await learns(store, who, "The user has a cat called Fig", "I sing.", "sings", at=later(days=1))
    assert await known(store, who) == ["I sing.", "I have a cat named Fig."]


async def test_a_newer_one_replaces_what_it_contradicts_and_shows_it(store: Store) -> None:
    who = await person(store)
    old = told(ULM)
    await store.add_fact(who.id, old)
    await learns(store, who, BERN, at=later(days=1))
    (new,) = await store.fetch_facts(who.id, WIZARD)
    assert new.text == BERN
    assert new.replaces == (Replaced(old.id, ULM),)
    assert await store.bring_back_fact(who.id, old.id)
    assert not await store.bring_back_fact(who.id, old.id)
    assert await known(store, who) == [BERN, ULM]
    assert all(not fact.replaces for fact in await store.fetch_facts(who.id, WIZARD))


async def test_nobody_else_brings_back_pins_or_spreads(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    old = told(ULM)
    await store.add_fact(alice.id, old)
    await learns(store, alice, BERN, at=later(days=1))
    assert not await store.bring_back_fact(bob.id, old.id)
    assert not await store.pin_fact(bob.id, old.id, pinned=True)
    assert not await store.spread_fact(bob.id, old.id, for_everyone=True)
    assert await known(store, alice) == [BERN]


async def test_what_a_member_adds_replaces_as_well(store: Store) -> None:
    who = await person(store)
    await learns(store, who, "Is 34")
    assert await store.add_fact(who.id, told("I am 35.", at=later(days=1)))
    (fact,) = await store.fetch_facts(who.id, WIZARD)
    assert [one.text for one in fact.replaces] == ["Is 34"]


async def test_one_character_replaces_nothing_of_another(store: Store) -> None:
    who = await person(store)
    await store.add_fact(who.id, told(ULM))
    await learns(store, who, BERN, slug="captain", at=later(days=1))
    assert await known(store, who) == [ULM]
    assert await known(store, who, CAPTAIN) == [BERN]


async def test_an_older_call_that_comes_home_late_replaces_nothing(store: Store) -> None:
    who = await person(store)
    await store.add_fact(who.id, told(ULM, at=later(days=1)))
    await learns(store, who, BERN)
    assert await known(store, who) == [ULM, BERN]


async def test_an_older_call_that_comes_home_late_does_not_tell_what_is_wrong_by_now(store: Store) -> None:
    who = await person(store)
    await learns(store, who, BERN, at=later(days=1))
    await learns(store, who, ULM, name="late")
    (fact,) = await store.fetch_facts(who.id, WIZARD)
    assert (fact.text, [one.text for one in fact.replaces]) == (BERN, [ULM])


@pytest.mark.parametrize("how", ["its newer one is erased", "the call of its newer one is erased"])
async def test_a_replaced_one_stands_again_when_what_replaced_it_goes(store: Store, how: str) -> None:
    who = await person(store)
    await store.add_fact(who.id, told(ULM))
    call = await learns(store, who, BERN, at=later(days=1))
    await learns(store, who, "I have moved to Graz.", name="second", at=later(days=2))
    (newest,) = await store.fetch_facts(who.id, WIZARD)
    (middle,) = newest.replaces
    if how == "its newer one is erased":
        assert await store.erase_fact(who.id, middle.id, NOW)
        assert await known(store, who) == ["I have moved to Graz."]
        assert await store.erase_fact(who.id, newest.id, NOW)
    else:
        assert await store.erase_talk(who.id, call.id, NOW)
        second = call_of(who, "second")
        assert await store.erase_talk(who.id, second.id, NOW)
    assert await known(store, who) == [ULM]


async def test_what_was_replaced_twice_in_one_call_stands_again_when_that_call_is_erased(
    store: Store,
) -> None:
    who = await person(store)
    await store.add_fact(who.id, told(ULM))
    call = await learns(store, who, BERN, "I have moved to Graz.", at=later(days=1))
    assert await known(store, who) == ["I have moved to Graz."]
    assert await store.erase_talk(who.id, call.id, NOW)
    assert await known(store, who) == [ULM]


async def test_facts_go_with_their_call_unless_they_are_pinned_or_corrected(store: Store) -> None:
    who = await person(store)
    await store.add_fact(who.id, told("I run."))
    call = await learns(store, who, "I keep bees.", "I sing.", "I dance.", "I swim.", at=later(days=1))
    dance, sing = (await store.fetch_facts(who.id, WIZARD))[1:3]
    await store.pin_fact(who.id, dance.id, pinned=True)
    await store.change_fact(who.id, sing.id, "I hum.", later(days=2))
    receipt = await store.erase_talk(who.id, call.id, NOW)
    assert receipt is not None
    assert (receipt.facts, receipt.kept_facts) == (2, 2)
    assert await known(store, who) == ["I dance.", "I hum.", "I run."]
    assert [fact.call_id for fact in await store.fetch_facts(who.id, WIZARD)] == ["", "", ""]
    assert (await store.erase_character(who.id, "wizard", NOW)).facts == 3


async def test_words_of_a_call_that_was_erased_stand_in_no_file(file_url: str) -> None:
    folder = Path(file_url.removeprefix("sqlite:///")).parent
    async with open_store(file_url) as store:
        who = await person(store)
        call = await learns(store, who, "My word is xyzzy-canary.")
        held = await learns(
            store, who, "My word is plugh-canary.", name="held", held_until=later(days=7), at=later(days=1)
        )
        await store.erase_talk(who.id, call.id, NOW)
        await store.erase_talk(who.id, held.id, NOW)
        await store.cleaned()
        assert not any(b"canary" in path.read_bytes() for path in folder.iterdir())


async def test_what_goes_when_it_is_old_takes_no_fact_along(store: Store) -> None:
    who = await person(store)
    await learns(store, who, "I sing.")
    await store.erase_before(later(days=400), 99, later(days=400))
    (fact,) = await store.fetch_facts(who.id, WIZARD)
    assert (fact.source, fact.call_id) == ("call", "")


async def test_a_held_conversation_teaches_nothing_until_it_is_theirs(store: Store) -> None:
    who = await person(store)
    call = await learns(store, who, "I sing.", held_until=later(days=7))
    assert await known(store, who) == []
    assert await store.fetch_facts_of_call(who.id, call.id) == ()
    assert not await store.keep_talk((await person(store, "bob")).id, hex_of("talk first"))
    assert await known(store, who) == []
    for _ in range(2):
        assert await store.keep_talk(who.id, hex_of("talk first"))
        (fact,) = await store.fetch_facts(who.id, WIZARD)
        assert (fact.text, fact.call_id, fact.added_at) == ("I sing.", call.id, NOW)


@pytest.mark.parametrize(("reach", "kept"), [("none", "none"), ("own", "none")])
async def test_where_nothing_is_kept_nothing_is_learned(store: Store, reach: Reach, kept: Reach) -> None:
    who = await person(store)
    await learns(store, who, "I sing.", reach=reach, kept=kept)
    assert await known(store, who) == []


async def test_a_fact_is_read_no_farther_than_its_conversation(store: Store) -> None:
    who = await person(store)
    await learns(store, who, "I sing.", reach="shared", kept="own")
    assert await known(store, who, Reading("captain", "shared", frozenset({"wizard"}))) == []
    assert await known(store, who) == ["I sing."]


async def test_what_is_for_everyone_is_told_to_all_that_keep_memory(store: Store) -> None:
    who = await person(store)
    fact = told("I am allergic to nuts.")
    await store.add_fact(who.id, fact)
    assert await store.spread_fact(who.id, fact.id, for_everyone=True)
    assert await known(store, who, CAPTAIN) == [fact.text]
    assert await known(store, who, Reading("captain", "shared")) == [fact.text]
    assert await known(store, who, Reading("captain", "none")) == []
    assert await known(store, await person(store, "bob"), CAPTAIN) == []
    assert not await store.add_fact(who.id, told("Is allergic to nuts", "captain"))
    assert await store.spread_fact(who.id, fact.id, for_everyone=False)
    assert await known(store, who, CAPTAIN) == []


async def test_pinned_ones_come_first_and_there_is_a_most_of_them(store: Store) -> None:
    who = await person(store)
    facts = [told(f"Number {number}.", at=later(days=number)) for number in range(MOST_PINNED + 1)]
    for fact in facts:
        await store.add_fact(who.id, fact)
    for fact in facts[:MOST_PINNED]:
        assert await store.pin_fact(who.id, fact.id, pinned=True)
        assert await store.pin_fact(who.id, fact.id, pinned=True)
    assert await known(store, who) == [f"Number {number}." for number in (*range(MOST_PINNED - 1, -1, -1), 8)]
    with pytest.raises(CallerError, match=r"pinned 8 .*unpin one"):
        await store.pin_fact(who.id, facts[-1].id, pinned=True)
    assert await store.pin_fact(who.id, facts[0].id, pinned=False)
    assert await store.pin_fact(who.id, facts[-1].id, pinned=True)


async def test_calls_bring_no_more_than_one_person_may_have(store: Store) -> None:
    who = await person(store)
    numbers = range(MOST_FACTS - 1)
    await learns(store, who, *(f"Number {number}." for number in numbers), "One.", "Two.")
    assert len(await store.fetch_facts(who.id, WIZARD)) == MOST_FACTS
    assert "Two." not in await known(store, who)


async def test_a_new_character_under_an_old_slug_learns_anew(store: Store) -> None:
    who = await person(store)
    await store.note_characters(["wizard"], NOW)
    await learns(store, who, "I sing.")
    await store.note_characters([], later(hours=1))
    await store.note_characters(["wizard"], later(hours=2))
    assert await known(store, who) == []
    await learns(store, who, "I sing.", name="second", at=later(days=1))
    assert await known(store, who) == ["I sing."]


async def test_a_receipt_adds_up_what_stays() -> None:
    assert Receipt(kept_facts=1) + Receipt(kept_facts=2) == Receipt(kept_facts=3)


async def test_a_fact_that_comes_with_its_marks_keeps_them(store: Store) -> None:
    who = await person(store)
    fact: Fact = replace(told("I sing."), source="import", is_pinned=True, is_for_everyone=True)
    await store.add_fact(who.id, fact)
    kept: Sequence[Fact] = await store.fetch_facts(who.id, CAPTAIN)
    assert kept == (fact,)
