"""What is to be done later, and the webhooks of which some of it comes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.call import Job, NewJob


class Jobs(Protocol):
    """The part of the Store that holds work until it is done, and webhooks until they are read."""

    async def receive_event(self, key: str, conversation_id: str, body: bytes, now: datetime) -> bool:
        """Store a verified webhook with its ``event`` job; False if the key is known already."""
        ...

    async def fetch_event(self, key: str) -> bytes | None: ...

    async def close_event(self, key: str) -> datetime | None:
        """Forget an event's bytes, in the log too; its key stays, so that a repetition is recognised.

        Return when it came; None if it was erased.
        """
        ...

    async def drop_events(self, moment: datetime, now: datetime) -> int:
        """Forget the bytes of events from before a moment; what they told of is fetched instead."""
        ...

    async def add_jobs(self, jobs: Sequence[NewJob]) -> None:
        """Queue jobs; one that is queued already is only ever brought forward."""
        ...

    async def claim_jobs(self, now: datetime, lease_until: datetime, limit: int) -> tuple[Job, ...]:
        """Lease due jobs that nobody holds, the longest due first."""
        ...

    async def finish_job(self, job: Job) -> None: ...

    async def postpone_job(self, job: Job, due_at: datetime) -> None: ...

    async def release_jobs(self) -> None:
        """Give back every lease: for the one process that holds the lock, when it starts."""
        ...

    async def hasten_jobs(self, kind: str, now: datetime) -> None:
        """Make every waiting job of a kind due now: what they waited for is there."""
        ...

    async def fetch_next_due_at(self) -> datetime | None: ...
