"""What imports add once, profiles, and what taking an import back erases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.conversation import Transcript, Turn
from bot.domain.fact import MOST_FACTS, MOST_PINNED, Fact, FactId
from bot.domain.importing import TakeBack, changed_fields
from bot.domain.record import Reading
from tests.storage.store_samples import NOW, hex_of, person

pytestmark = pytest.mark.anyio
LATER = NOW + timedelta(minutes=1)


def said(*words, at=NOW - timedelta(days=3)):
    return Transcript(tuple(Turn("user", text, float(n)) for n, text in enumerate(words)), started_at=at)


async def kept(store, who, slug="wizard"):
    record = await store.fetch_record(who.id, Reading(slug, "own"))
    return [turn.text for one in record.conversations for turn in one.last_turns]


async def brings(store, who, *talks, file="file", profile=None, at=NOW, slug="wizard"):
    named = [(hex_of(f"{file} {n} {slug} {who.id}"), talk) for n, talk in enumerate(talks)]
    return (await store.store_import(who.id, slug, "own", named, file, profile or {}, at)).new


async def test_the_same_words_at_the_same_time_are_kept_once_whatever_the_file(store):
    who = await person(store)
    assert await brings(store, who, said("one"), said("two")) == 2
    assert await brings(store, who, said("two"), said("three"), file="newer", at=LATER) == 1
    assert sorted(await kept(store, who)) == ["one", "three", "two"]


async def test_the_same_words_at_another_time_or_for_another_character_are_others(store):
    who = await person(store)
    assert await brings(store, who, said("one")) == 1
    assert await brings(store, who, said("one", at=NOW - timedelta(days=2)), file="newer") == 1
    assert await brings(store, who, said("one"), file="third", slug="captain") == 1


async def test_words_of_somebody_else_do_not_count(store):
    who, other = await person(store), await person(store, "other")
    assert await brings(store, who, said("one")) == 1
    assert await brings(store, other, said("one")) == 1


async def test_taking_back_erases_what_that_import_added_and_nothing_else(store):
    who = await person(store)
    await brings(store, who, said("one"), profile={"level": 1, "guild": "owls"})
    fields = changed_fields(
        await store.fetch_profile(who.id), {"level": 2, "rank": "captain", "guild": "owls"}
    )
    assert set(fields) == {"level", "rank"}
    await brings(store, who, said("two"), file="newer", profile={"level": 2, "rank": "captain"}, at=LATER)
    fact = Fact(FactId(hex_of("fact")), "wizard", "own", "I sing.", LATER)
    await store.add_fact(who.id, fact)
    done = TakeBack.read(TakeBack(LATER, (fact.id,), fields).write())
    receipt = await store.take_back_import(who.id, done, LATER)
    assert (receipt.conversations, receipt.turns, receipt.facts, receipt.profile_fields) == (1, 1, 1, 2)
    assert await kept(store, who) == ["one"]
    assert await store.fetch_profile(who.id) == {"level": 1, "guild": "owls"}
    assert await store.fetch_facts(who.id, Reading("wizard", "own")) == ()


def brought(text, by="", at=NOW, **marks):
    return Fact(
        FactId(hex_of(f"file {text}")), "wizard", "own", text, at, source="import",
        replaced_by=by and hex_of(f"file {by}"), **marks,
    )  # fmt: skip


async def standing(store, who):
    return {fact.text: fact for fact in await store.fetch_facts(who.id, Reading("wizard", "own"))}


async def test_facts_of_one_file_that_stand_beside_each_other_stay_so(store):
    who = await person(store)
    old, new = brought("I am 33."), brought("I am 34.", at=LATER)
    assert len(await store.bring_facts(who.id, [old, new])) == 2
    assert set(await standing(store, who)) == {"I am 33.", "I am 34."}


async def test_what_a_file_says_of_late_takes_the_place_of_what_stood_here_and_gives_it_back(store):
    who = await person(store)
    await store.add_fact(who.id, Fact(FactId(hex_of("here")), "wizard", "own", "I am 33.", NOW))
    added = await store.bring_facts(who.id, [brought("I am 34.", at=LATER)])
    assert set(await standing(store, who)) == {"I am 34."}
    await store.take_back_import(who.id, TakeBack(LATER, added), LATER)
    assert set(await standing(store, who)) == {"I am 33."}


async def test_what_a_file_says_is_replaced_stays_so_by_whatever_says_the_newer_here(store):
    who = await person(store)
    here = Fact(FactId(hex_of("here")), "wizard", "own", "I am 34.", LATER)
    await store.add_fact(who.id, here)
    file = [brought("I am 33.", by="I am 34.", at=NOW), brought("I am 34.", at=LATER)]
    assert len(await store.bring_facts(who.id, file)) == 1
    found = await standing(store, who)
    assert [one.text for one in found["I am 34."].replaces] == ["I am 33."]
    assert await store.bring_facts(who.id, file) == ()


async def test_what_a_file_says_is_replaced_stays_so_by_what_says_the_newer_in_other_words(store):
    who = await person(store)
    await store.add_fact(who.id, Fact(FactId(hex_of("here")), "wizard", "own", "I am 34.", LATER))
    file = [brought("I am 33.", by="I'm 34.", at=NOW), brought("I'm 34.", at=LATER)]
    assert await store.bring_facts(who.id, file) == (file[0].id,)
    assert [one.text for one in (await standing(store, who))["I am 34."].replaces] == ["I am 33."]


async def test_a_file_may_say_the_same_for_everyone_and_for_one_character(store):
    who = await person(store)
    file = [
        brought("I sing.", is_for_everyone=True),
        replace(brought("I sing."), id=FactId(hex_of("other")), slug="captain"),
    ]
    assert len(await store.bring_facts(who.id, file)) == 2


async def test_what_is_there_keeps_its_marks_whatever_a_file_says(store):
    who = await person(store)
    await store.bring_facts(who.id, [brought("I sing.", is_pinned=True)])
    fact = (await standing(store, who))["I sing."]
    await store.pin_fact(who.id, fact.id, pinned=False)
    assert await store.bring_facts(who.id, [brought("I SING.", is_pinned=True, is_for_everyone=True)]) == ()
    fact = (await standing(store, who))["I sing."]
    assert (fact.is_pinned, fact.is_for_everyone) == (False, False)


async def test_no_file_pins_or_adds_more_than_one_may_have(store):
    who = await person(store)
    many = [brought(f"Number {n} is mine.", is_pinned=True) for n in range(MOST_FACTS + 5)]
    assert len(await store.bring_facts(who.id, many)) == MOST_FACTS
    assert sum(fact.is_pinned for fact in (await standing(store, who)).values()) == MOST_PINNED


async def test_facts_that_replace_each_other_in_a_circle_are_not_kept(store):
    who = await person(store)
    assert await store.bring_facts(who.id, [brought("A", by="B"), brought("B", by="A")]) == ()


async def test_nobody_takes_back_what_is_another_persons(store):
    who, other = await person(store), await person(store, "other")
    await brings(store, who, said("one"), at=LATER)
    fact = Fact(FactId(hex_of("fact")), "wizard", "own", "I sing.", LATER)
    await store.add_fact(who.id, fact)
    receipt = await store.take_back_import(other.id, TakeBack(LATER, (fact.id,)), LATER)
    assert (receipt.conversations, receipt.facts) == (0, 0)
    assert await kept(store, who) == ["one"]


async def test_profile_fields_are_erased_by_name(store):
    who = await person(store)
    await brings(store, who, profile={"level": 1, "guild": "owls"})
    assert await store.erase_fields(who.id, ["level", "nothing"], NOW) == 1
    assert await store.fetch_profile(who.id) == {"guild": "owls"}
