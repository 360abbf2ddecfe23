"""The contract of the store: what is forgotten, here and (as jobs) at ElevenLabs."""

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database
from store_samples import NOW, bind, call_of, finish, hex_of, later, link_of, person, place, said, talk

from bot.domain.call import Delivery, NewJob
from bot.domain.caller import Account, Consent, Person, PersonId
from bot.domain.errors import CallRefused
from bot.domain.record import PersonRecord, Reading, Receipt
from bot.ports import Store
from storage import open_store
from storage.rooms.erase import AWAITED, IMPERSONAL, KEYED, PERSONAL
from storage.sqlite import SqliteStore
from storage.sqlite.cleaning import clean, mark_unclean

pytestmark = pytest.mark.anyio

CANARY = "xyzzy-canary"


async def jobs_left(store: Store) -> set[tuple[str, str]]:
    claimed = await store.claim_jobs(later(days=99), later(days=100), 1000)
    return {(job.kind, job.subject) for job in claimed}


async def live_with(store: Store, who: Person, words: str) -> None:
    """Leave something of a person in every table."""
    await store.record_consent(who.id, Consent(f"v1 {words}", remember=True, answered_at=NOW))
    for name, slug in (("1", "wizard"), ("2", "captain")):
        key = f"{who.name} {name}"
        call = call_of(who, name, slug, topic=words)
        await place(store, call, link_of(call))
        await bind(store, call, f"conv {key}")
        await store.receive_event(f"transcript:conv {key}", f"conv {key}", words.encode() * 500, NOW)
        text = said(words * 3, words * 300, title=words, summary=words)
        await finish(store, f"conv {key}", text, jobs=(NewJob("recap", f"conv {key}", NOW),))
    everyone, wizard = hex_of(f"import {who.name} all"), hex_of(f"import {who.name} wizard")
    await store.store_import(who.id, "", "own", [(everyone, said(words))], "file", {"motto": words}, NOW)
    await store.store_import(who.id, "wizard", "own", [(wizard, said(words))], "file", {}, NOW)
    asked = call_of(who, "asked", "captain")
    await place(store, asked, link_of(asked))


async def test_erasing_a_person_leaves_nothing_and_touches_nobody_else(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await live_with(store, alice, CANARY)
    await live_with(store, bob, "of bob")
    bobs = await store.fetch_history(bob.id)
    receipt = await store.erase_person(alice.id, NOW)
    assert (receipt.calls, receipt.conversations, receipt.turns, receipt.profile_fields) == (3, 4, 6, 1)
    assert sorted(receipt.conversation_ids) == ["conv alice 1", "conv alice 2"]
    assert await store.fetch_record(alice.id, Reading("wizard", "own")) == PersonRecord()
    assert await store.fetch_history(alice.id) == ()
    assert await store.fetch_link(link_of(call_of(alice, "asked")).token_hash) is None
    assert await store.fetch_binding("conv alice 1") is None
    assert await store.fetch_event("transcript:conv alice 1") is None
    assert await store.fetch_event("transcript:conv bob 1") == b"of bob" * 500
    assert await store.fetch_history(bob.id) == bobs
    left = await jobs_left(store)
    assert {job for job in left if "alice" in job[1]} == {
        ("erase_remote", "conv alice 1"),
        ("erase_remote", "conv alice 2"),
    }
    assert {kind for kind, subject in left if "bob" in subject} == {"recap", "event"}
    assert ("expire", call_of(alice, "asked").id) not in left
    assert ("expire", call_of(bob, "asked").id) in left
    same_account = await store.find_or_add_person(
        Account("discord", "app", "alice"), "alice", PersonId("new"), NOW
    )
    assert (same_account.id, same_account.consent) == ("new", None)


async def test_erasing_a_stranger_erases_nothing(store: Store) -> None:
    await live_with(store, await person(store, "bob"), "of bob")
    assert await store.erase_person(PersonId("nobody"), NOW) == Receipt()
    assert await store.erase_talk(PersonId("nobody"), "nothing", NOW) is None


async def test_erasing_a_character_keeps_the_others_and_what_is_for_every_character(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await live_with(store, alice, CANARY)
    await live_with(store, bob, "of bob")
    receipt = await store.erase_character(alice.id, "wizard", NOW)
    assert receipt == Receipt(
        calls=1, conversations=2, turns=3, conversation_ids=("conv alice 1",), kept_there=("conv alice 1",)
    )
    assert await store.fetch_history(alice.id, "wizard") == ()
    assert len(await store.fetch_history(alice.id)) == 3
    assert len(await store.fetch_history(bob.id)) == 5
    record = await store.fetch_record(alice.id, Reading("captain", "own"))
    assert (len(record.conversations), record.profile) == (2, {"motto": CANARY})
    about = {kind for kind, subject in await jobs_left(store) if "alice 1" in subject}
    assert about == {"erase_remote"}


async def test_erasing_one_call_keeps_the_others(store: Store) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    await live_with(store, alice, CANARY)
    call = call_of(alice, "1")
    assert await store.erase_talk(bob.id, call.id, NOW) is None
    assert await store.erase_talk(alice.id, call.id[:8], NOW) is None
    receipt = await store.erase_talk(alice.id, call.id, NOW)
    assert receipt == Receipt(
        calls=1, conversations=1, turns=2, conversation_ids=("conv alice 1",), kept_there=("conv alice 1",)
    )
    assert await store.fetch_past_talk(alice.id, call.id) is None
    assert len(await store.fetch_history(alice.id)) == 4


async def test_erasing_an_import_lets_it_be_brought_again(store: Store) -> None:
    who = await person(store)
    named = [(hex_of("one"), said("one")), (hex_of("two"), said("two", "too"))]
    await store.store_import(who.id, "", "own", named, "file", {}, NOW)
    assert await store.erase_talk(who.id, hex_of("two"), NOW) == Receipt(conversations=1, turns=2)
    assert len(await store.fetch_history(who.id)) == 1
    assert (await store.store_import(who.id, "", "own", named, "file", {}, NOW)).new == 1


async def test_a_transcript_that_comes_after_its_call_was_erased_is_not_kept(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who))
    await bind(store, call, "conv")
    await store.erase_talk(who.id, call.id, NOW)
    assert not await store.finish_conversation(
        "conv", said(CANARY), "talk", held_until=None, now=NOW, jobs=[]
    )
    assert await store.adopt_conversation(call.ref, "conv") is None
    assert await jobs_left(store) == {("erase_remote", "conv")}


@pytest.mark.parametrize("scope", ["call", "character", "person"])
async def test_erasing_a_call_looks_for_a_conversation_that_we_do_not_know_yet(
    store: Store, scope: str
) -> None:
    alice, bob = await person(store, "alice"), await person(store, "bob")
    hosted = call_of(alice, "hosted", delivery=Delivery.HOSTED)
    live, lost, known, asked, expired = (
        call_of(alice, name) for name in ("live", "lost", "known", "asked", "expired")
    )
    expired_hosted = call_of(alice, "expired hosted", delivery=Delivery.HOSTED)
    calls = (hosted, live, lost, known, asked, expired, expired_hosted)
    for call in (*calls, call_of(bob, "of bob", delivery=Delivery.HOSTED)):
        await place(store, call)
    for call, conversation_id in ((live, ""), (lost, ""), (known, "conv")):
        await bind(store, call, conversation_id)
    await store.fail_call(lost.id, "its end never came", NOW, [], charge="nothing")
    await store.expire_call(expired.id, NOW)
    await store.expire_call(expired_hosted.id, NOW)
    if scope == "call":
        for call in calls:
            await store.erase_talk(alice.id, call.id, NOW)
    elif scope == "character":
        await store.erase_character(alice.id, "wizard", NOW)
    else:
        await store.erase_person(alice.id, NOW)
    due = {(job.kind, job.subject) for job in await store.claim_jobs(NOW, later(minutes=1), 100)}
    assert {job for job in due if job[0].startswith("erase")} == {
        ("erase_remote", "conv"),
        ("erase_found", hosted.ref),
        ("erase_found", live.ref),
        ("erase_found", lost.ref),
    }


async def test_erasing_everything_does_not_take_back_the_search_for_a_conversation(store: Store) -> None:
    who = await person(store)
    call = await place(store, call_of(who, delivery=Delivery.HOSTED))
    await store.erase_talk(who.id, call.id, NOW)
    await store.erase_person(who.id, NOW)
    assert await jobs_left(store) == {("erase_found", call.ref)}


async def test_erasing_everything_does_not_take_back_an_erasure_under_way(store: Store) -> None:
    who = await person(store)
    call = await talk(store, who, said(CANARY))
    await store.erase_talk(who.id, call.id, NOW)
    (job,) = await store.claim_jobs(later(days=1), later(days=2), 10)
    await store.erase_person(who.id, NOW)
    await store.postpone_job(job, later(days=3))
    assert await jobs_left(store) == {("erase_remote", "conv first")}


def bytes_of(database_url: str) -> bytes:
    """Everything that stands in the folder of the database, unused bytes and log included."""
    folder = Path(database_url.removeprefix("sqlite:///")).parent
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_nothing_that_was_erased_stands_in_the_files(file_url: str) -> None:
    async with open_store(file_url) as store:
        alice, bob = await person(store, "alice"), await person(store, "bob")
        await live_with(store, alice, CANARY)
        await live_with(store, bob, "of bob")
        assert CANARY.encode() in bytes_of(file_url)
        await store.erase_person(alice.id, NOW)
        await store.cleaned()
        left = bytes_of(file_url)
        assert CANARY.encode() not in left
        assert alice.id.encode() not in left
        assert b"of bob" in left


async def test_copies_that_moved_between_pages_are_gone_too(file_url: str) -> None:
    sizes = random.Random(1)
    async with open_store(file_url) as store:
        people = [await person(store, f"person{number}") for number in range(10)]
        for number in range(200):
            who = sizes.choice(people)
            name = f"<{who.name}>"
            call = call_of(who, f"{number}", topic=name * sizes.randint(0, 5))
            await place(store, call, link_of(call) if number % 2 else None)
            await bind(store, call, f"conv {number}")
            turns = [name * sizes.randint(1, 30) for _ in range(sizes.randint(0, 9))]
            await finish(store, f"conv {number}", said(*turns, summary=name * sizes.randint(0, 9)))
            profile = {f"field{number % 5}": name * sizes.randint(1, 99)}
            await store.store_import(
                who.id, "", "own", [(hex_of(f"{number}"), said(name))], name, profile, NOW
            )
        for who in people:
            await store.erase_person(who.id, NOW)
            await store.cleaned()
            assert f"<{who.name}>".encode() not in bytes_of(file_url), who.name


@contextmanager
def somebody_reading(database_url: str) -> Iterator[None]:
    """Another connection that holds on to the data as it is now."""
    reader = Database(database_url.removeprefix("sqlite:///"))
    reader.conn.execute("BEGIN")
    reader.conn.execute("SELECT count(*) FROM turns").fetchone()
    yield
    reader.conn.execute("ROLLBACK")
    reader.close()


async def test_what_could_not_be_cleaned_while_somebody_read_is_cleaned_afterwards(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await talk(store, who, said(CANARY * 9))
        with somebody_reading(file_url):
            assert (await store.erase_person(who.id, NOW)).turns == 1
            waiting = asyncio.create_task(store.cleaned())
            assert await person(store, "somebody who writes meanwhile")
            done, _ = await asyncio.wait({waiting}, timeout=0.5)
            assert not done
            assert CANARY.encode() in bytes_of(file_url)
        await waiting
        assert CANARY.encode() not in bytes_of(file_url)


async def test_closing_cleans_up_first_and_does_not_wait_for_a_reader(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await talk(store, who, said(CANARY * 9))
        await store.erase_person(who.id, NOW)
    assert marks_of(file_url) == 0
    assert CANARY.encode() not in bytes_of(file_url)
    with ExitStack() as reading:
        async with asyncio.timeout(9), open_store(file_url) as store:
            who = await person(store)
            await talk(store, who, said(CANARY * 9))
            reading.enter_context(somebody_reading(file_url))
            await store.erase_person(who.id, NOW)


def marks_of(database_url: str) -> int:
    """For how many erasures the file is still to be rewritten."""
    with Database(database_url.removeprefix("sqlite:///")) as database:
        (marks,) = database.execute("PRAGMA user_version").fetchone()
    return marks


def statements_of(store: SqliteStore) -> Callable[[], Awaitable[list[str]]]:
    """Note what the write connection does from now on; the answer gives the first word of each statement."""
    seen: list[str] = []

    def trace(database: Database) -> None:
        database.conn.set_trace_callback(lambda statement: seen.append(statement.split()[0]))

    async def answer() -> list[str]:
        await store.cleaned()
        return seen

    store.writer._executor.submit(trace, store.writer._database).result()
    return answer


async def test_erasures_in_a_row_are_cleaned_up_after_together_and_nobody_waits(file_url: str) -> None:
    async with open_store(file_url) as store:
        people = [await person(store, f"person{number}") for number in range(5)]
        for number, who in enumerate(people):
            await talk(store, who, said(CANARY), f"{number}")
        await store.cleaned()
        statements = statements_of(store)
        for who in people:
            await store.erase_person(who.id, NOW)
        await person(store, "somebody else")
        await store.check_writable()
        assert marks_of(file_url) == 5
        assert (await statements()).count("VACUUM") == 1
        assert marks_of(file_url) == 0
        assert CANARY.encode() not in bytes_of(file_url)


async def test_an_erasure_during_the_cleaning_is_cleaned_up_after_too(file_url: str) -> None:
    async with open_store(file_url) as store:
        people = [await person(store, f"person{number}") for number in range(5)]
        for number, who in enumerate(people):
            await talk(store, who, said(CANARY), f"{number}")
        for who in people:
            await asyncio.gather(store.erase_person(who.id, NOW), store.cleaned())
        await store.cleaned()
        assert marks_of(file_url) == 0
        assert CANARY.encode() not in bytes_of(file_url)


async def test_another_process_that_erases_during_the_cleaning_keeps_its_mark(file_url: str) -> None:
    async with open_store(file_url), open_store(file_url) as other:
        who = await person(other)
        with Database(file_url.removeprefix("sqlite:///")) as database:

            class Interrupted(sqlite3.Connection):
                def execute(self, sql: str, *rest: object) -> sqlite3.Cursor:
                    done = super().execute(sql, *rest)
                    if sql == "VACUUM":
                        mark_unclean(database)
                    return done

            connection = sqlite3.connect(
                file_url.removeprefix("sqlite:///"), factory=Interrupted, isolation_level=None
            )
            with closing(connection):
                mark_unclean(database)
                assert not clean(Database(connection))
        assert marks_of(file_url) == 1
        assert who


async def test_an_erasure_that_found_nothing_does_not_rewrite_the_file(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await talk(store, who, said("hello"))
        await store.cleaned()
        statements = statements_of(store)
        assert await store.erase_character(who.id, "captain", NOW) == Receipt()
        assert await store.erase_person(PersonId("nobody"), NOW) == Receipt()
        assert await store.erase_talk(who.id, "nothing", NOW) is None
        assert marks_of(file_url) == 0
        assert "VACUUM" not in await statements()


async def test_what_a_crash_left_uncleaned_is_cleaned_after_the_next_start(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await talk(store, who, said("hello"))
    with Database(file_url.removeprefix("sqlite:///")) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("PRAGMA user_version = 1")
        database.table("people").insert({"id": "left", "name": CANARY, "added_at": ""})
        database.table("people").delete("left")
    assert CANARY.encode() in bytes_of(file_url)
    async with open_store(file_url) as store:
        await store.cleaned()
        assert CANARY.encode() not in bytes_of(file_url)


async def test_a_closed_event_leaves_no_bytes_in_the_file_or_its_log(file_url: str) -> None:
    async with open_store(file_url) as store:
        await store.receive_event("key", "conv", CANARY.encode() * 999, NOW)
        await store.receive_event("another", "conv", b"of another", NOW)
        assert CANARY.encode() in bytes_of(file_url)
        statements = statements_of(store)
        await store.close_event("key")
        assert CANARY.encode() not in bytes_of(file_url)
        assert b"of another" in bytes_of(file_url)
        assert "VACUUM" not in await statements()


async def test_every_table_is_registered_for_erasure_or_holds_nothing_about_anybody(file_url: str) -> None:
    async with open_store(file_url):
        with Database(file_url.removeprefix("sqlite:///")) as database:
            tables = {name for name in database.table_names() if not name.startswith(("sqlite_", "_sqlite_"))}
    assert tables == set(PERSONAL) | IMPERSONAL | KEYED | AWAITED
    assert not set(PERSONAL) & (IMPERSONAL | KEYED | AWAITED)


async def test_nothing_refers_to_an_erased_row(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await live_with(store, who, CANARY)
        await store.erase_person(who.id, NOW)
    with Database(file_url.removeprefix("sqlite:///")) as database:
        counts = {table: database.table(table).count for table in PERSONAL}
        assert {table: count for table, count in counts.items() if count} == {"jobs": 2}
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_whoever_is_forgotten_while_they_ask_for_a_call_gets_none(store: Store) -> None:
    alice = await person(store, "alice")
    await store.erase_person(alice.id, NOW)
    with pytest.raises(CallRefused, match=r"^Everything about you was forgotten at this moment\. Ask for"):
        await place(store, call_of(alice, "late"))
    assert await store.find_person(Account("discord", "app", "alice")) is None
