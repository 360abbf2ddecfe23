"""Follow-up: claims due jobs, runs their use case, finishes them or sets them back with a growing delay."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.alerting import poster_at, tell_alert, tell_cost
from bot.announcing import announce
from bot.calls import (
    dialing,
    erasing,
    finishing,
    linking,
    messaging,
    overseeing,
    remembering,
    retaining,
    strangers,
    summarising,
    sweeping,
)
from bot.calls.handling import begin_job, tell_step
from bot.calls.installation import Installation
from bot.domain.call import CallId, Job
from bot.domain.caller import DEFAULT_TENANT, Account
from bot.domain.conversation import RemoteConversation
from bot.domain.dialing import DialFailure
from bot.domain.errors import NobodyThere, NotStored, PostRefused, ProviderError
from bot.domain.reply import Reply
from bot.events import set_aside, take_event
from bot.ports import Poster
from bot.posting import Posting

LEASE = timedelta(minutes=3)
SLOTS, LONGEST_SLEEP_SECONDS, STUCK_SECONDS = 8, 0.5, 30.0
"""It is told of what another process queued, where that is heard; it looks every half second all the same,
and only reads."""
PASSED_ON_SECONDS = 0.02
"""Of what there is to do within this time after others were told, they are told once."""
LONGEST_DELAY, UNREADABLE_ATTEMPTS, LINK_ATTEMPTS = timedelta(hours=1), 10, 20
ELSEWHERE = timedelta(seconds=10)
"""How long a job waits at most that cannot be done here: a newer process may, or one that has its front."""
RECAP_WAITS_FOR_ATTEMPTS = 2_000
"""At a delay of up to five minutes this is a week; afterwards a recap stands in ``/history`` only."""

_log = logging.getLogger(__name__)


class Followup:
    """The worker; ``read_event`` turns a stored webhook into what it tells, or None for another event."""

    def __init__(
        self,
        house: Installation,
        posters: Mapping[str, Poster],
        read_event: Callable[[bytes], RemoteConversation | DialFailure | None],
    ) -> None:
        self._house = house
        self._posters = posters
        self._nudged = asyncio.Event()
        self._stopping = False
        self._in_hand = 0
        self._looked_at = time.monotonic()
        self._posting = Posting(house.now)
        self.of_fronts: dict[str, Callable[[Job], Awaitable[timedelta | None]]] = {}
        """What fronts do by themselves, by kind; where such a front is off it waits."""
        self._kinds: Mapping[str, Callable[[Job], Awaitable[timedelta | None]]] = {
            "event": lambda job: take_event(house, read_event, job),
            "fetch": lambda job: finishing.fetch(house, job.subject, job.attempts),
            "find": lambda job: finishing.find(house, job.subject, job.attempts),
            "expire": lambda job: finishing.expire(house, job.subject),
            "dial": lambda job: dialing.dial(house, job.subject),
            "look_up": lambda job: dialing.look_up(house, job.subject),
            "watch": lambda job: dialing.watch(house, job.subject),
            "answered": lambda job: self._tell(job, remembering.answered(house, job.subject)),
            "cost_alert": lambda job: tell_cost(house, posters, self._posting.through, job),
            "alert": lambda job: tell_alert(house, posters, self._posting.through, job),
            "look_after": lambda _: overseeing.look_after(house),
            "announce": lambda job: announce(house, posters, self._posting.through, job),
            "recap": self._recap,
            "link_over": self._link_over,
            "broke_off": lambda job: self._tell_once(job, messaging.broke_off(house, job.subject)),
            "linked": lambda job: self._tell_once(job, linking.tell_linked(house, job.subject)),
            "erased": self._erased,
            "erase_post": self._erase_post,
            "erase_remote": lambda job: finishing.erase_remote(house, job.subject, job.attempts),
            "erase_found": lambda job: finishing.erase_found(house, job.subject, job.attempts),
            "stranger": lambda job: strangers.settle_stranger(house, job.subject, job.attempts),
            "drop_held": lambda job: finishing.drop_held(house, job.subject),
            "retention": lambda _: retaining.keep_no_longer(house),
            "summarise": lambda _: summarising.summarise(house),
            "sweep": lambda _: sweeping.queue_sweep(house),
            "sweep_person": lambda job: sweeping.sweep_person_tonight(house, job.subject, job.attempts),
        }
        house.figures.begin_jobs(self._kinds)

    def nudge(self) -> None:
        """Say that there is something to do now."""
        self._nudged.set()

    def stop(self) -> None:
        """Finish the jobs in hand and claim no more."""
        self._stopping = True
        self._nudged.set()

    @property
    def gets_on(self) -> bool:
        """Whether it has looked for work lately, and could."""
        return time.monotonic() - self._looked_at < STUCK_SECONDS

    async def run(self) -> None:
        """Work until stopped, and finish what is in hand then; a job that is cut off is done again later.

        A slow job holds one of eight slots, not the others.
        """
        is_waiting = False
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping:
                seconds = LONGEST_SLEEP_SECONDS
                try:
                    if self._in_hand < SLOTS and await self._seconds_left() <= 0:
                        for job in await self._claim(SLOTS - self._in_hand):
                            self._in_hand += 1
                            tasks.create_task(self._run(job), name=f"job {job.kind}")
                    seconds = min(seconds, max(0.05, await self._seconds_left()))
                    self._looked_at, is_waiting = time.monotonic(), False
                except NotStored:
                    if not is_waiting:
                        _log.warning("The database cannot be read or written; follow-up waits.")
                    is_waiting = True
                except Exception:  # noqa: BLE001  whatever it was, transcripts still have to come home
                    _log.exception("Follow-up could not look for work")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._nudged.wait()
                if not self._stopping:
                    self._nudged.clear()

    async def pass_on(self) -> None:
        """In a process that does no follow-up, tell those that do when there is work, until stopped."""
        while not self._stopping:
            await self._nudged.wait()
            self._nudged.clear()
            await self._house.store.wake_for("work")
            await asyncio.sleep(PASSED_ON_SECONDS)

    async def run_due(self) -> int:
        """Run what is due now, as much as there are slots for, and return how many jobs that were."""
        jobs = await self._claim(SLOTS)
        self._in_hand += len(jobs)
        await asyncio.gather(*(self._run(job) for job in jobs))
        return len(jobs)

    async def _claim(self, slots: int) -> tuple[Job, ...]:
        now = self._house.now()
        return await self._house.store.claim_jobs(now, now + LEASE, slots) if slots > 0 else ()

    async def _run(self, job: Job) -> None:
        """Do one job and finish it or set it back; nothing that goes wrong with it reaches the others."""
        begin_job(job.kind, job.subject)
        self._posting.begin(job)
        try:
            again_after = await self._attempt(job)
            if again_after is None:
                await self._house.store.finish_job(job)
            else:
                due_at = self._house.now() + min(again_after, LONGEST_DELAY)
                await self._house.store.postpone_job(job, due_at)
        except NotStored:
            _log.warning(
                "Follow-up %s could not be noted; its lease runs out, and it is done again.", job.kind
            )
        except Exception:  # noqa: BLE001  one broken job must not stop the others
            _log.exception("Follow-up %s could not be noted", job.kind)
        finally:
            self._in_hand -= 1
            self.nudge()

    async def _attempt(self, job: Job) -> timedelta | None:
        """Return None when the job is done, else how long to wait before it is tried again."""
        again_after = finishing.patience(job.attempts + 1)
        do = self._kinds.get(job.kind) or self.of_fronts.get(job.kind)
        if do is None:
            return min(again_after, ELSEWHERE)
        try:
            return await do(job)
        except (NobodyThere, NotStored):
            return again_after
        except ProviderError as error:
            self._house.figures.jobs_failed.labels(job.kind).inc()
            _log.warning("Follow-up %s, attempt %d: %s", job.kind, job.attempts, error)
            if error.retry_after is not None:
                again_after = max(again_after, timedelta(seconds=min(error.retry_after, 3600)))
        except Exception:  # noqa: BLE001  a job that cannot be done now is tried again
            self._house.figures.jobs_failed.labels(job.kind).inc()
            _log.exception("Follow-up %s, attempt %d, failed", job.kind, job.attempts)
        if job.kind == "event" and job.attempts >= UNREADABLE_ATTEMPTS:
            await set_aside(self._house, job)
            return None
        return again_after

    async def _recap(self, job: Job) -> None:
        try:
            told = await remembering.recap(self._house, job.subject)
            await self._post(job, told)
            tell_step(job.subject, "recap: %s", "told" if told else "not wanted, or nothing to tell")
        except (NobodyThere, PostRefused) as error:
            if isinstance(error, NobodyThere) and job.attempts < RECAP_WAITS_FOR_ATTEMPTS:
                raise
            await self._house.store.note_untold(CallId(job.subject))
            tell_step(job.subject, "recap: kept until they ask")

    async def _link_over(self, job: Job) -> None:
        """Take a link away from where it stands; where that cannot be done it stays, and opens nothing."""
        over = await messaging.link_over(self._house, job.subject)
        if over is None:
            return
        try:
            poster = poster_at(self._posters, over.account.platform)
            await self._posting.through(poster.post(over.account, over.reply, instead_of=over.post))
        except NobodyThere:
            if job.attempts < LINK_ATTEMPTS:
                raise
        except PostRefused:
            _log.info("A link that is over stands where it stood; it opens nothing.")
        await self._house.store.drop_post(over.post.call_id, "link")

    async def _erase_post(self, job: Job) -> None:
        """Take back a message about a call that was erased; one that is gone already is fine."""
        platform, *tenant, channel_id, message_id = job.subject.split(":")
        poster = self._posters.get(platform)
        if poster is None:
            if job.attempts < RECAP_WAITS_FOR_ATTEMPTS:
                raise NobodyThere(platform)
            return
        with contextlib.suppress(PostRefused):
            await self._posting.through(
                poster.erase_post(":".join(tenant) or DEFAULT_TENANT, channel_id, message_id)
            )

    async def _erased(self, job: Job) -> None:
        await self._tell_once(job, erasing.tell_erased(self._house, job.subject))
        await self._house.store.settle_receipt(job.subject)

    async def _tell_once(self, job: Job, telling: Awaitable[tuple[Account, Reply] | None]) -> None:
        """Say what has to be said, as soon as its front is there again."""
        with contextlib.suppress(PostRefused):
            try:
                await self._post(job, await telling)
            except NobodyThere:
                if job.attempts < RECAP_WAITS_FOR_ATTEMPTS:
                    raise

    async def _tell(self, job: Job, telling: Awaitable[tuple[Account, Reply] | None]) -> None:
        """Say what is of use only now: whoever cannot be reached at once is not told later."""
        with contextlib.suppress(NobodyThere, PostRefused):
            await self._post(job, await telling)

    async def _post(self, job: Job, told: tuple[Account, Reply] | None) -> None:
        if told is None:
            return
        account, reply = told
        reply = replace(reply, is_again=job.attempts > 1)
        await self._posting.through(poster_at(self._posters, account.platform).post(account, reply))

    async def _seconds_left(self) -> float:
        """Return in how many seconds there is something to claim; whoever only reads is in nobody's way."""
        due_at = await self._house.store.fetch_next_due_at()
        if due_at is None:
            return LONGEST_SLEEP_SECONDS
        return (due_at - self._house.now()).total_seconds()
