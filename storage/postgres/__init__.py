"""The store on a Postgres server, for several processes at once, through psycopg."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, datetime

from bot.domain.errors import NotStored
from bot.domain.line import News
from storage.keyring import open_vault
from storage.postgres.connection import name_of, open_pool
from storage.postgres.engine import PostgresEngine
from storage.postgres.listening import listening
from storage.postgres.migrating import find_newer_steps
from storage.postgres.tombstones import TombstonesOnServer
from storage.rooms.every import EveryRoom
from storage.rooms.places import PLACES
from storage.rooms.restoring import keep_erased
from storage.tombstones import Tombstones
from storage.vault import Vault

_FRESH_SECONDS = 2.0


class PostgresStore(EveryRoom):
    """Every room over a pool of connections."""

    is_shared = True

    def __init__(self, engine: PostgresEngine, vault: Vault, tombstones: Tombstones, url: str) -> None:
        super().__init__(engine, engine, vault, tombstones)
        self._engine = engine
        self._url = url
        self._places_changed = asyncio.Event()
        self._keeper = asyncio.create_task(self._keep_places_fresh())

    def listening(self, woken: Callable[[str], None]) -> AbstractAsyncContextManager[None]:
        """Have ``woken`` called with the id of what changed; with nothing where that may be anything."""

        def hear(what: str) -> None:
            if what in {"", PLACES}:
                self._places_changed.set()
            woken(what)

        return listening(self._url, hear)

    async def wake_for(self, news: News) -> None:
        """Tell all processes of something to look at, in no transaction that anybody waits for."""
        await self._engine.notify(news)

    async def check_writable(self) -> None:
        """Write what stands there already; raises NotStored when nothing can be written."""
        await self._engine.write(lambda database: database.execute("UPDATE settings SET value = value"))

    async def find_newer_steps(self) -> tuple[str, ...]:
        """Return what a newer Troupe, running beside this one, has added to the schema."""
        return await self._engine.read(find_newer_steps)

    async def cleaned(self) -> None:
        """Return when what was erased is gone from the tables."""
        await self._engine.cleaner.finished()

    async def aclose(self) -> None:
        """Finish what is queued and let go of the server."""
        self._keeper.cancel()
        await asyncio.wait([self._keeper])
        await super().aclose()
        await self._engine.aclose()

    async def _keep_places_fresh(self) -> None:
        """Learn where other processes let Troupe in, and who may call whom there: at once, if it listens."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_FRESH_SECONDS):
                    await self._places_changed.wait()
            self._places_changed.clear()
            with suppress(NotStored):
                await self.load_places()


async def open_postgres(url: str, keys: Sequence[str]) -> PostgresStore:
    """Open the database that an address means, brought to the newest schema; raises SettingsError."""
    engine = PostgresEngine(await asyncio.to_thread(open_pool, url))
    try:
        vault = await open_vault(engine, name_of(url), keys)
        tombstones = TombstonesOnServer()
        await keep_erased(engine, vault, tombstones, datetime.now(UTC))
        store = PostgresStore(engine, vault, tombstones, url)
    except BaseException:
        await engine.aclose()
        raise
    try:
        await store.load_places()
    except BaseException:
        await store.aclose()
        raise
    return store
