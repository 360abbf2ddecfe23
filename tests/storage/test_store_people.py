"""The contract of the store: people, their accounts, and what they agreed to."""

import pytest
from store_samples import NOW, bind, call_of, finish, hex_of, later, person, place, said, talk

from bot.domain.caller import Account, Consent, PersonId
from bot.domain.record import PersonRecord, Reading
from bot.ports import Store

pytestmark = pytest.mark.anyio


async def test_an_account_is_one_person_for_good(store: Store) -> None:
    account = Account("discord", "app", "123")
    first = await store.find_or_add_person(account, "Alice", PersonId("one"), NOW)
    again = await store.find_or_add_person(account, "Alice", PersonId("two"), later(days=1))
    assert (first.id, first.name, first.consent) == ("one", "Alice", None)
    assert again == first


@pytest.mark.parametrize(
    "other",
    [Account("slack", "app", "123"), Account("discord", "other", "123"), Account("discord", "app", "124")],
    ids=["another platform", "another tenant", "another id"],
)
async def test_every_part_of_an_account_makes_another_person(store: Store, other: Account) -> None:
    await store.find_or_add_person(Account("discord", "app", "123"), "Alice", PersonId("one"), NOW)
    stranger = await store.find_or_add_person(other, "Bob", PersonId("two"), NOW)
    assert (stranger.id, stranger.name) == ("two", "Bob")


async def test_a_new_name_replaces_the_old_one_and_no_name_keeps_it(store: Store) -> None:
    account = Account("discord", "app", "123")
    await store.find_or_add_person(account, "Alice", PersonId("one"), NOW)
    assert (await store.find_or_add_person(account, "Alicia", PersonId("two"), NOW)).name == "Alicia"
    assert (await store.find_or_add_person(account, "", PersonId("three"), NOW)).name == "Alicia"
    stranger = await person(store, "bob")
    assert stranger.name == "bob"


async def test_the_latest_answer_to_the_first_call_card_counts(store: Store) -> None:
    who = await person(store)
    await store.record_consent(who.id, Consent("v1", remember=True, answered_at=NOW))
    answer = Consent("v2", remember=False, answered_at=later(seconds=1))
    await store.record_consent(who.id, answer)
    assert (await person(store)).consent == answer
    assert (await person(store, "bob")).consent is None


async def test_after_a_no_nothing_is_kept_of_a_talk_that_has_not_come_home(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await talk(store, alice, said("said before"), "before")
    live, asked, lost = (call_of(alice, name) for name in ("live", "asked", "lost"))
    for call in (live, lost, call_of(bob, "of bob")):
        await place(store, call)
        assert await bind(store, call, f"conv {call.id}")
    await store.fail_call(lost.id, "its end never came", NOW, [], charge="nothing")
    await place(store, asked)
    await store.record_consent(alice.id, Consent("v1", remember=False, answered_at=NOW))
    for call in (live, lost, call_of(bob, "of bob")):
        await finish(store, f"conv {call.id}", said("said after"))
    found = await store.fetch_call(asked.id)
    assert found is not None
    assert found.reach == "none"
    record = await store.fetch_record(alice.id, Reading("wizard", "own"))
    assert [past.first_words for past in record.conversations] == ["said before"]
    assert len((await store.fetch_record(bob.id, Reading("wizard", "own"))).conversations) == 1


async def test_a_no_leaves_the_record_of_calls_that_are_done_as_it_was(store: Store) -> None:
    who = await person(store)
    call = call_of(who, topic="dragons", reach="shared")
    await place(store, call)
    assert await bind(store, call, "conv")
    await finish(store, "conv", said("said before"))
    await store.record_consent(who.id, Consent("v1", remember=False, answered_at=NOW))
    done = await store.fetch_call(call.id)
    assert done is not None
    assert (done.state, done.reach, done.topic) == ("done", "shared", "dragons")


async def test_half_surrogates_and_nul_do_not_stop_a_name_from_being_kept(store: Store) -> None:
    account = Account("discord", "app", "123")
    assert (await store.find_or_add_person(account, "A\0l\ud800", PersonId("one"), NOW)).name == "Al?"


async def test_nothing_is_known_about_a_stranger(store: Store) -> None:
    assert await store.fetch_record(PersonId(hex_of("nobody")), Reading("wizard", "own")) == PersonRecord()
