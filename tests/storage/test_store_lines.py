"""Who holds a line, and what is carried to it: between processes that share a database."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from store_samples import NOW, call_of, later, person, place
from telephone_samples import jobs_of

from bot.domain.call import CallId, Delivery
from bot.domain.line import Carried
from bot.domain.permission import Spot
from bot.ports import Store
from storage import open_store
from tests.databases import keys_of
from tests.postgres_server import Server

pytestmark = pytest.mark.anyio

SECRET = "Quuxlena keeps a key under the doormat"


async def chat(store: Store, name: str = "first", holder: str = "A", who: str = "alice") -> CallId:
    """Let a process hold a chat."""
    call = await place(store, call_of(await person(store, who), name, delivery=Delivery.CHAT))
    assert await store.hold_line(call.id, "chat", holder, NOW)
    return call.id


async def page(store: Store, holder: str = "A") -> CallId:
    """Let a process hold the line of a talk page."""
    call = await place(store, call_of(await person(store), "page"))
    assert await store.hold_line(call.id, "page", holder, NOW)
    return call.id


async def send(store: Store, call_id: CallId, kind: Any, text: str) -> int:
    number = await store.send_to_line(call_id, kind, text, NOW)
    assert number is not None
    return number


def texts(carried: tuple[Carried, ...]) -> list[str]:
    return [one.text for one in carried]


async def test_what_is_said_reaches_the_holder_once_and_in_order(store: Store) -> None:
    call_id = await chat(store)
    sent = [await send(store, call_id, "say", text) for text in ("one", "two", "three")]
    assert [await store.was_heard(one) for one in sent] == [None] * 3
    assert not (await store.take_from_line(call_id, "B")).is_held
    assert (await store.fetch_waiting("A"), await store.fetch_waiting("B")) == ({call_id}, set())
    taken = await asyncio.gather(*(store.take_from_line(call_id, "A") for _ in range(3)))
    assert sorted(map(len, (one.carried for one in taken))) == [0, 0, 3]
    assert texts(next(one.carried for one in taken if one.carried)) == ["one", "two", "three"]
    assert [await store.was_heard(one) for one in sent] == [True] * 3
    assert await store.fetch_waiting("A") == set()


async def test_whoever_whispers_learns_what_became_of_it(store: Store) -> None:
    call_id = await chat(store)
    heard, unheard, late = [await send(store, call_id, "whisper", text) for text in "abc"]
    assert [one.kind for one in (await store.take_from_line(call_id, "A")).carried] == ["whisper"] * 3
    assert await store.was_heard(heard) is None, "it was taken, which is not yet heard"
    await store.settle_carried(heard, is_heard=True)
    await store.settle_carried(unheard, is_heard=False)
    assert [await store.was_heard(one) for one in (heard, unheard)] == [True, False]
    assert not await store.take_back(heard, NOW)
    assert await store.take_back(late, NOW)
    assert await jobs_of(store, "broke_off") == set()
    assert len(await store.fetch_chats(call_of(await person(store)).account)) == 1, "its holder lives"


async def test_what_nobody_takes_is_taken_back_and_the_line_is_over(store: Store) -> None:
    call_id, page_id = await chat(store), await page(store)
    numbers = [await send(store, one, "say", "is anybody there?") for one in (call_id, call_id, page_id)]
    assert [await store.take_back(number, NOW) for number in numbers] == [True] * 3
    assert not (await store.take_from_line(call_id, "A")).is_held
    assert await store.send_to_line(call_id, "say", "hello?", NOW) is None
    assert await store.queue_broken_chats(NOW) == 0
    assert await jobs_of(store, "broke_off") == {call_id}, "its member is told, and once"


async def test_a_chat_goes_on_until_it_is_let_go_or_its_holder_is_found_to_be_dead(store: Store) -> None:
    account = call_of(await person(store)).account
    first, second = await chat(store), await chat(store, "second", "B")
    await store.note_post(second, "thread", "channel", "17.4", [])
    found = await store.fetch_chats(account)
    assert [(one.call_id, one.holder, one.slug, one.root) for one in found] == [
        (first, "A", "wizard", ""),
        (second, "B", "wizard", "17.4"),
    ]
    number, end = await send(store, first, "whisper", "hush"), await send(store, first, "hang_up", "")
    await store.let_line_go(first, "B")
    assert await store.fetch_held("A") == {first}
    await store.let_line_go(first, "A")
    assert [await store.was_heard(one) for one in (number, end)] == [False, True]
    assert await store.queue_broken_chats(NOW) == 1
    assert await store.fetch_chats(account) == ()
    assert await store.fetch_held("B") == frozenset()


async def test_a_new_chat_ends_the_others_of_its_account_where_there_may_be_one(store: Store) -> None:
    first, bobs = await chat(store), await chat(store, who="bob")
    second = await chat(store, "second", "B")
    number = await send(store, first, "say", "to the first")
    assert await store.hold_line(second, "chat", "B", NOW, alone=True)
    assert await store.was_heard(number) is False
    assert await store.fetch_held("A") == {bobs}


async def test_a_page_that_comes_back_elsewhere_gets_what_it_missed(store: Store) -> None:
    call_id = await page(store)
    await store.begin_page(call_id, "left out", NOW)
    assert texts(await store.fetch_told(call_id, 0)) == ["left out"]
    seen = await send(store, call_id, "update", "one")
    assert texts((await store.take_from_line(call_id, "A")).carried) == ["one"]
    await send(store, call_id, "update", "two")
    await store.take_from_line(call_id, "A")
    await send(store, call_id, "update", "three")
    assert await store.hold_line(call_id, "page", "B", NOW)
    lost = await store.take_from_line(call_id, "A")
    assert (lost.is_held, lost.is_moved) == (False, True)
    assert texts(await store.fetch_told(call_id, seen)) == ["two", "three"]
    assert texts(await store.fetch_told(call_id, 0)) == ["left out", "one", "two", "three"]
    await store.begin_page(call_id, "", NOW)
    assert await store.fetch_told(call_id, 0) == ()
    assert await store.find_page((await person(store)).id) == call_id
    await store.end_page(call_id)
    lost = await store.take_from_line(call_id, "B")
    assert (lost.is_held, lost.is_moved) == (False, False)
    assert await store.find_page((await person(store)).id) is None


async def test_nobody_holds_the_line_of_a_call_that_was_erased(store: Store) -> None:
    who = await person(store)
    chat_id, page_id, bobs = await chat(store), await page(store), await chat(store, who="bob")
    for call_id in (chat_id, page_id, bobs):
        await send(store, call_id, "whisper", "hush")
        await store.keep_spots(call_id, (Spot("discord:1"),), NOW)
    await store.erase_person(who.id, NOW)
    assert await store.fetch_held("A") == {bobs}
    assert not (await store.take_from_line(chat_id, "A")).is_held
    assert not await store.hold_line(page_id, "page", "A", NOW)
    assert await store.fetch_spots(page_id, NOW.replace(year=2000)) == ()
    assert texts((await store.take_from_line(bobs, "A")).carried) == ["hush"]


async def test_what_pages_were_told_of_the_past_goes_with_any_of_it(store: Store) -> None:
    who, call_id, bobs = await person(store), await page(store), await chat(store, who="bob")
    await store.begin_page(call_id, "you said once that …", NOW)
    await send(store, bobs, "update", "of another")
    await store.erase_character(who.id, "captain", NOW)
    assert await store.fetch_told(call_id, 0) == ()
    assert await store.fetch_held("A") == {call_id, bobs}
    assert texts((await store.take_from_line(bobs, "A")).carried) == ["of another"]


async def test_words_are_sealed_and_gone_after_a_minute(store: Any) -> None:
    call_id = await chat(store)
    await send(store, call_id, "say", SECRET)
    spot = Spot("discord:1", frozenset({"discord-role:2"}), frozenset({"discord-channel:3"}), True)
    await store.keep_spots(call_id, (spot,), NOW)
    sealed = await store.reader.read(
        lambda database: [
            bytes(row[0])
            for table in ("carried", "spots")
            for row in database.execute(f"SELECT sealed FROM {table}").fetchall()
        ]
    )
    assert not any(b"Quuxlena" in one or b"discord-role" in one for one in sealed)
    assert await store.drop_stale(later(seconds=-1), later(seconds=-1)) == 0
    assert await store.drop_stale(later(seconds=1), later(seconds=-1)) == 1
    assert (await store.take_from_line(call_id, "A")).carried == ()
    assert await store.fetch_spots(call_id, later(seconds=-1)) == (spot,)
    assert await store.fetch_spots(call_id, later(seconds=1)) == ()


async def test_a_call_that_goes_on_is_from_the_same_spots(store: Store) -> None:
    first, second = await chat(store), await chat(store, "second")
    await store.pass_spots_on(first, second)
    assert await store.fetch_spots(second, later(hours=-1)) == ()
    await store.keep_spots(first, (Spot("discord:1"),), NOW)
    await store.pass_spots_on(first, second)
    assert await store.fetch_spots(second, later(hours=-1)) == (Spot("discord:1"),)


async def test_processes_wake_each_other_with_ids_alone(server: Server, tmp_path: Path) -> None:
    url = server.emptied_database()
    heard: list[str] = []

    async def until_heard(what: str) -> None:
        async with asyncio.timeout(30):
            while what not in heard:  # noqa: ASYNC110  a list rings no bell
                await asyncio.sleep(0.01)
        heard.clear()

    async with open_store(url, keys_of(url)) as one, open_store(url, keys_of(url)) as other:
        async with other.listening(heard.append):
            await until_heard("")
            call_id = await chat(one)
            await until_heard(f"call {call_id}")
            number = await send(one, call_id, "say", SECRET)
            await until_heard(f"call {call_id}")
            await other.take_from_line(call_id, "A")
            await until_heard(f"sent {number}")
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query = 'LISTEN troupe' AND datname = 'shared'"
            )
            await until_heard("")
            await one.erase_person((await person(one)).id, NOW)
            await until_heard(f"call {call_id}")
        assert (one.is_shared, other.is_shared) == (True, True)
    async with open_store(f"sqlite:///{tmp_path}/one.db") as alone:
        assert not alone.is_shared
