"""Where everything is kept: one database behind the ``Store`` of ``bot.ports``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.sqlite import SqliteStore, open_sqlite
from storage.url import find_database


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[SqliteStore]:
    """Open the database that an address means, brought to the newest schema, and close it at the end.

    Raises SettingsError when there is no such place, no permission, or the file is not ours to read.
    """
    store = await open_sqlite(find_database(url))
    try:
        yield store
    finally:
        await store.aclose()


__all__ = ["open_store"]
