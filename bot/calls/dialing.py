"""Ringing a telephone once: the dial, what may have become of it, and somebody picking up.

The state is changed and committed before the one request that rings, which is sent soon after or not at all.
A dial whose outcome is unclear is looked up by its reference, never guessed and never done again. Design,
"What must survive a crash".
"""

import contextlib
import logging
from datetime import datetime, timedelta

from bot.calls import ending
from bot.calls.finishing import finish
from bot.calls.handling import tell_step
from bot.calls.installation import Installation
from bot.calls.placing import Prepared
from bot.calls.ringing import (
    in_words,
    is_late,
    not_begun_in_words,
    prepare_phone_call,
    reason_not_to_ring,
    reason_of_cost,
)
from bot.calls.starting import GRACE, RINGING_SECONDS, slot_of
from bot.domain.call import Call, CallId, CallState, NewJob
from bot.domain.dialing import UNCLEAR, certainly_did_not_ring
from bot.domain.errors import (
    CallNotFound,
    ConversationGone,
    ProviderChanged,
    ProviderError,
    ProviderUnavailable,
    UnknownPersona,
)
from bot.domain.phone import Phone

LOOK_UP_AFTER = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 1_800))
"""When a dial is looked for whose outcome is unclear, counted from the dial."""
RING_WITHIN = timedelta(seconds=10)
"""For so long after the state was changed the one request may be sent, by the clock of who sends it.

Whoever is stopped in between sends nothing late: others may have closed the call by then, and told its end.
That is looked at right before the bytes are written; what is left is the moment between that look and the
write. The clocks of machines may differ by anything less than the last of ``LOOK_UP_AFTER``.
"""
TRY_AGAIN_AFTER = timedelta(seconds=5)
LOOK_WHILE_RINGING = timedelta(seconds=4)
LOOK_WHILE_TALKING = timedelta(seconds=20)
NOT_ANY_MORE = "you may not be called any more"
LEFT_THE_CAST = "this character left the cast meanwhile"
HINDRANCES = {
    "busy": "another call to that phone, or to you, was still going on",
    "paused": "calls are paused at the moment",
    "full": "all lines were busy",
}
"""Why a dial cannot begin yet, by what ``begin_dial`` answers."""
STAYS_UNCLEAR = f"{UNCLEAR}; if nothing comes to light, your minutes are back tomorrow"

log = logging.getLogger(__name__)


async def dial(house: Installation, call_id: str) -> timedelta | None:
    """Ring the telephone of a call whose time has come; None when nothing is left to do here."""
    call = await house.store.fetch_call(CallId(call_id))
    match call and call.state:
        case CallState.DIALING if call:  # whoever began it did not live to hear what became of it
            await _lose(house, call)
        case CallState.SCHEDULED if call and not await house.store.wake_call(call.id, house.now()):
            return max(timedelta(), (call.due_at or call.asked_at) - house.now())
        case CallState.SCHEDULED | CallState.ASKED if call:
            with contextlib.suppress(CallNotFound):  # everything was forgotten at this moment
                return await _dial(house, call)
    return None


async def _dial(house: Installation, call: Call) -> timedelta | None:
    phone = None if is_late(house, call) else await house.store.fetch_phone_of_call(call.id)
    reason = reason_not_to_ring(house, call, phone) or await reason_of_cost(house)
    if phone is None or reason:
        return await _give_up(house, call, reason)
    try:
        prepared = await prepare_phone_call(house, call, phone)
    except UnknownPersona:
        return await _give_up(house, call, LEFT_THE_CAST)
    except ProviderError as error:
        log.warning("A dial was not begun: %s", error)
        reason = not_begun_in_words(house, error)
        if isinstance(error, ProviderUnavailable):
            return await _wait(house, call, reason, error.retry_after)
        return await _give_up(house, call, reason)
    if reason := reason_not_to_ring(house, call, phone):  # preparing takes its time
        return await _give_up(house, call, reason)
    return await _begin(house, call, phone, prepared)


async def _begin(house: Installation, call: Call, phone: Phone, prepared: Prepared) -> timedelta | None:
    now = house.now()
    match await house.store.begin_dial(call.id, prepared.played, slot_of(house, prepared, now), now):
        case "dialing":
            tell_step(call.id, "dialing")
            await _ring(house, call, phone, prepared, now + RING_WITHIN)
        case "gone":
            return await _give_up(house, call, NOT_ANY_MORE)
        case hindrance:
            return await _wait(house, call, HINDRANCES[hindrance])
    return None


async def look_up(house: Installation, call_id: str) -> timedelta | None:
    """Look for the conversation of a dial whose outcome, or whose conversation's id, we were not told.

    After the last look its person is told that it stays unclear, also where ElevenLabs cannot be asked then:
    the sweep looks on. Raises ProviderError before that.
    """
    call = await house.store.fetch_call(CallId(call_id))
    if call is None or call.state not in {CallState.UNKNOWN, CallState.LIVE}:
        return None
    if await house.store.fetch_bindings(call.id):
        return None
    since = house.now() - (call.opened_at or call.asked_at)
    try:
        found = await _find_conversations(house, call)
    except ProviderError as error:
        if since < LOOK_UP_AFTER[-1]:
            raise
        log.warning("A dial could not be looked up: %s", error)
        found = ()
    for conversation_id in found:
        await hand_over(house, call, conversation_id)
    if found:
        return None
    next_look = next((after for after in LOOK_UP_AFTER if after > since), None)
    if next_look is not None:
        return next_look - since
    await ending.fail(house, call, STAYS_UNCLEAR, "keep", is_unclear=True)
    return None


async def watch(house: Installation, call_id: str) -> timedelta | None:
    """Follow a call that was handed over: somebody picks up, it ends, or it never became a conversation."""
    call = await house.store.fetch_call(CallId(call_id))
    if call is None or call.state is not CallState.LIVE:
        return None
    waiting = LOOK_WHILE_RINGING
    for binding in await house.store.fetch_bindings(call.id):
        try:
            remote = await house.agents.fetch_conversation(binding.conversation_id)
        except (ConversationGone, ProviderChanged):
            continue
        if remote.is_final:
            await finish(house, binding, remote)
            return None
        if remote.status == "in-progress":
            now = house.now()
            await house.store.note_answered(call.id, now, [NewJob("answered", call.id, now)])
            waiting = LOOK_WHILE_TALKING
        elif remote.status == "processing":
            waiting = LOOK_WHILE_TALKING
    since = house.now() - (call.opened_at or call.asked_at)
    longest = timedelta(minutes=call.granted_minutes, seconds=RINGING_SECONDS) + GRACE
    return waiting if since < longest else None


async def hand_over(house: Installation, call: Call, conversation_id: str) -> None:
    """Note that a dial was taken on; its conversation is followed, or looked for where it has no id yet."""
    now = house.now()
    longest = timedelta(minutes=call.granted_minutes, seconds=RINGING_SECONDS) + GRACE
    jobs = [NewJob("look_up", call.id, now + LOOK_UP_AFTER[0])]
    if conversation_id:
        jobs = [
            NewJob("watch", call.id, now + LOOK_WHILE_RINGING),
            NewJob("fetch", conversation_id, now + longest),
        ]
    if not await house.store.hand_over(call.id, conversation_id, jobs) and conversation_id:
        await _release(house, call, conversation_id)


async def _ring(house: Installation, call: Call, phone: Phone, prepared: Prepared, before: datetime) -> None:
    """Ask once for the telephone to ring, or not at all. Whatever happens here, nobody asks again."""
    try:
        dialed = await house.agents.place_phone_call(
            phone_number_id=house.terms.phone_number_id,
            to_number=phone.number,
            initiation=prepared.initiation,
            ringing_timeout_seconds=RINGING_SECONDS,
            before=before,
        )
    except ProviderError as error:
        log.warning("A dial: %s", error)
        if certainly_did_not_ring(error):
            _count_dial(house, call, "refused")
            await ending.fail(house, call, in_words(house, error), "nothing")
        else:
            _count_dial(house, call, "unclear")
            await _lose(house, call)
        return
    _count_dial(house, call, "handed_over" if dialed.success else "refused")
    if dialed.success:
        await hand_over(house, call, dialed.conversation_id)
    else:
        await ending.fail(house, call, in_words(house, dialed), "nothing")


def _count_dial(house: Installation, call: Call, outcome: str) -> None:
    house.figures.dials.labels(outcome).inc()
    tell_step(call.id, "dialed: %s", outcome)


async def _find_conversations(house: Installation, call: Call) -> tuple[str, ...]:
    """Return what carries the call's reference: by that, or, where that is not found, by its person."""
    found = await house.agents.find_conversation_ids(call.ref)
    if found:
        return found
    since = (call.opened_at or call.asked_at) - GRACE
    listed = await house.agents.list_conversations(user_id=call.person_id, started_after=since)
    theirs = []
    for one in listed:
        if await house.store.fetch_binding(one.conversation_id) is not None:
            continue
        with contextlib.suppress(ConversationGone, ProviderChanged):
            remote = await house.agents.fetch_conversation(one.conversation_id)
            theirs += [one.conversation_id] if remote.call_ref == call.ref else []
    return tuple(theirs)


async def _lose(house: Installation, call: Call) -> None:
    """Note that nobody can tell whether it rang, and have it looked up."""
    opened_at = house.now() if call.opened_at is None else call.opened_at
    due_at = max(house.now(), opened_at + LOOK_UP_AFTER[0])
    await house.store.lose_dial(call.id, [NewJob("look_up", call.id, due_at)])


async def _release(house: Installation, call: Call, conversation_id: str) -> None:
    """See to a conversation whose call ended or was erased between the dial and its answer."""
    if await house.store.fetch_call(call.id) is None:
        await house.store.add_jobs([NewJob("erase_remote", conversation_id, house.now())])


async def _wait(
    house: Installation, call: Call, reason: str, seconds: float | None = None
) -> timedelta | None:
    """Return when to try again what cannot begin yet, or give it up where that would be too late to ring."""
    wait = max(TRY_AGAIN_AFTER, timedelta(seconds=min(seconds or 0, 3_600)))
    if not is_late(house, call, wait + TRY_AGAIN_AFTER):
        return wait
    return await _give_up(house, call, reason)


async def _give_up(house: Installation, call: Call, reason: str) -> timedelta | None:
    """Close a call that was not dialed, for which nothing is left to do then; its person is told."""
    work = [NewJob("recap", call.id, house.now())]
    await ending.expire(house, call.id, jobs=work, reason=reason)
    return None
