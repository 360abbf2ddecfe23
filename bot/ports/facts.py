"""What the use cases keep of facts."""

from datetime import datetime
from typing import Protocol

from bot.domain.call import CallId
from bot.domain.caller import PersonId
from bot.domain.fact import Fact, FactId
from bot.domain.record import Reading


class Facts(Protocol):
    """The part of the Store that keeps what members want characters to know."""

    async def add_fact(self, person_id: PersonId, fact: Fact) -> bool:
        """Keep a fact; False when its character is to know already what it says.

        What it contradicts stands no more, and can be brought back. Raises CallerError when the person has as
        many as one may have.
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
        """Erase a person's fact, in the file as well; False if there is no such fact.

        Those whose place it had taken stand again.
        """
        ...

    async def pin_fact(self, person_id: PersonId, fact_id: FactId, *, pinned: bool) -> bool:
        """Let a person's fact be told before all others, or not; False if there is no such fact.

        Raises CallerError when as many are pinned as one may pin.
        """
        ...

    async def spread_fact(self, person_id: PersonId, fact_id: FactId, *, for_everyone: bool) -> bool:
        """Let every character that keeps memory know it, or its own alone; False if there is no such fact."""
        ...

    async def bring_back_fact(self, person_id: PersonId, fact_id: FactId) -> bool:
        """Let a fact that a newer one replaced stand again, beside that; False if there is none such."""
        ...

    async def fetch_facts_of_call(self, person_id: PersonId, call_id: CallId) -> tuple[Fact, ...]:
        """Return what was learned in a person's call and stands, in the order in which it was learned."""
        ...

    async def has_facts(self, person_id: PersonId, slug: str) -> bool:
        """Whether a person has any for a slug, whichever character it meant when they were added."""
        ...

    async def fetch_facts(self, person_id: PersonId, reading: Reading) -> tuple[Fact, ...]:
        """Return what a character may know, pinned ones first, then the newest.

        Its own facts, those for everyone and, if it shares, shared ones.
        """
        ...
