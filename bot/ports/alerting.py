"""What alerts need of a store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.alert import Alert, Cause, Signs


class Alerting(Protocol):
    """The part of the Store that knows what operators were told."""

    async def settle_cause(self, cause: Cause, boards: Sequence[str], now: datetime) -> bool:
        """Note that something is so, or no longer; queue an ``alert`` job for each board if that is new.

        Return whether it is, which is told to one of several processes.
        """
        ...

    async def fetch_alert(self, alert_id: int) -> Alert | None: ...

    async def fetch_raised(self, beginning: str) -> tuple[str, ...]:
        """Return the names of causes that are so, and begin like this."""
        ...

    async def fetch_signs(self, now: datetime) -> Signs: ...
