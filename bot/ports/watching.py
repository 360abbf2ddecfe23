"""What whoever watches over Troupe asks of a store."""

from datetime import datetime
from typing import Protocol

from bot.domain.standing import Standing
from bot.domain.versions import UsedVersion


class Watching(Protocol):
    """The part of the Store that counts what stands there, and names nobody."""

    async def fetch_standing(self, now: datetime) -> Standing:
        """Return the calls that are open, the work that waits, what the month of ``now`` used and cost."""
        ...

    async def fetch_versions(self, slug: str) -> tuple[UsedVersion, ...]:
        """Return each version of a character's file that a call was placed with, the earliest first."""
        ...
