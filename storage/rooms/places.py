"""Servers and workspaces that were let in, and who may call whom there: known in memory, kept in the file."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from bot.domain.permission import Rule
from storage.database import Database, Engine
from storage.rooms.room import Room
from storage.rows import Row, storable, to_text
from storage.tombstones import Tombstones
from storage.vault import Vault

T = TypeVar("T")
_Known = tuple[Mapping[str, str], str, tuple[Rule, ...]]
PLACES = "places"
"""What other processes are woken with."""


class Places(Room):
    """The part of the store that a front asks before every command, so that it answers without waiting."""

    def __init__(
        self, writer: Engine, reader: Engine, vault: Vault, tombstones: Tombstones | None = None
    ) -> None:
        super().__init__(writer, reader, vault, tombstones)
        self._places: Mapping[str, str] = MappingProxyType({})
        self._first = ""
        self._rules: tuple[Rule, ...] = ()
        self._one_at_a_time = asyncio.Lock()

    async def load_places(self) -> None:
        """Learn what is stored: when the store opens, and again where other processes may change it."""
        async with self._one_at_a_time:
            self._places, self._first, self._rules = await self.reader.read(_read)

    async def admit_place(self, place: str, name: str, now: datetime) -> bool:
        """Let a server or workspace in; False if it was. A new name replaces the old, no name keeps it."""
        return await self._change(lambda database: _admit(database, place, storable(name), now))

    async def dismiss_place(self, place: str) -> bool:
        """Let a server or workspace in no more; False if it was not. Its rules stay."""
        return await self._change(
            lambda database: bool(
                database.execute(
                    "UPDATE places SET is_in = 0 WHERE place = ? AND is_in = 1", (storable(place),)
                ).rowcount
            )
        )

    def get_places(self) -> Mapping[str, str]:
        """Return the names of the places that were let in, by place, in the order of their admission."""
        return self._places

    def get_first_place(self) -> str:
        """Return the place that was let in before all others, also once it is in no more; empty for none."""
        return self._first

    async def set_rule(self, rule: Rule) -> None:
        """Set what holds for one character in one place; a rule that limits nothing takes it away."""
        await self._change(lambda database: _set_rule(database, rule))

    def get_rules(self) -> tuple[Rule, ...]:
        """Return every rule, sorted by place and character."""
        return self._rules

    async def _change(self, work: Callable[[Database], T]) -> T:
        """Write, and know what stands in the file then, also when the caller does not wait for it."""
        return await asyncio.shield(self._write(work))

    async def _write(self, work: Callable[[Database], T]) -> T:
        async with self._one_at_a_time:
            done, (self._places, self._first, self._rules) = await self.writer.write(
                lambda database: _change(database, work)
            )
        return done


def _change(database: Database, work: Callable[[Database], T]) -> tuple[T, _Known]:
    done = work(database)
    database.wake(PLACES)
    return done, _read(database)


def _read(database: Database) -> _Known:
    places = database.execute("SELECT place, name, is_in FROM places ORDER BY rowid").fetchall()
    rules = database.execute("SELECT * FROM rules ORDER BY place, slug")
    return (
        MappingProxyType({row["place"]: row["name"] for row in places if row["is_in"]}),
        places[0]["place"] if places else "",
        tuple(_rule_from(row) for row in rules),
    )


def _admit(database: Database, place: str, name: str, now: datetime) -> bool:
    is_new = database.execute(
        """
        INSERT INTO places (place, name, admitted_at) VALUES (?, ?, ?)
        ON CONFLICT (place) DO UPDATE SET is_in = 1 WHERE places.is_in = 0
        """,
        (storable(place), name, to_text(now)),
    ).rowcount
    if name:
        database.execute("UPDATE places SET name = ? WHERE place = ?", (name, storable(place)))
    return bool(is_new)


def _set_rule(database: Database, rule: Rule) -> None:
    place, slug = storable(rule.place), storable(rule.slug)
    if rule.limits_nothing:
        database.execute("DELETE FROM rules WHERE place = ? AND slug = ?", (place, slug))
        return
    roles, channels = json.dumps(sorted(rule.roles)), json.dumps(sorted(rule.channels))
    database.execute(
        """
        INSERT INTO rules VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (place, slug) DO UPDATE SET
            is_off = ?3, age_restricted_only = ?4, roles = ?5, channels = ?6
        """,
        (place, slug, rule.is_off, rule.age_restricted_only, roles, channels),
    )


def _rule_from(row: Row) -> Rule:
    return Rule(
        place=row["place"],
        slug=row["slug"],
        is_off=bool(row["is_off"]),
        age_restricted_only=bool(row["age_restricted_only"]),
        roles=frozenset(json.loads(row["roles"])),
        channels=frozenset(json.loads(row["channels"])),
    )
