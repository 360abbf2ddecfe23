"""The lines that this process holds, of chats and of talk pages, and the way to those that others hold.

A chat goes on where ``/call`` was answered, and a page's stream where its browser got through. Moving a chat
to where its member's next words arrive would be no simpler: behind a balancer each may arrive elsewhere, so
that words have to be carried anyhow. They travel as rows, sealed and each taken once; what wakes the holder
is an id. With one process everything is here, and what is written is which chats go on, for after a restart.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.call import CallId
from bot.domain.caller import Account, parse_account
from bot.domain.errors import NotStored
from bot.domain.line import CARRIED_FOR, Carried, CarriedKind, HeldLine, LineKind, News
from bot.ports import Store

HEARD_SECONDS = 6.0
"""For how long whoever sends something waits until it is heard; who takes nothing by then is dead."""
LOOK_SECONDS = 2.0
"""How often a process looks whether it still holds what it holds, woken or not."""
FORGET = "forget"
LINES_FOR = timedelta(hours=3)
"""For how long a line, and where its member stood, is kept; no call takes as long."""

log = logging.getLogger(__name__)

Take = Callable[[Carried], Awaitable[bool]]
"""Does what was carried to a line, and says whether it was heard."""
Cut = Callable[[bool], Awaitable[None]]
"""Ends a line without a word: nobody holds it any more, or (True) somebody else."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Hold:
    """A line that is held here."""

    kind: LineKind
    take: Take
    cut: Cut
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Switchboard:
    """Holds lines under the id of this process; without a store, in memory alone."""

    def __init__(
        self, store: Store | None = None, process: str = "", now: Callable[[], datetime] = _now
    ) -> None:
        self._store = store
        self._process = process
        self._now = now
        self.heard_seconds = HEARD_SECONDS
        self._held: dict[CallId, Hold] = {}
        self._senders: dict[int, asyncio.Event] = {}
        self._forgetters: list[Callable[[Account], None]] = []
        self._lookers: dict[str, list[Callable[[], None]]] = {}
        self._woken: set[CallId] = set()
        self._bell = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def shared(self) -> Store | None:
        """The store, if other processes use it too."""
        return self._store if self._store is not None and self._store.is_shared else None

    def _noting(self, kind: LineKind) -> Store | None:
        """Return where it is noted that a line of a kind is held: of a chat always."""
        return self._store if kind == "chat" else self.shared

    async def hold(
        self, call_id: CallId, kind: LineKind, take: Take, cut: Cut, *, alone: bool = False
    ) -> Hold:
        """Hold a line from now on, in place of whoever did; with ``alone`` the account has no other chat.

        Raises NotStored, and holds nothing then.
        """
        hold = self._held[call_id] = Hold(kind, take, cut)
        if store := self._noting(kind):
            try:
                await store.hold_line(call_id, kind, self._process, self._now(), alone=alone)
            except NotStored:
                if self._held.get(call_id) is hold:
                    del self._held[call_id]
                raise
        return hold

    async def let_go(self, call_id: CallId, hold: Hold) -> None:
        """Hold a line no more, unless it was taken over meanwhile."""
        if self._held.get(call_id) is not hold:
            return
        del self._held[call_id]
        if store := self._noting(hold.kind):
            with contextlib.suppress(NotStored):
                await store.let_line_go(call_id, self._process)

    async def chats_of(self, account: Account) -> tuple[HeldLine, ...]:
        """Return all chats of an account, the oldest first; none where every one is here anyhow."""
        return await self.shared.fetch_chats(account) if self.shared else ()

    def holds(self, call_id: CallId) -> bool:
        """Whether a line is held here."""
        return call_id in self._held

    async def send(self, call_id: CallId, kind: CarriedKind, text: str) -> int | None:
        """Put something on its way to whoever holds a line; return its number, None where nobody does."""
        store = self.shared
        return await store.send_to_line(call_id, kind, text, self._now()) if store else None

    async def outcome(self, number: int | None) -> bool:
        """Return whether something that was sent is heard, once that is known; if it is not, take it back."""
        store = self.shared
        if number is None or store is None:
            return False
        bell = self._senders[number] = asyncio.Event()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.heard_seconds):
                    while (heard := await store.was_heard(number)) is None:
                        with contextlib.suppress(TimeoutError):
                            async with asyncio.timeout(LOOK_SECONDS / 2):
                                await bell.wait()
                        bell.clear()
                    return heard
            return not await store.take_back(number, self._now())
        finally:
            del self._senders[number]

    async def carry(self, call_id: CallId, kind: CarriedKind, text: str) -> bool:
        """Send something to whoever holds a line, and return whether it was heard."""
        return await self.outcome(await self.send(call_id, kind, text))

    async def look(self, call_id: CallId) -> None:
        """Take what waits for a line that is held here, in its order, or end the line if it is lost."""
        hold, store = self._held.get(call_id), self.shared
        if hold is None or store is None:
            return
        async with hold.turn:
            found = await store.take_from_line(call_id, self._process)
            for one in found.carried:
                self._start(self._do(hold, one))
        if not found.is_held and self._held.get(call_id) is hold:
            del self._held[call_id]
            await hold.cut(found.is_moved)

    async def end_erased(self) -> None:
        """End the lines that are held here of calls that are gone: somebody erased them just now.

        Where the store is shared, the erasure itself woke whoever holds one.
        """
        if self.shared:
            return
        for call_id, hold in list(self._held.items()):
            if self._store and await self._store.fetch_call(call_id) is None:
                self._held.pop(call_id, None)
                await hold.cut(False)

    def when_forgotten(self, forget: Callable[[Account], None]) -> None:
        """Have this called with every account of which no process is to keep anything in memory."""
        self._forgetters.append(forget)

    def when_there_is(self, news: News, look: Callable[[], None]) -> None:
        """Have this called when another process says that there is something to look at.

        Whoever does looks now and then all the same, as words may be lost.
        """
        self._lookers.setdefault(news, []).append(look)

    async def forget(self, account: Account) -> None:
        """Have no process keep anything of an account in memory: here now, elsewhere in a moment."""
        self._forget(account)
        if store := self.shared:
            await store.wake_everybody(f"{FORGET} {account}")

    def _forget(self, account: Account) -> None:
        for forget in self._forgetters:
            forget(account)

    async def run(self) -> None:
        """Do what is carried here, and end what is lost, until cancelled."""
        store = self.shared
        if store is None:
            return
        async with store.listening(self._wake):
            looked_at = self._now()
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._bell.wait()
                self._bell.clear()
                woken, self._woken = self._woken, set()
                for call_id in woken:
                    self._start(self.look(call_id))
                if self._now() - looked_at >= timedelta(seconds=LOOK_SECONDS):
                    looked_at = self._now()
                    await self._look_around(store)

    def _wake(self, told: str) -> None:
        """Note what changed; nothing for anything."""
        what, _, which = told.partition(" ")
        if what == "call" and which in self._held:
            self._woken.add(CallId(which))
            self._bell.set()
        elif what == "sent" and which.isdigit() and (sender := self._senders.get(int(which))):
            sender.set()
        elif what == FORGET:
            self._forget(parse_account(which))
        elif told in self._lookers:
            for look in self._lookers[told]:
                look()
        elif not told:
            self._woken |= set(self._held)
            self._bell.set()
            for sender in self._senders.values():
                sender.set()

    async def _look_around(self, store: Store) -> None:
        """See what nobody tells: lines that were given up for dead, and what is too old.

        And what waits although nobody woke us, as where a pooler stands before the database.
        """
        with contextlib.suppress(NotStored):
            before, now = set(self._held), self._now()
            if before:
                held = await store.fetch_held(self._process)
                waiting = await store.fetch_waiting(self._process)
                for call_id in (before - held) | (before & waiting):
                    self._start(self.look(call_id))
            margin = timedelta(seconds=2 * LOOK_SECONDS)
            await store.drop_stale(now - CARRIED_FOR + margin, now - LINES_FOR)

    async def _do(self, hold: Hold, one: Carried) -> None:
        heard = await hold.take(one)
        if hold.kind == "chat" and one.kind != "say" and self.shared:
            await self.shared.settle_carried(one.number, is_heard=heard)

    def _start(self, work: Awaitable[None]) -> None:
        """Do something beside: what is started first begins first."""
        task = asyncio.ensure_future(_unless_not_stored(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _unless_not_stored(work: Awaitable[None]) -> None:
    try:
        await work
    except NotStored as error:
        log.warning("What was carried to a line could not be looked at: %s", error)
    except Exception:
        log.exception("A line could not be served")
