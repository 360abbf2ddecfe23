"""What the use cases keep of accounts that are one person's."""

from datetime import datetime
from typing import Protocol

from bot.domain.caller import PersonId
from bot.domain.linking import Linked, LinkTry


class Linking(Protocol):
    """The part of the Store that links accounts.

    Every record stays with the account that it came from. While accounts are linked they have one allowance
    and may ring each other's verified telephones; while they share their memory, what is read, shown and
    erased for one is that of all.
    """

    async def keep_link_code(
        self, person_id: PersonId, code: str, expires_at: datetime, now: datetime
    ) -> bool:
        """Keep a person's code as a keyed hash, in place of an older one; False if no more can be linked."""
        ...

    async def try_link_code(self, person_id: PersonId, code: str, now: datetime) -> LinkTry:
        """Say whose a code is that somebody wrote; a wrong one is counted, a right one stays good."""
        ...

    async def link_with_code(
        self, person_id: PersonId, code: str, now: datetime, *, shares_memory: bool, new_id: str
    ) -> LinkTry:
        """Link somebody with whose code it is, use the code up, and queue ``linked`` for the others.

        Unless the code is right, nothing is changed but that a wrong one is counted. Whoever was linked with
        either of them is linked with all; what is shared holds for all of them.
        """
        ...

    async def fetch_linked(self, person_id: PersonId) -> Linked:
        """Return a person's other accounts, and whether they share their memory."""
        ...

    async def share_memory(self, person_id: PersonId, now: datetime, *, is_on: bool) -> bool:
        """Decide for all of a person's accounts whether they share their memory; False if there is only one.

        ``linked`` is queued for the others where it begins.
        """
        ...

    async def unlink(self, person_id: PersonId, other: PersonId, now: datetime) -> bool:
        """Part one of a person's accounts, be it this one, from the others; False if it is none of theirs."""
        ...
