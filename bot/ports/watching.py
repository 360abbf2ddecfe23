"""What whoever watches over Troupe asks of a store."""

from datetime import datetime
from typing import Protocol

from bot.domain.standing import Standing
from bot.domain.versions import UsedVersion


class Watching(Protocol):
    """The part of the Store that counts what stands there, and names nobody."""

    async def fetch_standing(self, now: datetime) -> Standing:
        """Return the lines that are taken, the work that waits, and what the month of ``now`` cost."""
        ...

    async def fetch_versions(self, slug: str) -> tuple[UsedVersion, ...]:
        """Return each version of a character's file that a call was placed with, the earliest first."""
        ...
