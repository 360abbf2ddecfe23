"""The index in the file: nothing of it is left after an erasure, and what was there before comes into it."""

import random
from contextlib import closing
from pathlib import Path

import pytest
from recall_samples import MANY, WIZARD, bring, heard, index_errors, term
from sqlite_utils import Database
from store_samples import NOW, call_of, hex_of, later, person, said, talk

from bot.domain.record import Reading
from storage import open_store
from storage.rooms.indexing import index_some, is_indexed
from storage.rows import to_text
from storage.schema import migrations
from storage.sqlite.connection import connect_writer
from storage.sqlite.transactions import transaction

pytestmark = pytest.mark.anyio

TURNS = 50
CONVERSATIONS = 100


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def stands_in_the_files(words: str, url: str) -> bool:
    """Whether these stand anywhere in the folder of the database, unused bytes and log included."""
    return any(words.encode() in path.read_bytes() for path in file_of(url).parent.iterdir())


@pytest.mark.parametrize("scope", ["call", "character", "person", "age"])
async def test_no_term_of_what_was_erased_stands_in_the_files(file_url: str, scope: str) -> None:
    canary, bobs = term("Quuxlighthouse"), term("Bobslighthouse")
    async with open_store(file_url) as store:
        alice, bob = await person(store, "alice"), await person(store, "bob")
        for number in range(30):
            await talk(store, alice, said("the sea", "the sand"), f"before {number}")
        call = await talk(store, alice, said(*(f"QUUXLIGHTHOUSE sea {n}" for n in range(40))), "it")
        await talk(store, bob, said("BOBSLIGHTHOUSE sea"), "of bob", at=later(days=9))
        assert stands_in_the_files(canary, file_url)
        if scope == "call":
            await store.erase_talk(alice.id, call.id, NOW)
        elif scope == "character":
            await store.erase_character(alice.id, "wizard", NOW)
        elif scope == "person":
            await store.erase_person(alice.id, NOW)
        else:
            assert await store.erase_before(later(days=1), 99, NOW) == 31 + 31
        await store.cleaned()
        assert not stands_in_the_files(canary, file_url)
        assert stands_in_the_files(bobs, file_url)
        assert await heard(store, bob, "bobslighthouse") == {"BOBSLIGHTHOUSE sea"}
        left = {"the sea"} if scope == "call" else set()
        assert await heard(store, alice, "quuxlighthouse", "sea") == left
    assert index_errors(file_url) == []


async def test_terms_that_moved_between_pages_are_gone_too(file_url: str) -> None:
    sizes = random.Random(1)
    letters = "bcdfghjkmp"
    async with open_store(file_url) as store:
        people = [await person(store, f"person{number}") for number in range(10)]
        marks = {who.id: f"zq{letters[place] * 2}zoqx" for place, who in enumerate(people)}
        for number in range(200):
            who = sizes.choice(people)
            words = [f"{marks[who.id]}{sizes.choice(letters) * sizes.randint(1, 9)}" for _ in range(60)]
            await talk(store, who, said(*(word.upper() for word in words)), f"{number}")
        for who in people:
            assert stands_in_the_files(marks[who.id], file_url)
            await store.erase_person(who.id, NOW)
            await store.cleaned()
            assert not stands_in_the_files(marks[who.id], file_url), who.name
    assert index_errors(file_url) == []


@pytest.fixture
def old_url(file_url: str) -> str:
    """A file from before there was an index, with more in it than is indexed at once."""
    file_of(file_url).parent.mkdir()
    with closing(Database(file_of(file_url))) as database, database.conn:
        migrations.apply(database, stop_before="m015_recall")
        for name in ("alice", "bob"):
            database.execute("INSERT INTO people VALUES (?, ?, ?)", (hex_of(name), name, to_text(NOW)))
            account = ("discord", "app", name, hex_of(name))
            database.execute("INSERT INTO accounts VALUES (?, ?, ?, ?)", account)
        for number in range(CONVERSATIONS):
            name, slug = ("bob" if number % 10 == 0 else "alice"), ("" if number % 3 else "wizard")
            row = {
                "id": number + 1,
                "talk_id": hex_of(f"{number}"),
                "person_id": hex_of(name),
                "slug": slug,
                "reach": "own",
                "started_at": to_text(later(hours=number)),
                "duration_seconds": 60,
                "title": "",
                "summary": "",
                "held_until": to_text(later(days=7)) if number == 1 else None,
            }
            database.table("conversations").insert(row)
            turns = [(number + 1, n, "user", f"{name} and the gull {number} {n}", 0.0) for n in range(TURNS)]
            database.conn.executemany("INSERT INTO turns VALUES (NULL, ?, ?, ?, ?, ?)", turns)
    return file_url


async def test_what_was_said_before_there_was_an_index_is_found_when_it_was_indexed(old_url: str) -> None:
    async with open_store(old_url) as store:
        await store.indexed()
        hits = await store.fetch_hits(hex_of("alice"), WIZARD, [term("gull")], MANY)
        assert (hits.turn_count, len(hits.marks)) == (89 * TURNS, 89 * TURNS)
        bobs = await store.fetch_hits(hex_of("bob"), WIZARD, [term("gull")], MANY)
        assert (bobs.turn_count, len(bobs.marks)) == (10 * TURNS, 10 * TURNS)
        assert await store.keep_talk(hex_of("alice"), hex_of("1"))
        hits = await store.fetch_hits(hex_of("alice"), WIZARD, [term("gull")], MANY)
        assert hits.turn_count == 90 * TURNS
    assert index_errors(old_url) == []


async def test_a_start_does_not_wait_for_the_index_and_each_goes_on_where_the_last_one_stopped(
    old_url: str,
) -> None:
    found: list[int] = []
    for _ in range(3):
        async with open_store(old_url) as store:
            hits = await store.fetch_hits(hex_of("alice"), WIZARD, [term("gull")], MANY)
            assert len(hits.marks) == hits.frequencies[term("gull")] == hits.turn_count
            found.append(hits.turn_count)
        assert index_errors(old_url) == []
    assert found == sorted(found)
    assert found[0] < 89 * TURNS
    with closing(connect_writer(file_of(old_url))) as database:
        steps = 0
        while not is_indexed(database):
            with transaction(database, "BEGIN IMMEDIATE"):
                assert index_some(database)
            steps += 1
        assert 0 < steps <= CONVERSATIONS * TURNS / 500
        assert not index_some(database)
    assert index_errors(old_url) == []


async def test_what_is_said_and_forgotten_while_the_index_is_built_is_right(old_url: str) -> None:
    async with open_store(old_url) as store:
        alice = await store.fetch_person(hex_of("alice"))
        call = await talk(store, alice, said("a new gull"), "new")
        await bring(store, alice, said("a gull in a file", started_at=NOW))
        assert await heard(store, alice, "new", "file") == {"a new gull", "a gull in a file"}
        assert await store.erase_talk(alice.id, call.id, NOW)
        assert await store.erase_talk(alice.id, hex_of("97"), NOW)
        await store.indexed()
        hits = await store.fetch_hits(alice.id, WIZARD, [term("gull")], MANY)
        assert len(hits.marks) == hits.turn_count == 88 * TURNS + 1
    assert index_errors(old_url) == []


async def test_turns_in_terms_of_another_version_are_not_searched_and_indexed_anew(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await talk(store, who, said("the gull"), "1")
        await bring(store, who, said("a gull", started_at=NOW))
    with closing(Database(file_of(file_url))) as database, database.conn:
        database.execute("UPDATE shelves SET version = 0 WHERE slug = 'wizard'")
        database.execute("UPDATE terms SET term = 'egg', marks = 7 WHERE term = ?", (term("gull"),))
        assert not is_indexed(database)
    async with open_store(file_url) as store:
        await store.indexed()
        assert await heard(store, who, "egg", reading=Reading("wizard", "own")) == {"a gull"}
        assert await heard(store, who, "gull") == {"the gull"}
    assert index_errors(file_url) == ["the terms on shelf 2 are not those of its turns"]


async def test_an_index_of_another_version_is_not_searched_before_its_turn_comes() -> None:
    async with open_store("sqlite:///:memory:") as store:
        who = await person(store)
        await talk(store, who, said("the gull"))
        await store.indexed()
        await store.writer.write(lambda it: it.execute("UPDATE shelves SET version = 0") and None)
        hits = await store.fetch_hits(who.id, WIZARD, [term("gull")], MANY)
        assert (hits.turn_count, hits.marks) == (0, {})
        assert await store.fetch_newest_said(who.id, WIZARD, 9) == ()
        assert await store.writer.write(index_some)
        assert await store.writer.write(index_some)
        assert await heard(store, who, "gull") == {"the gull"}


async def test_an_index_that_does_not_say_what_turns_say_is_told_without_their_words(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await talk(store, who, said("the gull", "the lamp"), "1")
        await talk(store, who, said("the sail"), "2", "captain")
    assert index_errors(file_url) == []
    for change, error in (
        ("DELETE FROM terms WHERE term <> '' AND shelf = 1", "the terms on shelf 1 are not those"),
        ("UPDATE terms SET marks = 1 WHERE shelf = 2", "the terms on shelf 2 are not those"),
        ("UPDATE shelves SET turns = 9 WHERE number = 1", "the turns on shelf 1 are miscounted"),
        ("UPDATE conversations SET held_until = '2027' WHERE shelf = 2", "stands on the wrong shelf"),
        ("UPDATE conversations SET reach = 'shared' WHERE shelf = 1", "stands on the wrong shelf"),
        ("INSERT INTO terms VALUES (9, 'gull', 1, 1)", "terms on shelf 9, which is none"),
    ):
        with closing(Database(file_of(file_url))) as database:
            database.execute("BEGIN")
            database.execute(change)
            database.conn.execute("COMMIT")
        assert any(error in told for told in index_errors(file_url)), error
    assert call_of(who, "1").slug == "wizard"
