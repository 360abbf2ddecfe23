"""What the use cases keep of facts."""

from datetime import datetime
from typing import Protocol

from bot.domain.caller import PersonId
from bot.domain.fact import Fact, FactId
from bot.domain.record import Reading


class Facts(Protocol):
    """The part of the Store that keeps what members want characters to know."""

    async def add_fact(self, person_id: PersonId, fact: Fact) -> bool:
        """Keep a fact; False when the same words, whatever their case, are there for its character already.

        Raises CallerError when the person has as many as one may have.
        """
        ...

    async def change_fact(
        self, person_id: PersonId, fact_id: FactId, text: str, now: datetime
    ) -> Fact | None:
        """Give a person's fact other words, as of now; the old ones are erased as by ``erase_fact``.

        None if there is no such fact. Raises CallerError when its character has the same words already.
        """
        ...

    async def erase_fact(self, person_id: PersonId, fact_id: FactId, now: datetime) -> bool:
        """Erase a person's fact, in the file as well; False if there is no such fact."""
        ...

    async def fetch_facts(self, person_id: PersonId, reading: Reading) -> tuple[Fact, ...]:
        """Return what a character may know, newest first: its own facts and, if it shares, shared ones."""
        ...
