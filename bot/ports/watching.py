"""What whoever watches over Troupe asks of a store."""

from datetime import datetime
from typing import Protocol

from bot.domain.standing import Standing
from bot.domain.versions import UsedVersion
from bot.ports.alerting import Alerting


class Watching(Alerting, Protocol):
    """The part of the Store that counts what stands there and knows what was told; it names nobody."""

    async def fetch_standing(self, now: datetime) -> Standing:
        """Return the calls that are open, the work that waits, what the month of ``now`` used and cost."""
        ...

    async def fetch_versions(self, slug: str) -> tuple[UsedVersion, ...]:
        """Return each version of a character's file that a call was placed with, the earliest first."""
        ...
