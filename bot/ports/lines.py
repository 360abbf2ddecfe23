"""What processes that share a store have for each other: who holds which line, and what goes to it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.domain.call import CallId
from bot.domain.caller import Account, PersonId
from bot.domain.line import Carried, CarriedKind, HeldLine, LineKind, News, Taken
from bot.domain.permission import Spot


class Lines(Protocol):
    """The part of the Store in which lines are noted. Words are sealed, and kept for a minute at most.

    A chat's line is noted wherever it goes on, so that its member is told if that process ends; all else is
    of use only where ``is_shared``.
    """

    @property
    def is_shared(self) -> bool:
        """Whether other processes may use this store."""
        ...

    def listening(self, woken: Callable[[str], None]) -> AbstractAsyncContextManager[None]:
        """Have ``woken`` called with the id of what changed; with nothing where that may be anything."""
        ...

    async def wake_everybody(self, what: str) -> None:
        """Wake all processes with something to do, such as to forget an account: ids, no words."""
        ...

    async def wake_for(self, news: News) -> None:
        """Tell all processes of something to look at; who misses it looks by itself a little later."""
        ...

    async def hold_line(
        self, call_id: CallId, kind: LineKind, holder: str, now: datetime, *, alone: bool = False
    ) -> bool:
        """Note which process holds a line now; False where the call is gone.

        Whoever held it is woken, and with ``alone`` whoever holds another of the account's lines of its kind:
        that one is over.
        """
        ...

    async def let_line_go(self, call_id: CallId, holder: str) -> None:
        """Note that a process holds a line no more; not a line that another one holds by now."""
        ...

    async def end_page(self, call_id: CallId) -> None:
        """Forget what a page was told, and wake whoever holds its line: it is over."""
        ...

    async def fetch_chats(self, account: Account) -> tuple[HeldLine, ...]:
        """Return the chats of an account that go on, the oldest first."""
        ...

    async def find_page(self, person_id: PersonId) -> CallId | None:
        """Return the call of somebody whose page listens, the newest of several."""
        ...

    async def begin_page(self, call_id: CallId, text: str, now: datetime) -> None:
        """Forget what a page was told, and have this be the first thing, if it is any."""
        ...

    async def send_to_line(self, call_id: CallId, kind: CarriedKind, text: str, now: datetime) -> int | None:
        """Put something on its way and wake the holder; return its number, None where nobody holds it."""
        ...

    async def take_from_line(self, call_id: CallId, holder: str) -> Taken:
        """Take what is on its way, each once and in the order in which it was sent."""
        ...

    async def fetch_told(self, call_id: CallId, after: int) -> tuple[Carried, ...]:
        """Take what a page is to be told, and return it after what it was told since that number."""
        ...

    async def settle_carried(self, number: int, *, is_heard: bool) -> None:
        """Note what became of something that was taken, and wake whoever sent it."""
        ...

    async def was_heard(self, number: int) -> bool | None:
        """Return whether something was heard; None where that is not known yet."""
        ...

    async def take_back(self, number: int, now: datetime) -> bool:
        """Take back what nobody heard within its time; False where it was heard after all.

        Where nobody even took it its line is over; ``broke_off`` is queued for a chat.
        """
        ...

    async def fetch_held(self, holder: str) -> frozenset[CallId]:
        """Return the calls whose lines a process holds."""
        ...

    async def fetch_waiting(self, holder: str) -> frozenset[CallId]:
        """Return the calls for whose lines, held by this process, something waits."""
        ...

    async def drop_stale(self, carried_before: datetime, lines_before: datetime) -> int:
        """Forget what was carried, and which lines were held and spots seen, before these moments."""
        ...

    async def keep_spots(self, call_id: CallId, spots: tuple[Spot, ...], now: datetime) -> None:
        """Keep, sealed, where somebody stood who asked for a call."""
        ...

    async def fetch_spots(self, call_id: CallId, since: datetime) -> tuple[Spot, ...]:
        """Return where a call was asked for, if it was since then."""
        ...

    async def pass_spots_on(self, call_id: CallId, next_id: CallId) -> None:
        """Let a call that goes on from another be from the same spots, and known no longer than those."""
        ...
