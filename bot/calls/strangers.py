"""Calls of people whom nobody knows: who answers them, and what follows, without keeping anything of them."""

from datetime import timedelta

from bot.calls.finishing import ENDLESS_LOOKS, SIGNED_LOOKS, patience
from bot.calls.installation import Installation
from bot.calls.starting import GRACE
from bot.domain.allowance import month_of
from bot.domain.call import CallRef, NewJob
from bot.domain.errors import ConversationGone, ProviderChanged
from bot.domain.inbound import STRANGER_MINUTES, InboundRing
from bot.domain.persona import Persona


def for_strangers(house: Installation) -> Persona:
    """Return the character that answers strangers; where the one that was set is gone, the first."""
    cast = sorted(house.cast.all(), key=lambda one: one.slug)
    return next((one for one in cast if one.slug == house.terms.inbound_character), cast[0])


def strangers_job(house: Installation, ring: InboundRing, call_ref: CallRef) -> NewJob:
    """Return the work that follows a stranger's call; without its id it is found by its reference."""
    over_at = house.now() + timedelta(minutes=STRANGER_MINUTES) + GRACE
    if ring.conversation_id:
        return NewJob("stranger", ring.conversation_id, over_at)
    return NewJob("erase_found", call_ref, over_at)


async def settle_stranger(house: Installation, conversation_id: str, attempts: int) -> timedelta | None:
    """Count what a stranger's call took once it is over, and have ElevenLabs' copy of it erased.

    Nobody agreed to more than being transcribed, so nothing is left there for longer than that takes.
    """
    if await house.store.fetch_binding(conversation_id) is not None:
        return None  # it came to be somebody's after all
    try:
        remote = await house.agents.fetch_conversation(conversation_id)
    except ConversationGone:
        if attempts < SIGNED_LOOKS:
            return patience(attempts, floor_seconds=15)
        remote = None
    except ProviderChanged:
        remote = None
    now = house.now()
    if remote is not None and not remote.is_final and attempts < ENDLESS_LOOKS:
        return patience(attempts)
    seconds, cost, work = STRANGER_MINUTES * 60, 0, [NewJob("erase_remote", conversation_id, now)]
    if remote is not None:
        seconds, cost = remote.transcript.duration_seconds, remote.cost
        if remote.wants_no_calls and remote.other_number:
            await house.store.never_call(remote.other_number, now)
    if cost and house.terms.limits.cost_per_month:
        work.append(NewJob("cost_alert", month_of(now), now))
    slug = for_strangers(house).slug
    await house.store.settle_stranger(conversation_id, slug, seconds, cost, now, work)
    return None
