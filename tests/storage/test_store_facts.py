"""The contract of the store: what members want characters to know."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlite_utils import Database
from store_samples import NOW, call_of, hex_of, later, person, place, said, talk

from bot.domain.call import Reach
from bot.domain.caller import PersonId
from bot.domain.errors import CallerError
from bot.domain.fact import MOST_FACTS, Fact, FactId
from bot.domain.record import Reading, Receipt
from bot.ports import Store
from storage import open_store

pytestmark = pytest.mark.anyio

WIZARD, CAPTAIN = Reading("wizard", "own"), Reading("captain", "own")
CANARY = "xyzzy-canary"


def fact_of(
    text: str = "I keep bees.", slug: str = "wizard", reach: Reach = "own", at: datetime = NOW
) -> Fact:
    return Fact(FactId(hex_of(f"fact {slug} {text}")), slug, reach, text, at)


async def test_facts_are_there_newest_first_and_in_the_record(store: Store) -> None:
    who = await person(store)
    older, newer = fact_of(), fact_of("My cat is called Fig.", at=later(days=1))
    at_once = fact_of("I sing.", at=later(days=1))
    for fact in (newer, older, at_once):
        assert await store.add_fact(who.id, fact)
    assert await store.fetch_facts(who.id, WIZARD) == (at_once, newer, older)
    assert (await store.fetch_record(who.id, WIZARD)).facts == (at_once, newer, older)


async def test_nobody_else_s_facts_are_read_changed_or_erased(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    fact = fact_of()
    await store.add_fact(alice.id, fact)
    assert await store.fetch_facts(bob.id, Reading("wizard", "shared", frozenset({"wizard"}))) == ()
    assert await store.change_fact(bob.id, fact.id, "I keep wasps.", NOW) is None
    assert not await store.erase_fact(bob.id, fact.id, NOW)
    assert await store.fetch_facts(alice.id, WIZARD) == (fact,)
    assert await store.add_fact(bob.id, replace(fact, id=FactId("of bob")))


@pytest.mark.parametrize("again", ["I keep bees.", "  I KEEP bees. \n"])
async def test_the_same_words_are_kept_once_for_one_character(store: Store, again: str) -> None:
    who = await person(store)
    await store.add_fact(who.id, fact_of())
    assert not await store.add_fact(who.id, replace(fact_of(again), id=FactId("again")))
    assert len(await store.fetch_facts(who.id, WIZARD)) == 1
    assert await store.add_fact(who.id, fact_of(again, "captain"))


async def test_case_counts_for_nothing_in_any_script(store: Store) -> None:
    who = await person(store)
    await store.add_fact(who.id, fact_of("Ich wohne in der Straße Ω."))
    assert not await store.add_fact(who.id, fact_of("ICH WOHNE IN DER STRASSE ω."))


async def test_there_is_a_most_of_facts_which_says_what_to_do(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    for number in range(MOST_FACTS):
        slug = "wizard" if number % 2 else "captain"
        assert await store.add_fact(alice.id, fact_of(f"Number {number}.", slug))
    with pytest.raises(CallerError, match=r"200 .*Delete one first"):
        await store.add_fact(alice.id, fact_of("One more."))
    assert not await store.add_fact(alice.id, replace(fact_of("Number 1."), id=FactId("again")))
    assert await store.add_fact(bob.id, fact_of("One more."))
    assert await store.erase_fact(alice.id, fact_of("Number 1.").id, NOW)
    assert await store.add_fact(alice.id, replace(fact_of("One more."), id=FactId("of alice")))


async def test_a_corrected_fact_is_the_newest(store: Store) -> None:
    who = await person(store)
    older, newer = fact_of(reach="shared"), fact_of("My cat is called Fig.", at=later(days=1))
    for fact in (older, newer):
        await store.add_fact(who.id, fact)
    corrected = await store.change_fact(who.id, older.id, "I keep wasps.", later(days=2))
    assert corrected == replace(older, text="I keep wasps.", added_at=later(days=2), is_corrected=True)
    assert await store.fetch_facts(who.id, WIZARD) == (corrected, newer)


async def test_a_fact_does_not_become_what_another_one_says(store: Store) -> None:
    who = await person(store)
    one, other, elsewhere = fact_of(), fact_of("I sing."), fact_of("I dance.", "captain")
    for fact in (one, other, elsewhere):
        await store.add_fact(who.id, fact)
    with pytest.raises(CallerError, match="says the same already"):
        await store.change_fact(who.id, one.id, " i SING.", NOW)
    assert set(await store.fetch_facts(who.id, WIZARD)) == {one, other}
    assert await store.change_fact(who.id, one.id, "I KEEP BEES.", NOW)
    assert await store.change_fact(who.id, one.id, "I dance.", NOW)


async def test_a_fact_that_is_not_there_is_neither_changed_nor_erased(store: Store) -> None:
    who = await person(store)
    assert await store.change_fact(who.id, FactId("nothing"), "I sing.", NOW) is None
    assert not await store.erase_fact(who.id, FactId("nothing"), NOW)


async def test_an_erased_fact_is_gone_and_the_others_are_not(store: Store) -> None:
    who = await person(store)
    one, other = fact_of(), fact_of("I sing.")
    for fact in (one, other):
        await store.add_fact(who.id, fact)
    assert await store.erase_fact(who.id, one.id, NOW)
    assert not await store.erase_fact(who.id, one.id, NOW)
    assert await store.fetch_facts(who.id, WIZARD) == (other,)


async def test_a_character_reads_its_own_and_what_others_share(store: Store) -> None:
    who = await person(store)
    own, shared, kept = (
        fact_of("To the wizard.", reach="own", at=later(hours=3)),
        fact_of("To the captain, shared.", "captain", "shared", at=later(hours=2)),
        fact_of("To the captain alone.", "captain", "own", at=later(hours=1)),
    )
    for fact in (own, shared, kept):
        await store.add_fact(who.id, fact)

    async def read(memory: Reach, *shared_slugs: str) -> tuple[Fact, ...]:
        reading = Reading("wizard", memory, frozenset(shared_slugs))
        facts = await store.fetch_facts(who.id, reading)
        assert (await store.fetch_record(who.id, reading)).facts == facts
        return facts

    assert await read("own", "captain", "wizard") == (own,)
    assert await read("shared", "captain", "wizard") == (own, shared)
    assert await read("shared", "wizard") == (own,)
    assert await read("none", "captain") == ()
    assert await store.fetch_facts(who.id, CAPTAIN) == (shared, kept)


async def test_a_new_character_under_an_old_slug_does_not_know_what_the_former_was_told(store: Store) -> None:
    who = await person(store)
    await store.note_characters(["wizard"], NOW)
    fact = fact_of()
    await store.add_fact(who.id, fact)
    await store.note_characters([], later(hours=1))
    assert await store.fetch_facts(who.id, WIZARD) == (fact,)
    await store.note_characters(["wizard"], later(hours=2))
    assert await store.fetch_facts(who.id, WIZARD) == ()
    again = replace(fact, id=FactId("again"))
    assert await store.add_fact(who.id, again)
    assert await store.fetch_facts(who.id, WIZARD) == (again,)
    assert (await store.erase_character(who.id, "wizard", NOW)).facts == 2


async def test_it_is_known_that_a_slug_has_facts_whoever_it_meant(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await store.note_characters(["wizard"], NOW)
    await store.add_fact(alice.id, fact_of())
    await store.note_characters([], later(hours=1))
    await store.note_characters(["wizard"], later(hours=2))
    assert await store.has_facts(alice.id, "wizard")
    assert not await store.has_facts(alice.id, "captain")
    assert not await store.has_facts(bob.id, "wizard")
    await store.erase_character(alice.id, "wizard", later(hours=3))
    assert not await store.has_facts(alice.id, "wizard")


async def test_facts_go_with_their_character_and_with_their_person_and_are_counted(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    for who in (alice, bob):
        for number, (text, slug) in enumerate((("a", "wizard"), ("b", "wizard"), ("c", "captain"))):
            fact = Fact(FactId(hex_of(f"{who.id} {number}")), slug, "own", text, NOW)
            await store.add_fact(who.id, fact)
    assert await store.erase_character(alice.id, "wizard", NOW) == Receipt(facts=2)
    assert await store.fetch_facts(alice.id, WIZARD) == ()
    assert len(await store.fetch_facts(alice.id, CAPTAIN)) == 1
    assert await store.erase_person(alice.id, NOW) == Receipt(facts=1)
    assert await store.fetch_facts(alice.id, CAPTAIN) == ()
    assert len(await store.fetch_facts(bob.id, WIZARD)) == 2


async def test_one_call_and_retention_take_no_fact_along(store: Store) -> None:
    who = await person(store)
    call = await talk(store, who, said("hello"))
    await store.add_fact(who.id, fact_of())
    assert (await store.erase_talk(who.id, call.id, NOW) or Receipt()).facts == 0
    await place(store, call_of(who, "second"))
    await store.erase_before(later(days=999), 99, NOW)
    assert await store.fetch_facts(who.id, WIZARD) == (fact_of(),)


@pytest.mark.parametrize("how", ["erased", "corrected", "with its character", "with its person"])
async def test_words_that_are_gone_stand_in_no_file(file_url: str, how: str) -> None:
    folder = Path(file_url.removeprefix("sqlite:///")).parent

    def everything() -> bytes:
        return b"".join(path.read_bytes() for path in folder.iterdir())

    def marks() -> int:
        """For how many erasures the file is still to be rewritten."""
        with Database(folder / "troupe.db") as database:
            return int(database.execute("PRAGMA user_version").fetchone()[0])

    async with open_store(file_url) as store:
        who, fact = await person(store), fact_of(CANARY)
        for number in range(MOST_FACTS - 1):
            await store.add_fact(who.id, fact_of(f"Number {number}. " * 9, "captain"))
        await store.add_fact(who.id, fact)
        await store.cleaned()
        assert CANARY.encode() in everything()
        match how:
            case "erased":
                await store.erase_fact(who.id, fact.id, NOW)
            case "corrected":
                await store.change_fact(who.id, fact.id, "x", NOW)
            case "with its character":
                await store.erase_character(who.id, "wizard", NOW)
            case _:
                await store.erase_person(who.id, NOW)
        assert CANARY.encode() not in (folder / "troupe.db-wal").read_bytes()
        assert marks() == 1
        await store.cleaned()
        assert CANARY.encode() not in everything()
        assert (b"Number 7." in everything()) == (how != "with its person")


async def test_facts_are_there_after_the_next_start(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await store.add_fact(who.id, fact_of())
    async with open_store(file_url) as store:
        assert await store.fetch_facts(who.id, WIZARD) == (fact_of(),)
        assert await store.fetch_facts(PersonId(hex_of("nobody")), WIZARD) == ()


async def test_what_no_database_takes_is_left_out_of_a_fact(store: Store) -> None:
    who = await person(store)
    await store.add_fact(who.id, replace(fact_of(), text="I\0 sing\ud800."))
    assert [fact.text for fact in await store.fetch_facts(who.id, WIZARD)] == ["I sing?."]
