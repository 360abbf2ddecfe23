"""How much a person, a server and everybody together may call: days and months of UTC, started minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.errors import AllowanceUsedUp


@dataclass(frozen=True, slots=True)
class CodeBudget:
    """How many codes may be read aloud in a day; neighbouring numbers share a prefix."""

    per_person: int = 3
    per_number: int = 3
    per_prefix: int = 6
    in_all: int = 20


CODE_BUDGET = CodeBudget()


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator allows; ``cost_per_month`` is in ElevenLabs' own figure, 0 for no ceiling."""

    calls_per_day: int = 3
    minutes_per_month: int = 30
    minutes_per_month_total: int = 600
    calls_at_once: int = 3
    minutes_per_call: int = 30
    cost_per_month: int = 0
    codes: CodeBudget = CODE_BUDGET


DEFAULT_LIMITS = Limits()
UNLIMITED = Limits(10**6, 10**6, 10**9, 10**6, 10**4, 0, CodeBudget(10**6, 10**6, 10**6, 10**6))
"""For where nothing is to be refused, such as a bench."""


@dataclass(frozen=True, slots=True)
class OwnLimits:
    """What a manager set for one person or one server; None is what holds for everybody else."""

    calls_per_day: int | None = None
    minutes_per_month: int | None = None


def smallest(of_accounts: Sequence[OwnLimits]) -> OwnLimits:
    """Return what holds for several accounts of one person: the smallest that was set for any of them."""
    calls = [own.calls_per_day for own in of_accounts if own.calls_per_day is not None]
    minutes = [own.minutes_per_month for own in of_accounts if own.minutes_per_month is not None]
    return OwnLimits(min(calls, default=None), min(minutes, default=None))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one person has left now; ``minutes_left`` is the least of theirs, their server's and everybody's.

    ``reserved_minutes`` are held by calls that are not over.
    """

    calls_left: int
    calls_per_day: int
    minutes_left: int
    minutes_per_month: int
    reserved_minutes: int
    day_ends_at: datetime
    month_ends_at: datetime

    @property
    def is_used_up(self) -> bool:
        """Whether no call can be placed."""
        return self.calls_left <= 0 or self.minutes_left <= 0


def started_minutes(seconds: int) -> int:
    """Return how many minutes a talk counts: every one that was started."""
    return -(-max(0, seconds) // 60)


def day_of(moment: datetime) -> str:
    """Return the UTC day as ``2026-11-22``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def month_of(moment: datetime) -> str:
    """Return the UTC month as ``2026-11``."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def end_of_day(moment: datetime) -> datetime:
    """Return when the UTC day is over."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def end_of_month(moment: datetime) -> datetime:
    """Return when the UTC month is over."""
    first = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def used_up(what: str, resets_at: datetime) -> AllowanceUsedUp:
    """Return the error for an allowance of which nothing is left, in one sentence with the reset date.

    ``what`` reads like "Your 3 calls of today"; the days are UTC's.
    """
    when = f"{resets_at.day} {resets_at:%B %Y}, 00:00 UTC"
    return AllowanceUsedUp(f"{what} are used up; there is more from {when} on.", resets_at)
