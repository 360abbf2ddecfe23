"""The contract of the store: calls, links, and the conversations that belong to them."""

import asyncio
from dataclasses import replace

import pytest
from store_samples import (
    NOW,
    PLAYED,
    SLOT,
    bind,
    call_of,
    finish,
    later,
    link_of,
    open_in,
    person,
    place,
    said,
    talk,
)

from bot.domain.call import Call, CallId, CallState, Delivery, NewJob, Opener, Played, PlayedVersion, Reach
from bot.domain.caller import Consent
from bot.domain.conversation import Transcript, Turn
from bot.domain.record import Reading
from bot.ports import Store
from storage import open_store
from tests.databases import keys_of

pytestmark = pytest.mark.anyio

WIZARD = Reading("wizard", "own")


async def erased_remotely(store: Store) -> list[str]:
    """The conversations that are queued, and due, for erasure at ElevenLabs."""
    jobs = await store.claim_jobs(NOW, later(days=2), 100)
    return sorted(job.subject for job in jobs if job.kind == "erase_remote")


async def test_a_placed_call_comes_back_as_it_was(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who, topic="dragons, naturally"), None)
    assert await store.fetch_call(call.id) == call


async def test_a_call_is_found_by_the_reference_that_it_sent_along(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    call = await place(store, call_of(alice))
    await place(store, call_of(bob))
    assert await store.fetch_call_by_ref(call.ref) == call
    assert await store.fetch_call_by_ref(call_of(alice, "unknown").ref) is None


async def test_a_link_leads_to_its_call_and_person(store: Store) -> None:
    who = await person(store)
    call = call_of(who)
    await place(store, call, link_of(call))
    assert await store.fetch_link(link_of(call).token_hash) == (link_of(call), call, who)
    assert await store.fetch_link("another") is None


async def test_asking_again_withdraws_the_unopened_link_and_expires_its_call(store: Store) -> None:
    who = await person(store)
    first, second = call_of(who, "first"), call_of(who, "second", asked_at=later(minutes=1))
    await place(store, first, link_of(first))
    await place(store, second, link_of(second))
    old = await store.fetch_link(link_of(first).token_hash)
    new = await store.fetch_link(link_of(second).token_hash)
    assert old is not None
    assert new is not None
    assert (old[0].withdrawn, old[1].state, old[1].ended_at) == (True, CallState.EXPIRED, later(minutes=1))
    assert (new[0].withdrawn, new[1].state) == (False, CallState.ASKED)
    assert await open_in(store, first, "browser", "conv") == "gone"
    assert not await bind(store, first, "conv")
    jobs = await store.claim_jobs(later(days=1), later(days=2), 10)
    assert [(job.kind, job.subject) for job in jobs] == [("expire", second.id)]


async def test_asking_again_leaves_opened_calls_and_other_people_alone(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    opened, of_bob, hosted = (
        call_of(alice, "opened"),
        call_of(bob, "of bob"),
        call_of(alice, "hosted", delivery=Delivery.HOSTED),
    )
    await place(store, opened, link_of(opened))
    await bind(store, opened, "conv")
    await place(store, of_bob, link_of(of_bob))
    await place(store, hosted)
    again = call_of(alice, "again")
    await place(store, again, link_of(again))
    states = [await store.fetch_call(call.id) for call in (opened, of_bob, hosted)]
    assert [call and call.state for call in states] == [CallState.LIVE, CallState.ASKED, CallState.ASKED]
    assert await open_in(store, of_bob, "browser", "conv of bob") == "bound"
    assert await bind(store, opened, "conv retried")


async def test_a_link_opens_for_one_browser_only_and_for_that_one_again(store: Store) -> None:
    call = call_of(await person(store))
    await place(store, call, link_of(call))
    assert await open_in(store, call, "mine", "conv 1") == "bound"
    assert await open_in(store, call, "theirs", "conv 2") == "taken"
    assert await open_in(store, call, "mine", "conv 3", now=later(hours=1)) == "bound"
    assert await open_in(store, call, "theirs", "conv 4", now=later(hours=1)) == "taken"
    found = await store.fetch_link(link_of(call).token_hash)
    assert found is not None
    assert found[0].cookie_hash == "mine"
    bound = [binding.conversation_id for binding in await store.fetch_bindings(call.id)]
    assert bound == ["conv 1", "conv 3"]
    jobs = await store.claim_jobs(later(days=1), later(days=2), 10)
    assert {job.subject for job in jobs} == {call.id, "conv 1", "conv 3"}


async def test_of_two_browsers_that_race_for_a_link_exactly_one_gets_it(url: str) -> None:
    async with open_store(url, keys_of(url)) as one, open_store(url, keys_of(url)) as other:
        doors = [one, one if url.endswith(":memory:") else other]
        for number in range(20):
            call = call_of(await person(one), f"{number}")
            await place(one, call, link_of(call))
            answers = await asyncio.gather(
                *(open_in(doors[n % 2], call, f"browser {n}", f"conv {number} {n}") for n in range(4))
            )
            assert sorted(answers) == ["bound", "taken", "taken", "taken"]
            (binding,) = await one.fetch_bindings(call.id)
            found = await one.fetch_link(link_of(call).token_hash)
            assert found is not None
            assert binding.conversation_id[-1] == found[0].cookie_hash[-1]


async def test_a_link_that_was_not_opened_in_time_stays_shut(store: Store) -> None:
    call = call_of(await person(store))
    await place(store, call, link_of(call))
    assert await open_in(store, call, "mine", "conv", now=later(minutes=15)) == "gone"
    assert await store.fetch_call(call.id) == call
    assert await store.fetch_bindings(call.id) == ()


async def test_a_link_of_another_call_or_of_one_that_is_over_opens_nothing(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    mine, theirs = call_of(alice), call_of(bob)
    await place(store, mine, link_of(mine))
    await place(store, theirs, link_of(theirs))
    opener = Opener(link_of(theirs).token_hash, "browser")
    answer = await store.bind_conversation(mine.id, "conv", PLAYED, SLOT, NOW, [], opener=opener)
    assert answer == "gone"
    assert await open_in(store, mine, "browser", "conv") == "bound"
    await finish(store, "conv", said("hello"))
    assert await open_in(store, mine, "browser", "conv 2") == "gone"
    assert await open_in(store, mine, "another", "conv 2") == "gone"


async def test_a_link_is_not_taken_where_its_call_cannot_be_bound(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    mine, theirs = call_of(alice), call_of(bob)
    await place(store, mine, link_of(mine))
    await place(store, theirs, link_of(theirs))
    assert await open_in(store, theirs, "browser", "conv") == "bound"
    assert await open_in(store, mine, "browser", "conv") == "gone"
    assert await store.fetch_link(link_of(mine).token_hash) == (link_of(mine), mine, alice)


async def test_a_bound_conversation_makes_the_call_live_and_is_found_by_its_id(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    newer = PlayedVersion("d" * 40, "e" * 40, "f" * 40)
    texts = {("wizard", newer.persona): "# Personality"}
    bound = await store.bind_conversation(
        call.id, "conv", Played(newer, texts, "shared"), SLOT, later(minutes=1), []
    )
    assert bound == "bound"
    binding = await store.fetch_binding("conv")
    assert binding is not None
    assert (binding.call.state, binding.call.opened_at) == (CallState.LIVE, later(minutes=1))
    assert (binding.call.version, binding.call.reach, binding.finished) == (newer, "shared", False)
    assert await store.fetch_bindings(call.id) == (binding,)
    assert await store.fetch_binding("another") is None
    assert await store.fetch_bindings(call_of(await person(store), "unknown").id) == ()


async def test_a_call_may_go_live_before_its_conversation_is_known(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    assert await bind(store, call, "")
    assert await store.fetch_bindings(call.id) == ()
    binding = await store.adopt_conversation(call.ref, "conv")
    assert binding is not None
    assert binding == await store.fetch_binding("conv")


async def test_a_call_starts_three_times_at_most(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    starts = [f"conv {number}" for number in (1, 2, 3, 4)]
    bound = [await store.bind_conversation(call.id, one, PLAYED, SLOT, NOW, []) for one in starts]
    assert bound == ["bound", "bound", "bound", "gone"]
    assert await store.bind_conversation(call.id, "conv 3", PLAYED, SLOT, NOW, []) == "bound"


async def test_each_start_of_a_call_takes_a_line(store: Store) -> None:
    two = replace(SLOT, at_once=2)
    call = await place(store, call_of(await person(store)))
    bound = [
        await store.bind_conversation(call.id, one, PLAYED, two, NOW, []) for one in ("c 1", "c 2", "c 3")
    ]
    assert bound == ["bound", "bound", "full"]
    assert await store.bind_conversation(call.id, "c 2", PLAYED, two, NOW, []) == "bound"
    other = await place(store, call_of(await person(store, "bob")))
    assert await store.bind_conversation(other.id, "c 4", PLAYED, two, NOW, []) == "full"


async def test_a_second_conversation_of_a_call_keeps_the_moment_it_was_opened(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    await store.bind_conversation(call.id, "conv 1", PLAYED, SLOT, NOW, [])
    await store.bind_conversation(call.id, "conv 2", PLAYED, SLOT, later(minutes=2), [])
    live = await store.fetch_call(call.id)
    assert live is not None
    assert live.opened_at == NOW
    assert [binding.conversation_id for binding in await store.fetch_bindings(call.id)] == [
        "conv 1",
        "conv 2",
    ]


async def test_a_conversation_of_one_call_cannot_be_bound_to_another(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    mine, theirs = await place(store, call_of(alice)), await place(store, call_of(bob))
    assert await bind(store, mine, "conv")
    assert await bind(store, mine, "conv")
    assert not await bind(store, theirs, "conv")
    binding = await store.fetch_binding("conv")
    assert binding is not None
    assert binding.call.id == mine.id
    assert await store.adopt_conversation(theirs.ref, "conv") is None


async def test_a_call_that_is_over_or_unknown_binds_nothing_and_queues_nothing(store: Store) -> None:
    who = await person(store)
    over = await talk(store, who, said("hello"))
    assert not await bind(store, over, "conv late")
    assert not await bind(store, call_of(who, "unknown"), "conv unknown")
    jobs = await store.claim_jobs(later(days=1), later(days=2), 10)
    assert [(job.kind, job.subject) for job in jobs] == [("expire", over.id)]


async def test_only_a_call_that_was_never_opened_expires(store: Store) -> None:
    who = await person(store)
    asked = call_of(who, "asked")
    await place(store, asked, link_of(asked))
    assert await store.expire_call(asked.id, later(minutes=15))
    assert not await store.expire_call(asked.id, later(minutes=16))
    expired = await store.fetch_call(asked.id)
    assert expired is not None
    assert (expired.state, expired.ended_at) == (CallState.EXPIRED, later(minutes=15))
    live = await place(store, call_of(who, "live"))
    await bind(store, live, "conv")
    assert not await store.expire_call(live.id, later(minutes=15))


async def test_only_a_live_call_fails_and_only_then_its_jobs_are_queued(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    job = NewJob("recap", call.id, NOW)
    assert not await store.fail_call(call.id, "line busy", later(minutes=1), [job], charge="nothing")
    assert await store.claim_jobs(later(minutes=1), later(minutes=2), 10) == ()
    await bind(store, call, "conv")
    assert await store.fail_call(call.id, "line busy", later(minutes=1), [job], charge="nothing")
    failed = await store.fetch_call(call.id)
    assert failed is not None
    assert (failed.state, failed.failure, failed.ended_at) == (
        CallState.FAILED,
        "line busy",
        later(minutes=1),
    )
    assert [job.kind for job in await store.claim_jobs(later(minutes=1), later(minutes=2), 10)] == ["recap"]


async def test_a_hosted_conversation_is_adopted_by_its_reference_once(store: Store) -> None:
    call = await place(store, call_of(await person(store), delivery=Delivery.HOSTED))
    binding = await store.adopt_conversation(call.ref, "conv")
    assert binding is not None
    assert (binding.call.id, binding.call.state, binding.finished) == (call.id, CallState.LIVE, False)
    assert await store.adopt_conversation(call.ref, "conv") == binding
    assert await store.adopt_conversation(call.ref, "conv of somebody with the link") is None
    assert await store.fetch_binding("conv of somebody with the link") is None
    assert await store.adopt_conversation(call_of(await person(store), "unknown").ref, "conv 2") is None


async def test_a_conversation_is_not_adopted_for_a_page_that_was_never_opened(store: Store) -> None:
    call = call_of(await person(store))
    await place(store, call, link_of(call))
    assert await store.adopt_conversation(call.ref, "conv") is None


async def test_a_transcript_that_comes_after_its_call_was_given_up_is_still_kept(store: Store) -> None:
    who = await person(store)
    hosted = await place(store, call_of(who, "hosted", delivery=Delivery.HOSTED))
    await store.expire_call(hosted.id, later(days=1))
    live = await place(store, call_of(who, "live"))
    await bind(store, live, "conv live")
    await store.fail_call(live.id, "its end never came", later(days=1), [], charge="nothing")
    assert await store.adopt_conversation(hosted.ref, "conv hosted") is not None
    for call, conversation_id in ((hosted, "conv hosted"), (live, "conv live")):
        await finish(store, conversation_id, said("I am late", duration_seconds=60), now=later(days=2))
        done = await store.fetch_call(call.id)
        assert done is not None
        assert (done.state, done.failure, done.duration_seconds) == (CallState.DONE, "", 60)
    assert len((await store.fetch_record(who.id, WIZARD)).conversations) == 2


async def test_a_finished_conversation_closes_its_call_and_keeps_what_was_said(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who))
    await bind(store, call, "conv")
    words = said(
        "a riddle?",
        "gladly",
        title="Riddles",
        summary="They traded riddles.",
        duration_seconds=95,
        started_at=NOW,
    )
    talk_id = await finish(store, "conv", words, now=later(hours=1), jobs=(NewJob("recap", "conv", NOW),))
    past = await store.fetch_talk(who.id, "conv")
    assert past is not None
    assert past.call is not None
    assert (past.call.state, past.call.ended_at) == (CallState.DONE, later(seconds=95))
    assert (past.id, past.talk_id, past.slug, past.at) == (call.id, talk_id, "wizard", NOW)
    assert (past.duration_seconds, past.title, past.summary) == (95, "Riddles", "They traded riddles.")
    assert (past.turn_count, past.held) == (2, False)
    assert await store.fetch_turns(who.id, talk_id) == words.turns
    binding = await store.fetch_binding("conv")
    assert binding is not None
    assert binding.finished


async def test_a_finished_conversation_drops_its_fetch_job_and_queues_the_next_ones(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    await store.expire_call(call.id, NOW)
    call = await place(store, call_of(await person(store), "second"))
    await bind(store, call, "conv")
    await finish(store, "conv", said("hello"), jobs=(NewJob("recap", "conv", NOW),))
    kinds = {job.kind for job in await store.claim_jobs(later(days=1), later(days=2), 10)}
    assert kinds == {"expire", "recap"}


async def test_a_conversation_is_finished_once(store: Store) -> None:
    who = await person(store)
    call = await talk(store, who, said("hello", duration_seconds=30))
    again = await store.finish_conversation(
        "conv first",
        said("hello", duration_seconds=30),
        "another talk id",
        held_until=None,
        now=later(hours=1),
        jobs=[NewJob("recap", "conv first", NOW)],
    )
    done = await store.fetch_call(call.id)
    assert done is not None
    assert (again, done.duration_seconds) == (False, 30)
    assert len((await store.fetch_record(who.id, WIZARD)).conversations) == 1
    assert not [
        job for job in await store.claim_jobs(later(days=1), later(days=2), 10) if job.kind == "recap"
    ]


async def test_a_conversation_that_belongs_to_no_call_is_not_kept(store: Store) -> None:
    assert not await store.finish_conversation(
        "conv",
        said("hello"),
        "talk",
        held_until=None,
        now=NOW,
        jobs=[NewJob("recap", "conv", NOW)],
    )
    assert await store.claim_jobs(later(days=1), later(days=2), 10) == ()


@pytest.mark.parametrize(
    ("reach", "transcript", "erased_there"),
    [
        ("none", said("a secret", title="Secret", summary="Secret.", duration_seconds=20), ["conv"]),
        ("own", Transcript((), duration_seconds=20), []),
    ],
    ids=["not to be kept", "without a word"],
)
async def test_only_time_length_and_state_stay_of_a_talk(
    store: Store, reach: Reach, transcript: Transcript, erased_there: list[str]
) -> None:
    who = await person(store)
    call = await place(store, call_of(who, reach=reach))
    await bind(store, call, "conv")
    await finish(store, "conv", transcript)
    assert await erased_remotely(store) == erased_there
    past = await store.fetch_past_talk(who.id, call.id)
    assert past is not None
    assert past.call is not None
    assert (past.call.state, past.duration_seconds) == (CallState.DONE, 20)
    assert (past.talk_id, past.turn_count) == ("", 0)
    assert (await store.fetch_record(who.id, WIZARD)).conversations == ()


async def test_a_call_in_which_the_member_never_spoke_and_that_broke_off_has_failed(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    await bind(store, call, "conv")
    await finish(store, "conv", Transcript((Turn("agent", "Well met!"),), ended_badly="out of credit"))
    failed = await store.fetch_call(call.id)
    assert failed is not None
    assert (failed.state, failed.failure) == (CallState.FAILED, "out of credit")


async def test_a_call_that_broke_off_after_the_member_spoke_is_done(store: Store) -> None:
    call = await talk(store, await person(store), said("hello", ended_badly="connection lost"))
    done = await store.fetch_call(call.id)
    assert done is not None
    assert (done.state, done.failure) == (CallState.DONE, "")


async def test_conversations_of_one_call_add_up(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who))
    for name in ("conv 1", "conv 2", "conv 3"):
        await bind(store, call, name)
    broken = Transcript((), ended_badly="no microphone", started_at=NOW)
    await finish(store, "conv 1", broken)
    first = said("hello", duration_seconds=40, started_at=later(minutes=1), title="Greetings")
    second = said("more", duration_seconds=20, started_at=later(minutes=3))
    await finish(store, "conv 3", second)
    talk_id = await finish(store, "conv 2", first)
    past = await store.fetch_past_talk(who.id, call.id)
    assert past is not None
    assert past.call is not None
    assert (past.call.state, past.duration_seconds) == (CallState.DONE, 60)
    assert past.call.ended_at == later(minutes=3, seconds=20)
    assert (past.turn_count, past.title) == (2, "Greetings")
    assert await store.fetch_turns(who.id, past.talk_id) == first.turns + second.turns
    assert await store.fetch_turns(who.id, talk_id) == first.turns + second.turns


async def test_a_broken_retry_does_not_undo_a_good_talk(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    await bind(store, call, "good")
    await bind(store, call, "broken")
    await finish(store, "good", said("hello", duration_seconds=40))
    await finish(store, "broken", Transcript((), ended_badly="no microphone"))
    done = await store.fetch_call(call.id)
    assert done is not None
    assert (done.state, done.failure, done.duration_seconds) == (CallState.DONE, "", 40)


async def test_each_conversation_keeps_the_reach_it_was_played_with(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who))
    await bind(store, call, "conv own", "own")
    await bind(store, call, "conv shared", "shared")
    await finish(store, "conv own", said("between us"))
    await finish(store, "conv shared", said("tell everyone"))
    seen = await store.fetch_record(who.id, Reading("captain", "shared", frozenset({"captain", "wizard"})))
    assert [talk.first_words for talk in seen.conversations] == ["tell everyone"]


@pytest.mark.parametrize("reaches", [("none", "own"), ("own", "none")])
async def test_a_call_that_is_not_remembered_in_part_is_erased_there_in_part(
    store: Store, reaches: tuple[Reach, Reach]
) -> None:
    who = await person(store)
    call = await place(store, call_of(who))
    for number, reach in enumerate(reaches):
        await bind(store, call, f"conv {number}", reach)
    for number, _ in enumerate(reaches):
        await finish(store, f"conv {number}", said(f"talk {number}"))
    record = await store.fetch_record(who.id, WIZARD)
    kept = {"talk 1"} if reaches[1] == "own" else set()
    assert {past.first_words for past in record.conversations} == kept
    erased = {"conv 0"} if reaches[1] == "own" else {"conv 0", "conv 1"}
    assert set(await erased_remotely(store)) == erased


async def test_a_later_version_of_a_character_narrows_who_reads_a_call(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who))
    await bind(store, call, "conv 1", "shared")
    await bind(store, call, "conv 2", "own")
    await finish(store, "conv 1", said("tell everyone"))
    await finish(store, "conv 2", said("between us"))
    seen = await store.fetch_record(who.id, Reading("captain", "shared", frozenset({"captain", "wizard"})))
    assert seen.conversations == ()
    assert len((await store.fetch_record(who.id, WIZARD)).conversations) == 2


async def test_a_no_while_the_transcript_is_on_its_way_keeps_and_leaves_nothing(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    for who in (alice, bob):
        await place(store, call_of(who))
        await bind(store, call_of(who), f"conv of {who.name}")
    await store.record_consent(alice.id, Consent("v1", remember=False, answered_at=NOW))
    for who in (alice, bob):
        await finish(store, f"conv of {who.name}", said("a secret"))
    assert (await store.fetch_record(alice.id, WIZARD)).conversations == ()
    assert await erased_remotely(store) == ["conv of alice"]


async def test_a_no_counts_for_a_call_that_was_prepared_before_it(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who))
    await store.record_consent(who.id, Consent("v1", remember=False, answered_at=NOW))
    assert await bind(store, call, "conv", "shared")
    await finish(store, "conv", said("a secret"))
    assert (await store.fetch_record(who.id, WIZARD)).conversations == ()
    assert await erased_remotely(store) == ["conv"]


async def topics(store: Store, *calls: Call) -> list[str]:
    found = [await store.fetch_call(call.id) for call in calls]
    return [call.topic if call else "?" for call in found]


@pytest.mark.parametrize(("reach", "left"), [("none", ""), ("own", "my divorce")])
async def test_the_topic_of_a_call_is_kept_as_long_as_its_words_are(
    store: Store, reach: Reach, left: str
) -> None:
    who = await person(store)
    told, failed, expired, withdrawn = (
        call_of(who, name, reach=reach, topic="my divorce")
        for name in ("told", "failed", "expired", "withdrawn")
    )
    for call in (told, failed):
        await place(store, call)
        await bind(store, call, f"conv {call.id}")
    await place(store, expired)
    await place(store, withdrawn, link_of(withdrawn))
    assert await topics(store, told, failed, expired, withdrawn) == ["my divorce"] * 4
    await finish(store, f"conv {told.id}", said("hello"))
    await store.fail_call(failed.id, "its end never came", NOW, [], charge="nothing")
    await store.expire_call(expired.id, NOW)
    await place(store, call_of(who, "again"))
    assert await topics(store, told, failed, expired, withdrawn) == [left] * 4


async def test_a_no_forgets_what_calls_that_are_not_over_were_to_be_about(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    calls = [call_of(who, topic="my divorce") for who in (alice, bob)]
    for call in calls:
        await place(store, call)
    await store.record_consent(alice.id, Consent("v1", remember=False, answered_at=NOW))
    assert await topics(store, *calls) == ["", "my divorce"]


async def test_look_ups_are_counted_with_their_call_up_to_so_many(store: Store) -> None:
    alice = await person(store)
    call, other = call_of(alice), call_of(alice, "second")
    for one in (call, other):
        await place(store, one)
    assert [await store.count_look_up(call.id, 2) for _ in range(4)] == [True, True, False, False]
    assert await store.count_look_up(other.id, 2)
    assert not await store.count_look_up(CallId("nobody's"), 2)
