"""What is made of a webhook that was stored: a transcript, a call that never began, or nothing."""

import logging
from collections.abc import Callable
from datetime import timedelta

from bot.calls import finishing
from bot.calls.installation import Installation
from bot.domain.call import Job, NewJob
from bot.domain.conversation import RemoteConversation
from bot.domain.dialing import DialFailure
from bot.domain.errors import ProviderChanged

_log = logging.getLogger(__name__)


async def take_event(
    house: Installation,
    read_event: Callable[[bytes], RemoteConversation | DialFailure | None],
    job: Job,
) -> timedelta | None:
    """Take in what a webhook tells; return None when that is done, else when to try again.

    ``read_event`` turns its bytes into what it tells, or None for another event.
    """
    body = await house.store.fetch_event(job.subject)
    if body is None:
        return None
    try:
        event = read_event(body)
    except ProviderChanged as error:
        _log.warning("A webhook could not be read, its conversation is fetched instead: %s", error)
        await set_aside(house, job)
        return None
    match event:
        case RemoteConversation():
            await finishing.take_conversation(house, event)
        case DialFailure():
            again_after = await finishing.take_failure(house, event, job.attempts)
            if again_after is not None:
                return again_after
    received_at = await house.store.close_event(job.subject)
    if received_at is not None:
        house.figures.webhook_lag.labels("processed").observe((house.now() - received_at).total_seconds())
    return None


async def set_aside(house: Installation, job: Job) -> None:
    """Drop an event that nothing can be made of; the conversation that it names is fetched instead."""
    _, _, conversation_id = job.subject.partition(":")
    if conversation_id and not job.subject.startswith("sha256:"):
        await house.store.add_jobs([NewJob("fetch", conversation_id, house.now())])
    await house.store.close_event(job.subject)
