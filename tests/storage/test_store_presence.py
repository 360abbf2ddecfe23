"""Which processes share the database, and whose chats are over."""

from dataclasses import replace
from typing import Any

import pytest
from store_samples import NOW, call_of, later, person, place
from telephone_samples import jobs_of

from bot.domain.call import Delivery
from bot.domain.process import Process
from bot.ports import Store

pytestmark = pytest.mark.anyio

FRONT = Process(
    "front",
    ("discord", "slack"),
    "alpha",
    4711,
    "0.1.0",
    NOW,
    "https://troupe.example",
    "http://127.0.0.1:8081",
    "https://api.elevenlabs.io",
    "agent_1",
    "abc",
    ("discord",),
)
WORKER = replace(FRONT, id="worker", roles=("followup",), pid=4712, started_at=later(seconds=1))


async def silence(store: Any, process: Process) -> None:
    """Let nothing have been heard of a process for long."""
    long_ago = "2000-01-01T00:00:00.000000+00:00"
    await store.writer.write(
        lambda database: database.execute(
            "UPDATE processes SET seen_at = ? WHERE id = ?", (long_ago, process.id)
        )
    )


async def chat_with(store: Store, name: str, holder: str) -> str:
    call = await place(store, call_of(await person(store, name), name, delivery=Delivery.CHAT))
    assert await store.hold_line(call.id, "chat", holder, NOW)
    return call.id


async def test_processes_that_live_are_known_with_all_that_they_said(store: Store) -> None:
    assert not await store.keep_process(WORKER)
    assert not await store.keep_process(FRONT)
    assert await store.fetch_processes() == (FRONT, WORKER)
    moved = replace(FRONT, cast_version="def", fronts=("discord", "slack"))
    assert await store.keep_process(moved)
    assert await store.fetch_processes() == (moved, WORKER)
    await store.drop_process(FRONT.id)
    assert await store.fetch_processes() == (WORKER,)


async def test_a_process_of_which_nothing_is_heard_lives_no_more_until_it_comes_back(store: Store) -> None:
    for one in (FRONT, WORKER):
        await store.keep_process(one)
    await silence(store, FRONT)
    assert await store.fetch_processes() == (WORKER,)
    assert await store.drop_silent_processes() == 1
    assert await store.drop_silent_processes() == 0
    assert not await store.keep_process(FRONT), "it learns that it was taken for gone"
    assert await store.fetch_processes() == (FRONT, WORKER)


async def test_a_chat_is_over_once_the_process_that_relays_it_is_gone(store: Store) -> None:
    for one in (FRONT, WORKER):
        await store.keep_process(one)
    theirs, others = await chat_with(store, "alice", "front"), await chat_with(store, "bob", "worker")
    nobodys = await chat_with(store, "carol", "one before")
    assert await store.queue_broken_chats(NOW) == 1
    assert await jobs_of(store, "broke_off") == {nobodys}
    await silence(store, FRONT)
    assert await store.queue_broken_chats(NOW) == 0, "it may have been the database that nobody reached"
    await store.drop_silent_processes()
    assert await store.queue_broken_chats(NOW) == 1
    await store.drop_process(WORKER.id)
    assert await store.queue_broken_chats(NOW) == 1
    assert await jobs_of(store, "broke_off") == {theirs, others}
