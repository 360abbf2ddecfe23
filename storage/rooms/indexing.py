"""Putting on shelves what is on none: what was said before there were any, or stands there in old terms.

A few conversations at a time, each batch its own transaction, while everything else goes on; what is not on a
shelf yet is not found until it is. Nothing marks how far this came but the conversations themselves, so it
goes on after a crash where it stopped.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.domain.errors import NotStored
from bot.domain.terms import INDEX_VERSION
from storage.database import Database
from storage.rooms.shelving import shelve, take_down

_TURNS_AT_ONCE = 500
"""Of these the writer is rid in about 50 ms; one conversation is never parted."""
_PAUSE_SECONDS = 0.01
_PAUSE_AFTER_FAILURE_SECONDS = 5.0

_OLD_SHELF = "SELECT number FROM shelves WHERE version < ?1 OR version > ?1 LIMIT 1"
_OFF_SHELF = """
    SELECT id, (SELECT max(position) + 1 FROM turns WHERE conversation = conversations.id) AS turns
    FROM conversations INDEXED BY conversations_off_shelf
    WHERE shelf IS NULL AND held_until IS NULL ORDER BY id LIMIT 100
"""


def is_indexed(database: Database) -> bool:
    """Whether there is nothing left to do."""
    return not (
        database.execute(_OLD_SHELF, (INDEX_VERSION,)).fetchone() or database.execute(_OFF_SHELF).fetchone()
    )


def index_some(database: Database) -> bool:
    """Do a part of what is left; False if there was nothing."""
    old = database.execute(_OLD_SHELF, (INDEX_VERSION,)).fetchone()
    if old is not None:
        take_down(database, old["number"])
        return True
    room = _TURNS_AT_ONCE
    waiting = database.execute(_OFF_SHELF).fetchall()
    for talk in waiting:
        shelve(database, talk["id"])
        room -= talk["turns"] or 0
        if room <= 0:
            break
    return bool(waiting)


class Indexer:
    """Calls ``work`` in the background until it answers that nothing was left; what fails is tried again."""

    def __init__(self, work: Callable[[], Awaitable[bool]]) -> None:
        self._work = work
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, and return at once."""
        self._task = asyncio.create_task(self._index())

    async def finished(self) -> None:
        """Return when everything is indexed."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def aclose(self) -> None:
        """Stop after the batch that is under way."""
        self._closing.set()
        await self.finished()

    async def _index(self) -> None:
        is_left = True
        while is_left and not self._closing.is_set():
            pause = _PAUSE_SECONDS
            try:
                is_left = await self._work()
            except NotStored:
                pause = _PAUSE_AFTER_FAILURE_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._closing.wait()
