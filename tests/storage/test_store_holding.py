"""Chats of before they had their holder in one place: they go on, or are over, as they would have been."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database
from store_samples import NOW, call_of, hex_of
from telephone_samples import jobs_of

from bot.domain.call import CallState, Delivery
from bot.domain.caller import Person, PersonId
from bot.ports import Store
from storage import open_store
from storage.postgres.connection import connect
from storage.postgres.database import PostgresDatabase
from storage.postgres.migrating import migrate
from storage.rows import row_of_call, to_text
from storage.schema import migrations
from storage.schema.steps import all_steps
from tests.databases import keys_of
from tests.postgres_server import Server

pytestmark = pytest.mark.anyio

ALICE = Person(PersonId(hex_of("alice")), "alice", None)
HELD, UNHELD, GIVEN_UP, TALK = (
    replace(call_of(ALICE, name, delivery=delivery), state=CallState.LIVE, opened_at=NOW)
    for name, delivery in (
        ("held", Delivery.CHAT),
        ("unheld", Delivery.CHAT),
        ("given up", Delivery.CHAT),
        ("page", Delivery.PAGE),
    )
)


def statements() -> Iterable[tuple[str, list[object]]]:
    """What stood there: chats with and without a line, one that others gave up, a page, and a thread."""
    yield "INSERT INTO people VALUES (?, 'alice', ?)", [ALICE.id, to_text(NOW)]
    yield "INSERT INTO accounts VALUES ('discord', 'app', 'alice', ?)", [ALICE.id]
    for call in (HELD, UNHELD, GIVEN_UP, TALK):
        row = row_of_call(call)
        marks = ", ".join("?" * len(row))
        yield f"INSERT INTO calls ({', '.join(row)}) VALUES ({marks})", list(row.values())
    for call, kind in ((HELD, "chat"), (GIVEN_UP, "chat"), (TALK, "page")):
        yield "INSERT INTO lines VALUES (?, ?, 'A', ?)", [call.id, kind, to_text(NOW)]
    for call, kind in ((HELD, "chat"), (UNHELD, "chat"), (HELD, "thread")):
        yield "INSERT INTO posts VALUES (?, ?, 'channel', '1', 'A')", [call.id, kind]


async def look(store: Store) -> None:
    """See that chats are where they were."""
    assert await store.fetch_held("A") == {HELD.id, UNHELD.id, TALK.id}
    thread = await store.fetch_post(HELD.id, "thread")
    assert thread is not None
    assert thread.message_id == "1"
    assert await store.queue_broken_chats(NOW) == 2
    assert await jobs_of(store, "broke_off") == {HELD.id, UNHELD.id}


async def test_chats_in_a_file_keep_who_relays_them(tmp_path: Path) -> None:
    with Database(tmp_path / "old.db") as database:
        migrations.apply(database, stop_before="m025_holding")
        for statement, values in statements():
            database.execute(statement, values)
    async with open_store(f"sqlite:///{tmp_path}/old.db") as store:
        await look(store)


async def test_chats_on_a_server_keep_who_relays_them(server: Server) -> None:
    url = server.new_database()
    with connect(url) as connection:
        names = list(all_steps())
        older = {name: all_steps()[name] for name in names[: names.index("m025_holding")]}
        migrate(connection, "the old database", older)
        for statement, values in statements():
            PostgresDatabase(connection).execute(statement, values)
    async with open_store(url, keys_of(url)) as store:
        await look(store)
