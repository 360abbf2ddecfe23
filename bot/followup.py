"""Follow-up: claims due jobs, runs their use case, finishes them or sets them back with a growing delay."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from bot.calls import finishing, remembering
from bot.calls.installation import Installation
from bot.domain.call import Job, NewJob
from bot.domain.conversation import RemoteConversation
from bot.domain.errors import NobodyThere, NotStored, ProviderChanged, ProviderError
from bot.ports import Poster

LEASE = timedelta(minutes=3)
BATCH = 8
LONGEST_SLEEP_SECONDS = 2.0
UNREADABLE_ATTEMPTS = 10
RECAP_WAITS_FOR_ATTEMPTS = 2_000
"""At a delay of up to five minutes this is a week; afterwards the recap stands in ``/history`` only."""

_log = logging.getLogger(__name__)


class Followup:
    """The worker; ``read_event`` turns a stored webhook into a conversation, or None for another event."""

    def __init__(
        self,
        house: Installation,
        posters: Mapping[str, Poster],
        read_event: Callable[[bytes], RemoteConversation | None],
    ) -> None:
        self._house = house
        self._posters = posters
        self._read_event = read_event
        self._nudged = asyncio.Event()
        self._stopping = False
        self._kinds: Mapping[str, Callable[[Job], Awaitable[timedelta | None]]] = {
            "event": self._event,
            "fetch": lambda job: finishing.fetch(house, job.subject, job.attempts),
            "find": lambda job: finishing.find(house, job.subject, job.attempts),
            "expire": self._expire,
            "recap": self._recap,
            "erase_remote": lambda job: finishing.erase_remote(house, job.subject, job.attempts),
            "drop_held": self._drop_held,
        }

    def nudge(self) -> None:
        """Say that there is something to do now."""
        self._nudged.set()

    def stop(self) -> None:
        """Finish the jobs in hand and claim no more."""
        self._stopping = True
        self._nudged.set()

    async def run(self) -> None:
        """Work until stopped; a job that is cut off is done again later."""
        while not self._stopping:
            try:
                worked = await self.run_due()
                seconds = 0.0 if worked else await self._sleep_seconds()
            except NotStored:
                _log.warning("The database cannot be written; follow-up waits.")
                seconds = LONGEST_SLEEP_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._nudged.wait()
            if not self._stopping:
                self._nudged.clear()

    async def run_due(self) -> int:
        """Run what is due now, a batch at most, and return how many jobs that were."""
        now = self._house.now()
        jobs = await self._house.store.claim_jobs(now, now + LEASE, BATCH)
        await asyncio.gather(*(self._run(job) for job in jobs))
        return len(jobs)

    async def _run(self, job: Job) -> None:
        try:
            again_after = await self._kinds[job.kind](job)
        except NobodyThere:
            again_after = _growing(job) if job.attempts < RECAP_WAITS_FOR_ATTEMPTS else None
        except ProviderError as error:
            _log.warning("Follow-up %s, attempt %d: %s", job.kind, job.attempts, error)
            again_after = timedelta(seconds=error.retry_after) if error.retry_after else _growing(job)
            if isinstance(error, ProviderChanged) and job.attempts >= UNREADABLE_ATTEMPTS:
                again_after = None
        except NotStored:
            again_after = _growing(job)
        except Exception:  # noqa: BLE001  one broken job must not stop the others; it is tried again
            _log.exception("Follow-up %s, attempt %d, failed", job.kind, job.attempts)
            again_after = _growing(job)
        if again_after is None:
            await self._house.store.finish_job(job)
        else:
            await self._house.store.postpone_job(job, self._house.now() + again_after)

    async def _event(self, job: Job) -> None:
        body = await self._house.store.fetch_event(job.subject)
        if body is None:
            return
        try:
            remote = self._read_event(body)
        except ProviderChanged as error:
            _log.warning("A webhook could not be read, its conversation is fetched instead: %s", error)
            remote = None
            await self._fetch_instead(job.subject)
        if remote is not None:
            await finishing.take_conversation(self._house, remote)
        await self._house.store.close_event(job.subject)

    async def _fetch_instead(self, key: str) -> None:
        _, _, conversation_id = key.partition(":")
        if conversation_id and not key.startswith("sha256:"):
            await self._house.store.add_jobs([NewJob("fetch", conversation_id, self._house.now())])

    async def _expire(self, job: Job) -> None:
        await finishing.expire(self._house, job.subject)

    async def _recap(self, job: Job) -> None:
        told = await remembering.recap(self._house, job.subject)
        if told is None:
            return
        account, reply = told
        poster = self._posters.get(account.platform)
        if poster is None:
            raise NobodyThere(account.platform)
        await poster.post(account, reply)

    async def _drop_held(self, job: Job) -> None:
        await finishing.drop_held(self._house, job.subject)

    async def _sleep_seconds(self) -> float:
        due_at = await self._house.store.fetch_next_due_at()
        if due_at is None:
            return LONGEST_SLEEP_SECONDS
        left = (due_at - self._house.now()).total_seconds()
        return min(LONGEST_SLEEP_SECONDS, max(0.05, left))


def _growing(job: Job) -> timedelta:
    """Return a delay that doubles with each attempt, from two seconds up to five minutes."""
    return timedelta(seconds=min(300, 2 ** min(job.attempts, 9)))
