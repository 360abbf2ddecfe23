"""What the use cases erase, and what they know of its confirmation at ElevenLabs."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.caller import Account, PersonId
from bot.domain.record import Confirmed, Receipt, Telling


class Erasing(Protocol):
    """The part of the Store that forgets.

    With ``telling``, an ``erased`` job is queued once ElevenLabs has confirmed all that was erased.
    """

    async def erase_talk(
        self, person_id: PersonId, past_talk_id: str, now: datetime, telling: Telling | None = None
    ) -> Receipt | None: ...

    async def erase_character(
        self, person_id: PersonId, slug: str, now: datetime, telling: Telling | None = None
    ) -> Receipt: ...

    async def erase_person(
        self,
        person_id: PersonId,
        now: datetime,
        telling: Telling | None = None,
        *,
        linked: Collection[PersonId] = (),
    ) -> Receipt:
        """Erase everything of a person, and of those ``linked`` accounts that share their memory with it."""
        ...

    async def erase_before(self, moment: datetime, limit: int, now: datetime) -> int:
        """Erase at most so many calls that ended, and imports that came, before a moment; 0: none is left."""
        ...

    async def queue_remote_erasures(self, moment: datetime, now: datetime) -> int:
        """Queue ``erase_remote`` for what ended before a moment and is still at ElevenLabs."""
        ...

    async def note_erased_there(self, conversation_id: str, now: datetime) -> None:
        """Note that ElevenLabs has a conversation no more; the last of an erasure queues ``erased``."""
        ...

    async def settle_receipt(self, receipt_id: str) -> Confirmed:
        """Return how far an erasure is confirmed, and forget whose it was once all of it is."""
        ...

    async def fetch_receipt(self, receipt_id: str) -> tuple[Account, Confirmed] | None:
        """Return whose erasure it is and how far it is confirmed; None once it was settled."""
        ...
