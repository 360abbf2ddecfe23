"""Tombstones of what is erased, and erasing it again from a backup that was put back."""

import json
from collections.abc import Iterable, Sequence
from itertools import count

from bot.domain.caller import DEFAULT_TENANT
from bot.domain.errors import NotStored, SettingsError
from storage.database import Database
from storage.rooms.growing import LINES
from storage.rooms.notes import keep_setting
from storage.rows import Row
from storage.tombstones import Tombstone, Tombstones
from storage.vault import Vault

_NEWEST = "tombstones"
Name = tuple[str, str]
"""The kind of what was erased, and what it is called, of which only a keyed hash is written."""


def bury(database: Database, vault: Vault, tombstones: Tombstones | None, names: Iterable[Name]) -> None:
    """Leave tombstones, in the transaction that erases; a database in memory leaves none."""
    if tombstones is None:
        return
    try:
        numbers = count(max(newest_known(database), tombstones.newest(database)) + 1)
    except SettingsError as error:
        raise NotStored(f"Nothing was changed: {error}") from error
    stones = [Tombstone(next(numbers), kind, _hash(vault, kind, name)) for kind, name in names]
    if stones:
        tombstones.add(database, stones)
        know(database, stones[-1].number)


def newest_known(database: Database) -> int:
    """Return the number of the newest tombstone that this database knows."""
    row = database.execute("SELECT value FROM settings WHERE name = ?", (_NEWEST,)).fetchone()
    return int(row["value"]) if row else 0


def know(database: Database, number: int) -> None:
    """Keep the number of the newest tombstone that this database knows."""
    keep_setting(database, _NEWEST, str(number))


def names_of_people(database: Database, people: Sequence[str]) -> list[Name]:
    """Return what these people are called by: their accounts."""
    return [("person", name) for row in _accounts(database, people) for name in _names(row)]


def names_of_character(database: Database, people: Sequence[str], slug: str) -> list[Name]:
    """Return what the past of these people with one character is called by."""
    accounts = _accounts(database, people)
    return [("character", f"{name} {slug}") for row in accounts for name in _names(row)]


def find_buried(database: Database, vault: Vault, stones: Iterable[Tombstone]) -> list[tuple[str, str, str]]:
    """Return what tombstones stand for and is here all the same, as (kind, person, what).

    ``what`` is empty for a whole person, else a slug, a past talk's id, also for lines of it, or a fact's.
    """
    stones = list(stones)
    wanted = {(stone.kind, stone.fingerprint) for stone in stones}

    def is_buried(kind: str, name: str) -> bool:
        return (kind, _hash(vault, kind, name)) in wanted

    people = _accounts(database, None)
    found = [("person", row["person_id"], "") for row in people if is_buried("person", _account(row))]
    slugs = "SELECT person_id, slug FROM {} GROUP BY person_id, slug"
    kept = " UNION ".join(slugs.format(table) for table in ("calls", "conversations", "facts"))
    accounts = {row["person_id"]: _account(row) for row in people}
    found += [
        ("character", row["person_id"], row["slug"])
        for row in database.execute(kept).fetchall()
        if is_buried("character", f"{accounts.get(row['person_id'], '')} {row['slug']}")
    ]
    talks = """
        SELECT person_id, id FROM calls UNION ALL
        SELECT person_id, talk_id FROM conversations WHERE call_id IS NULL
    """
    brought = "SELECT person_id, talk_id AS id FROM conversations WHERE call_id IS NULL"
    lines = {stone.kind for stone in stones if stone.kind.startswith(LINES)}
    kinds = [
        ("talk", talks),
        ("fact", "SELECT person_id, id FROM facts"),
        *((kind, brought) for kind in lines),
    ]
    for kind, query in kinds:
        rows = database.execute(query).fetchall()
        found += [(kind, row["person_id"], row["id"]) for row in rows if is_buried(kind, row["id"])]
    return found


def who_forgot(database: Database, vault: Vault, stones: Iterable[Tombstone]) -> set[str]:
    """Return whose past with some character tombstones stand for, whether or not any of it is here."""
    wanted = {stone.fingerprint for stone in stones if stone.kind == "character"}
    if not wanted:
        return set()
    slugs = [row["slug"] for row in database.execute("SELECT slug FROM characters").fetchall()]
    return {
        row["person_id"]
        for row in _accounts(database, None)
        if any(_hash(vault, "character", f"{_account(row)} {slug}") in wanted for slug in slugs)
    }


def _accounts(database: Database, people: Sequence[str] | None) -> list[Row]:
    query = "SELECT person_id, platform, tenant, id FROM accounts"
    if people is None:
        return database.execute(query).fetchall()
    condition = " WHERE person_id IN (SELECT value FROM json_each(?))"
    return database.execute(query + condition, (json.dumps(list(people)),)).fetchall()


def _account(row: Row) -> str:
    return f"{row['platform']}:{row['tenant']}:{row['id']}"


def _names(row: Row) -> tuple[str, ...]:
    """Return what an account is called, also in a backup from before its front was connected."""
    return tuple(dict.fromkeys((_account(row), f"{row['platform']}:{DEFAULT_TENANT}:{row['id']}")))


def _hash(vault: Vault, kind: str, name: str) -> str:
    return vault.fingerprint(f"erased {kind}", name)
