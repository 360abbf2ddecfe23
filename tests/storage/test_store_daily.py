"""The contract of the store: what the nightly work asks of it."""

import pytest
from store_samples import NOW, bind, call_of, later, person, place, said, talk

from bot.domain.call import Delivery
from bot.domain.caller import PersonId
from bot.ports import Store

pytestmark = pytest.mark.anyio


async def test_callers_are_those_who_asked_for_a_call_since_then(store: Store) -> None:
    alice, bob, carol = [await person(store, name) for name in ("alice", "bob", "carol")]
    await place(store, call_of(alice, "one", asked_at=later(days=2)))
    await place(store, call_of(alice, "two", asked_at=later(days=3)))
    await place(store, call_of(bob, asked_at=later(days=1)))
    assert carol
    assert await store.fetch_callers_since(later(days=2)) == (alice.id,)
    assert set(await store.fetch_callers_since(NOW)) == {alice.id, bob.id}
    assert await store.fetch_callers_since(later(days=4)) == ()


async def test_looked_for_by_reference_is_what_may_have_begun_without_our_knowing(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    for who in (alice, bob):
        await talk(store, who, said("hello"), f"bound {who.name}", delivery=Delivery.HOSTED)
        for name, delivery in (("hosted", Delivery.HOSTED), ("opened", Delivery.PAGE)):
            await place(store, call_of(who, name, delivery=delivery, asked_at=later(days=1)))
    opened, hosted = call_of(alice, "opened"), call_of(alice, "hosted")
    await bind(store, opened, "")
    await store.fail_call(opened.id, "its end never came", later(days=1), [])
    await store.expire_call(hosted.id, later(days=1))
    await place(store, call_of(alice, "never opened", asked_at=later(days=2)))
    assert set(await store.fetch_refs_to_find(alice.id, NOW)) == {opened.ref, hosted.ref}
    assert await store.fetch_refs_to_find(alice.id, later(days=1.5)) == ()
    assert await store.fetch_refs_to_find(PersonId("nobody"), NOW) == ()
