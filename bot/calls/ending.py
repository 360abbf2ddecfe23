"""Closing a call that comes to nothing; each end is counted once, by whoever closes the call."""

from collections.abc import Sequence

from bot.calls.figures import OTHER
from bot.calls.handling import tell_step
from bot.calls.installation import Installation
from bot.domain.call import Call, CallId, CallState, Charge, NewJob


def count_end(house: Installation, call: Call, state: CallState) -> None:
    """Count a call that is over now, and say so; of characters that left the cast no label is made."""
    tell_step(call.id, "over: %s", state)
    is_known = call.slug in house.cast.slugs_on_disk
    character = house.figures.name_after(call.slug, call.person_id) if is_known else OTHER
    house.figures.ended.labels(state, call.delivery, character).inc()


async def fail(
    house: Installation,
    call: Call,
    words: str,
    charge: Charge,
    *,
    jobs: Sequence[NewJob] = (),
    is_unclear: bool = False,
) -> None:
    """Close a running call that has no conversation to show, and have its person told."""
    now = house.now()
    work = [NewJob("recap", call.id, now), *jobs]
    if await house.store.fail_call(call.id, words, now, work, charge=charge, is_unclear=is_unclear):
        count_end(house, call, CallState.FAILED)


async def expire(
    house: Installation, call_id: CallId, *, jobs: Sequence[NewJob] = (), reason: str = ""
) -> None:
    """Close a call that was asked for and never opened or dialed, if it still is."""
    if await house.store.expire_call(call_id, house.now(), jobs, reason):
        call = await house.store.fetch_call(call_id)
        if call is not None:
            count_end(house, call, CallState.EXPIRED)
