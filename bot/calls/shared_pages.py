"""Talk pages of several processes: what one is told stands in rows for a minute, so that it gets it anywhere.

A page that comes back, to whichever process a balancer leads it, asks for what follows the last number that
it has; numbers are those of the rows. Words in them are sealed.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Literal

from bot.calls.pages import Listener, PageEvent
from bot.calls.switchboard import Switchboard
from bot.domain.call import Call, CallId
from bot.domain.caller import PersonId
from bot.domain.line import Carried
from bot.ports import Store


class SharedPages:
    """The ``TalkPages`` of one process among several: some listen to it, others elsewhere."""

    era = "row"

    def __init__(self, store: Store, lines: Switchboard, now: Callable[[], datetime]) -> None:
        self._store = store
        self._lines = lines
        self._now = now
        self._listeners: dict[CallId, Listener] = {}

    async def begin(self, call: Call, left_out: str) -> None:
        """Begin a conversation: what had no room in its context is the first thing that its page is told."""
        await self._store.begin_page(call.id, left_out, self._now())

    async def tell(self, call_id: CallId, kind: Literal["update", "hang_up"], text: str) -> bool:
        """Tell the page of a call something; False where none listens, and then nothing is kept of it."""
        return await self._lines.carry(call_id, kind, text)

    async def find_listening(self, person_id: PersonId) -> CallId | None:
        """Return the call of somebody whose page listens now, the newest of several."""
        return await self._store.find_page(person_id)

    @asynccontextmanager
    async def listen(self, call_id: CallId, after: int = 0) -> AsyncIterator[Listener]:
        """Listen to a call, from the event after this number; whoever listened before is told so."""
        if older := self._listeners.get(call_id):
            older.leave(is_moved=True)
        listener = self._listeners[call_id] = Listener([])
        told: set[int] = set()

        async def take(one: Carried) -> bool:
            if one.number not in told:
                told.add(one.number)
                kind: Literal["update", "hang_up"] = "hang_up" if one.kind == "hang_up" else "update"
                listener.tell(PageEvent(one.number, kind, one.text))
            return True

        async def cut(is_moved: bool) -> None:
            listener.leave(is_moved=is_moved)

        hold = await self._lines.hold(call_id, "page", take, cut)
        try:
            async with hold.turn:
                for one in await self._store.fetch_told(call_id, after):
                    await take(one)
            yield listener
        finally:
            if self._listeners.get(call_id) is listener:
                del self._listeners[call_id]
            await self._lines.let_go(call_id, hold)

    async def end(self, call_id: CallId) -> None:
        """Note that a call is over: whoever listens may stop, wherever that is."""
        await self._store.end_page(call_id)

    async def forget(self, person_id: PersonId) -> None:
        """Nothing is to be forgotten: what pages are told goes in the transaction that erases."""

    def count_listening(self) -> int:
        """Return how many pages listen to this process now."""
        return len(self._listeners)

    def close(self) -> None:
        """Let every page go; each comes back, to another process perhaps."""
        for listener in self._listeners.values():
            listener.tell(None)
