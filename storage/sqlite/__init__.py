"""The store in one SQLite file, through sqlite-utils; in memory it is its own test double."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from storage.sqlite.answering import Answering
from storage.sqlite.bringing import Bringing
from storage.sqlite.burying import newest_known
from storage.sqlite.calls import Calls
from storage.sqlite.characters import Characters
from storage.sqlite.cleaning import rewrite_mark
from storage.sqlite.connection import connect_reader, connect_writer
from storage.sqlite.daily import Daily
from storage.sqlite.dialing import Dialing
from storage.sqlite.endings import Endings
from storage.sqlite.erasure import Erasure
from storage.sqlite.export import Exports
from storage.sqlite.facts import Facts
from storage.sqlite.history import History
from storage.sqlite.importing import Imports
from storage.sqlite.inbox import Inbox
from storage.sqlite.indexing import Indexer, index_some
from storage.sqlite.jobs import Jobs
from storage.sqlite.keyring import open_vault
from storage.sqlite.limits import Allowances
from storage.sqlite.linking import Linking
from storage.sqlite.messaging import Messaging
from storage.sqlite.people import People
from storage.sqlite.phones import Phones
from storage.sqlite.places import Places
from storage.sqlite.placing import Placing
from storage.sqlite.reading import Readings
from storage.sqlite.recall import Recalling
from storage.sqlite.receipts import Receipts
from storage.sqlite.restoring import erase_again, log_erased_again
from storage.sqlite.shelving import take_down
from storage.sqlite.talks import Talks
from storage.sqlite.thread import DatabaseThread
from storage.sqlite.unsettled import Unsettled
from storage.sqlite.watching import Watching
from storage.tombstones import Tombstones, tombstones_of
from storage.vault import Vault


class SqliteStore(
    People,
    Places,
    Characters,
    Allowances,
    Phones,
    Placing,
    Calls,
    Dialing,
    Answering,
    Endings,
    Talks,
    Imports,
    Readings,
    Recalling,
    History,
    Erasure,
    Unsettled,
    Receipts,
    Inbox,
    Jobs,
    Daily,
    Messaging,
    Facts,
    Bringing,
    Exports,
    Linking,
    Watching,
):
    """The whole ``Store``; each room keeps the methods of its subject."""

    def __init__(
        self,
        writer: DatabaseThread,
        reader: DatabaseThread,
        vault: Vault,
        tombstones: Tombstones | None = None,
    ) -> None:
        super().__init__(writer, reader, vault, tombstones)
        self._indexer = Indexer(lambda: writer.write(index_some))
        self._indexer.start()

    async def check_writable(self) -> None:
        """Write what stands there already; raises NotStored when nothing can be written."""
        await self.writer.write(rewrite_mark)

    async def cleaned(self) -> None:
        """Return when no copy of what was erased is left in the files."""
        await self.writer.cleaner.finished()

    async def indexed(self) -> None:
        """Return when everything that was said before this start can be found by its words."""
        await self._indexer.finished()

    async def mend_index(self, shelves: Sequence[int]) -> None:
        """Take down these shelves of the index, and build them anew from what was said."""
        for shelf in shelves:
            await self.writer.write(partial(take_down, shelf=shelf))
        while await self.writer.write(index_some):
            pass

    async def aclose(self) -> None:
        """Finish what is queued, clean up after erasures and close the file."""
        await self._indexer.aclose()
        if self.reader is not self.writer:
            await self.reader.aclose()
        await self.writer.aclose()


async def open_sqlite(path: Path | None, keys: Sequence[str]) -> SqliteStore:
    """Open a file, or a database in memory that lives as long as the store; raises SettingsError."""
    writer = await DatabaseThread.start(partial(connect_writer, path))
    try:
        vault = await open_vault(writer, path, keys)
        if path is None:
            return SqliteStore(writer, writer, vault)
        reader = await DatabaseThread.start(partial(connect_reader, path))
    except BaseException:
        await writer.aclose()
        raise
    tombstones = Tombstones(tombstones_of(path))
    store = SqliteStore(writer, reader, vault, tombstones)
    try:
        if tombstones.newest() > await writer.read(newest_known):
            again = partial(erase_again, vault=vault, tombstones=tombstones, now=datetime.now(UTC))
            log_erased_again(await writer.erase(again))
        await store.load_places()
    except BaseException:
        await store.aclose()
        raise
    writer.cleaner.soon()
    return store
