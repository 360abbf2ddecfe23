"""What was said in conversations, as the use cases keep it and read it again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.call import NewJob
from bot.domain.caller import PersonId
from bot.domain.conversation import Transcript, Turn, Unsummarised
from bot.domain.fact import Fact
from bot.domain.record import PastTalk, PersonRecord, Reading


class Talks(Protocol):
    """The part of the Store that keeps what was said, and tells it to its owner and to characters."""

    async def fetch_record(self, person_id: PersonId, reading: Reading) -> PersonRecord:
        """Return what this character may know: 20 talks at most, 40 last turns of its newest three."""
        ...

    async def has_talked(self, person_id: PersonId, slug: str) -> bool:
        """Whether a person has a last talk for this character, as ``fetch_record`` would name it."""
        ...

    async def finish_conversation(
        self,
        conversation_id: str,
        transcript: Transcript,
        talk_id: str,
        *,
        held_until: datetime | None,
        now: datetime,
        jobs: Sequence[NewJob],
        jobs_if_running: Sequence[NewJob] = (),
        cost: int = 0,
        never_call: bool = False,
        counts: bool = True,
        facts: Sequence[Fact] = (),
    ) -> bool:
        """Store a bound conversation once, close its call, drop its ``fetch`` job and queue jobs, or nothing.

        ``jobs_if_running`` are queued only if the call was not over until now.

        Its allowance is settled with the real duration, its cost (ElevenLabs' figure) is added to the
        month's, and with ``never_call`` the number that was rung is not called again. It ``counts`` as one
        of the day's calls unless nobody was rung.

        Words are kept as far as the call's reach allows at this moment; where none are kept, only time,
        length and state are stored and ElevenLabs' copy is queued for erasure. What was learned in it
        (``facts``) is known from now on; of a held one, once it is kept. False if it was over before.
        """
        ...

    async def keep_talk(self, person_id: PersonId, talk_id: str) -> bool:
        """Release a held conversation, and what was learned in it: its owner said that it was them."""
        ...

    async def fetch_history(
        self, person_id: PersonId, slug: str = "", limit: int = 20
    ) -> tuple[PastTalk, ...]:
        """Return the newest calls and imports; ``slug`` empty: of every character."""
        ...

    async def search_history(
        self, person_id: PersonId, words: Sequence[str], limit: int
    ) -> tuple[tuple[PastTalk, str], ...]:
        """Return the newest talks in which one turn, or the title, has all the words, each with that text."""
        ...

    async def fetch_scheduled(self, person_id: PersonId) -> tuple[PastTalk, ...]:
        """Return the calls that are to ring later, the next first."""
        ...

    async def fetch_past_talk(self, person_id: PersonId, id_prefix: str) -> PastTalk | None:
        """Return the call or import named by the beginning of its id; None if it is not exactly one."""
        ...

    async def fetch_turns(self, person_id: PersonId, talk_id: str) -> tuple[Turn, ...]: ...

    async def fetch_talk(self, person_id: PersonId, conversation_id: str) -> PastTalk | None:
        """Return the call that a conversation of ElevenLabs' belongs to."""
        ...

    async def fetch_unsummarised(self, limit: int) -> tuple[Unsummarised, ...]:
        """Return conversations that have no summary, each with its first turns."""
        ...

    async def keep_extracts(self, extracts: Mapping[str, str]) -> None:
        """Keep summaries of ours by talk id, also empty ones, where there is none yet."""
        ...
