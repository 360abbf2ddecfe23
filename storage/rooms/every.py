"""The store as callers know it: every room over one engine."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial

from storage.database import Engine
from storage.rooms.alerting import Alerting
from storage.rooms.answering import Answering
from storage.rooms.bringing import Bringing
from storage.rooms.calls import Calls
from storage.rooms.carrying import Carrying
from storage.rooms.characters import Characters
from storage.rooms.counting import Counting
from storage.rooms.daily import Daily
from storage.rooms.dialing import Dialing
from storage.rooms.endings import Endings
from storage.rooms.erasure import Erasure
from storage.rooms.export import Exports
from storage.rooms.facts import Facts
from storage.rooms.history import History
from storage.rooms.importing import Imports
from storage.rooms.inbox import Inbox
from storage.rooms.indexing import Indexer, index_some
from storage.rooms.installing import Installing
from storage.rooms.jobs import Jobs
from storage.rooms.limits import Allowances
from storage.rooms.lines import Lines
from storage.rooms.linking import Linking
from storage.rooms.messaging import Messaging
from storage.rooms.people import People
from storage.rooms.phones import Phones
from storage.rooms.places import Places
from storage.rooms.placing import Placing
from storage.rooms.processes import Processes
from storage.rooms.reading import Readings
from storage.rooms.recall import Recalling
from storage.rooms.receipts import Receipts
from storage.rooms.sharding import Sharding
from storage.rooms.shelving import take_down
from storage.rooms.standing import Standing
from storage.rooms.talks import Talks
from storage.rooms.unsettled import Unsettled
from storage.rooms.watching import Watching
from storage.tombstones import Tombstones
from storage.vault import Vault


class EveryRoom(
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
    Processes,
    Daily,
    Messaging,
    Facts,
    Bringing,
    Exports,
    Linking,
    Lines,
    Carrying,
    Standing,
    Watching,
    Counting,
    Alerting,
    Sharding,
    Installing,
    ABC,
):
    """The whole ``Store``; what only an engine knows is left to it."""

    def __init__(
        self, writer: Engine, reader: Engine, vault: Vault, tombstones: Tombstones | None = None
    ) -> None:
        super().__init__(writer, reader, vault, tombstones)
        self._indexer = Indexer(lambda: writer.write(index_some))
        self._indexer.start()

    @abstractmethod
    async def check_writable(self) -> None:
        """Write something; raises NotStored when nothing can be written."""

    @abstractmethod
    async def cleaned(self) -> None:
        """Return when no copy of what was erased is left that we can reach."""

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
        """Stop what goes on in the background."""
        await self._indexer.aclose()
