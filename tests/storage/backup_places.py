"""Installations that are backed up, and into which backups are put back."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from store_samples import NOW, hex_of, person, said

from bot.domain.caller import Account
from bot.domain.record import Reading
from bot.ports import Store
from storage import open_store
from storage.rooms.comparing import find_index_errors
from tests.databases import keys_of
from tests.postgres_server import Server
from tests.program import troupe

(KEY,) = keys_of("postgresql://")


OTHER_KEY = "another one of 32 characters or more"


T = TypeVar("T")


class Place:
    """An installation: a folder, and the address of its database."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.file = folder / "data" / "troupe.db"
        self.settings = {"DATABASE_URL": url or f"sqlite:///{self.file}", "SECRET_KEY": KEY}

    def runs(self, *arguments: str, code: int = 0, typed: str = "", **settings: str) -> str:
        done = troupe(self.folder, *arguments, typed=typed, **(self.settings | settings))
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def backs_up(self, name: str = "one.backup") -> Path:
        self.runs("backup", name, "--yes")
        return self.folder / name

    def works(self, work: Callable[[Store], Awaitable[T]]) -> T:
        """Do something with what is kept here."""

        async def opened() -> T:
            async with open_store(self.settings["DATABASE_URL"], [KEY]) as store:
                return await work(store)

        return asyncio.run(opened())

    def brings(self, who: str, word: str) -> None:
        async def bring(store: Store) -> None:
            one = await person(store, who)
            talk = (hex_of(f"{who} {word}"), said(f"{word} moved to Bern."))
            await store.store_import(one.id, "", "own", [talk], "f", {}, NOW)

        self.works(bring)

    def forgets(self, who: str) -> None:
        async def forget(store: Store) -> None:
            await store.erase_person((await person(store, who)).id, NOW)
            await store.cleaned()  # type: ignore[attr-defined]

        self.works(forget)

    def tells(self, word: str) -> set[str]:
        """Return who is known to have said a word; the index is in step with what was said."""

        async def look(store: Store) -> set[str]:
            assert await store.reader.read(find_index_errors) == []  # type: ignore[attr-defined]
            told = set()
            for who in ("alice", "bob", "carol"):
                if one := await store.find_person(Account("discord", "app", who)):
                    record = await store.fetch_record(one.id, Reading("wizard", "own"))
                    if word in str(record):
                        told.add(who)
            return told

        return self.works(look)


def place_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> Place:
    folder.mkdir()
    if kind == "postgres":
        server: Server = request.getfixturevalue("server")
        return Place(folder, server.new_database())
    return Place(folder)
