"""The sweep: asks for our own people's conversations of the last days, and takes home what is missing."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calls.daily import next_time
from bot.calls.finishing import patience, take_conversation
from bot.calls.installation import Installation
from bot.domain.call import NewJob
from bot.domain.caller import PersonId
from bot.domain.errors import ConversationGone, ProviderError

SWEEP_DAYS = 3
"""One night more than a conversation needs, so that a night without ElevenLabs costs nothing."""
PEOPLE_AT_ONCE = 4
PEOPLE_PER_SECOND = 4
SWEEP_TRIES = 8
"""How often a person is asked for in one night."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep came to: ``found`` is everything of these people that is over at ElevenLabs.

    ``failed`` counts people who could not be asked for and conversations that could not be had; ``reasons``
    says why, each once. What is neither taken home, known nor failed is no call's, or nobody's words.
    """

    people: int = 0
    found: int = 0
    taken_home: int = 0
    known: int = 0
    failed: int = 0
    reasons: frozenset[str] = frozenset()

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            self.people + other.people,
            self.found + other.found,
            self.taken_home + other.taken_home,
            self.known + other.known,
            self.failed + other.failed,
            self.reasons | other.reasons,
        )


async def queue_sweep(house: Installation) -> None:
    """Queue a job for each person who asked for a call in the last days, and the next sweep.

    What a dial had reserved of which nobody ever heard goes back; if it is found after all, it counts.
    """
    now = house.now()
    await house.store.release_unclear(now - timedelta(hours=1))
    await house.store.drop_old_counters(now)
    people = await house.store.fetch_callers_since(now - timedelta(days=SWEEP_DAYS))
    # Spread out, so that transcripts and recaps that come due meanwhile do not wait behind all of them.
    await house.store.add_jobs(
        [
            NewJob("sweep_person", person_id, now + timedelta(seconds=place / PEOPLE_PER_SECOND))
            for place, person_id in enumerate(people)
        ]
    )
    await house.store.add_jobs([NewJob("sweep", "daily", next_time(house, "sweep"))])


async def sweep_person_tonight(house: Installation, person_id: str, attempts: int) -> timedelta | None:
    """Sweep one person; what failed is tried again a few times, and in the next night."""
    swept = await sweep_person(house, PersonId(person_id), house.now() - timedelta(days=SWEEP_DAYS))
    for reason in swept.reasons:
        log.warning("The sweep, attempt %d: %s", attempts, reason)
    return patience(attempts, floor_seconds=60) if swept.failed and attempts < SWEEP_TRIES else None


async def sweep_all(
    house: Installation, people: Sequence[PersonId], since: datetime, note: Callable[[], None]
) -> Swept:
    """Sweep these people, a few at once; ``note`` is called after each."""
    slots = asyncio.Semaphore(PEOPLE_AT_ONCE)

    async def one(person_id: PersonId) -> Swept:
        async with slots:
            swept = await sweep_person(house, person_id, since)
        note()
        return swept

    async with asyncio.TaskGroup() as tasks:
        sweeps = [tasks.create_task(one(person_id)) for person_id in people]
    return sum((sweep.result() for sweep in sweeps), Swept())


async def sweep_person(house: Installation, person_id: PersonId, since: datetime) -> Swept:
    """Take home every finished conversation of one person that is not here.

    Theirs is what carries their ``user_id``, or the reference of a call that no conversation is known of:
    a hosted link cannot carry a ``user_id``.
    """
    try:
        listed = await house.agents.list_conversations(user_id=person_id, started_after=since)
        found = {one.conversation_id: None for one in listed if one.is_final}
        for ref in await house.store.fetch_refs_to_find(person_id, since):
            found |= dict.fromkeys(await house.agents.find_conversation_ids(ref))
    except ProviderError as error:
        return Swept(people=1, failed=1, reasons=frozenset({str(error)}))
    swept = Swept(people=1)
    for conversation_id in found:
        swept += await _take_home(house, conversation_id)
    return swept


async def _take_home(house: Installation, conversation_id: str) -> Swept:
    binding = await house.store.fetch_binding(conversation_id)
    if binding is not None and binding.finished:
        return Swept(found=1, known=1)
    try:
        remote = await house.agents.fetch_conversation(conversation_id)
    except ConversationGone:
        return Swept()
    except ProviderError as error:
        return Swept(found=1, failed=1, reasons=frozenset({str(error)}))
    if not remote.is_final:
        return Swept()
    await take_conversation(house, remote)
    binding = await house.store.fetch_binding(conversation_id)
    return Swept(found=1, taken_home=int(binding is not None and binding.finished))
