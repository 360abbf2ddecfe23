"""The store in one SQLite file, through sqlite-utils; in memory it is its own test double."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from storage.keyring import open_vault
from storage.keys import new_key
from storage.rooms.every import EveryRoom
from storage.rooms.restoring import keep_erased
from storage.sqlite.connection import connect_reader, connect_writer
from storage.sqlite.thread import DatabaseThread
from storage.tombstones import Tombstones, TombstonesInFile, tombstones_of
from storage.vault import Vault


class SqliteStore(EveryRoom):
    """Every room over a thread that writes and one that reads; in memory both are one."""

    def __init__(
        self,
        writer: DatabaseThread,
        reader: DatabaseThread,
        vault: Vault,
        tombstones: Tombstones | None = None,
    ) -> None:
        super().__init__(writer, reader, vault, tombstones)
        self._threads = writer, reader

    async def check_writable(self) -> None:
        """Write what stands there already; raises NotStored when nothing can be written."""
        await self._threads[0].check_writable()

    async def cleaned(self) -> None:
        """Return when no copy of what was erased is left in the files."""
        await self._threads[0].cleaner.finished()

    async def aclose(self) -> None:
        """Finish what is queued, clean up after erasures and close the file."""
        await super().aclose()
        writer, reader = self._threads
        if reader is not writer:
            await reader.aclose()
        await writer.aclose()


async def open_sqlite(path: Path | None, keys: Sequence[str]) -> SqliteStore:
    """Open a file, or a database in memory that lives as long as the store; raises SettingsError."""
    writer = await DatabaseThread.start(partial(connect_writer, path))
    try:
        if path is None:
            return SqliteStore(writer, writer, Vault(keys or [new_key()]))
        vault = await open_vault(writer, path, keys)
        reader = await DatabaseThread.start(partial(connect_reader, path))
    except BaseException:
        await writer.aclose()
        raise
    tombstones = TombstonesInFile(tombstones_of(path))
    store = SqliteStore(writer, reader, vault, tombstones)
    try:
        await keep_erased(writer, vault, tombstones, datetime.now(UTC))
        await store.load_places()
    except BaseException:
        await store.aclose()
        raise
    writer.cleaner.soon()
    return store
