"""Whose files are there, and where they are new."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol


class Announcing(Protocol):
    """The part of the Store that knows which characters there are, and which boards are to hear of them."""

    async def note_characters(self, slugs: Collection[str], now: datetime) -> None:
        """Note whose files are there; a slug that comes back after a while starts with nothing remembered."""
        ...

    async def note_live(
        self, boards: Collection[str], on_disk: Collection[str], live: Collection[str], now: datetime
    ) -> None:
        """Note which characters can be called, and queue ``announce`` for every board where one is new.

        On a board that was not there at the last time nobody who is ``on_disk`` is new; what was noted of
        boards that are gone is dropped. To be called after ``note_characters``.
        """
        ...

    async def fetch_unannounced(self, board: str) -> tuple[str, ...]:
        """Return who is new on a board, each as slug and generation with a space."""
        ...

    async def note_announced(self, board: str, keys: Collection[str]) -> None:
        """Note that these are not new there any more."""
        ...
