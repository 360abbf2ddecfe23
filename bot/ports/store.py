"""What the use cases keep and find again."""

from datetime import datetime
from typing import Protocol

from bot.domain.caller import Account, Consent, Person, PersonId
from bot.ports.announcing import Announcing
from bot.ports.bringing import Bringing
from bot.ports.calls import Calls
from bot.ports.erasing import Erasing
from bot.ports.facts import Facts
from bot.ports.jobs import Jobs
from bot.ports.limits import Allowances
from bot.ports.lines import Lines
from bot.ports.linking import Linking
from bot.ports.messaging import Messaging
from bot.ports.phones import Phones
from bot.ports.processes import Processes
from bot.ports.recall import Recall
from bot.ports.sharding import Sharding
from bot.ports.talks import Talks
from bot.ports.watching import Watching


class Store(
    Calls,
    Talks,
    Jobs,
    Phones,
    Allowances,
    Messaging,
    Facts,
    Linking,
    Erasing,
    Bringing,
    Recall,
    Announcing,
    Watching,
    Sharding,
    Processes,
    Lines,
    Protocol,
):
    """Domain verbs, each one transaction; raises NotStored when a commit fails."""

    async def find_or_add_person(
        self, account: Account, name: str, new_id: PersonId, now: datetime
    ) -> Person:
        """Return the account's person, made under ``new_id`` if new; a name replaces an old one."""
        ...

    async def find_person(self, account: Account) -> Person | None:
        """Return the account's person; None if nobody ever came from it, or they erased themselves."""
        ...

    async def fetch_person(self, person_id: PersonId) -> Person | None:
        """Return a person by their id, such as that of a call; None once they erased themselves."""
        ...

    async def record_consent(self, person_id: PersonId, consent: Consent) -> None:
        """Keep the answer to the first-call card; after a no nothing of calls that are open is kept."""
        ...

    async def check_writable(self) -> None:
        """Raises NotStored when nothing can be written."""
        ...

    async def aclose(self) -> None: ...
