"""The contract of the store: how things stand, in numbers alone, and which texts were played."""

from dataclasses import replace

import pytest
from store_samples import NOW, SLOT, VERSION, bind, call_of, later, link_of, person

from bot.domain.allowance import UNLIMITED
from bot.domain.call import Call, NewJob, Played
from bot.domain.caller import Person
from bot.domain.standing import Standing
from bot.domain.versions import UsedVersion
from bot.ports import Store

pytestmark = pytest.mark.anyio


async def test_in_an_empty_store_nothing_stands(store: Store) -> None:
    assert await store.fetch_standing(NOW) == Standing(0, {}, {}, 0)


async def test_lines_are_taken_until_their_call_is_over_at_the_latest(store: Store) -> None:
    call = call_of(await person(store))
    await store.place_call(call, link_of(call), [], {}, UNLIMITED)
    assert (await store.fetch_standing(NOW)).lines == 0
    assert await bind(store, call, "conv_1")
    assert (await store.fetch_standing(NOW)).lines == 1
    assert (await store.fetch_standing(later(days=2))).lines == 0


async def test_jobs_are_counted_by_kind_and_those_that_were_tried_apart(store: Store) -> None:
    jobs = [NewJob("fetch", "a", later(hours=1)), NewJob("fetch", "b", NOW), NewJob("recap", "a", NOW)]
    await store.add_jobs(jobs)
    fetch, recap = await store.claim_jobs(NOW, later(minutes=1), 10)
    standing = await store.fetch_standing(NOW)
    assert (standing.waiting, standing.tried) == ({"fetch": 2, "recap": 1}, {})
    await store.finish_job(fetch)
    await store.postpone_job(recap, later(hours=1))
    standing = await store.fetch_standing(NOW)
    assert (standing.waiting, standing.tried) == ({"fetch": 1, "recap": 1}, {"recap": 1})


async def test_jobs_that_could_be_done_and_those_that_are_late_are_told_apart(store: Store) -> None:
    jobs = [NewJob("fetch", "late", later(minutes=-2)), NewJob("fetch", "due", NOW)]
    await store.add_jobs([*jobs, NewJob("recap", "not yet", later(minutes=1))])
    standing = await store.fetch_standing(NOW)
    assert (standing.due, standing.late) == ({"fetch": 2}, {"fetch": 1})
    assert standing.oldest_due_at == later(minutes=-2)
    await store.claim_jobs(NOW, later(minutes=3), 10)
    standing = await store.fetch_standing(NOW)
    assert (standing.due, standing.late, standing.oldest_due_at) == ({}, {}, None)
    assert (await store.fetch_standing(later(minutes=5))).late == {"fetch": 2, "recap": 1}


async def test_open_calls_are_counted_by_state_delivery_and_character_and_minutes_summed(
    store: Store,
) -> None:
    calls = [call_of(await person(store, name), name) for name in ("alice", "bob", "carol")]
    for call in calls:
        await store.place_call(call, link_of(call), [], {}, UNLIMITED)
    assert await bind(store, calls[0], "conv_1")
    standing = await store.fetch_standing(NOW)
    assert standing.calls == {("asked", "page", "wizard"): 2, ("live", "page", "wizard"): 1}
    assert standing.minutes == sum(call.granted_minutes for call in calls)
    await store.expire_call(calls[1].id, NOW)
    assert (await store.fetch_standing(NOW)).calls == {("asked", "page", ""): 1, ("live", "page", ""): 1}


async def test_whom_fewer_than_three_people_call_is_not_named_however_often_they_do(store: Store) -> None:
    for name, slug in (("alice", "captain"), ("bob", "captain"), ("alice", "wizard")):
        who = await person(store, name)
        for number in range(2):
            call = call_of(who, f"{name} {slug} {number}", slug)
            await store.place_call(call, None, [], {}, UNLIMITED)
    assert (await store.fetch_standing(NOW)).calls == {("asked", "page", ""): 6}


async def place_with(store: Store, who: Person, name: str, text: str, *, slug: str = "wizard") -> Call:
    """Place a call that is played from a text, whose version is its first letter many times."""
    version = replace(VERSION, persona=text[0] * 40)
    call = replace(call_of(who, name, slug), version=version)
    await store.place_call(call, None, [], {(slug, version.persona): text}, UNLIMITED)
    return call


async def begin(store: Store, call: Call, minutes: float) -> None:
    """Begin a call so many minutes after NOW."""
    played = Played(call.version, {}, call.reach)
    assert await store.bind_conversation(call.id, f"conv {call.id}", played, SLOT, later(minutes=minutes), [])


async def test_each_text_that_was_played_is_there_with_its_calls(store: Store) -> None:
    who = await person(store)
    for name, text, minutes in (("1", "old", 1), ("2", "new", 2), ("3", "old", 3)):
        await begin(store, await place_with(store, who, name, text), minutes)
    await begin(store, await place_with(store, who, "4", "another's", slug="captain"), 4)
    assert await store.fetch_versions("wizard") == (
        UsedVersion("o" * 40, "old", 2, later(minutes=1), later(minutes=3)),
        UsedVersion("n" * 40, "new", 1, later(minutes=2), later(minutes=2)),
    )
    assert await store.fetch_versions("nobody") == ()


async def test_a_call_that_never_began_or_was_erased_counts_for_no_version(store: Store) -> None:
    who = await person(store)
    await place_with(store, who, "1", "asked for")
    await begin(store, await place_with(store, who, "2", "played"), 2)
    assert await store.fetch_versions("wizard") == (
        UsedVersion("a" * 40, "asked for"),
        UsedVersion("p" * 40, "played", 1, later(minutes=2), later(minutes=2)),
    )
    await store.erase_person(who.id, later(minutes=3))
    assert await store.fetch_versions("wizard") == (
        UsedVersion("a" * 40, "asked for"),
        UsedVersion("p" * 40, "played"),
    )


async def test_calls_of_another_character_with_the_same_text_are_not_counted(store: Store) -> None:
    who = await person(store)
    await begin(store, await place_with(store, who, "1", "same"), 1)
    await begin(store, await place_with(store, who, "2", "same", slug="captain"), 2)
    assert await store.fetch_versions("wizard") == (
        UsedVersion("s" * 40, "same", 1, later(minutes=1), later(minutes=1)),
    )
