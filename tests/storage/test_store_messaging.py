"""The contract of the store: direct messages, posts, buttons, notes, and what is still untold or running."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from store_samples import NOW, bind, call_of, hex_of, later, link_of, person, place, said, talk
from telephone_samples import LIMITS, ask_by_phone, dial, jobs_of, verify

from bot.domain.allowance import OwnLimits
from bot.domain.call import Call, CallId, Delivery, NewJob, Post
from bot.domain.caller import DEFAULT_TENANT, Account, PersonId
from bot.domain.errors import SettingsError
from bot.domain.mailbox import Mailbox
from bot.ports import Store
from storage import open_store

pytestmark = pytest.mark.anyio

ALICE, BOB = Account("discord", "app", "alice"), Account("discord", "app", "bob")
TEXT = '{"command":"call","topic":"my secret garden"}'


async def test_an_account_of_which_nothing_is_known_has_an_empty_mailbox(store: Store) -> None:
    assert await store.fetch_mailbox(ALICE) == Mailbox("", wants_links=True, refused_at=None)
    await person(store)
    assert await store.fetch_mailbox(ALICE) == Mailbox()


async def test_a_mailbox_keeps_what_is_said_of_it(store: Store) -> None:
    await person(store)
    await store.keep_channel(ALICE, "channel 1")
    await store.set_wants_links(ALICE, wanted=False)
    await store.note_refused(ALICE, NOW)
    assert await store.fetch_mailbox(ALICE) == Mailbox("channel 1", wants_links=False, refused_at=NOW)
    await store.note_refused(ALICE, later(days=1))
    assert (await store.fetch_mailbox(ALICE)).refused_at == later(days=1)
    await store.set_wants_links(ALICE, wanted=True)
    assert (await store.fetch_mailbox(ALICE)).wants_links


async def test_a_channel_that_works_ends_a_refusal(store: Store) -> None:
    await person(store)
    await store.note_refused(ALICE, NOW)
    await store.set_wants_links(ALICE, wanted=False)
    await store.keep_channel(ALICE, "channel 2")
    assert await store.fetch_mailbox(ALICE) == Mailbox("channel 2", wants_links=False)


async def test_how_much_is_told_after_a_call_is_kept_for_each_account(store: Store) -> None:
    await person(store, "alice")
    await person(store, "bob")
    await store.set_recaps(ALICE, "none")
    await store.keep_channel(ALICE, "channel 1")
    assert (await store.fetch_mailbox(ALICE)).recaps == "none"
    assert (await store.fetch_mailbox(BOB)).recaps == ""
    await store.set_recaps(ALICE, "full")
    assert await store.fetch_mailbox(ALICE) == Mailbox("channel 1", recaps="full")


async def test_what_was_brought_before_a_front_connected_is_its_own_then(store: Store) -> None:
    brought = await person(store, "123", tenant=DEFAULT_TENANT)
    came, other = await person(store, "77", tenant="app"), await person(store, "77", tenant=DEFAULT_TENANT)
    slack = await person(store, "U1", "slack", DEFAULT_TENANT)
    early = Account("discord", DEFAULT_TENANT, "123")
    await store.set_own_limits(early, OwnLimits(calls_per_day=7))
    await store.block(early, NOW)
    for _ in range(2):
        await store.connect_as("discord", "app")
    assert await store.fetch_note("tenant discord") == "app"
    account = Account("discord", "app", "123")
    assert await store.find_person(account) == brought
    assert await store.fetch_own_limits(account) == OwnLimits(calls_per_day=7)
    assert await store.fetch_blocked() == ("discord:app:123",)
    assert await store.find_person(early) is None
    assert await store.find_person(Account("discord", "app", "77")) == came
    assert await store.find_person(Account("discord", DEFAULT_TENANT, "77")) == other
    assert await store.find_person(Account("slack", DEFAULT_TENANT, "U1")) == slack


async def test_what_came_from_a_platform_is_taken_once_until_it_is_forgotten(store: Store) -> None:
    assert await store.note_once("slack event Ev1", NOW)
    assert not await store.note_once("slack event Ev1", later(hours=5))
    assert await store.note_once("slack event Ev2", later(hours=1))
    assert await store.drop_seen(later(hours=1)) == 1
    assert not await store.note_once("slack event Ev2", later(hours=2))
    assert await store.note_once("slack event Ev1", later(hours=2))


async def test_what_came_is_taken_once_after_a_restart_as_well(file_url: str) -> None:
    async with open_store(file_url) as store:
        assert await store.note_once("slack event Ev1", NOW)
    async with open_store(file_url) as store:
        assert not await store.note_once("slack event Ev1", NOW)


@pytest.mark.parametrize(
    "other", [Account("slack", "app", "alice"), Account("discord", "other", "alice"), BOB], ids=str
)
async def test_a_mailbox_is_one_account_s(store: Store, other: Account) -> None:
    await person(store)
    await store.keep_channel(ALICE, "channel 1")
    await store.find_or_add_person(other, "other", PersonId("other"), NOW)
    assert await store.fetch_mailbox(other) == Mailbox()
    await store.keep_channel(other, "channel 2")
    assert (await store.fetch_mailbox(ALICE)).channel_id == "channel 1"


async def test_nothing_is_kept_of_an_account_that_is_not_known(store: Store) -> None:
    await store.keep_channel(ALICE, "channel 1")
    await store.set_wants_links(ALICE, wanted=False)
    await store.note_refused(ALICE, NOW)
    await person(store)
    assert await store.fetch_mailbox(ALICE) == Mailbox()


async def test_a_mailbox_goes_with_its_person_and_with_nobody_else(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    for account in (ALICE, BOB):
        await store.keep_channel(account, "channel 1")
    await store.erase_character(alice.id, "wizard", NOW)
    await store.erase_before(later(days=999), 99, NOW)
    assert await store.fetch_mailbox(ALICE) == Mailbox("channel 1")
    await store.erase_person(alice.id, NOW)
    assert await store.fetch_mailbox(ALICE) == Mailbox()
    assert await store.fetch_mailbox(BOB) == Mailbox("channel 1")
    assert bob.id


async def test_a_call_is_shown_in_one_post_of_each_kind(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    assert await store.fetch_post(call.id, "link") is None
    assert await store.note_post(call.id, "link", "channel", "1", [])
    assert await store.note_post(call.id, "recap", "channel", "2", [])
    assert await store.note_post(call.id, "link", "another", "3", [])
    assert await store.fetch_post(call.id, "link") == Post(call.id, "link", "another", "3")
    assert await store.fetch_post(call.id, "recap") == Post(call.id, "recap", "channel", "2")
    await store.drop_post(call.id, "link")
    assert await store.fetch_post(call.id, "link") is None
    assert await store.fetch_post(call.id, "recap") is not None


async def test_a_post_brings_its_work_along(store: Store) -> None:
    call = await place(store, call_of(await person(store)))
    await store.note_post(call.id, "link", "channel", "1", [NewJob("lapse", call.id, NOW)])
    assert await jobs_of(store, "lapse") == {call.id}


async def test_a_post_of_a_call_that_is_gone_leaves_nothing(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who))
    await store.note_post(call.id, "recap", "channel", "1", [])
    await store.erase_talk(who.id, call.id, NOW)
    assert await store.fetch_post(call.id, "recap") is None
    assert not await store.note_post(call.id, "link", "channel", "2", [NewJob("lapse", call.id, NOW)])
    assert await store.fetch_post(call.id, "link") is None
    assert await jobs_of(store, "lapse") == set()


async def test_chats_that_broke_off_are_queued_once_and_links_are_left(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    calls = [await place(store, call_of(who, delivery=Delivery.CHAT)) for who in (alice, bob)]
    for call in calls:
        assert await store.hold_line(call.id, "chat", "gone", NOW)
        await store.note_post(call.id, "link", "channel", "2", [])
    assert await store.queue_broken_chats(NOW) == 2
    assert await store.queue_broken_chats(NOW) == 0
    for call in calls:
        assert await store.fetch_post(call.id, "link") is not None
    assert await store.fetch_held("gone") == set()
    assert await jobs_of(store, "broke_off") == {call.id for call in calls}


async def test_only_whose_button_it_is_learns_what_it_stands_for(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await store.keep_press("one", alice.id, TEXT, NOW)
    await store.keep_press("one", bob.id, "of bob", NOW)
    assert await store.fetch_press(alice.id, "one") == TEXT
    assert await store.fetch_press(bob.id, "one") == "of bob"
    assert await store.fetch_press(alice.id, "two") is None
    await store.keep_press("two", alice.id, "of alice", NOW)
    assert await store.fetch_press(bob.id, "two") is None


async def test_no_button_is_kept_for_somebody_who_is_gone(store: Store) -> None:
    who = await person(store)
    await store.erase_person(who.id, NOW)
    await store.keep_press("one", who.id, TEXT, NOW)
    assert await store.fetch_press(who.id, "one") is None


@pytest.mark.parametrize("what", ["a call", "a character", "everything"])
async def test_buttons_go_when_their_person_erases_anything(store: Store, what: str) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    call = await place(store, call_of(alice))
    for who in (alice, bob):
        await store.keep_press("one", who.id, TEXT, NOW)
    if what == "a call":
        await store.erase_talk(alice.id, call.id, NOW)
    elif what == "a character":
        await store.erase_character(alice.id, "wizard", NOW)
    else:
        await store.erase_person(alice.id, NOW)
    assert await store.fetch_press(alice.id, "one") is None
    assert await store.fetch_press(bob.id, "one") == TEXT


async def test_an_erasure_that_found_nothing_and_retention_leave_buttons(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await talk(store, alice, said("hello"))
    call = await place(store, call_of(bob))
    await store.keep_press("one", alice.id, TEXT, NOW)
    assert await store.erase_talk(alice.id, call.id, NOW) is None
    assert await store.erase_before(later(days=999), 99, NOW)
    assert await store.fetch_press(alice.id, "one") == TEXT


async def test_old_buttons_are_forgotten(store: Store) -> None:
    who = await person(store)
    for days in (0, 1, 2):
        await store.keep_press(f"{days}", who.id, TEXT, later(days=days))
    assert await store.drop_presses(later(days=1)) == 1
    assert await store.drop_presses(later(days=1)) == 0
    assert [await store.fetch_press(who.id, f"{days}") for days in (0, 1, 2)] == [None, TEXT, TEXT]


def bytes_of(database_url: str) -> bytes:
    folder = Path(database_url.removeprefix("sqlite:///")).parent
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_what_a_button_stands_for_is_not_readable_in_the_file(file_url: str) -> None:
    async with open_store(file_url, ["k" * 40]) as store:
        who = await person(store)
        await store.keep_press("one", who.id, TEXT, NOW)
        assert b"secret garden" not in bytes_of(file_url)
        assert who.id.encode() in bytes_of(file_url)
    async with open_store(file_url, ["n" * 40, "k" * 40]) as store:
        assert await store.fetch_press(who.id, "one") == TEXT
    with pytest.raises(SettingsError):
        async with open_store(file_url, ["n" * 40]):
            pass


async def test_a_note_is_kept_until_another_takes_its_place(store: Store) -> None:
    assert await store.fetch_note("commands") is None
    await store.keep_note("commands", "one")
    await store.keep_note("commands", "two")
    await store.keep_note("paused", "not really")
    assert await store.fetch_note("commands") == "two"
    assert await store.fetch_pause() is None
    await store.pause("a storm", NOW)
    assert await store.fetch_note("paused") == "not really"
    assert await store.fetch_note("secret_key") is None


async def untold(store: Store, call: Call) -> Call:
    """Place a call, let its link run out a while after it was asked for, and let its recap be refused."""
    await place(store, call, link_of(call))
    await store.expire_call(call.id, call.asked_at + timedelta(minutes=15))
    await store.note_untold(call.id)
    return call


async def test_what_is_still_untold_comes_oldest_first_until_it_is_told(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    newer = await untold(store, call_of(alice, "newer", asked_at=later(hours=1)))
    older = await untold(store, call_of(alice, "older"))
    await untold(store, call_of(bob, "of bob"))
    await place(store, call_of(alice, "told"))
    assert await store.fetch_untold(alice.id) == (older.id, newer.id)
    await store.note_told(older.id)
    await store.note_told(CallId(hex_of("nothing")))
    assert await store.fetch_untold(alice.id) == (newer.id,)
    told, still = await store.fetch_call(older.id), await store.fetch_call(newer.id)
    assert told is not None
    assert still is not None
    assert (told.is_told, still.is_told) == (True, False)


async def test_what_ended_before_a_moment_is_not_told_any_more(store: Store) -> None:
    who = await person(store)
    call = await untold(store, call_of(who))
    ended_at = later(minutes=15)
    assert await store.fetch_untold(who.id, since=ended_at) == (call.id,)
    assert await store.fetch_untold(who.id, since=ended_at + timedelta(microseconds=1)) == ()


async def test_what_is_running_comes_newest_first_and_only_its_person_s(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    older = await place(store, call_of(alice, "older", delivery=Delivery.CHAT))
    newer = await place(store, call_of(alice, "newer", delivery=Delivery.CHAT, asked_at=later(minutes=1)))
    of_bob = await place(store, call_of(bob, "of bob", delivery=Delivery.CHAT))
    for call in (older, newer, of_bob):
        assert await bind(store, call, f"conv {call.id}")
    await place(store, call_of(alice, "only asked", delivery=Delivery.CHAT, asked_at=later(minutes=2)))
    assert [call.id for call in await store.fetch_running(alice.id)] == [newer.id, older.id]
    await store.fail_call(newer.id, "it broke off", NOW, [], charge="nothing")
    assert [call.id for call in await store.fetch_running(alice.id)] == [older.id]
    assert await store.fetch_running(PersonId(hex_of("nobody"))) == ()


async def test_a_phone_call_runs_from_dialing_on_also_while_nobody_can_tell(store: Store) -> None:
    who = await person(store)
    phone = await verify(store, who)
    code = await ask_by_phone(store, who, phone, "code", purpose="code", limits=LIMITS)
    assert await dial(store, code) == "dialing"
    assert await store.fetch_running(who.id) == ()
    await store.fail_call(code.id, "nobody answered", NOW, [], charge="keep")
    call = await ask_by_phone(store, who, phone)
    assert await store.fetch_running(who.id) == ()
    await dial(store, call)
    assert [(one.id, one.state) for one in await store.fetch_running(who.id)] == [(call.id, "dialing")]
    await store.lose_dial(call.id, [])
    assert [(one.id, one.state) for one in await store.fetch_running(who.id)] == [(call.id, "unknown")]


async def test_the_channel_where_a_call_was_asked_for_is_kept(store: Store) -> None:
    call = replace(call_of(await person(store)), place="discord:1", channel="channel 7")
    await place(store, call)
    found = await store.fetch_call(call.id)
    assert found is not None
    assert (found.place, found.channel) == ("discord:1", "channel 7")


async def test_all_of_it_is_there_after_the_next_start(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        call = await untold(store, replace(call_of(who), channel="channel 7"))
        chat = await place(store, call_of(who, "chat", delivery=Delivery.CHAT))
        await bind(store, chat, "conv")
        await store.note_post(chat.id, "thread", "channel", "1", [])
        assert await store.hold_line(chat.id, "chat", "gone", NOW)
        await store.keep_channel(ALICE, "channel 1")
        await store.note_refused(ALICE, NOW)
        await store.keep_press("one", who.id, TEXT, NOW)
        await store.keep_note("commands", "synced")
    async with open_store(file_url) as store:
        assert await store.fetch_mailbox(ALICE) == Mailbox("channel 1", refused_at=NOW)
        assert await store.fetch_press(who.id, "one") == TEXT
        assert await store.fetch_note("commands") == "synced"
        assert await store.fetch_untold(who.id) == (call.id,)
        assert [running.id for running in await store.fetch_running(who.id)] == [chat.id]
        assert await store.fetch_post(chat.id, "thread") == Post(chat.id, "thread", "channel", "1")
        assert await store.queue_broken_chats(NOW) == 1


async def test_links_that_a_newer_one_withdrew_are_taken_away_at_once_and_only_their_person_s(
    store: Store,
) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    old, bobs = [call_of(who, name) for who, name in ((alice, "old"), (bob, "bobs"))]
    for call in (old, bobs):
        await place(store, call, link_of(call))
        over = NewJob("link_over", call.id, later(minutes=15))
        await store.note_post(call.id, "link", "channel", "1", [over])
    assert await store.hasten_dead_links(alice.id, NOW) == 0
    new = call_of(alice, "new")
    await place(store, new, link_of(new))
    await store.note_post(new.id, "link", "channel", "2", [NewJob("link_over", new.id, later(minutes=15))])
    assert await store.hasten_dead_links(alice.id, later(minutes=1)) == 1
    due = await store.claim_jobs(later(minutes=1), later(minutes=4), 10)
    assert [job.subject for job in due if job.kind == "link_over"] == [old.id]


async def test_a_mailbox_keeps_in_which_language_its_owner_is_spoken_with(store: Store) -> None:
    await store.keep_locale(ALICE, "de")
    assert (await store.fetch_mailbox(ALICE)).locale == ""
    await person(store, "alice")
    await store.keep_locale(ALICE, "de")
    await store.keep_channel(ALICE, "channel")
    assert await store.fetch_mailbox(ALICE) == Mailbox("channel", locale="de")


async def test_what_was_posted_about_a_call_is_taken_back_when_it_is_erased(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    for who, message in ((alice, "1"), (bob, "2")):
        call = await place(store, call_of(who, message))
        await store.note_post(call.id, "recap", "channel", message, [])
        await store.note_post(call.id, "home", "channel", "", [])
    await store.erase_person(alice.id, NOW)
    assert await jobs_of(store, "erase_post") == {"discord:app:channel:1"}
