"""Conversations that come again with more lines: grown once, found by their new words, taken back."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.conversation import Transcript, Turn
from bot.domain.importing import Kept, TakeBack
from storage import open_store
from storage.rooms.comparing import find_index_errors
from tests.storage.recall_samples import heard
from tests.storage.store_samples import NOW, back_up, hex_of, person, put_back

pytestmark = pytest.mark.anyio
LATER = NOW + timedelta(minutes=1)
MUCH_LATER = NOW + timedelta(hours=1)
DAY = NOW - timedelta(days=3)


def said(*words, at=DAY, **more):
    turns = tuple(Turn("user" if n % 2 == 0 else "agent", text, float(n)) for n, text in enumerate(words))
    return Transcript(turns, started_at=at, **more)


async def brings(store, who, *talks, at=NOW, reach="own"):
    named = [(hex_of(f"{at} {n} {who.id} {len(talk.turns)}"), talk) for n, talk in enumerate(talks)]
    return await store.store_import(who.id, "wizard", reach, named, f"file {at}", {}, at)


async def kept(store, who):
    past = await store.fetch_history(who.id)
    return [[turn.text for turn in await store.fetch_turns(who.id, one.talk_id)] for one in past]


async def test_more_lines_at_the_end_join_those_that_are_there(store):
    who = await person(store)
    await brings(store, who, said("bees", "how many", summary="A", title="Bees"))
    (one,) = (await brings(store, who, said("bees", "how many", "nine hives", "oh"), at=LATER)).grown
    assert (one.lines, one.added) == (2, 2)
    assert await kept(store, who) == [["bees", "how many", "nine hives", "oh"]]
    (past,) = await store.fetch_history(who.id)
    assert (past.title, past.turn_count) == ("Bees", 4)


async def test_the_index_is_in_step_with_what_grew_and_with_what_was_taken_back(store):
    who = await person(store)
    await brings(store, who, said("bees", "many"))
    done = await brings(store, who, said("bees", "many", "hives", "honey"), at=LATER)
    assert await heard(store, who, "bees", "hives", "honey") == {"bees", "hives", "honey"}
    assert await store.reader.read(find_index_errors) == []
    await store.take_back_import(who.id, TakeBack(LATER, grown=done.grown), LATER)
    assert await heard(store, who, "bees", "hives", "honey") == {"bees"}
    assert await store.reader.read(find_index_errors) == []


async def test_what_is_there_in_full_or_longer_is_known(store):
    who = await person(store)
    await brings(store, who, said("bees", "how many"))
    longer = said("bees", "how many", "nine hives")
    await brings(store, who, longer, at=LATER)
    assert await brings(store, who, longer, at=LATER + timedelta(hours=1)) == Kept()
    assert await brings(store, who, said("bees", "how many"), at=LATER + timedelta(hours=2)) == Kept()
    assert len(await kept(store, who)) == 1


@pytest.mark.parametrize(
    "other",
    [said("wasps", "how many", "nine"), said("bees", "how many", "nine", at=DAY + timedelta(hours=1))],
)
async def test_other_words_before_or_another_time_make_another_conversation(store, other):
    who = await person(store)
    await brings(store, who, said("bees", "how many"))
    assert await brings(store, who, other, at=LATER) == Kept(new=1)


async def test_a_narrower_reach_than_the_stored_one_gets_no_lines_into_it(store):
    who = await person(store)
    await brings(store, who, said("bees", "how many"), reach="shared")
    assert (await brings(store, who, said("bees", "how many", "nine"), at=LATER)).new == 1


async def test_without_a_date_one_line_in_common_is_chance_and_two_are_not(store):
    who = await person(store)
    await brings(store, who, said("hi", at=None))
    assert (await brings(store, who, said("hi", "hello", at=None), at=LATER)).new == 1
    grown = await brings(store, who, said("hi", "hello", "bye", at=None), at=LATER + timedelta(hours=1))
    assert (grown.new, grown.added_lines) == (0, 1)
    assert await brings(store, who, said("hi", "hello", at=None), at=LATER + timedelta(hours=2)) == Kept()


async def test_nobody_grows_what_is_another_persons(store):
    who, other = await person(store), await person(store, "other")
    await brings(store, who, said("bees", "how many"))
    assert (await brings(store, other, said("bees", "how many", "nine"))).new == 1
    assert await kept(store, who) == [["bees", "how many"]]


async def test_a_summary_of_ours_is_replaced_and_one_that_somebody_wrote_stays(store):
    who = await person(store)
    await brings(store, who, said("bees", "how many", summary="ours", is_extract=True))
    await brings(store, who, said("bees", "how many", "nine", summary="ours anew", is_extract=True), at=LATER)
    (past,) = await store.fetch_history(who.id)
    assert (past.summary, past.is_extract) == ("ours anew", True)
    other = await person(store, "other")
    await brings(store, other, said("bees", "how many", summary="theirs"))
    await brings(store, other, said("bees", "how many", "nine", summary="ours", is_extract=True), at=LATER)
    (past,) = await store.fetch_history(other.id)
    assert (past.summary, past.is_extract) == ("theirs", False)


async def test_taking_back_leaves_what_was_there_before(store):
    who = await person(store)
    await brings(store, who, said("bees", "how many", summary="ours", is_extract=True))
    done = await brings(
        store, who, said("bees", "how many", "nine", summary="anew", is_extract=True), at=LATER
    )
    back = TakeBack.read(TakeBack(LATER, grown=done.grown).write())
    receipt = await store.take_back_import(who.id, back, LATER)
    assert (receipt.conversations, receipt.turns) == (0, 1)
    assert await kept(store, who) == [["bees", "how many"]]
    (past,) = await store.fetch_history(who.id)
    assert (past.summary, past.is_extract) == ("ours", True)
    again = await brings(store, who, said("bees", "how many", "nine"), at=LATER + timedelta(hours=1))
    assert again.added_lines == 1


async def test_what_came_on_top_of_lines_goes_when_they_are_taken_back(store):
    who = await person(store)
    await brings(store, who, said("bees", "how many", summary="A", title="Bees"))
    second = await brings(store, who, said("bees", "how many", "nine", summary="B", title="Hives"), at=LATER)
    third = await brings(store, who, said("bees", "how many", "nine", "oh", summary="C"), at=MUCH_LATER)
    receipt = await store.take_back_import(who.id, TakeBack(LATER, grown=second.grown), MUCH_LATER)
    assert receipt.turns == 2
    assert await kept(store, who) == [["bees", "how many"]]
    (past,) = await store.fetch_history(who.id)
    assert (past.title, past.summary) == ("Bees", "A")
    receipt = await store.take_back_import(who.id, TakeBack(MUCH_LATER, grown=third.grown), MUCH_LATER)
    assert receipt.turns == 0
    assert await kept(store, who) == [["bees", "how many"]]


@pytest.mark.parametrize("begun", [DAY, None, NOW + timedelta(days=3)])
async def test_other_lines_that_came_in_their_place_are_not_taken_back(store, begun):
    who = await person(store)
    await brings(store, who, said("bees", "how many", at=begun))
    second = await brings(store, who, said("bees", "how many", "nine", at=begun), at=LATER)
    third = await brings(store, who, said("bees", "how many", "nine", "oh", at=begun), at=MUCH_LATER)
    await store.take_back_import(who.id, TakeBack(LATER, grown=second.grown), LATER)
    other = said("bees", "how many", "ten", "oh", "ah", at=begun)
    assert (await brings(store, who, other, at=MUCH_LATER)).added_lines == 3
    for at, done in ((LATER, second), (MUCH_LATER + timedelta(hours=1), third)):
        assert (await store.take_back_import(who.id, TakeBack(at, grown=done.grown), at)).turns == 0
    assert await kept(store, who) == [["bees", "how many", "ten", "oh", "ah"]]


async def test_taking_back_what_began_a_conversation_takes_all_of_it(store):
    who = await person(store)
    await brings(store, who, said("bees", "how many"))
    await brings(store, who, said("bees", "how many", "nine"), at=LATER)
    receipt = await store.take_back_import(who.id, TakeBack(NOW), MUCH_LATER)
    assert (receipt.conversations, receipt.turns) == (1, 3)
    assert await kept(store, who) == []


async def test_one_file_with_every_state_of_a_conversation_is_taken_back_as_one(store):
    who = await person(store)
    await brings(store, who, said("bees", "how many"))
    states = (said("bees", "how many", "nine"), said("bees", "how many", "nine", "oh"))
    done = await brings(store, who, *states, at=LATER)
    assert (len(done.grown), done.added_lines) == (2, 2)
    assert (await store.take_back_import(who.id, TakeBack(LATER, grown=done.grown), LATER)).turns == 2
    assert await kept(store, who) == [["bees", "how many"]]


async def test_what_is_another_persons_is_not_taken_back(store):
    who, other = await person(store), await person(store, "other")
    await brings(store, who, said("bees", "how many"))
    done = await brings(store, who, said("bees", "how many", "nine"), at=LATER)
    receipt = await store.take_back_import(other.id, TakeBack(LATER, grown=done.grown), LATER)
    assert receipt.turns == 0
    assert await kept(store, who) == [["bees", "how many", "nine"]]


async def test_looking_tells_what_would_be_and_saves_nothing(store):
    who = await person(store)
    await brings(store, who, said("bees", "how many"), said("sea", "salt", at=DAY - timedelta(days=1)))
    talks = [
        said("bees", "how many", "nine", "oh"),
        said("sea", "salt", at=DAY - timedelta(days=1)),
        said("new", at=DAY - timedelta(days=2)),
    ]
    seen = await store.look_at_import(who.id, "wizard", "own", talks, "other", LATER)
    assert (seen.new, len(seen.grown), seen.added_lines) == (1, 1, 2)
    assert len(await kept(store, who)) == 2


async def test_lines_that_were_taken_back_and_what_was_said_of_them_stand_in_no_file(file_url):
    folder = Path(file_url.removeprefix("sqlite:///")).parent

    def is_there() -> bool:
        return any(b"xyzzycanary" in path.read_bytes() for path in folder.iterdir())

    async with open_store(file_url) as store:
        who = await person(store)
        await brings(store, who, said("bees", "how many"))
        grown = said("bees", "how many", "xyzzycanary", title="xyzzycanary", summary="xyzzycanary")
        done = await brings(store, who, grown, at=LATER)
        assert is_there()
        await store.take_back_import(who.id, TakeBack(LATER, grown=done.grown), LATER)
        await store.cleaned()
        assert not is_there()


async def test_lines_that_were_taken_back_do_not_return_with_a_backup(file_url: str) -> None:
    longer = said("bees", "how many", "nine hives", "oh", summary="Nine hives.", title="Hives")
    async with open_store(file_url) as store:
        who = await person(store)
        await brings(store, who, said("bees", "how many"), said("a cat", "its name?", at=None))
        done = await brings(store, who, longer, said("a cat", "its name?", "Fig", at=None), at=LATER)
    back_up(file_url)
    async with open_store(file_url) as store:
        await store.take_back_import(who.id, TakeBack(LATER, grown=done.grown), LATER)
    put_back(file_url)
    async with open_store(file_url) as store:
        assert sorted(await kept(store, who)) == [["a cat", "its name?"], ["bees", "how many"]]
        assert "hives" not in repr(await store.fetch_history(who.id)).casefold()
        assert await heard(store, who, "bees", "hives", "fig") == {"bees"}
        assert await store.reader.read(find_index_errors) == []
        assert (await brings(store, who, longer, at=MUCH_LATER)).added_lines == 2


async def test_lines_that_came_again_after_they_were_taken_back_stay_with_a_later_backup(
    file_url: str,
) -> None:
    longer = said("bees", "how many", "nine hives")
    async with open_store(file_url) as store:
        who = await person(store)
        await brings(store, who, said("bees", "how many"))
        done = await brings(store, who, longer, at=LATER)
        await store.take_back_import(who.id, TakeBack(LATER, grown=done.grown), LATER)
        await brings(store, who, longer, at=MUCH_LATER)
    back_up(file_url)
    put_back(file_url)
    async with open_store(file_url) as store:
        assert await kept(store, who) == [["bees", "how many", "nine hives"]]
