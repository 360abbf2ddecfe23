"""The contract of the store: what the nightly work asks of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database
from store_samples import NOW, bind, call_of, hex_of, later, person, place, said, talk

from bot.domain.call import Delivery
from bot.domain.caller import PersonId
from bot.domain.record import Reading
from bot.ports import Store
from storage import open_store

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
    await store.fail_call(opened.id, "its end never came", later(days=1), [], charge="nothing")
    await store.expire_call(hosted.id, later(days=1))
    await place(store, call_of(alice, "never opened", asked_at=later(days=2)))
    assert set(await store.fetch_refs_to_find(alice.id, NOW)) == {opened.ref, hosted.ref}
    assert await store.fetch_refs_to_find(alice.id, later(days=1.5)) == ()
    assert await store.fetch_refs_to_find(PersonId("nobody"), NOW) == ()


async def queued(store: Store, kind: str) -> list[str]:
    """The subjects of all waiting jobs of a kind."""
    jobs = await store.claim_jobs(later(days=9_999), later(days=10_000), 1000)
    await store.release_jobs()
    return sorted(job.subject for job in jobs if job.kind == kind)


async def test_what_is_older_than_a_moment_goes_and_what_is_newer_or_not_over_stays(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    for number, who in enumerate((alice, alice, bob)):
        await talk(store, who, said("old"), f"old {number}", at=later(days=number))
    await talk(store, alice, said("new"), "new", at=later(days=10))
    live, expired = call_of(alice, "live", asked_at=NOW), call_of(bob, "expired", asked_at=NOW)
    await place(store, live)
    await bind(store, live, "conv live")
    await place(store, expired)
    await store.expire_call(expired.id, NOW)
    for name, at in (("old import", later(days=1)), ("new import", later(days=10))):
        files = [(hex_of(name), said(name, started_at=later(days=-900)))]
        await store.store_import(alice.id, "", "own", files, name, {}, at)
    while await store.erase_before(later(days=5), 2, later(days=20)):
        pass
    of_alice = await store.fetch_history(alice.id)
    assert {past.id for past in of_alice} == {call_of(alice, "new").id, live.id, hex_of("new import")}
    assert await store.fetch_history(bob.id) == ()
    assert await store.fetch_call(expired.id) is None
    assert await queued(store, "erase_remote") == ["conv old 0", "conv old 1", "conv old 2"]
    assert (await person(store, "bob")).id == bob.id


async def test_no_more_than_the_limit_goes_at_a_time_the_oldest_first(store: Store) -> None:
    alice = await person(store)
    for number in (2, 0, 1):
        await talk(store, alice, said("old"), f"{number}", at=later(days=number))
    assert await store.erase_before(later(days=5), 1, later(days=20)) == 2  # a call and its conversation
    left = {past.id for past in await store.fetch_history(alice.id)}
    assert left == {call_of(alice, "1").id, call_of(alice, "2").id}
    assert await store.erase_before(NOW, 9, later(days=20)) == 0


async def test_a_call_that_never_had_a_conversation_is_not_looked_for_again_when_it_goes(
    store: Store,
) -> None:
    alice = await person(store)
    hosted = await place(store, call_of(alice, "hosted", delivery=Delivery.HOSTED))
    await bind(store, hosted, "")
    await store.fail_call(hosted.id, "its end never came", NOW, [], charge="nothing")
    assert await store.erase_before(later(days=5), 9, later(days=20)) == 1
    assert await queued(store, "erase_found") == []


async def test_what_grew_old_is_not_left_in_the_files_bytes(file_url: str) -> None:
    async with open_store(file_url) as store:
        await talk(store, await person(store), said("xyzzy-canary"))
        assert await store.erase_before(later(days=5), 9, later(days=20))
        await store.cleaned()
        folder = Path(file_url.removeprefix("sqlite:///")).parent
        assert b"xyzzy-canary" not in b"".join(path.read_bytes() for path in folder.iterdir())


async def test_what_ended_long_ago_is_erased_there_once(store: Store) -> None:
    alice = await person(store)
    await talk(store, alice, said("old"), "old")
    await talk(store, alice, said("new"), "new", at=later(days=10))
    lost, live = call_of(alice, "lost"), call_of(alice, "live")
    for call in (lost, live):
        await place(store, call)
        await bind(store, call, f"conv {'lost' if call is lost else 'live'}")
    await store.fail_call(lost.id, "its end never came", NOW, [], charge="nothing")
    assert await store.queue_remote_erasures(later(days=5), later(days=20)) == 2
    assert await queued(store, "erase_remote") == ["conv lost", "conv old"]
    await store.note_erased_there("conv old", later(days=20))
    await store.note_erased_there("unknown", later(days=20))
    assert await store.queue_remote_erasures(later(days=5), later(days=20)) == 1


async def test_what_is_known_to_be_gone_there_is_not_erased_there_again(store: Store) -> None:
    alice = await person(store)
    await talk(store, alice, said("old"), "gone")
    await talk(store, alice, said("old"), "there")
    await store.note_erased_there("conv gone", NOW)
    receipt = await store.erase_person(alice.id, NOW)
    assert sorted(receipt.conversation_ids) == ["conv gone", "conv there"]
    assert await queued(store, "erase_remote") == ["conv there"]


async def test_events_that_were_never_understood_go_and_their_conversations_are_fetched(
    store: Store,
) -> None:
    for name, at in (("old", NOW), ("closed", NOW), ("new", later(days=3))):
        await store.receive_event(f"key {name}", f"conv {name}", b"{}", at)
    await store.receive_event("nameless", "", b"{}", NOW)
    await store.close_event("key closed")
    assert await store.drop_events(later(days=1), later(days=8)) == 2
    assert await store.fetch_event("key old") is None
    assert await store.fetch_event("nameless") is None
    assert await store.fetch_event("key new") == b"{}"
    assert await queued(store, "fetch") == ["conv old"]
    assert not await store.receive_event("key old", "conv old", b"{}", later(days=8))
    assert await store.drop_events(later(days=1), later(days=8)) == 0


async def test_imports_from_before_retention_count_from_the_day_it_came(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await store.store_import(who.id, "", "own", [(hex_of("one"), said("one"))], "file", {}, NOW)
    with Database(file_url.removeprefix("sqlite:///")) as database:
        for name in ("imports_by_age", "bindings_kept_there", "calls_by_age", "inbox_unread"):
            database.execute(f"DROP INDEX {name}")
        database.execute("ALTER TABLE conversations DROP COLUMN imported_at")
        database.execute("ALTER TABLE bindings DROP COLUMN erased_there_at")
        database.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_retention'")
    async with open_store(file_url) as store:
        today = datetime.now(UTC)
        assert await store.erase_before(today - timedelta(days=1), 9, today) == 0
        assert await store.erase_before(today + timedelta(days=1), 9, today) == 1


async def test_what_has_no_summary_is_found_once_and_keeps_what_it_has(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("I sing.", "Really?", summary="Mira sings."), "summarised")
    call = await talk(store, who, said("I dance.", "Really?"), "bare")
    dated, undated = said("I swim.", started_at=later(days=-9)), said("I run.")
    file = [(hex_of("dated"), dated), (hex_of("undated"), undated)]
    await store.store_import(who.id, "", "shared", file, "sha", {}, NOW)
    found = await store.fetch_unsummarised(9)
    assert {(one.talk_id, one.at, len(one.turns)) for one in found} == {
        (hex_of("talk conv bare"), NOW, 2),
        (hex_of("dated"), later(days=-9), 1),
        (hex_of("undated"), None, 1),
    }
    assert len(await store.fetch_unsummarised(2)) == 2
    made = {one.talk_id: "" if "dated" in one.talk_id else f"They said: {one.talk_id}" for one in found}
    await store.keep_extracts({**made, hex_of("dated"): "", hex_of("talk conv summarised"): "Ours."})
    assert await store.fetch_unsummarised(9) == ()
    past = {one.id: one for one in await store.fetch_history(who.id)}
    assert past[call.id].summary == f"They said: {hex_of('talk conv bare')}"
    assert past[call.id].is_extract
    assert past[hex_of("dated")].summary == ""
    theirs = next(one for one in past.values() if one.summary == "Mira sings.")
    assert not theirs.is_extract
    record = await store.fetch_record(who.id, Reading("wizard", "own"))
    assert {(one.summary, one.is_extract) for one in record.conversations} >= {("Mira sings.", False)}
    await store.keep_extracts({hex_of("talk conv bare"): "Another."})
    assert (await store.fetch_past_talk(who.id, call.id)).summary.startswith("They said")


async def test_a_summary_of_ours_that_comes_with_a_transcript_is_marked(store: Store) -> None:
    who = await person(store)
    call = await talk(store, who, said("I sing.", summary="They said: I sing.", is_extract=True))
    assert (await store.fetch_past_talk(who.id, call.id)).is_extract
    assert await store.fetch_unsummarised(9) == ()
