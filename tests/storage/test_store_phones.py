"""The contract of the store: telephones, the codes that verify them, and numbers never to be called."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from store_samples import NOW, call_of, hex_of, later, person
from telephone_samples import (
    ABROAD,
    CODE,
    NEIGHBOUR,
    NUMBER,
    add,
    ask_by_phone,
    consent_at,
    dial,
    end,
    phone_of,
    state_of,
    verify,
)

from bot.domain.allowance import UNLIMITED, CodeBudget, Limits
from bot.domain.call import CallState, Delivery
from bot.domain.caller import Account, Person, PersonId
from bot.domain.errors import AllowanceUsedUp, CallRefused, NumberNotAllowed
from bot.domain.phone import VERIFIED_FOR, Phone
from bot.ports import Store
from storage import open_store

pytestmark = pytest.mark.anyio

NOT_HERE = r"^This number cannot be used here\. Use another one, or ask whoever runs Troupe\.$"


async def numbers_of(store: Store, who: Person) -> list[tuple[str, bool]]:
    return [(phone.number, phone.is_verified(NOW)) for phone in await store.fetch_phones(who.id)]


async def recaps(store: Store) -> set[str]:
    return {job.subject for job in await store.claim_jobs(NOW, later(days=9), 99) if job.kind == "recap"}


async def test_a_number_is_kept_as_it_was_and_nobody_else_sees_it(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    phone = phone_of(alice)
    await store.add_phone(phone, consent_at(NOW))
    assert await store.fetch_phones(alice.id) == (phone,)
    assert await store.fetch_phones(bob.id) == ()
    assert NUMBER not in repr(phone)


async def test_a_number_that_waits_is_replaced_by_another_with_its_code(store: Store) -> None:
    who = await person(store)
    await add(store, who, NUMBER)
    second = phone_of(who, ABROAD)
    await store.add_phone(second, consent_at(NOW))
    assert await store.fetch_phones(who.id) == (second,)
    assert await store.check_code(who.id, CODE, NOW) == "none"


async def test_a_verified_number_stays_while_another_waits_and_goes_when_that_is_verified(
    store: Store,
) -> None:
    who = await person(store)
    old = await verify(store, who, NUMBER)
    scheduled = await ask_by_phone(store, who, old, due_at=later(hours=1))
    new = await add(store, who, ABROAD)
    assert await numbers_of(store, who) == [(NUMBER, True), (ABROAD, False)]
    assert await store.check_code(who.id, CODE, NOW) == "verified"
    assert await numbers_of(store, who) == [(ABROAD, True)]
    assert [phone.id for phone in await store.fetch_phones(who.id)] == [new.id]
    assert await state_of(store, scheduled) is CallState.EXPIRED


async def test_somebody_else_s_number_is_refused_without_saying_whose_it_is(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await verify(store, alice)
    waiting = await add(store, bob, ABROAD)
    with pytest.raises(NumberNotAllowed, match=NOT_HERE):
        await store.add_phone(phone_of(bob), consent_at(NOW))
    assert [phone.id for phone in await store.fetch_phones(bob.id)] == [waiting.id]
    assert await store.check_code(bob.id, CODE, NOW) == "verified"


async def test_of_two_who_wait_for_the_same_number_the_first_with_the_code_has_it(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await add(store, alice)
    await add(store, bob)
    assert await store.check_code(bob.id, CODE, NOW) == "verified"
    assert await store.check_code(alice.id, CODE, NOW) == "none"
    assert await numbers_of(store, alice) == [(NUMBER, False)]
    assert await numbers_of(store, bob) == [(NUMBER, True)]


async def test_a_number_that_lapsed_may_be_claimed_and_its_owner_before_is_told(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    mine = await verify(store, alice, at=NOW - VERIFIED_FOR)
    scheduled = await ask_by_phone(store, alice, mine, due_at=later(hours=1))
    with pytest.raises(NumberNotAllowed):
        await add(store, bob, at=NOW - timedelta(microseconds=1))
    await add(store, bob)
    assert await state_of(store, scheduled) is CallState.SCHEDULED
    assert await store.check_code(bob.id, CODE, NOW) == "verified"
    assert await store.fetch_phones(alice.id) == ()
    assert await state_of(store, scheduled) is CallState.EXPIRED
    assert await recaps(store) == {scheduled.id}


async def test_a_number_that_lapsed_is_verified_anew_by_its_owner(store: Store) -> None:
    who = await person(store)
    old = await verify(store, who, at=NOW - VERIFIED_FOR)
    assert await numbers_of(store, who) == [(NUMBER, False)]
    scheduled = await ask_by_phone(store, who, old, due_at=later(hours=1))
    await add(store, who)
    assert await recaps(store) == {scheduled.id}
    assert await store.check_code(who.id, CODE, NOW) == "verified"
    assert await numbers_of(store, who) == [(NUMBER, True)]


async def test_a_right_code_is_good_once(store: Store) -> None:
    who = await person(store)
    assert await store.check_code(who.id, CODE, NOW) == "none"
    await add(store, who)
    assert await store.check_code(who.id, CODE, NOW) == "verified"
    assert await store.check_code(who.id, CODE, NOW) == "none"
    (phone,) = await store.fetch_phones(who.id)
    assert (phone.verified_at, phone.code_expires_at, phone.tries) == (NOW, None, 0)


@pytest.mark.parametrize(
    ("wrong_tries", "verdicts", "then"),
    [
        (4, ["wrong"] * 4, "verified"),
        (5, [*["wrong"] * 4, "used_up"], "used_up"),
        (7, [*["wrong"] * 4, *["used_up"] * 3], "used_up"),
    ],
)
async def test_a_code_may_be_written_wrong_four_times(
    store: Store, wrong_tries: int, verdicts: list[str], then: str
) -> None:
    who = await person(store)
    await add(store, who)
    assert [await store.check_code(who.id, "000000", NOW) for _ in range(wrong_tries)] == verdicts
    assert await store.check_code(who.id, CODE, NOW) == then


async def test_a_new_code_has_its_own_tries_and_ends_the_one_before(store: Store) -> None:
    who = await person(store)
    phone = await add(store, who)
    for _ in range(5):
        await store.check_code(who.id, "000000", NOW)
    await store.set_code(phone.id, "111111", later(minutes=10))
    assert await store.check_code(who.id, CODE, NOW) == "wrong"
    assert await store.check_code(who.id, "111111", NOW) == "verified"


async def test_a_code_is_good_for_its_ten_minutes(store: Store) -> None:
    who = await person(store)
    await add(store, who)
    assert await store.check_code(who.id, CODE, later(minutes=10)) == "expired"
    assert await store.check_code(who.id, CODE, later(minutes=10, microseconds=-1)) == "verified"


async def test_a_code_is_good_for_one_person_and_one_number(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    mine = await add(store, alice, NUMBER)
    theirs = phone_of(bob, ABROAD)
    await store.add_phone(theirs, consent_at(NOW))
    assert await store.check_code(bob.id, CODE, NOW) == "none"
    await store.set_code(theirs.id, "222222", later(minutes=10))
    assert await store.check_code(bob.id, CODE, NOW) == "wrong"
    assert await store.check_code(alice.id, "222222", NOW) == "wrong"
    assert await store.check_code(alice.id, CODE, NOW) == "verified"
    assert [phone.id for phone in await store.fetch_phones(alice.id)] == [mine.id]


async def test_removing_a_number_cancels_what_was_scheduled_and_only_its_owner_can(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    phone = await verify(store, alice)
    calls = [await ask_by_phone(store, alice, phone, f"{n}", due_at=later(hours=n)) for n in (1, 2)]
    now = await ask_by_phone(store, alice, phone, "now")
    assert await store.remove_phone(bob.id, phone.id, NOW) == 0
    assert (await store.fetch_phone_of_call(now.id) or phone).id == phone.id
    assert await store.remove_phone(alice.id, phone.id, NOW) == 2
    assert await store.remove_phone(alice.id, phone.id, NOW) == 0
    assert [await state_of(store, call) for call in calls] == [CallState.EXPIRED] * 2
    assert await store.fetch_phones(alice.id) == ()
    assert await store.fetch_phone_of_call(now.id) is None
    assert await dial(store, now) == "gone"
    with pytest.raises(NumberNotAllowed, match="That phone was removed"):
        await ask_by_phone(store, alice, phone, "too late", due_at=later(hours=3))


async def test_nobody_is_called_at_another_s_phone(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    phone = await verify(store, alice)
    with pytest.raises(NumberNotAllowed):
        await ask_by_phone(store, bob, phone, due_at=later(hours=1))


async def test_a_number_that_wants_no_calls_gets_none_whoever_asks_and_after_every_erasure(
    store: Store,
) -> None:
    alice = await person(store)
    phone = await verify(store, alice)
    scheduled = await ask_by_phone(store, alice, phone, "scheduled", due_at=later(hours=1))
    asked = await ask_by_phone(store, alice, phone, "asked")
    assert not await store.is_not_to_be_called(NUMBER)
    await store.never_call(NUMBER, NOW)
    await store.never_call(NUMBER, later(hours=1))
    assert await store.is_not_to_be_called(NUMBER)
    assert not await store.is_not_to_be_called(NEIGHBOUR)
    assert [await state_of(store, call) for call in (scheduled, asked)] == [CallState.EXPIRED] * 2
    assert await recaps(store) == {scheduled.id, asked.id}
    assert await store.fetch_phone_of_call(asked.id) is None
    with pytest.raises(NumberNotAllowed, match="may not be called any more"):
        await ask_by_phone(store, alice, phone, "another", due_at=later(hours=2))
    await store.erase_person(alice.id, NOW)
    assert await store.is_not_to_be_called(NUMBER)
    with pytest.raises(NumberNotAllowed, match=NOT_HERE):
        await add(store, await person(store, "bob"))
    assert await store.allow_calling(NUMBER)
    assert not await store.allow_calling(NUMBER)
    await verify(store, await person(store, "bob"))


async def test_a_code_no_longer_helps_at_a_number_that_wants_no_calls(store: Store) -> None:
    who = await person(store)
    await add(store, who)
    await store.never_call(NUMBER, NOW)
    assert await store.check_code(who.id, CODE, NOW) == "none"


async def test_stop_calling_on_a_call_puts_the_number_that_was_rung_on_the_list(store: Store) -> None:
    alice = await person(store)
    phone = await verify(store, alice)
    scheduled = await ask_by_phone(store, alice, phone, "scheduled", due_at=later(hours=1))
    call = await ask_by_phone(store, alice, phone)
    await dial(store, call)
    assert await store.hand_over(call.id, "conv", [])
    await store.remove_phone(alice.id, phone.id, NOW)
    assert await end(store, "conv", 20, never_call=True)
    assert await store.is_not_to_be_called(NUMBER)
    assert await state_of(store, scheduled) is CallState.EXPIRED


async def request_code(
    store: Store, who: Person, number: str, name: str, budget: CodeBudget, *, at_hours: int = 0
) -> Phone:
    """Ask for a code and let its call be over."""
    at = later(hours=at_hours)
    phone = phone_of(who, number, at=at)
    await store.add_phone(phone, consent_at(at))
    limits = replace(UNLIMITED, codes=budget)
    call = await ask_by_phone(store, who, phone, name, at=at, limits=limits, purpose="code")
    await store.fail_call(call.id, "nobody answered", at, [], charge="keep")
    return phone


@pytest.mark.parametrize(
    ("budget", "second", "sentence"),
    [
        ({"per_person": 1}, ("alice", ABROAD), "The codes that you can have in a day are used up; there is"),
        ({"per_number": 1}, ("bob", NUMBER), "The codes that this number can have in a day are used up; "),
        ({"per_prefix": 1}, ("bob", NEIGHBOUR), "The codes that numbers like this one can have in a day are"),
        ({"in_all": 1}, ("bob", ABROAD), "The codes that there are in a day are used up; there is more from"),
    ],
    ids=["person", "number", "prefix", "day"],
)
async def test_codes_have_budgets_of_their_own(
    store: Store, budget: dict[str, int], second: Sequence[str], sentence: str
) -> None:
    people = {name: await person(store, name) for name in ("alice", "bob")}
    codes = CodeBudget(**{"per_person": 9, "per_number": 9, "per_prefix": 9, "in_all": 9, **budget})
    await request_code(store, people["alice"], NUMBER, "first", codes)
    name, number = second
    with pytest.raises(AllowanceUsedUp) as refusal:
        await request_code(store, people[name], number, "second", codes)
    assert str(refusal.value).startswith(sentence)
    assert str(refusal.value).endswith("there is more from 15 March 2026, 00:00 UTC on.")
    assert NUMBER[1:] not in str(refusal.value)
    await request_code(store, people[name], number, "next day", codes, at_hours=24)


async def test_a_code_uses_no_minutes_and_no_call_of_the_day(store: Store) -> None:
    who = await person(store)
    await request_code(store, who, NUMBER, "code", CodeBudget())
    allowance = await store.fetch_allowance(who.id, "", Limits(), NOW)
    assert (allowance.calls_left, allowance.minutes_left) == (3, 30)
    assert await store.fetch_history(who.id) == ()


async def test_a_code_that_is_refused_leaves_the_number_that_waits_as_it_is(store: Store) -> None:
    who = await person(store)
    waiting = await add(store, who, NUMBER)
    await store.pause("", NOW)
    new = phone_of(who, ABROAD)
    call = replace(call_of(who, "code", delivery=Delivery.PHONE), phone_id=new.id, purpose="code")
    with pytest.raises(CallRefused):
        await store.place_call(call, None, [], {}, UNLIMITED, adding=(new, consent_at(NOW)))
    assert [phone.id for phone in await store.fetch_phones(who.id)] == [waiting.id]
    await store.resume()
    await store.place_call(call, None, [], {}, UNLIMITED, adding=(new, consent_at(NOW)))
    assert [phone.id for phone in await store.fetch_phones(who.id)] == [new.id]


def bytes_of(url: str) -> dict[str, bytes]:
    folder = Path(url.removeprefix("sqlite:///")).parent
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_neither_number_nor_code_ever_stands_in_the_files(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        old = await verify(store, who, ABROAD)
        await ask_by_phone(store, who, old, "scheduled", due_at=later(hours=1))
        phone = await add(store, who, NUMBER)
        await request_code(store, await person(store, "bob"), NEIGHBOUR, "code", CodeBudget())
        await store.never_call(ABROAD, NOW)
        code = CODE * 2  # as long as that, so that no keyed hash can hold it by chance
        await store.set_code(phone.id, code, later(minutes=10))
        assert (await store.fetch_phones(who.id))[-1].number == phone.number
        files = bytes_of(file_url)
        assert len(files["troupe.db-wal"]) > 10_000
        for name, content in files.items():
            for secret in (NUMBER, ABROAD, NEIGHBOUR, code):
                assert secret.lstrip("+").encode() not in content, name
            assert NUMBER[4:].encode() not in content, name


async def test_a_returning_person_starts_without_a_telephone_and_may_add_the_same_one(store: Store) -> None:
    alice = await person(store)
    await verify(store, alice)
    await store.erase_person(alice.id, NOW)
    account = Account("discord", "app", "alice")
    returned = await store.find_or_add_person(account, "alice", PersonId(hex_of("returned")), NOW)
    assert await store.fetch_phones(returned.id) == ()
    await verify(store, returned)
