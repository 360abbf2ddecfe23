"""The contract of the store: a new character under the slug of a removed one starts with nothing."""

from collections.abc import Collection

import pytest
from store_samples import NOW, bind, call_of, finish, hex_of, later, person, place, said, talk

from bot.domain.caller import Person
from bot.domain.importing import Kept
from bot.domain.record import PersonRecord, Reading
from bot.ports import Store

pytestmark = pytest.mark.anyio

WIZARD = Reading("wizard", "own")
CAPTAIN = Reading("captain", "shared", frozenset({"captain", "wizard"}))
BOTH = ("wizard", "captain")


def first_words(record: PersonRecord) -> list[str]:
    return [past.first_words for past in record.conversations]


async def note(store: Store, *notes: tuple[float, Collection[str]]) -> None:
    """Note whose files are there, each so many minutes after NOW."""
    for minutes, slugs in notes:
        await store.note_characters(slugs, later(minutes=minutes))


async def bring(store: Store, who: Person, slug: str, words: str) -> int:
    named = [(hex_of(f"{slug} {words}"), said(words))]
    return (await store.store_import(who.id, slug, "shared", named, "file", {}, NOW)).new


async def live_with(store: Store, who: Person) -> None:
    """Leave calls and imports of the wizard, the captain and everybody."""
    await talk(store, who, said("to the wizard"), "1", reach="shared")
    await talk(store, who, said("to the captain"), "2", "captain", at=later(seconds=1))
    await bring(store, who, "wizard", "the wizard's file")
    await bring(store, who, "", "everybody's file")


async def test_a_new_file_under_the_slug_of_a_removed_character_starts_empty(store: Store) -> None:
    who = await person(store)
    await note(store, (0, BOTH))
    await live_with(store, who)
    before = await store.fetch_history(who.id)
    await note(store, (1, ["captain"]), (12, BOTH))
    wizard = await store.fetch_record(who.id, WIZARD)
    assert (first_words(wizard), wizard.call_count) == (["everybody's file"], 0)
    captain = await store.fetch_record(who.id, CAPTAIN)
    assert (first_words(captain), captain.call_count) == (["to the captain", "everybody's file"], 1)
    assert await store.fetch_history(who.id) == before
    assert len(await store.fetch_history(who.id, "wizard")) == 2
    assert await store.fetch_turns(who.id, hex_of("talk conv 1")) != ()
    await talk(store, who, said("to the new wizard"), "3", reach="shared", at=later(minutes=20))
    wizard = await store.fetch_record(who.id, WIZARD)
    assert (first_words(wizard), wizard.call_count) == (["to the new wizard", "everybody's file"], 1)
    assert "to the new wizard" in first_words(await store.fetch_record(who.id, CAPTAIN))
    receipt = await store.erase_character(who.id, "wizard", later(minutes=30))
    assert (receipt.calls, receipt.conversations) == (2, 3)


async def test_a_file_may_be_brought_again_for_a_new_character(store: Store) -> None:
    who = await person(store)
    await note(store, (0, BOTH))
    assert await bring(store, who, "wizard", "once") == 1
    await note(store, (1, ["captain"]), (12, BOTH))
    named = [("another", said("once"))]
    assert await store.store_import(who.id, "wizard", "own", named, "file", {}, NOW) == Kept(new=1)
    assert await store.store_import(who.id, "wizard", "own", named, "file", {}, NOW) == Kept()
    assert first_words(await store.fetch_record(who.id, WIZARD)) == ["once"]


@pytest.mark.parametrize(
    "notes",
    [
        [(0, BOTH), (1, ["captain"]), (11, BOTH)],
        [(0, BOTH), (1, ["captain"]), (9, BOTH), (9.5, ["captain"]), (19, BOTH)],
        [(0, BOTH), (600, BOTH)],
        [(600, BOTH)],
        [(1, ["captain"]), (600, BOTH)],
    ],
    ids=["ten minutes", "twice for less", "a bot that was off", "never noted", "first noted later"],
)
async def test_a_short_absence_or_none_changes_nothing(store: Store, notes: list) -> None:
    who = await person(store)
    await live_with(store, who)
    before = await store.fetch_record(who.id, WIZARD)
    await note(store, *notes)
    assert await store.fetch_record(who.id, WIZARD) == before
    assert before.call_count == 1


async def test_an_absence_counts_from_when_it_was_first_noted(store: Store) -> None:
    who = await person(store)
    await note(store, (0, BOTH))
    await live_with(store, who)
    await note(store, *((minute, ["captain"]) for minute in range(1, 12)), (11.5, BOTH))
    assert (await store.fetch_record(who.id, WIZARD)).call_count == 0


async def test_a_call_that_outlives_its_character_is_not_the_new_ones(store: Store) -> None:
    who = await person(store)
    await note(store, (0, BOTH))
    call = await place(store, call_of(who))
    await bind(store, call, "conv")
    await note(store, (1, ["captain"]), (12, BOTH))
    await finish(store, "conv", said("to the old wizard"))
    record = await store.fetch_record(who.id, WIZARD)
    assert (first_words(record), record.call_count) == ([], 0)


async def live(store: Store, board: str, *slugs: str) -> tuple[str, ...]:
    """Note who is there and can be called; return who is new on a board."""
    await store.note_live([board], slugs, slugs, NOW)
    return await store.fetch_unannounced(board)


async def queued(store: Store) -> list[str]:
    jobs = await store.claim_jobs(later(days=1), later(days=2), 10)
    for job in jobs:
        await store.finish_job(job)
    return [job.subject for job in jobs if job.kind == "announce"]


async def test_nobody_is_new_where_a_board_is_named_for_the_first_time(store: Store) -> None:
    await note(store, (0, BOTH))
    assert await live(store, "discord:1", *BOTH) == ()
    assert await queued(store) == []
    await note(store, (1, [*BOTH, "bard"]))
    assert await live(store, "discord:1", *BOTH, "bard") == ("bard 0",)
    assert await queued(store) == ["discord:1"]


async def test_who_is_broken_when_a_board_is_first_named_is_not_new_later(store: Store) -> None:
    await store.note_live(["discord:1"], BOTH, ["captain"], NOW)
    assert await live(store, "discord:1", *BOTH) == ()


async def test_who_was_announced_is_not_new_and_what_is_due_is_queued_again(store: Store) -> None:
    await live(store, "discord:1", "captain")
    await note(store, (0, BOTH))
    await live(store, "discord:1", *BOTH)
    assert await queued(store) == ["discord:1"]
    await live(store, "discord:1", *BOTH)
    assert await queued(store) == ["discord:1"], "it was not posted yet"
    await store.note_announced("discord:1", ["wizard 0"])
    assert await live(store, "discord:1", *BOTH) == ()
    assert await queued(store) == []


async def test_who_comes_back_as_another_is_new_and_who_was_away_for_a_moment_is_not(store: Store) -> None:
    await note(store, (0, BOTH))
    await live(store, "discord:1", *BOTH)
    await note(store, (1, ["captain"]), (2, BOTH))
    assert await live(store, "discord:1", *BOTH) == ()
    await note(store, (3, ["captain"]), (14, BOTH))
    assert await live(store, "discord:1", *BOTH) == ("wizard 1",)


async def test_a_board_that_was_left_out_for_a_time_starts_anew(store: Store) -> None:
    await note(store, (0, BOTH))
    await live(store, "discord:1", "captain")
    assert await live(store, "discord:2", *BOTH) == ()
    assert await live(store, "discord:1", *BOTH) == ()


async def test_who_went_and_came_back_before_it_was_announced_is_new_once(store: Store) -> None:
    await live(store, "discord:1", "captain")
    await note(store, (0, BOTH))
    assert await live(store, "discord:1", *BOTH) == ("wizard 0",)
    await note(store, (1, ["captain"]), (30, BOTH))
    assert await live(store, "discord:1", *BOTH) == ("wizard 1",)
