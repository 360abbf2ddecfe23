"""The contract of the store: several accounts that are one person, and are not any more."""

import asyncio
from dataclasses import replace

import pytest
from linking_samples import CODE, later_than, link, make_code, use_code
from store_samples import NOW, SLOT, call_of, hex_of, later, person, said, talk
from telephone_samples import (
    ABROAD,
    LIMITS,
    NEIGHBOUR,
    NUMBER,
    add,
    ask,
    ask_by_phone,
    begin,
    dial,
    end,
    jobs_of,
    left,
    state_of,
    verify,
)

from bot.domain.allowance import OwnLimits
from bot.domain.call import CallState
from bot.domain.caller import Account, Consent, Person
from bot.domain.errors import AllowanceUsedUp, CallRefused, NumberNotAllowed
from bot.domain.fact import Fact, FactId
from bot.domain.linking import MOST_LINKED, NOT_LINKED, LinkedAccount
from bot.domain.record import Reading, Receipt
from bot.ports import Store
from storage import open_store
from storage.rooms.every import EveryRoom

pytestmark = pytest.mark.anyio

WIZARD = Reading("wizard", "own")


async def pair(store: Store, *, shares: bool | None = None) -> tuple[Person, Person]:
    """The same user id on two platforms, linked unless ``shares`` is None."""
    one, other = await person(store, "mira", "discord"), await person(store, "mira", "slack")
    if shares is not None:
        await link(store, one, other, shares=shares)
    return one, other


def fact_of(who: Person, text: str, slug: str = "wizard") -> Fact:
    return Fact(FactId(hex_of(f"{who.id} {text}")), slug, "own", text, NOW)


async def words_told(store: Store, who: Person, reading: Reading = WIZARD) -> set[str]:
    return {past.first_words for past in (await store.fetch_record(who.id, reading)).conversations}


# Codes


async def test_a_right_code_shows_whose_it_is_and_links_only_once_that_is_confirmed(store: Store) -> None:
    one, other = await pair(store)
    await make_code(store, one)
    tried = await store.try_link_code(other.id, CODE, NOW)
    whose = LinkedAccount(one.id, Account("discord", "app", "mira"), "mira")
    assert (tried.verdict, tried.accounts) == ("right", (whose,))
    assert (await store.fetch_linked(other.id)).accounts == ()
    assert await use_code(store, other) == "right"
    assert (await store.fetch_linked(other.id)).accounts == (whose,)
    assert [linked.person_id for linked in (await store.fetch_linked(one.id)).accounts] == [other.id]
    assert await jobs_of(store, "linked") == {one.id}


async def test_unknown_expired_used_and_replaced_codes_are_wrong_alike(store: Store) -> None:
    one, other = await pair(store)
    third = await person(store, "mira", "console")
    await make_code(store, one)
    await make_code(store, one, "JKMNPQRS")
    assert await use_code(store, other) == "wrong"
    for minutes in (10, 11):
        assert await use_code(store, other, "JKMNPQRS", at=later(minutes=minutes)) == "wrong"
    assert await use_code(store, other, "JKMNPQRS", at=later(minutes=9)) == "right"
    assert await use_code(store, third, "JKMNPQRS", at=later(minutes=9)) == "wrong"
    assert await use_code(store, third, "ZZZZZZZZ") == "wrong"
    assert (await store.fetch_linked(third.id)).accounts == ()


async def test_ones_own_code_and_one_of_a_linked_account_are_told_apart_and_cost_no_try(
    store: Store,
) -> None:
    one, other = await pair(store, shares=False)
    await make_code(store, one)
    for _ in range(9):
        assert await use_code(store, one) == "own"
        assert await use_code(store, other) == "linked"
    assert await use_code(store, await person(store, "tom")) == "right"


async def test_five_wrong_codes_lock_an_account_for_ten_minutes_also_after_a_restart(file_url: str) -> None:
    async with open_store(file_url) as store:
        one, other = await pair(store)
        third = await person(store, "mira", "console")
        await make_code(store, one, at=later(minutes=4))
        for minute in range(4):
            assert await use_code(store, other, "ZZZZZZZZ", at=later(minutes=minute)) == "wrong"
        assert await use_code(store, other, "ZZZZZZZZ", at=later(minutes=4)) == "locked"
    async with open_store(file_url) as store:
        await store.erase_person(other.id, later(minutes=5))
        again = await person(store, "mira", "slack")
        assert again.id == other.id
        tried = await store.try_link_code(again.id, CODE, later(minutes=13, seconds=59))
        assert (tried.verdict, tried.accounts) == ("locked", ())
        assert (await store.try_link_code(third.id, CODE, later(minutes=13, seconds=59))).verdict == "right"
        await make_code(store, one, at=later(minutes=13))
        assert await use_code(store, again, at=later(minutes=14)) == "right"


async def test_wrong_codes_that_are_far_apart_lock_nobody(store: Store) -> None:
    _, other = await pair(store)
    for try_ in range(20):
        assert await use_code(store, other, "ZZZZZZZZ", at=later(minutes=2.6 * try_)) == "wrong"


async def test_of_two_accounts_that_use_a_code_at_once_one_is_linked(store: Store) -> None:
    one = await person(store, "mira", "discord")
    others = [await person(store, f"other {number}", "slack") for number in range(6)]
    await make_code(store, one)
    verdicts = await asyncio.gather(*(use_code(store, other) for other in others))
    assert sorted(verdicts) == ["right", *["wrong"] * 5]
    assert len((await store.fetch_linked(one.id)).accounts) == 1


async def test_whoever_was_linked_with_either_is_linked_with_all_and_eight_are_the_most(
    store: Store,
) -> None:
    people = [await person(store, "mira", tenant=f"T{number}") for number in range(MOST_LINKED + 1)]
    for place_, (one, other) in enumerate([(0, 1), (2, 3), (1, 2), (4, 5), (6, 7), (4, 6)]):
        await link(store, people[one], people[other], at=later(seconds=place_))
    assert len((await store.fetch_linked(people[3].id)).accounts) == 3
    await make_code(store, people[8], "JKMNPQRS", at=later(seconds=9))
    await link(store, people[7], people[0], at=later(seconds=9))
    for who in people[:MOST_LINKED]:
        assert len((await store.fetch_linked(who.id)).accounts) == MOST_LINKED - 1
    assert await use_code(store, people[0], "JKMNPQRS", at=later(seconds=9)) == "full"
    assert not await store.keep_link_code(people[0].id, CODE, later_than(NOW), NOW)


async def test_nobodys_code_survives_its_maker(store: Store) -> None:
    one, other = await pair(store)
    await make_code(store, one)
    await store.erase_person(one.id, NOW)
    assert await use_code(store, other) == "wrong"


# Parting


async def test_unlinking_one_of_three_leaves_two_and_one_of_two_leaves_none(store: Store) -> None:
    one, other = await pair(store, shares=True)
    third = await person(store, "mira", "console")
    await link(store, other, third, shares=True)
    assert await store.unlink(one.id, other.id, NOW)
    assert (await store.fetch_linked(other.id)).accounts == ()
    assert [linked.person_id for linked in (await store.fetch_linked(one.id)).accounts] == [third.id]
    assert not await store.unlink(one.id, other.id, NOW)
    assert await store.unlink(third.id, third.id, NOW)
    assert not (await store.fetch_linked(one.id)).shares_memory
    assert not await store.unlink(one.id, one.id, NOW)


async def test_nobody_parts_others(store: Store) -> None:
    one, other = await pair(store, shares=True)
    stranger = await person(store, "tom")
    assert not await store.unlink(stranger.id, one.id, NOW)
    assert not await store.share_memory(stranger.id, NOW, is_on=False)
    assert (await store.fetch_linked(other.id)).shares_memory


# Memory


async def live_on_both(store: Store, one: Person, other: Person) -> None:
    """Leave something of each kind on both accounts."""
    for who, name, minute in ((one, "discord", 1), (other, "slack", 2)):
        words = f"said on {name}"
        await talk(store, who, said(words, title=name), f"talk {name}", at=later(minutes=minute))
        named = [(hex_of(f"import {name}"), said(f"brought on {name}", started_at=later(minutes=minute)))]
        profile = {"rank": name, name: "only here"}
        await store.store_import(who.id, "wizard", "own", named, name, profile, NOW)
        assert await store.add_fact(who.id, fact_of(who, f"fact of {name}"))


async def test_without_sharing_nothing_of_the_other_account_is_read(store: Store) -> None:
    one, other = await pair(store, shares=False)
    await live_on_both(store, one, other)
    record = await store.fetch_record(one.id, WIZARD)
    assert "slack" not in repr(record)
    assert "slack" not in repr(await store.fetch_history(one.id))
    assert "slack" not in repr(await store.fetch_facts(one.id, WIZARD))
    theirs = (await store.fetch_history(other.id))[0]
    assert await store.fetch_past_talk(one.id, theirs.id) is None
    assert await store.fetch_turns(one.id, theirs.talk_id) == ()
    assert await store.erase_talk(one.id, theirs.id, NOW) is None
    fact = fact_of(other, "fact of slack")
    assert await store.change_fact(one.id, fact.id, "changed", NOW) is None
    assert not await store.erase_fact(one.id, fact.id, NOW)


async def test_shared_memory_is_one_persons_and_each_record_says_where_it_is(store: Store) -> None:
    one, other = await pair(store, shares=True)
    await live_on_both(store, one, other)
    record = await store.fetch_record(one.id, WIZARD)
    assert {past.first_words for past in record.conversations} == {
        f"{how} on {name}" for how in ("said", "brought") for name in ("discord", "slack")
    }
    assert next(past.first_words for past in record.conversations if past.last_turns).endswith("slack")
    assert (record.name, record.call_count, record.last_talk_at) == ("mira", 2, later(minutes=2))
    assert record.profile == {"discord": "only here", "rank": "discord", "slack": "only here"}
    assert (await store.fetch_record(other.id, WIZARD)).profile["rank"] == "slack"
    assert {fact.text: fact.elsewhere for fact in record.facts} == {
        "fact of discord": "",
        "fact of slack": "slack",
    }
    seen = await store.fetch_history(other.id)
    assert sorted(past.elsewhere for past in seen) == ["", "", "discord", "discord"]
    for past in seen:
        assert (await store.fetch_past_talk(other.id, past.id)) == past
        assert await store.fetch_turns(other.id, past.talk_id)


async def test_two_people_who_share_their_memory_each_stay_two_people(store: Store) -> None:
    one, other = await pair(store, shares=True)
    tom, there = await person(store, "tom", "discord"), await person(store, "tom", "slack")
    await link(store, tom, there, shares=True)
    await live_on_both(store, one, other)
    assert await words_told(store, tom) == set()
    assert await store.fetch_history(there.id) == ()
    assert (await store.fetch_linked(tom.id)).sharing[0].person_id == there.id
    assert await left(store, tom) == (3, 30)


async def test_what_is_scheduled_is_shown_and_cancelled_where_memory_is_shared(store: Store) -> None:
    one, other = await pair(store, shares=True)
    call = await ask_by_phone(store, one, await verify(store, one), due_at=later(hours=1))
    (scheduled,) = await store.fetch_scheduled(other.id)
    assert (scheduled.id, scheduled.elsewhere) == (call.id, "discord")
    await store.share_memory(one.id, NOW, is_on=False)
    assert await store.fetch_scheduled(other.id) == ()


async def test_switching_sharing_holds_for_all_and_whoever_was_not_asked_is_told(store: Store) -> None:
    one, other = await pair(store, shares=False)
    await live_on_both(store, one, other)
    assert await jobs_of(store, "linked") == {one.id}
    assert await store.share_memory(one.id, NOW, is_on=True)
    assert "said on discord" in await words_told(store, other)
    assert other.id in await jobs_of(store, "linked")
    assert await store.share_memory(other.id, NOW, is_on=False)
    assert await words_told(store, other) == {"said on slack", "brought on slack"}


@pytest.mark.parametrize("shares", [True, False])
async def test_what_the_newest_account_chooses_holds_for_all_of_them(store: Store, shares: bool) -> None:
    one, other = await pair(store, shares=not shares)
    await link(store, one, await person(store, "mira", "console"), shares=shares)
    for who in (one, other):
        linked = await store.fetch_linked(who.id)
        assert (linked.shares_memory, len(linked.sharing)) == (shares, 2 * shares)


async def test_a_fence_that_holds_for_one_account_holds_across_accounts(store: Store) -> None:
    one, other = await pair(store, shares=True)
    await talk(store, one, said("to the captain"), "1", "captain")
    await talk(store, one, said("held"), "2", held_until=later(days=7))
    await talk(store, one, said("to who remembers nothing"), "3", reach="none")
    await talk(store, one, said("shared by the captain"), "4", "captain", reach="shared", at=later(hours=1))
    assert await words_told(store, other) == set()
    shared = Reading("wizard", "shared", frozenset({"captain"}))
    assert await words_told(store, other, shared) == {"shared by the captain"}
    await store.note_characters(["captain"], NOW)
    await store.note_characters([], NOW)
    await store.note_characters(["captain"], later(days=1))
    assert await words_told(store, other, shared) == set()


@pytest.mark.parametrize("declines", ["discord", "slack"])
async def test_whoever_is_not_remembered_shares_nothing_and_is_told_nothing(
    store: Store, declines: str
) -> None:
    one, other = await pair(store, shares=True)
    await live_on_both(store, one, other)
    who = one if declines == "discord" else other
    await store.record_consent(who.id, Consent("v1", remember=False, answered_at=NOW))
    for mine, name in ((one, "discord"), (other, "slack")):
        assert await words_told(store, mine) == {f"said on {name}", f"brought on {name}"}
        assert len(await store.fetch_history(mine.id)) == 2
        assert not (await store.fetch_linked(mine.id)).sharing
    await store.record_consent(who.id, Consent("v1", remember=True, answered_at=NOW))
    assert len(await words_told(store, one)) == 4


async def test_the_newest_of_all_accounts_are_read_and_no_more_than_of_one(store: Store) -> None:
    one, other = await pair(store, shares=True)
    for number in range(30):
        who = (one, other)[number % 2]
        await talk(store, who, said(f"talk {number}"), f"{number}", at=later(hours=number))
    record = await store.fetch_record(one.id, WIZARD)
    assert [past.first_words for past in record.conversations] == [f"talk {n}" for n in range(29, 9, -1)]
    assert sum(bool(past.last_turns) for past in record.conversations) == 3
    assert record.call_count == 30


async def test_after_unlinking_each_account_has_exactly_its_own_records_again(store: Store) -> None:
    one, other = await pair(store)
    await live_on_both(store, one, other)
    before = [
        (await store.fetch_record(who.id, WIZARD), await store.fetch_history(who.id)) for who in (one, other)
    ]
    await link(store, one, other, shares=True)
    assert len(await words_told(store, one)) == 4
    await store.change_fact(one.id, fact_of(other, "fact of slack").id, "fact of slack", NOW)
    await store.unlink(one.id, one.id, NOW)
    after = [
        (await store.fetch_record(who.id, WIZARD), await store.fetch_history(who.id)) for who in (one, other)
    ]
    assert after == before


async def test_what_is_shared_can_be_kept_changed_and_erased_from_either(store: Store) -> None:
    one, other = await pair(store, shares=True)
    await live_on_both(store, one, other)
    held = await talk(store, one, said("was it me?"), "held", held_until=later(days=7))
    seen = await store.fetch_past_talk(other.id, held.id)
    assert seen is not None
    assert await store.keep_talk(other.id, seen.talk_id)
    fact = fact_of(one, "fact of discord")
    changed = await store.change_fact(other.id, fact.id, "other words", NOW)
    assert changed is not None
    assert changed.text == "other words"
    assert await store.erase_fact(other.id, fact.id, NOW)
    assert (await store.erase_talk(other.id, held.id, NOW) or Receipt()).calls == 1
    receipt = await store.erase_character(other.id, "wizard", NOW)
    assert (receipt.calls, receipt.conversations, receipt.facts) == (2, 4, 1)
    for who in (one, other):
        assert await store.fetch_history(who.id) == ()


async def test_buttons_of_every_account_forget_what_one_of_them_erased(store: Store) -> None:
    one, other = await pair(store, shares=True)
    await live_on_both(store, one, other)
    await store.keep_press("press", one.id, "said on slack", NOW)
    await store.erase_character(other.id, "wizard", NOW)
    assert await store.fetch_press(one.id, "press") is None


# Erasing everything


async def test_erasing_oneself_parts_the_account_and_leaves_the_others_as_they_are(store: Store) -> None:
    one, other = await pair(store, shares=True)
    await live_on_both(store, one, other)
    await store.erase_person(one.id, NOW)
    assert await words_told(store, other) == {"said on slack", "brought on slack"}
    assert (await store.fetch_linked(other.id)).accounts == ()
    assert await store.find_person(Account("discord", "app", "mira")) is None


async def test_linked_accounts_that_share_go_along_where_they_were_named(store: Store) -> None:
    one, other = await pair(store, shares=True)
    third, stranger = await person(store, "mira", "console"), await person(store, "tom")
    await link(store, other, third, shares=True)
    await live_on_both(store, one, other)
    receipt = await store.erase_person(one.id, NOW, linked=[other.id, stranger.id])
    assert (receipt.calls, receipt.conversations, receipt.facts, receipt.profile_fields) == (2, 4, 2, 4)
    assert await store.find_person(Account("slack", "app", "mira")) is None
    assert await store.fetch_person(one.id) is None
    assert [(await store.fetch_person(other.id)).name for other in (third, stranger)] == ["mira", "tom"]
    assert (await store.fetch_linked(third.id)).accounts == ()


async def test_linked_accounts_that_do_not_share_never_go_along(store: Store) -> None:
    one, other = await pair(store, shares=False)
    await live_on_both(store, one, other)
    await store.erase_person(one.id, NOW, linked=[other.id])
    assert len(await store.fetch_history(other.id)) == 2


# Allowances


async def test_linked_accounts_have_one_allowance_and_their_own_again_afterwards(store: Store) -> None:
    one, other = await pair(store)
    await ask(store, one, "1", minutes=10)
    await ask(store, other, "1", minutes=9)
    await link(store, one, other)
    for who in (one, other):
        assert await left(store, who) == (1, 11)
        assert (await store.fetch_allowance(who.id, "", LIMITS, NOW)).reserved_minutes == 19
    _, granted = await ask(store, one, "2", minutes=15)
    assert granted == 11
    for who in (one, other):
        with pytest.raises(AllowanceUsedUp):
            await ask(store, who, "3")
    await store.unlink(one.id, one.id, NOW)
    assert (await left(store, one), await left(store, other)) == ((1, 9), (2, 21))


async def test_a_call_is_settled_where_it_was_placed_whatever_was_linked_meanwhile(store: Store) -> None:
    one, other = await pair(store)
    call, _ = await ask(store, one, "1", minutes=10)
    await link(store, one, other)
    assert await begin(store, call, "conv") == "bound"
    assert await end(store, "conv", 61)
    assert await left(store, other) == (2, 28)
    await store.unlink(other.id, one.id, NOW)
    assert (await left(store, one), await left(store, other)) == ((2, 28), (3, 30))


async def test_the_smallest_that_a_manager_set_holds_for_all(store: Store) -> None:
    one, other = await pair(store, shares=False)
    await store.set_own_limits(Account("discord", "app", "mira"), OwnLimits(2, 100))
    assert await left(store, other) == (2, 100)
    await store.set_own_limits(Account("slack", "app", "mira"), OwnLimits(5, 20))
    for who in (one, other):
        assert await left(store, who) == (2, 20)
    await ask(store, one, "1", minutes=1)
    await ask(store, other, "1", minutes=1)
    with pytest.raises(AllowanceUsedUp):
        await ask(store, other, "2")


async def test_a_block_on_one_blocks_all_and_cancels_what_they_scheduled(store: Store) -> None:
    _, other = await pair(store, shares=False)
    scheduled = await ask_by_phone(store, other, await verify(store, other), due_at=later(hours=1))
    asked, _ = await ask(store, other, "link")
    await store.block(Account("discord", "app", "mira"), NOW)
    assert await state_of(store, scheduled) is CallState.EXPIRED
    assert await begin(store, asked, "conv") == "gone"
    with pytest.raises(CallRefused):
        await ask(store, other, "again")
    await store.unlink(other.id, other.id, NOW)
    await ask(store, other, "again")


async def test_codes_read_aloud_are_counted_together(store: Store) -> None:
    one, other = await pair(store, shares=False)
    phones = {who.id: await add(store, who, number) for who, number in ((one, NUMBER), (other, ABROAD))}
    for number, who in enumerate((one, other, one)):
        call = await ask_by_phone(store, who, phones[who.id], f"{number}", limits=LIMITS, purpose="code")
        await store.expire_call(call.id, NOW)
    with pytest.raises(AllowanceUsedUp):
        await ask_by_phone(store, other, phones[other.id], "4", limits=LIMITS, purpose="code")


# Telephones


async def test_a_number_of_a_linked_account_can_be_rung_until_they_part(store: Store) -> None:
    one, other = await pair(store)
    phone = await verify(store, one)
    with pytest.raises(NumberNotAllowed):
        await ask_by_phone(store, other, phone)
    await link(store, one, other)
    assert await store.fetch_phones(other.id) == await store.fetch_phones(one.id)
    call = await ask_by_phone(store, other, phone)
    assert await store.fetch_phone_of_call(call.id) is not None
    later_call = await ask_by_phone(store, other, phone, "later", due_at=later(hours=1))
    own = await ask_by_phone(store, one, phone, "own", due_at=later(hours=2))
    await store.unlink(one.id, one.id, NOW)
    assert await store.fetch_phones(other.id) == ()
    assert await state_of(store, call) is CallState.EXPIRED
    assert await state_of(store, later_call) is CallState.EXPIRED
    assert await state_of(store, own) is CallState.SCHEDULED
    assert await jobs_of(store, "recap") == {call.id, later_call.id}
    assert await store.fetch_phone_of_call(call.id) is None
    assert isinstance(store, EveryRoom)
    again = "UPDATE calls SET state = 'asked' WHERE id = ?"
    await store.writer.write(lambda database: database.execute(again, (call.id,)))
    assert await dial(store, call) == "gone"


async def test_who_erases_themselves_takes_their_number_from_linked_accounts(store: Store) -> None:
    one, other = await pair(store, shares=False)
    phone = await verify(store, one)
    call = await ask_by_phone(store, other, phone, due_at=later(hours=1))
    await store.erase_person(one.id, NOW)
    assert await store.fetch_linked(other.id) == NOT_LINKED
    assert await store.fetch_phones(other.id) == ()
    assert await state_of(store, call) is CallState.EXPIRED
    assert await jobs_of(store, "recap") == {call.id}


async def test_a_number_that_is_not_verified_is_nobody_elses(store: Store) -> None:
    one, other = await pair(store, shares=True)
    await add(store, one)
    assert await store.fetch_phones(other.id) == ()
    assert await store.check_code(other.id, "493817", NOW) == "none"


async def test_a_number_can_be_removed_from_any_account_and_its_calls_are_told(store: Store) -> None:
    one, other = await pair(store, shares=False)
    phone = await verify(store, one)
    theirs = await ask_by_phone(store, one, phone, "theirs", due_at=later(hours=1))
    mine = await ask_by_phone(store, other, phone, "mine", due_at=later(hours=2))
    assert await store.remove_phone((await person(store, "tom")).id, phone.id, NOW) == 0
    assert await store.remove_phone(other.id, phone.id, NOW) == 1
    assert await store.fetch_phones(one.id) == ()
    assert await state_of(store, mine) is CallState.EXPIRED
    assert await jobs_of(store, "recap") == {theirs.id}


async def test_linked_accounts_are_on_the_phone_once(store: Store) -> None:
    one, other = await pair(store, shares=False)
    phones = [await verify(store, one, NUMBER), await verify(store, other, NEIGHBOUR)]
    first = await ask_by_phone(store, one, phones[0])
    with pytest.raises(CallRefused):
        await ask_by_phone(store, other, phones[1])
    second = await ask_by_phone(store, other, phones[1], due_at=later(hours=1))
    assert await dial(store, first) == "dialing"
    assert await store.wake_call(second.id, later(hours=1))
    assert await dial(store, second, at=later(hours=1)) == "busy"
    inbound = replace(
        call_of(other, "inbound"),
        phone_id=phones[1].id,
        is_inbound=True,
        delivery=first.delivery,
        state=CallState.LIVE,
    )
    assert await store.answer_call(inbound, "conv in", SLOT, [], {}, LIMITS) is None
    await store.unlink(one.id, one.id, NOW)
    assert await dial(store, second, at=later(hours=1)) == "dialing"
