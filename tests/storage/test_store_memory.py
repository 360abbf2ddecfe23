"""The contract of the store: what a character may read, and what a person sees of their own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from store_samples import NOW, bind, call_of, finish, hex_of, later, link_of, person, place, said, talk

from bot.domain.call import Delivery, Reach
from bot.domain.caller import Person
from bot.domain.conversation import Transcript, Turn
from bot.domain.record import PersonRecord, Reading
from bot.ports import Store

pytestmark = pytest.mark.anyio

WIZARD = Reading("wizard", "own")


async def bring(
    store: Store,
    who: Person,
    *transcripts: Transcript,
    slug: str = "",
    reach: Reach = "own",
    file: str = "file",
    profile: dict[str, object] | None = None,
    now: datetime = NOW,
) -> int:
    """Import a file of conversations."""
    named = [
        (hex_of(f"import {who.id} {slug} {file} {place}"), transcript)
        for place, transcript in enumerate(transcripts)
    ]
    return (await store.store_import(who.id, slug, reach, named, file, profile or {}, now)).new


def first_words(record: PersonRecord) -> list[str]:
    return [remembered.first_words for remembered in record.conversations]


async def test_a_character_knows_its_own_talks_and_those_imported_for_everyone(
    store: Store,
) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await talk(store, alice, said("to the wizard"), "1", "wizard", at=later(hours=1))
    await talk(store, alice, said("to the captain"), "2", "captain", reach="shared")
    await talk(store, bob, said("of bob"), "3", "wizard")
    await bring(store, alice, said("from a file", started_at=NOW))
    await bring(store, alice, said("for the captain only"), slug="captain")
    await bring(store, bob, said("of bob's file"))
    record = await store.fetch_record(alice.id, WIZARD)
    assert first_words(record) == ["to the wizard", "from a file"]
    assert [(past.slug, past.imported) for past in record.conversations] == [("wizard", False), ("", True)]
    assert record.name == "alice"


async def test_a_sharing_character_reads_what_was_shared_by_those_who_still_share(
    store: Store,
) -> None:
    who = await person(store)
    await talk(store, who, said("captain, shared"), "1", "captain", reach="shared", at=later(hours=1))
    await talk(store, who, said("captain, own"), "2", "captain", reach="own", at=later(hours=2))
    await talk(store, who, said("pirate, shared"), "3", "pirate", reach="shared", at=later(hours=3))
    await bring(store, who, said("captain's file"), slug="captain", reach="shared")
    sharing = Reading("wizard", "shared", frozenset({"wizard", "captain"}))
    assert first_words(await store.fetch_record(who.id, sharing)) == ["captain, shared", "captain's file"]
    withdrawn = Reading("wizard", "own", frozenset({"wizard", "captain"}))
    assert first_words(await store.fetch_record(who.id, withdrawn)) == []


async def test_an_own_talk_is_read_by_its_character_even_if_it_shares_now(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("between us"), reach="own")
    sharing = Reading("wizard", "shared", frozenset({"wizard"}))
    assert first_words(await store.fetch_record(who.id, sharing)) == ["between us"]


async def test_a_shared_talk_comes_once_to_its_own_character(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("for everyone"), reach="shared")
    await bring(store, who, said("from a file"), reach="shared", now=later(days=1))
    sharing = Reading("wizard", "shared", frozenset({"wizard", ""}))
    assert first_words(await store.fetch_record(who.id, sharing)) == ["from a file", "for everyone"]


async def test_a_character_without_memory_gets_the_name_alone(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("hello"))
    await bring(store, who, said("from a file"), profile={"rank": "captain"})
    assert await store.fetch_record(who.id, Reading("wizard", "none")) == PersonRecord(name="alice")


async def test_a_held_talk_is_known_to_nobody_until_its_owner_keeps_it(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    words = said("was it me?")
    call = await talk(store, alice, words, delivery=Delivery.HOSTED, held_until=later(days=7))
    before = await store.fetch_record(alice.id, WIZARD)
    assert (before.conversations, before.call_count, before.last_talk_at) == ((), 0, None)
    past = await store.fetch_past_talk(alice.id, call.id)
    assert past is not None
    assert past.held
    assert not await store.keep_talk(bob.id, past.talk_id)
    assert await store.keep_talk(alice.id, past.talk_id)
    after = await store.fetch_record(alice.id, WIZARD)
    assert (first_words(after), after.call_count, after.last_talk_at) == (["was it me?"], 1, NOW)
    released = await store.fetch_past_talk(alice.id, call.id)
    assert released is not None
    assert not released.held


async def test_a_held_talk_does_not_hide_the_calls_beside_it(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("surely me"), "1")
    await bring(store, who, said("from a file", started_at=later(days=-1)))
    await talk(store, who, said("was it me?"), "2", at=later(days=1), held_until=later(days=7))
    record = await store.fetch_record(who.id, WIZARD)
    assert (record.call_count, record.last_talk_at) == (1, NOW)


async def test_calls_are_counted_for_this_character_alone_and_only_when_they_took_place(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("one"), "1")
    await talk(store, who, said("two"), "2", at=later(days=1))
    await talk(store, who, said("three"), "3", "captain", at=later(days=2))
    await talk(store, who, Transcript((), ended_badly="out of credit"), "4", at=later(days=3))
    await place(store, call_of(who, "5", asked_at=later(days=4)))
    record = await store.fetch_record(who.id, WIZARD)
    assert (record.call_count, record.last_talk_at) == (2, later(days=1))


async def test_a_call_of_which_nothing_was_to_be_kept_is_known_to_nobody(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("not to be kept"), "1", reach="none")
    record = await store.fetch_record(who.id, WIZARD)
    assert (record.call_count, record.last_talk_at) == (0, None)
    assert not await store.has_talked(who.id, "wizard")
    await talk(store, who, said("to be kept"), "2", at=later(days=-1))
    record = await store.fetch_record(who.id, WIZARD)
    assert (record.call_count, record.last_talk_at) == (1, later(days=-1))


async def test_an_import_counts_for_when_they_talked_last_but_not_as_a_call(store: Store) -> None:
    who = await person(store)
    await bring(store, who, said("long ago", started_at=later(days=-30)))
    await bring(store, who, said("to the captain", started_at=later(days=-1)), slug="captain")
    record = await store.fetch_record(who.id, WIZARD)
    assert (record.call_count, record.last_talk_at) == (0, later(days=-30))


async def test_the_last_turns_of_the_newest_three_talks_come_along_oldest_first(store: Store) -> None:
    who = await person(store)
    for number in range(3):
        await talk(store, who, said(f"talk {number}", "indeed"), f"{number}", at=later(hours=number))
    long = said(*(f"turn {number}" for number in range(60)))
    await talk(store, who, long, "long", at=later(hours=3))
    newest, *older = (await store.fetch_record(who.id, WIZARD)).conversations
    assert newest.last_turns == long.turns[-40:]
    assert [[turn.text for turn in past.last_turns] for past in older] == [
        ["talk 2", "indeed"],
        ["talk 1", "indeed"],
        [],
    ]
    assert [past.first_words for past in (newest, *older)] == ["turn 0", "talk 2", "talk 1", "talk 0"]


async def test_first_words_are_the_members_and_at_most_200_characters(store: Store) -> None:
    who = await person(store)
    turns = (Turn("agent", "Well met!"), Turn("user", "ä" * 300, 2.5), Turn("user", "more", 4.0))
    await talk(store, who, Transcript(turns))
    (remembered,) = (await store.fetch_record(who.id, WIZARD)).conversations
    assert remembered.first_words == "ä" * 200
    assert remembered.last_turns == turns


async def test_a_talk_in_which_the_member_said_nothing_has_no_first_words(store: Store) -> None:
    who = await person(store)
    await talk(store, who, Transcript((Turn("agent", "Anybody there?"),)))
    assert first_words(await store.fetch_record(who.id, WIZARD)) == [""]


async def test_twenty_talks_come_back_the_newest_first(store: Store) -> None:
    who = await person(store)
    for number in range(25):
        await talk(store, who, said(f"talk {number}"), f"{number}", at=later(hours=number))
    record = await store.fetch_record(who.id, WIZARD)
    assert first_words(record) == [f"talk {number}" for number in range(24, 4, -1)]


async def test_the_newest_own_talk_is_there_even_under_many_shared_ones(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("mine"), "mine", at=later(hours=-1))
    for number in range(25):
        await talk(store, who, said("theirs"), f"{number}", "captain", reach="shared", at=later(hours=number))
    record = await store.fetch_record(who.id, Reading("wizard", "shared", frozenset({"captain"})))
    assert first_words(record) == ["theirs"] * 19 + ["mine"]
    assert [len(past.last_turns) for past in record.conversations] == [0] * 19 + [1]


async def test_last_turns_are_those_of_this_character_and_not_of_a_newer_shared_talk(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("mine"), "1", at=NOW)
    await talk(store, who, said("theirs"), "2", "captain", reach="shared", at=later(hours=1))
    record = await store.fetch_record(who.id, Reading("wizard", "shared", frozenset({"captain"})))
    assert [(past.first_words, len(past.last_turns)) for past in record.conversations] == [
        ("theirs", 0),
        ("mine", 1),
    ]


def continuing(reading: Reading, past_id: str) -> Reading:
    return replace(reading, continues=past_id)


async def test_an_older_talk_is_gone_on_with_and_stands_among_the_others_no_more(store: Store) -> None:
    alice = await person(store, "alice")
    for number in range(5):
        await talk(store, alice, said(f"talk {number}"), f"{number}", at=later(hours=number))
    oldest = (await store.fetch_history(alice.id))[-1]
    record = await store.fetch_record(alice.id, continuing(WIZARD, oldest.id))
    assert record.continued is not None
    assert [turn.text for turn in record.continued.last_turns] == ["talk 0"]
    assert first_words(record) == ["talk 4", "talk 3", "talk 2", "talk 1"]


async def test_an_import_is_gone_on_with_too(store: Store) -> None:
    alice = await person(store, "alice")
    await bring(store, alice, said("from a file"))
    (brought,) = await store.fetch_history(alice.id)
    record = await store.fetch_record(alice.id, continuing(WIZARD, brought.id))
    assert record.continued is not None
    assert record.continued.imported


async def test_only_what_a_character_may_read_is_gone_on_with(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await talk(store, alice, said("own of the captain"), "1", "captain")
    await talk(store, alice, said("shared by the captain"), "2", "captain", reach="shared")
    await talk(store, bob, said("of bob"), "3", "wizard")
    await talk(store, alice, said("held"), "4", "wizard", held_until=later(days=1))
    own, shared, bobs, held = (call_of(alice, name).id for name in "1234")
    sharing = Reading("wizard", "shared", frozenset({"captain"}))
    for reading, past_id, is_known in (
        (WIZARD, own, False),
        (WIZARD, shared, False),
        (sharing, own, False),
        (sharing, shared, True),
        (Reading("wizard", "shared"), shared, False),
        (WIZARD, bobs, False),
        (WIZARD, held, False),
        (Reading("captain", "own"), own, True),
    ):
        record = await store.fetch_record(alice.id, continuing(reading, past_id))
        assert (record.continued is not None) is is_known, (reading, past_id)


async def test_the_same_file_is_kept_once_for_each_character(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    two = (said("one"), said("two"))
    assert await bring(store, alice, *two) == 2
    assert await bring(store, alice, *two) == 0
    assert await bring(store, alice, *two, slug="wizard") == 2
    assert await bring(store, bob, *two) == 2
    assert await bring(store, alice, *two, file="another file", slug="captain") == 2
    assert len((await store.fetch_record(alice.id, WIZARD)).conversations) == 4


async def test_an_import_without_words_or_for_a_character_without_memory_keeps_nothing(store: Store) -> None:
    who = await person(store)
    assert await bring(store, who, Transcript(())) == 0
    assert await bring(store, who, said("forget me"), slug="oracle", reach="none") == 0
    assert await store.fetch_history(who.id) == ()


async def test_an_import_without_a_date_or_from_the_future_counts_as_of_now(store: Store) -> None:
    who = await person(store)
    await bring(store, who, said("undated"), said("tomorrow", started_at=later(days=1)))
    assert [past.at for past in await store.fetch_history(who.id)] == [NOW, NOW]


async def test_profile_fields_are_merged_and_any_json_comes_back(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await bring(store, alice, profile={"rank": "mate", "guild": {"name": "Salt", "ranks": [1, 2.5, None]}})
    await bring(store, alice, profile={"rank": "captain", "half \ud800": "half \ud800"})
    await bring(store, bob, profile={"rank": "cook"})
    assert (await store.fetch_record(alice.id, WIZARD)).profile == {
        "rank": "captain",
        "guild": {"name": "Salt", "ranks": [1, 2.5, None]},
        "half ?": "half \ud800",
    }


async def test_history_lists_calls_and_imports_newest_first(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    call = await talk(store, alice, said("hello", "hi", duration_seconds=9), "1", at=later(hours=1))
    asked = await place(store, call_of(alice, "2", "captain", asked_at=later(hours=3)))
    await talk(store, bob, said("of bob"), "3")
    words = said("from a file", "indeed", title="Old", summary="Once.", started_at=NOW, duration_seconds=5)
    await bring(store, alice, words)
    history = await store.fetch_history(alice.id)
    assert [past.id for past in history] == [asked.id, call.id, hex_of(f"import {alice.id}  file 0")]
    imported = history[2]
    assert (imported.call, imported.talk_id, imported.slug, imported.at) == (None, imported.id, "", NOW)
    assert (imported.title, imported.summary, imported.turn_count) == ("Old", "Once.", 2)
    assert (imported.duration_seconds, imported.held) == (5, False)
    assert [(past.turn_count, past.duration_seconds) for past in history[:2]] == [(0, 0), (2, 9)]
    assert [past.id for past in await store.fetch_history(alice.id, limit=1)] == [asked.id]


async def test_a_link_that_nobody_used_in_time_is_no_past_call(store: Store) -> None:
    who = await person(store)
    call = await talk(store, who, said("hello"), "1")
    expired = await place(store, call_of(who, "2", asked_at=later(hours=1)))
    assert await store.expire_call(expired.id, later(hours=2))
    assert [past.id for past in await store.fetch_history(who.id, limit=1)] == [call.id]
    assert [past.id for past in await store.fetch_history(who.id, "wizard")] == [call.id]


async def test_history_of_one_character_leaves_the_others_out(store: Store) -> None:
    who = await person(store)
    call = await talk(store, who, said("hello"), "1", "wizard")
    await talk(store, who, said("ahoy"), "2", "captain")
    await bring(store, who, said("for the captain"), slug="captain")
    await bring(store, who, said("for every character"))
    assert [past.id for past in await store.fetch_history(who.id, "wizard")] == [call.id]
    assert len(await store.fetch_history(who.id, "captain")) == 2


async def test_what_was_said_is_found_newest_first_whoever_said_it_and_however_it_is_written(
    store: Store,
) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await talk(store, alice, said("The SILVER key of my Großmutter."), "1", "wizard", at=later(hours=1))
    await talk(store, alice, said("a silver spoon", "the key"), "2", "captain", at=later(hours=2))
    await talk(store, bob, said("a silver key of bob's"), "3", "wizard", at=later(hours=3))
    await bring(store, alice, said("my old silver key", started_at=NOW))
    found = await store.search_history(alice.id, ["key", "Silver"], 9)
    assert [text for _, text in found] == ["The SILVER key of my Großmutter.", "my old silver key"]
    assert [one.slug for one, _ in found] == ["wizard", ""]
    assert len(await store.search_history(alice.id, ["silver"], 2)) == 2
    assert [text for _, text in await store.search_history(alice.id, ["GROSSMUTTER"], 9)] == [
        "The SILVER key of my Großmutter."
    ]
    assert await store.search_history(alice.id, ["100%"], 9) == ()


async def test_a_talk_is_named_by_the_first_characters_of_its_id(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    call = await talk(store, alice, said("hello"))
    await bring(store, alice, said("from a file"))
    imported = hex_of(f"import {alice.id}  file 0")
    for whole in (call.id, imported):
        found = await store.fetch_past_talk(alice.id, whole[:4])
        assert found is not None
        assert found.id == whole
        assert await store.fetch_past_talk(alice.id, whole) == found
        assert await store.fetch_past_talk(alice.id, whole[:3]) is None
        assert await store.fetch_past_talk(bob.id, whole) is None
    assert await store.fetch_past_talk(alice.id, "%___") is None
    assert await store.fetch_past_talk(alice.id, "\udcff" * 4) is None


async def test_a_name_that_fits_two_talks_finds_neither(store: Store) -> None:
    who = await person(store)
    named = [("abcd1", said("one")), ("abcd2", said("two"))]
    await store.store_import(who.id, "", "own", named, "file", {}, NOW)
    assert await store.fetch_past_talk(who.id, "abcd") is None
    assert await store.fetch_past_talk(who.id, "abcd1") is not None


async def test_nobody_reads_another_persons_turns_or_talk(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    call = await place(store, call_of(alice))
    await bind(store, call, "conv")
    talk_id = await finish(store, "conv", said("hello"))
    assert await store.fetch_turns(bob.id, talk_id) == ()
    assert await store.fetch_talk(bob.id, "conv") is None
    assert await store.fetch_talk(alice.id, "unknown") is None
    assert await store.fetch_turns(alice.id, "unknown") == ()
    assert len(await store.fetch_turns(alice.id, talk_id)) == 1


async def test_times_come_back_the_same_moment_in_utc(store: Store) -> None:
    who = await person(store)
    kolkata = datetime(2026, 1, 1, 3, 0, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    call = await place(store, call_of(who, asked_at=kolkata), link_of(call_of(who, asked_at=kolkata)))
    found = await store.fetch_call(call.id)
    assert found is not None
    assert (found.asked_at, found.asked_at.tzinfo) == (kolkata, UTC)
    assert found.asked_at.microsecond == 1


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    who = await person(store)
    with pytest.raises(ValueError, match="no time zone"):
        await place(store, call_of(who, asked_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    assert await store.fetch_history(who.id) == ()


async def test_moments_sort_as_they_happened_whatever_their_fraction(store: Store) -> None:
    who = await person(store)
    on_the_second = datetime(2026, 1, 1, tzinfo=UTC)
    for name, at in (("a", on_the_second), ("b", on_the_second + timedelta(microseconds=1))):
        await talk(store, who, said(name), name, at=at)
    assert first_words(await store.fetch_record(who.id, WIZARD)) == ["b", "a"]


async def test_half_surrogates_and_nul_do_not_cost_a_transcript(store: Store) -> None:
    who = await person(store)
    await talk(store, who, said("half \ud83d of a smile\0", title="\udcff", summary="\ud800"))
    (past,) = (await store.fetch_record(who.id, WIZARD)).conversations
    assert (past.first_words, past.title, past.summary) == ("half ? of a smile", "?", "?")


@pytest.mark.parametrize("how", ["never", "a call", "an import", "with another"])
async def test_whether_somebody_has_talked_is_what_their_record_says(store: Store, how: str) -> None:
    who = await person(store)
    if how == "an import":
        await store.store_import(who.id, "", "shared", [("talk", said("Hello"))], "digest", {}, NOW)
    elif how != "never":
        await talk(store, who, said("Hello"), slug="wizard" if how == "a call" else "captain")
    record = await store.fetch_record(who.id, Reading("wizard", "own"))
    assert await store.has_talked(who.id, "wizard") == (record.last_talk_at is not None)
    assert await store.has_talked(who.id, "wizard") == (how in {"a call", "an import"})
