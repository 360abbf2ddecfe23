"""What the use cases keep and read where somebody brings what they have, or takes it along."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain.call import Reach
from bot.domain.caller import PersonId
from bot.domain.conversation import Transcript
from bot.domain.export import ExportedCall, ExportedConversation, ExportedTurn, ExportHead
from bot.domain.fact import Fact, FactId
from bot.domain.importing import Kept, TakeBack
from bot.domain.record import Receipt


class Bringing(Protocol):
    """The part of the Store for profiles, and for taking imports back."""

    async def fetch_profile(self, person_id: PersonId) -> dict[str, Any]:
        """Return a person's own profile fields, none of a linked account's."""
        ...

    async def erase_fields(self, person_id: PersonId, fields: Collection[str], now: datetime) -> int:
        """Erase profile fields, in the file as well; return how many there were."""
        ...

    async def store_import(
        self,
        person_id: PersonId,
        slug: str,
        reach: Reach,
        transcripts: Sequence[tuple[str, Transcript]],
        sha256: str,
        profile: Mapping[str, Any],
        now: datetime,
    ) -> Kept:
        """Keep imported conversations, as (new talk id, transcript); ``slug`` empty: for every character.

        What is there for the same character already is not kept twice; what came with more lines grows.
        Profile fields are merged over the person's own.
        """
        ...

    async def look_at_import(
        self,
        person_id: PersonId,
        slug: str,
        reach: Reach,
        transcripts: Sequence[Transcript],
        sha256: str,
        now: datetime,
    ) -> Kept:
        """Return what ``store_import`` would do, each conversation looked at by itself."""
        ...

    async def bring_facts(self, person_id: PersonId, facts: Sequence[Fact]) -> tuple[FactId, ...]:
        """Keep a file's facts with their pins, what is for everyone, and what replaced which.

        What is there already, told or replaced, stays as it is, and so does everything once there are as many
        facts or pins as one may have. Return the ids of those that were added.
        """
        ...

    async def take_back_import(self, person_id: PersonId, done: TakeBack, now: datetime) -> Receipt:
        """Erase what one import of a person's added, and set back the profile fields that it changed.

        A conversation that it began goes with all that was added to it since; of one to which it added
        lines, those go with whatever came on top of them. What was changed or erased since is left as it is.
        """
        ...

    async def fetch_export(self, person_id: PersonId) -> ExportHead:
        """Return all of a person's export that is never long."""
        ...

    async def fetch_exported_calls(
        self, person_id: PersonId, after: int, limit: int
    ) -> tuple[tuple[int, ExportedCall], ...]:
        """Return the next calls, each with the place to go on from."""
        ...

    async def fetch_exported_talks(
        self, person_id: PersonId, after: int, limit: int, of: str = ""
    ) -> tuple[tuple[int, ExportedConversation], ...]:
        """Return the next conversations without their words, each with the place to go on from.

        ``of`` is the id of a call or of an import whose they are; empty for all.
        """
        ...

    async def fetch_exported_turns(
        self, person_id: PersonId, talk: int, after: int, limit: int
    ) -> tuple[tuple[int, ExportedTurn], ...]:
        """Return the next turns of a person's conversation, each with the place to go on from."""
        ...
