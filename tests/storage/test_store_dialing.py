"""The contract of the store: a telephone rings once, and a call only ever goes the way that calls go."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from store_samples import NOW, PLAYED, SLOT, call_of, hex_of, later, link_of, person, place
from telephone_samples import (
    ABROAD,
    NUMBER,
    ask,
    ask_by_phone,
    begin,
    dial,
    end,
    jobs_of,
    state_of,
    verify,
)

from bot.domain.call import Binding, Call, CallState, Delivery, NewJob, Played, PlayedVersion
from bot.domain.caller import Account, Consent, PersonId
from bot.domain.errors import CallRefused
from bot.ports import Store
from storage import open_store
from tests.databases import keys_of

pytestmark = pytest.mark.anyio


async def phone_call(store: Store, name: str = "first", number: str = NUMBER, **more: object) -> Call:
    """A phone call of alice's."""
    who = await person(store, "alice")
    phones = await store.fetch_phones(who.id)
    phone = phones[0] if phones else await verify(store, who, number)
    return await ask_by_phone(store, who, phone, name, **more)


@pytest.mark.parametrize("count", [64])
async def test_of_many_who_begin_a_dial_at_once_one_may_dial(url: str, count: int) -> None:
    async with AsyncExitStack() as stack:
        doors = [await stack.enter_async_context(open_store(url, keys_of(url)))]
        if not url.endswith(":memory:"):
            doors.append(await stack.enter_async_context(open_store(url, keys_of(url))))
        call = await phone_call(doors[0])
        answers = await asyncio.gather(*(dial(doors[n % len(doors)], call) for n in range(count)))
        assert sorted(answers) == ["dialing", *["gone"] * (count - 1)]


async def test_a_dial_notes_what_it_is_played_from(store: Store) -> None:
    call = await phone_call(store)
    version = PlayedVersion("1" * 40, "2" * 40, "3" * 40)
    played = Played(version, {("wizard", "1" * 40): "# Personality"}, "shared")
    assert await store.begin_dial(call.id, played, SLOT, later(seconds=2)) == "dialing"
    found = await store.fetch_call(call.id)
    assert found is not None
    assert (found.state, found.opened_at) == (CallState.DIALING, later(seconds=2))
    assert (found.version, found.reach) == (version, "shared")


async def test_a_dial_after_a_no_keeps_nothing(store: Store) -> None:
    call = await phone_call(store)
    await store.record_consent(call.person_id, Consent("v1", remember=False, answered_at=NOW))
    assert await dial(store, call) == "dialing"
    found = await store.fetch_call(call.id)
    assert found is not None
    assert found.reach == "none"


async def test_one_phone_call_at_a_time_is_placed_for_a_person(store: Store) -> None:
    call = await phone_call(store)
    for do in (lambda: dial(store, call), lambda: store.lose_dial(call.id, [])):
        with pytest.raises(CallRefused, match="A call to your phone is under way already"):
            await phone_call(store, "second")
        await do()
    with pytest.raises(CallRefused):
        await phone_call(store, "second")
    await store.fail_call(call.id, "busy", NOW, [], charge="nothing")
    assert await dial(store, await phone_call(store, "second")) == "dialing"


async def test_of_two_scheduled_calls_that_come_due_together_one_finds_the_phone_busy(store: Store) -> None:
    calls = [await phone_call(store, f"{n}", due_at=later(hours=1)) for n in range(2)]
    for call in calls:
        assert await store.wake_call(call.id, later(hours=1))
    assert [await dial(store, call, at=later(hours=1)) for call in calls] == ["dialing", "busy"]
    assert await state_of(store, calls[1]) is CallState.ASKED
    await store.fail_call(calls[0].id, "busy", NOW, [], charge="nothing")
    assert await dial(store, calls[1], at=later(hours=1)) == "dialing"


async def test_one_phone_of_a_person_rings_at_a_time_also_when_they_have_a_new_one(store: Store) -> None:
    alice = await person(store, "alice")
    call = await phone_call(store)
    await dial(store, call)
    scheduled = await ask_by_phone(store, alice, await verify(store, alice, ABROAD), "new", due_at=NOW)
    assert await store.wake_call(scheduled.id, NOW)
    assert await dial(store, scheduled) == "busy"
    await store.fail_call(call.id, "busy", NOW, [], charge="nothing")
    assert await dial(store, scheduled) == "dialing"


async def test_a_number_rings_for_one_person_at_a_time(store: Store) -> None:
    """Its owner of 180 days ago is still on a call when somebody else verifies it."""
    alice, bob = await person(store, "alice"), await person(store, "bob")
    long_ago = NOW - timedelta(days=181)
    call = await ask_by_phone(store, alice, await verify(store, alice, at=long_ago), at=long_ago)
    await dial(store, call)
    phone = await verify(store, bob)
    with pytest.raises(CallRefused, match="under way already"):
        await ask_by_phone(store, bob, phone)
    scheduled = await ask_by_phone(store, bob, phone, due_at=NOW)
    assert await store.wake_call(scheduled.id, NOW)
    assert await dial(store, scheduled) == "busy"
    await store.fail_call(call.id, "busy", NOW, [], charge="nothing")
    assert await dial(store, scheduled) == "dialing"


async def test_a_scheduled_call_wakes_when_its_time_has_come_and_once(store: Store) -> None:
    call = await phone_call(store, due_at=later(hours=1))
    assert not await store.wake_call(call.id, later(hours=1, microseconds=-1))
    assert await dial(store, call, at=later(hours=1)) == "gone"
    assert await store.wake_call(call.id, later(hours=1))
    assert not await store.wake_call(call.id, later(hours=1))
    assert await state_of(store, call) is CallState.ASKED


async def test_a_dial_waits_while_lines_are_full_or_calls_are_paused(store: Store) -> None:
    bob = await person(store, "bob")
    call = await phone_call(store)
    page, _ = await ask(store, bob, "page", delivery=Delivery.PAGE)
    assert await begin(store, page, "conv") == "bound"
    assert await dial(store, call, at_once=1) == "full"
    assert await dial(store, call, at_once=0) == "full"
    await store.pause("", NOW)
    assert await dial(store, call) == "paused"
    assert await state_of(store, call) is CallState.ASKED
    await store.resume()
    assert await dial(store, call, at_once=2) == "dialing"


async def test_a_dial_takes_a_line_until_it_is_over(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    first = await ask_by_phone(store, alice, await verify(store, alice))
    second = await ask_by_phone(store, bob, await verify(store, bob, ABROAD))
    assert await dial(store, first, at_once=1) == "dialing"
    assert await dial(store, second, at_once=1) == "full"
    await store.lose_dial(first.id, [])
    assert await dial(store, second, at_once=1) == "full"
    await store.hand_over(first.id, "", [])
    assert await dial(store, second, at_once=1) == "full"
    await store.fail_call(first.id, "no answer", NOW, [], charge="call")
    assert await dial(store, second, at_once=1) == "dialing"


async def test_no_dial_begins_for_the_blocked_or_to_a_number_that_wants_no_calls(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    mine = await ask_by_phone(store, alice, await verify(store, alice))
    await store.block(Account("discord", "app", "alice"), NOW)
    assert await dial(store, mine) == "gone"
    theirs = await ask_by_phone(store, bob, await verify(store, bob, ABROAD))
    await store.never_call(ABROAD, NOW)
    assert await dial(store, theirs) == "gone"


async def test_a_dial_that_was_taken_on_is_live_and_is_followed(store: Store) -> None:
    call = await phone_call(store)
    await dial(store, call)
    assert await store.hand_over(call.id, "", [NewJob("look_up", call.id, NOW)])
    assert await store.fetch_bindings(call.id) == ()
    assert await store.hand_over(call.id, "conv", [NewJob("watch", call.id, NOW)])
    assert [bound.conversation_id for bound in await store.fetch_bindings(call.id)] == ["conv"]
    assert await store.hand_over(call.id, "conv", [])
    assert await state_of(store, call) is CallState.LIVE
    assert await jobs_of(store, "watch") == {call.id}


async def test_a_lost_dial_that_is_found_is_live(store: Store) -> None:
    call = await phone_call(store)
    await dial(store, call)
    assert await store.lose_dial(call.id, [NewJob("look_up", call.id, NOW)])
    assert not await store.lose_dial(call.id, [NewJob("never", call.id, NOW)])
    assert await state_of(store, call) is CallState.UNKNOWN
    assert await store.hand_over(call.id, "conv", [])
    assert await state_of(store, call) is CallState.LIVE
    assert await jobs_of(store, "never") == set()


async def test_an_answer_that_comes_too_late_changes_nothing(store: Store) -> None:
    call = await phone_call(store)
    await dial(store, call)
    await store.adopt_conversation(call.ref, "conv")
    await end(store, "conv", 30)
    late = [NewJob("watch", call.id, NOW)]
    assert not await store.hand_over(call.id, "conv", late)
    assert not await store.hand_over(call.id, "another", late)
    assert await state_of(store, call) is CallState.DONE
    assert [bound.conversation_id for bound in await store.fetch_bindings(call.id)] == ["conv"]
    assert await jobs_of(store, "watch") == set()


async def test_a_conversation_of_another_call_is_not_handed_over(store: Store) -> None:
    bob = await person(store, "bob")
    page, _ = await ask(store, bob, "page", delivery=Delivery.PAGE)
    await begin(store, page, "conv")
    call = await phone_call(store)
    await dial(store, call)
    assert not await store.hand_over(call.id, "conv", [])
    assert await state_of(store, call) is CallState.DIALING
    binding = await store.fetch_binding("conv")
    assert binding is not None
    assert binding.call.id == page.id


async def test_who_erases_themselves_while_it_rings_is_not_brought_back(store: Store) -> None:
    call = await phone_call(store)
    await dial(store, call)
    await store.erase_person(call.person_id, NOW)
    late = [NewJob("watch", call.id, NOW)]
    assert not await store.hand_over(call.id, "conv", late)
    assert not await store.lose_dial(call.id, late)
    assert not await store.note_answered(call.id, NOW, late)
    assert await store.fetch_binding("conv") is None
    assert await jobs_of(store, "watch") == set()
    returned = await store.find_or_add_person(
        Account("discord", "app", "alice"), "alice", PersonId(hex_of("returned")), NOW
    )
    assert await dial(store, await ask_by_phone(store, returned, await verify(store, returned))) == "dialing"


@pytest.mark.parametrize("second", ["dialing", "live", "unknown"])
async def test_a_call_that_was_given_up_is_found_while_another_one_goes_on(store: Store, second: str) -> None:
    first = await phone_call(store)
    await dial(store, first)
    await store.lose_dial(first.id, [])
    await store.fail_call(first.id, "unclear", NOW, [], charge="keep", is_unclear=True)
    other = await phone_call(store, "second")
    await dial(store, other)
    if second == "live":
        await store.hand_over(other.id, "conv of the second", [])
    elif second == "unknown":
        await store.lose_dial(other.id, [])
    binding = await store.adopt_conversation(first.ref, "conv")
    assert binding is not None
    assert (binding.call.id, binding.call.state) == (first.id, CallState.FAILED)
    assert await end(store, "conv", 30)
    assert (await state_of(store, first), await state_of(store, other)) == ("done", second)


async def test_somebody_picks_up_once(store: Store) -> None:
    call = await phone_call(store)
    await dial(store, call)
    told = [NewJob("answered", call.id, NOW)]
    assert not await store.note_answered(call.id, NOW, told)
    await store.hand_over(call.id, "conv", [])
    assert await store.note_answered(call.id, NOW, told)
    assert await jobs_of(store, "answered") == {call.id}
    assert not await store.note_answered(call.id, NOW, [NewJob("answered again", call.id, NOW)])
    assert await jobs_of(store, "answered again") == set()


async def test_a_call_knows_its_telephone(store: Store) -> None:
    call = await phone_call(store)
    found = await store.fetch_phone_of_call(call.id)
    assert found is not None
    assert (found.number, found.person_id) == (NUMBER, call.person_id)
    bob = await person(store, "bob")
    page = await place(store, call_of(bob), link_of(call_of(bob)))
    assert await store.fetch_phone_of_call(page.id) is None


Way = Callable[[Store, Call], Awaitable[object]]
"""How a call gets from one state into the next, or tries to."""

WAYS: dict[str, Way] = {
    "wake": lambda store, call: store.wake_call(call.id, later(days=1)),
    "begin": dial,
    "hand over": lambda store, call: store.hand_over(call.id, "conv tried", [NewJob("x", call.id, NOW)]),
    "lose": lambda store, call: store.lose_dial(call.id, [NewJob("x", call.id, NOW)]),
    "answer": lambda store, call: store.note_answered(call.id, NOW, [NewJob("x", call.id, NOW)]),
    "bind": lambda store, call: store.bind_conversation(
        call.id, "conv tried", PLAYED, SLOT, NOW, [NewJob("x", call.id, NOW)]
    ),
    "adopt": lambda store, call: store.adopt_conversation(call.ref, "conv found"),
    "expire": lambda store, call: store.expire_call(call.id, NOW, [NewJob("x", call.id, NOW)], "why"),
    "cancel": lambda store, call: store.cancel_call(call.person_id, call.id, NOW),
    "fail": lambda store, call: store.fail_call(
        call.id, "why", NOW, [NewJob("x", call.id, NOW)], charge="nothing"
    ),
}

INTO: dict[str, tuple[str, ...]] = {
    "scheduled": (),
    "asked": (),
    "dialing": ("begin",),
    "unknown": ("begin", "lose"),
    "live": ("begin", "hand over"),
    "done": ("begin", "hand over", "end"),
    "failed": ("begin", "fail"),
    "expired": ("expire",),
}

PHONE: dict[tuple[str, str], str] = {
    ("scheduled", "wake"): "asked",
    ("asked", "begin"): "dialing",
    ("dialing", "lose"): "unknown",
    **{(state, "hand over"): "live" for state in ("dialing", "unknown", "live")},
    **{(state, "adopt"): "live" for state in ("dialing", "unknown")},
    ("failed", "adopt"): "failed",
    ("live", "answer"): "live",
    **{(state, "expire"): "expired" for state in ("scheduled", "asked")},
    ("scheduled", "cancel"): "expired",
    **{(state, "fail"): "failed" for state in ("asked", "dialing", "unknown", "live")},
}
"""Every step that a phone call can take; one that is live or done has a conversation."""

PAGE: dict[tuple[str, str], str] = {
    **{(state, "bind"): "live" for state in ("asked", "live")},
    ("asked", "expire"): "expired",
    ("live", "fail"): "failed",
}
"""Every step that a call over a link can take; one that was live has a conversation."""


async def everything(store: Store, call: Call) -> object:
    """What a step could change of a call."""
    bindings = await store.fetch_bindings(call.id)
    used = await store.fetch_used_minutes("", NOW)
    return await store.fetch_call(call.id), [bound.conversation_id for bound in bindings], used


async def check_step(store: Store, call: Call, way: str, expected: str | None) -> None:
    """Try a step: it leads where it should, or changes nothing and queues nothing."""
    for job in await store.claim_jobs(later(days=400), later(days=401), 99):
        await store.finish_job(job)
    before = await everything(store, call)
    answer = await WAYS[way](store, call)
    if expected is None:
        assert answer in (False, None, "gone")
        assert await everything(store, call) == before
        assert await store.fetch_next_due_at() is None
    else:
        assert answer in (True, "dialing", "bound") or isinstance(answer, Binding)
        assert await state_of(store, call) == expected


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", INTO)
async def test_a_phone_call_takes_no_step_but_those_of_its_kind(state: str, way: str) -> None:
    async with open_store("sqlite:///:memory:") as store:
        call = await phone_call(store, due_at=later(hours=1) if state == "scheduled" else None)
        for step in INTO[state]:
            assert await (end(store, "conv tried", 9) if step == "end" else WAYS[step](store, call))
        assert await state_of(store, call) == state
        await check_step(store, call, way, PHONE.get((state, way)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", ["asked", "live", "done", "failed", "expired"])
async def test_a_call_over_a_link_takes_no_step_but_those_of_its_kind(state: str, way: str) -> None:
    async with open_store("sqlite:///:memory:") as store:
        call, _ = await ask(store, await person(store), "page", delivery=Delivery.PAGE)
        for step in {"live": ["bind"], "failed": ["bind", "fail"], "expired": ["expire"]}.get(state, []):
            await WAYS[step](store, call)
        if state == "done":
            await begin(store, call, "conv tried")
            await end(store, "conv tried", 9)
        assert await state_of(store, call) == state
        await check_step(store, call, way, PAGE.get((state, way)))
