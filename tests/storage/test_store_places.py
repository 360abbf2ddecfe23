"""The contract of the store: places that were let in, and who may call whom there."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlite_utils import Database
from store_samples import NOW, later

from bot.domain.errors import NotStored
from bot.domain.permission import Rule
from bot.ports import Store
from storage import open_store
from storage.rooms.every import EveryRoom

pytestmark = pytest.mark.anyio

RULE = Rule(
    "discord:1",
    "wizard",
    is_off=True,
    age_restricted_only=True,
    roles=frozenset({"2", "3"}),
    channels=frozenset({"4", "5"}),
)


def as_list(places: Mapping[str, str]) -> list[tuple[str, str]]:
    return list(places.items())


async def test_a_place_is_let_in_once_and_let_go_once(store: Store) -> None:
    assert as_list(store.get_places()) == []
    assert await store.admit_place("discord:1", "The Tavern", NOW)
    assert not await store.admit_place("discord:1", "The Tavern", later(days=1))
    assert await store.dismiss_place("discord:1")
    assert not await store.dismiss_place("discord:1")
    assert as_list(store.get_places()) == []


async def test_places_come_in_the_order_in_which_they_were_let_in(store: Store) -> None:
    for place in ("discord:2", "discord:3", "discord:1"):
        await store.admit_place(place, f"Name of {place}", NOW)
    await store.admit_place("discord:2", "Renamed", later(days=1))
    await store.admit_place("discord:1", "", later(days=1))
    assert as_list(store.get_places()) == [
        ("discord:2", "Renamed"),
        ("discord:3", "Name of discord:3"),
        ("discord:1", "Name of discord:1"),
    ]
    await store.dismiss_place("discord:2")
    assert list(store.get_places()) == ["discord:3", "discord:1"]
    assert await store.admit_place("discord:2", "Back", NOW)
    assert next(iter(store.get_places().items())) == ("discord:2", "Back")


async def test_the_first_place_stays_the_first_though_it_leaves(store: Store) -> None:
    assert store.get_first_place() == ""
    for place in ("discord:2", "discord:1"):
        await store.admit_place(place, place, NOW)
    await store.dismiss_place("discord:2")
    assert store.get_first_place() == "discord:2"
    assert list(store.get_places()) == ["discord:1"]


async def test_a_rule_takes_the_place_of_the_one_before_it(store: Store) -> None:
    await store.set_rule(RULE)
    narrower = replace(RULE, is_off=False, roles=frozenset())
    await store.set_rule(narrower)
    assert store.get_rules() == (narrower,)


async def test_rules_are_apart_by_place_and_character_and_sorted(store: Store) -> None:
    rules = (
        Rule("discord:1", "captain", roles=frozenset({"2"})),
        Rule("discord:1", "wizard", channels=frozenset({"4"})),
        Rule("discord:2", "captain", age_restricted_only=True),
    )
    for rule in reversed(rules):
        await store.set_rule(rule)
    assert store.get_rules() == rules


async def test_a_rule_that_limits_nothing_takes_the_rule_away(store: Store) -> None:
    await store.set_rule(RULE)
    await store.set_rule(Rule("discord:1", "captain"))
    await store.set_rule(Rule("discord:1", "wizard"))
    assert store.get_rules() == ()


async def test_places_and_rules_are_known_after_the_next_start(file_url: str) -> None:
    async with open_store(file_url) as store:
        await store.admit_place("discord:2", "The Tavern", NOW)
        await store.admit_place("discord:1", "The Inn", NOW)
        await store.set_rule(RULE)
    async with open_store(file_url) as store:
        assert as_list(store.get_places()) == [("discord:2", "The Tavern"), ("discord:1", "The Inn")]
        assert store.get_rules() == (RULE,)


async def test_what_could_not_be_stored_is_not_known_either(file_url: str) -> None:
    async with open_store(file_url) as store:
        await store.admit_place("discord:1", "The Tavern", NOW)

        def refuse(database: Database) -> None:
            database.conn.execute("PRAGMA query_only = 1")

        await store.writer.read(refuse)
        with pytest.raises(NotStored):
            await store.admit_place("discord:2", "The Inn", NOW)
        with pytest.raises(NotStored):
            await store.set_rule(RULE)
        assert as_list(store.get_places()) == [("discord:1", "The Tavern")]
        assert store.get_rules() == ()


async def test_what_is_stored_after_all_is_known_though_nobody_waited_for_it(file_url: str) -> None:
    async with open_store(file_url) as store:
        impatient = asyncio.create_task(store.admit_place("discord:1", "The Tavern", NOW))
        await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        await store.check_writable()
        assert as_list(store.get_places()) == [("discord:1", "The Tavern")]


async def test_many_changes_at_once_leave_memory_as_the_file_is(store: Store) -> None:
    assert isinstance(store, EveryRoom)
    await asyncio.gather(
        *(store.admit_place(f"discord:{number}", "name", NOW) for number in range(20)),
        *(store.dismiss_place(f"discord:{number}") for number in range(0, 20, 2)),
        *(store.set_rule(replace(RULE, slug=f"{number}")) for number in range(20)),
    )
    known = store.get_places(), store.get_rules()
    assert len(known[0]) == 10
    await store.load_places()
    assert (store.get_places(), store.get_rules()) == known


async def test_what_was_asked_before_a_change_stays_as_it_was(store: Store) -> None:
    before = store.get_places()
    await store.admit_place("discord:1", "The Tavern", NOW)
    assert as_list(before) == []
    with pytest.raises(TypeError):
        store.get_places()["discord:2"] = "an intruder"  # type: ignore[index]
