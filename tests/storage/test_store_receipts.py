"""The contract of the store: how far ElevenLabs has confirmed what was erased here."""

import pytest
from store_samples import NOW, bind, call_of, finish, later, link_of, person, place, said

from bot.domain.caller import Account, Person
from bot.domain.record import Confirmed, Telling
from bot.ports import Store

pytestmark = pytest.mark.anyio

ALICE = Account("discord", "app", "alice")
HERS = Telling("receipt 1", ALICE)


async def talked(store: Store, who: Person, name: str, slug: str = "wizard") -> None:
    """Let a person have talked once; ElevenLabs keeps it as ``conv NAME``."""
    call = call_of(who, name, slug)
    await place(store, call, link_of(call))
    await bind(store, call, f"conv {name}")
    await finish(store, f"conv {name}", said("Hello."))


async def told(store: Store) -> list[str]:
    """Return the receipts that are to be told some time."""
    jobs = await store.claim_jobs(later(days=99), later(days=100), 1000)
    return [job.subject for job in jobs if job.kind == "erased"]


async def test_an_erasure_is_confirmed_conversation_by_conversation(store: Store) -> None:
    alice = await person(store, "alice")
    await talked(store, alice, "1")
    await talked(store, alice, "2")
    await store.erase_character(alice.id, "wizard", NOW, HERS)
    assert await store.fetch_receipt("receipt 1") == (ALICE, Confirmed(0, 2))
    await store.note_erased_there("conv 1", NOW)
    assert await store.settle_receipt("receipt 1") == Confirmed(1, 2)
    assert await told(store) == []
    await store.note_erased_there("conv 1", NOW)
    await store.note_erased_there("conv of somebody else", NOW)
    assert await store.fetch_receipt("receipt 1") == (ALICE, Confirmed(1, 2))
    await store.note_erased_there("conv 2", NOW)
    assert await told(store) == ["receipt 1"]


async def test_whose_it_was_is_forgotten_once_all_is_confirmed_and_settled(store: Store) -> None:
    alice = await person(store, "alice")
    await talked(store, alice, "1")
    await store.erase_person(alice.id, NOW, HERS)
    await store.note_erased_there("conv 1", NOW)
    assert await store.settle_receipt("receipt 1") == Confirmed(1, 1)
    assert await store.fetch_receipt("receipt 1") is None
    assert await store.settle_receipt("receipt 1") == Confirmed()


async def test_it_is_told_later_than_the_answer_that_may_tell_it(store: Store) -> None:
    alice = await person(store, "alice")
    await talked(store, alice, "1")
    await store.erase_person(alice.id, NOW, HERS)
    await store.note_erased_there("conv 1", NOW)
    jobs = await store.claim_jobs(later(seconds=10), later(days=1), 1000)
    assert "erased" not in [job.kind for job in jobs]


async def test_what_was_gone_there_before_counts_as_confirmed(store: Store) -> None:
    alice = await person(store, "alice")
    await talked(store, alice, "1")
    await talked(store, alice, "2")
    await store.note_erased_there("conv 1", NOW)
    receipt = await store.erase_person(alice.id, NOW, HERS)
    assert (len(receipt.conversation_ids), receipt.kept_there) == (2, ("conv 2",))
    assert await store.settle_receipt("receipt 1") == Confirmed(1, 2)


async def test_nothing_awaits_confirmation_where_nothing_is_there_or_nobody_is_told(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await talked(store, bob, "bob")
    await store.erase_character(alice.id, "wizard", NOW, HERS)
    assert await store.fetch_receipt("receipt 1") is None
    await store.erase_person(bob.id, NOW)
    await store.note_erased_there("conv bob", NOW)
    assert await told(store) == []


async def test_one_talk_of_several_is_confirmed_alone(store: Store) -> None:
    alice = await person(store, "alice")
    await talked(store, alice, "1")
    await talked(store, alice, "2", "captain")
    first = next(one for one in await store.fetch_history(alice.id) if one.slug == "wizard")
    await store.erase_talk(alice.id, first.id, NOW, HERS)
    await store.erase_character(alice.id, "captain", NOW, Telling("receipt 2", ALICE))
    await store.note_erased_there("conv 2", NOW)
    assert await store.settle_receipt("receipt 1") == Confirmed(0, 1)
    assert await store.settle_receipt("receipt 2") == Confirmed(1, 1)
