"""Where everything is kept: one database behind the ``Store`` of ``bot.ports``."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from storage.rooms.every import EveryRoom
from storage.sqlite import open_sqlite
from storage.url import find_database, is_postgres


@asynccontextmanager
async def open_store(url: str, keys: Sequence[str] = ()) -> AsyncIterator[EveryRoom]:
    """Open the database that an address means, brought to the newest schema, and close it at the end.

    ``keys`` are the operator's secret keys, newest first; without any, a database in a file has its own key
    file. Raises SettingsError when there is no such place, no permission, the file is not ours to read, the
    server cannot be reached, or a key is missing that it was written with.
    """
    if is_postgres(url):
        from storage.postgres import open_postgres

        store: EveryRoom = await open_postgres(url, keys)
    else:
        store = await open_sqlite(find_database(url), keys)
    try:
        yield store
    finally:
        await store.aclose()


__all__ = ["open_store"]
