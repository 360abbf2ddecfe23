"""Talk pages that listen: what members say to a running call from elsewhere reaches its page here.

With one process they are held in memory: a page that comes back after a restart asks for what it missed, and
of another start there is nothing to be had. One page listens to a call, the newest.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.domain.call import Call, CallId
from bot.domain.caller import PersonId

MOST_CALLS = 1_000
MOST_EVENTS = 200

Kind = Literal["update", "hang_up", "moved"]
"""``update``: the character is to know this; ``hang_up``: end the call, for this reason; ``moved``: another
page listens now, so stop listening."""


@dataclass(frozen=True, slots=True)
class PageEvent:
    """What a page is told; ``number`` grows from event to event, and is 0 where it does not matter."""

    number: int
    kind: Kind
    text: str


@dataclass(slots=True)
class _Line:
    events: list[PageEvent] = field(default_factory=list)
    listener: "Listener | None" = None
    count: int = 0
    person_id: PersonId | None = None


class Listener:
    """One page that listens."""

    def __init__(self, missed: list[PageEvent]) -> None:
        self._queue: asyncio.Queue[PageEvent | None] = asyncio.Queue()
        for event in missed:
            self._queue.put_nowait(event)

    async def next(self) -> PageEvent | None:
        """Return the next event; None when there will be none."""
        return await self._queue.get()

    def tell(self, event: PageEvent | None) -> None:
        """Say one more thing, or that it was the last."""
        self._queue.put_nowait(event)

    def leave(self, *, is_moved: bool) -> None:
        """Say that there will be nothing more, and whether another page listens now."""
        if is_moved:
            self.tell(PageEvent(0, "moved", ""))
        self.tell(None)


class TalkPages(Protocol):
    """The lines to all talk pages, whichever process each listens to."""

    @property
    def era(self) -> str:
        """In what events are numbered; empty where every start counts anew."""
        ...

    async def begin(self, call: Call, left_out: str) -> None:
        """Begin a conversation: what had no room in its context is the first thing that its page is told."""
        ...

    async def tell(self, call_id: CallId, kind: Literal["update", "hang_up"], text: str) -> bool:
        """Tell the page of a call something; False where none listens, and then nothing is kept of it."""
        ...

    async def find_listening(self, person_id: PersonId) -> CallId | None:
        """Return the call of somebody whose page listens now, the newest of several."""
        ...

    def listen(self, call_id: CallId, after: int = 0) -> AbstractAsyncContextManager[Listener]:
        """Listen to a call, from the event after this number; whoever listened before is told so."""
        ...

    async def end(self, call_id: CallId) -> None:
        """Note that a call is over: whoever listens may stop."""
        ...

    async def forget(self, person_id: PersonId) -> None:
        """Keep nothing of what somebody's pages were told; one whose call goes on comes back."""
        ...

    def count_listening(self) -> int:
        """Return how many pages listen to this process now."""
        ...

    def close(self) -> None:
        """Let every page go; each comes back when there is a process again."""
        ...


class Pages:
    """The ``TalkPages`` of the one process that there is."""

    era = ""

    def __init__(self) -> None:
        self._lines: dict[CallId, _Line] = {}

    async def begin(self, call: Call, left_out: str) -> None:
        """Begin a conversation: what had no room in its context is the first thing that its page is told."""
        line = self._line(call.id)
        line.person_id = call.person_id
        line.events.clear()
        if left_out:
            self._add(line, "update", left_out)

    async def tell(self, call_id: CallId, kind: Literal["update", "hang_up"], text: str) -> bool:
        """Tell the page of a call something; False where none listens, and then nothing is kept of it."""
        line = self._lines.get(call_id)
        if line is None or line.listener is None:
            return False
        line.listener.tell(self._add(line, kind, text))
        return True

    async def find_listening(self, person_id: PersonId) -> CallId | None:
        """Return the call of somebody whose page listens now, the newest of several."""
        lines = reversed(self._lines.items())
        return next((one for one, line in lines if line.person_id == person_id and line.listener), None)

    @asynccontextmanager
    async def listen(self, call_id: CallId, after: int = 0) -> AsyncIterator[Listener]:
        """Listen to a call, from the event after this number; whoever listened before is told so."""
        line = self._line(call_id)
        if line.listener is not None:
            line.listener.leave(is_moved=True)
        listener = line.listener = Listener([one for one in line.events if one.number > after])
        try:
            yield listener
        finally:
            if line.listener is listener:
                line.listener = None

    async def end(self, call_id: CallId) -> None:
        """Note that a call is over: whoever listens may stop."""
        line = self._lines.pop(call_id, None)
        if line is not None and line.listener is not None:
            line.listener.tell(None)

    async def forget(self, person_id: PersonId) -> None:
        """Keep nothing of what somebody's pages were told; one whose call goes on comes back."""
        for call_id in [one for one, line in self._lines.items() if line.person_id == person_id]:
            await self.end(call_id)

    def count_listening(self) -> int:
        """Return how many pages listen now."""
        return sum(line.listener is not None for line in self._lines.values())

    def close(self) -> None:
        """Let every page go; each comes back when the process does."""
        for line in self._lines.values():
            if line.listener is not None:
                line.listener.tell(None)

    def _line(self, call_id: CallId) -> _Line:
        line = self._lines.pop(call_id, None) or _Line()
        self._lines[call_id] = line
        if len(self._lines) > MOST_CALLS:
            silent = (
                one for one, other in self._lines.items() if other.listener is None and other is not line
            )
            if oldest := next(silent, None):
                del self._lines[oldest]
        return line

    def _add(self, line: _Line, kind: Literal["update", "hang_up"], text: str) -> PageEvent:
        line.count += 1
        event = PageEvent(line.count, kind, text)
        line.events = [*line.events[-MOST_EVENTS:], event]
        return event
