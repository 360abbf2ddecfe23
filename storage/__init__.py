"""Where everything is kept: one database behind the ``Store`` of ``bot.ports``."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from storage.sqlite import SqliteStore, open_sqlite
from storage.url import find_database


@asynccontextmanager
async def open_store(url: str, keys: Sequence[str] = ()) -> AsyncIterator[SqliteStore]:
    """Open the database that an address means, brought to the newest schema, and close it at the end.

    ``keys`` are the operator's secret keys, newest first; without any, the database has its own key file.
    Raises SettingsError when there is no such place, no permission, the file is not ours to read, or a key is
    missing that it was written with.
    """
    store = await open_sqlite(find_database(url), keys)
    try:
        yield store
    finally:
        await store.aclose()


__all__ = ["open_store"]
