"""What the use cases keep about allowances, managers' decisions and cost."""

from datetime import datetime
from typing import Protocol

from bot.domain.allowance import Allowance, Limits, OwnLimits
from bot.domain.caller import Account, PersonId
from bot.domain.cost import MonthlyCost


class Allowances(Protocol):
    """The part of the Store that counts.

    A person's counters and a manager's decisions about them hang on a keyed hash of their account, and
    outlive an erasure.
    """

    async def fetch_allowance(
        self, person_id: PersonId, place: str, limits: Limits, now: datetime
    ) -> Allowance: ...

    async def set_own_limits(self, account: Account, own: OwnLimits) -> None:
        """Set what holds for one person; both None: what holds for everybody."""
        ...

    async def fetch_own_limits(self, account: Account) -> OwnLimits: ...

    async def count_own_limits(self) -> int:
        """Return for how many people a manager set something."""
        ...

    async def set_place_minutes(self, place: str, minutes_per_month: int | None) -> None:
        """Set how many minutes a server or workspace has in a month; None: no ceiling of its own."""
        ...

    async def fetch_place_minutes(self, place: str) -> int | None: ...

    async def fetch_used_minutes(self, place: str, now: datetime) -> tuple[int, int]:
        """Return this month's minutes of a place and of everybody, reserved ones included."""
        ...

    async def fetch_held_minutes(self, place: str, now: datetime) -> tuple[int, int]:
        """Return how many of those are only held, by calls of which nobody knows yet how long they take."""
        ...

    async def note_found(self, call_ref: str, conversation_id: str) -> None:
        """Note that this conversation is the one of an erased call that had none yet."""
        ...

    async def settle_erased(self, subject: str, seconds: int | None, cost: int, month: str) -> None:
        """Count what a conversation of an erased call took, once; its cost is nobody's, and the month's.

        ``subject`` is its id, or the reference of a call of which none was found; ``seconds`` is None where
        that will never be known: what was reserved stays used.
        """
        ...

    async def release_unclear(self, now: datetime) -> int:
        """Give back what dials of which nobody ever heard had reserved; return how many that were."""
        ...

    async def drop_old_counters(self, now: datetime) -> None:
        """Forget counters of days and months that are over."""
        ...

    async def pause(self, reason: str, now: datetime) -> None:
        """Let no call begin, on any front, until ``resume``."""
        ...

    async def resume(self) -> bool:
        """Let calls begin again; False if they were not paused."""
        ...

    async def fetch_pause(self) -> tuple[datetime, str] | None:
        """Return since when calls are paused, and why; None if they are not."""
        ...

    async def block(self, account: Account, now: datetime) -> bool:
        """Let an account place no calls; its scheduled ones are cancelled. False if it was blocked."""
        ...

    async def unblock(self, account: Account) -> bool: ...

    async def is_blocked(self, account: Account) -> bool:
        """Whether somebody may place no calls; of linked accounts a block of one holds for all."""
        ...

    async def fetch_blocked(self) -> tuple[str, ...]:
        """Return the accounts that are blocked and still known here, sorted."""
        ...

    async def fetch_cost(self, month: str) -> MonthlyCost:
        """Return what a month such as ``2026-11`` cost, with the ten heaviest people."""
        ...

    async def fetch_total_cost(self, month: str) -> int: ...

    async def note_alert(self, month: str, ceiling: int, percent: int) -> int:
        """Note that the operator is told of a percentage of a ceiling; return the highest noted before.

        0 for none. Each ceiling counts by itself, since a percentage of another one is another sum.
        """
        ...
