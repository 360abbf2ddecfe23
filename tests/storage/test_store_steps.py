"""What SQLite has to do for a call does not grow with what is stored."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlite_utils import Database
from store_samples import NOW, call_of, later, person
from telephone_samples import ask, ask_by_phone, verify

from bot.domain.allowance import UNLIMITED
from bot.domain.call import CallState, Delivery
from bot.domain.caller import Person
from bot.domain.phone import Phone
from storage import open_store
from storage.rows import row_of_call
from storage.sqlite import SqliteStore

pytestmark = pytest.mark.anyio

A_STEP = 10
"""How many instructions of SQLite's machine are counted as one."""
LIMITS = replace(UNLIMITED, cost_per_month=10**9)


async def steps_of(store: SqliteStore, do: Callable[[], Awaitable[object]]) -> int:
    """Count what SQLite does meanwhile."""
    seen = 0

    def note() -> None:
        nonlocal seen
        seen += 1

    def watch(database: Database, handler: Callable[[], None] | None) -> None:
        database.conn.set_progress_handler(handler, A_STEP)

    await store.writer.read(lambda database: watch(database, note))
    await do()
    await store.writer.read(lambda database: watch(database, None))
    return seen


async def fill(store: SqliteStore, who: Person, count: int) -> None:
    """Give somebody that many calls that are over."""
    calls = [
        replace(call_of(who, f"over {number}", asked_at=later(minutes=-number)), state=CallState.DONE)
        for number in range(count)
    ]

    def insert(database: Database) -> None:
        database.table("calls").insert_all(row_of_call(call) for call in calls)

    await store.writer.write(insert)


@pytest.mark.parametrize(
    "what",
    ["placing", "placing by phone", "looking what is left", "looking what is untold", "looking what runs"],
)
@pytest.mark.parametrize("whose", ["mine", "theirs"])
async def test_a_call_takes_as_many_steps_after_a_thousand_calls_as_after_one(what: str, whose: str) -> None:
    counts = []
    for calls in (1, 1_000):
        async with open_store("sqlite:///:memory:") as store:
            assert isinstance(store, SqliteStore)
            alice, bob = await person(store, "alice"), await person(store, "bob")
            await fill(store, alice if whose == "mine" else bob, calls)
            await ask(store, alice, "unopened", delivery=Delivery.PAGE, limits=LIMITS)

            phone = await verify(store, alice)

            async def do(store: SqliteStore = store, who: Person = alice, phone: Phone = phone) -> None:
                if what == "placing by phone":
                    await ask_by_phone(store, who, phone, "next", limits=LIMITS)
                elif what == "placing":
                    await ask(store, who, "next", delivery=Delivery.PAGE, limits=LIMITS, place="discord:1")
                elif what == "looking what is untold":
                    await store.fetch_untold(who.id, NOW)
                elif what == "looking what runs":
                    await store.fetch_running(who.id)
                else:
                    await store.fetch_allowance(who.id, "discord:1", LIMITS, NOW)

            counts.append(await steps_of(store, do))
    assert 0 < counts[1] < 1.5 * counts[0]
