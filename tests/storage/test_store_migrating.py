"""A database from before there were telephones and allowances keeps what it has, and works."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database
from store_samples import NOW, bind, call_of, finish, hex_of, later, link_of, open_in, person, said
from telephone_samples import LIMITS, ask, ask_by_phone, dial, end, left, verify

from bot.domain.call import Call, CallState, NewJob
from bot.domain.caller import Person, PersonId
from bot.domain.cost import CostLine
from bot.domain.record import Reading
from storage import open_store
from storage.rooms.erase import PERSONAL
from storage.rows import row_of_call, to_text
from storage.schema import migrations

pytestmark = pytest.mark.anyio

ALICE = Person(PersonId(hex_of("alice")), "alice", None)
DONE = replace(
    call_of(ALICE, "done", topic="dragons"),
    state=CallState.DONE,
    opened_at=NOW,
    ended_at=later(minutes=3),
    duration_seconds=180,
)
LIVE = replace(
    call_of(ALICE, "live", asked_at=later(hours=1)), state=CallState.LIVE, opened_at=later(hours=1)
)
ASKED = call_of(ALICE, "asked", asked_at=later(hours=2))
FAILED = replace(call_of(ALICE, "failed"), state=CallState.FAILED, failure="busy", ended_at=NOW)


def insert_call(database: Database, call: Call) -> None:
    columns = {column.name for column in database.table("calls").columns}
    database.table("calls").insert(
        {name: value for name, value in row_of_call(call).items() if name in columns}
    )


@pytest.fixture
def old_url(file_url: str) -> str:
    """A file of the schema that retention came with, with somebody's life in it."""
    path = Path(file_url.removeprefix("sqlite:///"))
    path.parent.mkdir()
    with Database(path) as database:
        migrations.apply(database, stop_before="m007_settings")
        database.execute("INSERT INTO people VALUES (?, 'alice', ?)", (ALICE.id, to_text(NOW)))
        database.execute("INSERT INTO accounts VALUES ('discord', 'app', 'alice', ?)", (ALICE.id,))
        database.execute("INSERT INTO consents VALUES (1, ?, 'v1', 1, ?)", (ALICE.id, to_text(NOW)))
        database.execute("""INSERT INTO profiles VALUES (?, 'rank', '"knight"')""", (ALICE.id,))
        for call in (DONE, LIVE, ASKED, FAILED):
            insert_call(database, call)
        for conversation_id, call, finished in (("conv done", DONE, to_text(NOW)), ("conv live", LIVE, None)):
            database.execute(
                "INSERT INTO bindings VALUES (?, ?, 'own', ?, NULL)", (conversation_id, call.id, finished)
            )
        link = link_of(ASKED)
        row = (link.token_hash, ASKED.id, to_text(link.expires_at))
        database.execute("INSERT INTO links VALUES (?, ?, ?, '', 0)", row)
        database.table("conversations").insert(
            {
                "id": 1,
                "talk_id": hex_of("talk"),
                "person_id": ALICE.id,
                "slug": "wizard",
                "reach": "own",
                "call_id": DONE.id,
                "started_at": to_text(NOW),
                "duration_seconds": 180,
                "title": "Dragons",
                "summary": "",
            }
        )
        database.execute("INSERT INTO turns VALUES (1, 1, 0, 'user', 'hello', 0.0)")
        database.execute("INSERT INTO inbox VALUES ('key', 'conv live', x'00', ?)", (to_text(NOW),))
        for kind, subject in (("fetch", "conv live"), ("expire", ASKED.id)):
            database.execute(
                "INSERT INTO jobs (kind, subject, due_at, attempts) VALUES (?, ?, ?, 0)",
                (kind, subject, to_text(NOW)),
            )
    return file_url


async def test_everything_is_there_afterwards(old_url: str) -> None:
    async with open_store(old_url) as store:
        who = await person(store)
        assert (who.id, who.consent is not None) == (ALICE.id, True)
        for call in (DONE, LIVE, ASKED, FAILED):
            assert await store.fetch_call(call.id) == call
        record = await store.fetch_record(who.id, Reading("wizard", "own"))
        assert (record.call_count, record.profile) == (1, {"rank": "knight"})
        assert [past.title for past in record.conversations] == ["Dragons"]
        assert [turn.text for turn in await store.fetch_turns(who.id, hex_of("talk"))] == ["hello"]
        assert [talk.id for talk in await store.fetch_history(who.id)][:2] == [ASKED.id, LIVE.id]
        assert await store.fetch_event("key") == b"\0"
        jobs = await store.claim_jobs(NOW, later(minutes=1), 9)
        assert {(job.kind, job.subject) for job in jobs} == {
            ("fetch", "conv live"),
            ("expire", ASKED.id),
        }
        assert await left(store, who) == (3, 30)


async def test_calls_from_before_come_to_their_end_and_use_no_allowance(old_url: str) -> None:
    async with open_store(old_url) as store:
        who = await person(store)
        assert await open_in(store, ASKED, "browser", "conv asked", now=later(hours=2)) == "bound"
        await finish(store, "conv asked", said("hello", duration_seconds=70))
        assert await end(store, "conv live", 130, cost=12)
        assert await store.adopt_conversation(FAILED.ref, "conv failed") is None
        allowance = await store.fetch_allowance(who.id, "", LIMITS, NOW)
        assert (allowance.calls_left, allowance.minutes_left, allowance.reserved_minutes) == (3, 30, 0)
        assert (await store.fetch_cost("2026-03")).by_person == (CostLine("", 12, 200, 2),)


async def test_new_calls_are_counted_and_ring_next_to_old_ones(old_url: str) -> None:
    async with open_store(old_url) as store:
        who = await person(store)
        call = await ask_by_phone(store, who, await verify(store, who), limits=LIMITS)
        assert await dial(store, call) == "dialing"
        assert await store.hand_over(call.id, "conv phone", [NewJob("watch", call.id, NOW)])
        await end(store, "conv phone", 61)
        assert await left(store, who) == (2, 28)
        page, granted = await ask(store, who, "page")
        assert granted == 15
        assert await bind(store, page, "conv page")


async def test_who_came_before_can_be_erased(old_url: str) -> None:
    async with open_store(old_url) as store:
        assert (await store.erase_person(ALICE.id, NOW)).calls == 4
    with Database(old_url.removeprefix("sqlite:///")) as database:
        counts = {table: database.table(table).count for table in PERSONAL if database.table(table).count}
        assert set(counts) == {"jobs"}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
