"""Ringing a telephone once: the dial, what may have become of it, and somebody picking up.

The state is changed and committed before the one request that rings; a dial whose outcome is unclear is
looked up by its reference, never guessed and never done again. Design, "What must survive a crash".
"""

import logging
from datetime import timedelta

from bot.calls.finishing import finish
from bot.calls.installation import Installation
from bot.calls.placing import Prepared
from bot.calls.ringing import prepare_phone_call
from bot.calls.starting import GRACE, slot_of
from bot.calls.telephones import refuse_quiet_hours
from bot.domain.call import LATEST_RING, Call, CallId, CallState, Charge, NewJob
from bot.domain.dialing import OVERLOADED, Dialed, certainly_did_not_ring, failure_in_words
from bot.domain.errors import ConversationGone, NumberNotAllowed, ProviderChanged, ProviderError
from bot.domain.phone import Phone

RINGING_SECONDS = 45
LOOK_UP_AFTER = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 1_800))
"""When a dial is looked for whose outcome is unclear, counted from the dial."""
TRY_AGAIN_AFTER = timedelta(seconds=5)
LOOK_WHILE_RINGING = timedelta(seconds=4)
LOOK_WHILE_TALKING = timedelta(seconds=20)
TOO_LATE = "it could not ring in time"
NOT_ALLOWED = "that phone may not be called any more"
UNCLEAR = "it is not clear whether the phone rang; if nothing comes to light, your minutes are back tomorrow"

log = logging.getLogger(__name__)


async def dial(house: Installation, call_id: str) -> timedelta | None:
    """Ring the telephone of a call whose time has come; None when nothing is left to do here.

    Raises ProviderError before anything was dialed.
    """
    call = await house.store.fetch_call(CallId(call_id))
    match call and call.state:
        case CallState.DIALING if call:  # whoever began it did not live to hear what became of it
            await _lose(house, call)
        case CallState.SCHEDULED if call and not await house.store.wake_call(call.id, house.now()):
            return max(timedelta(), (call.due_at or call.asked_at) - house.now())
        case CallState.SCHEDULED | CallState.ASKED if call:
            return await _dial(house, call)
    return None


async def _dial(house: Installation, call: Call) -> timedelta | None:
    phone = await house.store.fetch_phone_of_call(call.id)
    reason = _reason_not_to_ring(house, call, phone)
    if phone is None or reason:
        await _give_up(house, call, reason)
        return None
    prepared = await prepare_phone_call(house, call, phone)
    now = house.now()
    match await house.store.begin_dial(call.id, prepared.played, slot_of(house, prepared, now), now):
        case "dialing":
            await _ring(house, call, phone, prepared)
        case "gone":
            await _give_up(house, call, NOT_ALLOWED)
        case _:
            return TRY_AGAIN_AFTER
    return None


async def look_up(house: Installation, call_id: str) -> timedelta | None:
    """Look for the conversation of a dial whose outcome, or whose conversation's id, we were not told."""
    call = await house.store.fetch_call(CallId(call_id))
    if call is None or call.state not in {CallState.UNKNOWN, CallState.LIVE}:
        return None
    if await house.store.fetch_bindings(call.id):
        return None
    found = await _find_conversations(house, call)
    for conversation_id in found:
        await hand_over(house, call, conversation_id)
    if found:
        return None
    since = house.now() - (call.opened_at or call.asked_at)
    next_look = next((after for after in LOOK_UP_AFTER if after > since), None)
    if next_look is not None:
        return next_look - since
    await _fail(house, call, UNCLEAR, "keep", is_unclear=True)
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


async def _ring(house: Installation, call: Call, phone: Phone, prepared: Prepared) -> None:
    """Ask once for the telephone to ring. Whatever happens here, nobody asks again."""
    try:
        dialed = await house.agents.place_phone_call(
            phone_number_id=house.terms.phone_number_id,
            to_number=phone.number,
            initiation=prepared.initiation,
            ringing_timeout_seconds=RINGING_SECONDS,
        )
    except ProviderError as error:
        log.warning("A dial: %s", error)
        if certainly_did_not_ring(error):
            await _fail(house, call, _in_words(house, error), "nothing")
        else:
            await _lose(house, call)
        return
    if dialed.success:
        await hand_over(house, call, dialed.conversation_id)
    else:
        await _fail(house, call, _in_words(house, dialed), "nothing")


async def _find_conversations(house: Installation, call: Call) -> tuple[str, ...]:
    """Return what carries the call's reference: by that, or, where that is not found, by its person."""
    found = await house.agents.find_conversation_ids(call.ref)
    if found:
        return found
    since = (call.opened_at or call.asked_at) - GRACE
    listed = await house.agents.list_conversations(user_id=call.person_id, started_after=since)
    theirs = []
    for one in listed:
        if await house.store.fetch_binding(one.conversation_id) is None:
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


async def _give_up(house: Installation, call: Call, reason: str) -> None:
    """Close a call that was not dialed; its person is told."""
    now = house.now()
    await house.store.expire_call(call.id, now, [NewJob("recap", call.id, now)], reason)


async def _fail(
    house: Installation, call: Call, words: str, charge: Charge, *, is_unclear: bool = False
) -> None:
    now = house.now()
    work = [NewJob("recap", call.id, now)]
    await house.store.fail_call(call.id, words, now, work, charge=charge, is_unclear=is_unclear)


def _reason_not_to_ring(house: Installation, call: Call, phone: Phone | None) -> str:
    """Return why a telephone that could be called when the call was asked for cannot be now; else nothing."""
    now = house.now()
    if now - (call.due_at or call.asked_at) > LATEST_RING:
        return TOO_LATE
    if phone is None or phone.region not in house.terms.phone_regions:
        return NOT_ALLOWED
    if call.purpose == "talk" and not phone.is_verified(now):
        return "that phone has to be verified again"
    try:
        refuse_quiet_hours(house, phone.number, now)
    except NumberNotAllowed:
        return "it is night where that phone is"
    return ""


def _in_words(house: Installation, failure: ProviderError | Dialed) -> str:
    """Return why nobody was rung, with the time from which it may go better."""
    words = failure_in_words(failure)
    if words != OVERLOADED:
        return words
    wait = failure.retry_after if isinstance(failure, ProviderError) else None
    again_at = house.now() + max(timedelta(minutes=1), timedelta(seconds=min(wait or 300, 86_400)))
    return f"all lines are overloaded: try again at {again_at.astimezone(house.terms.timezone):%H:%M %Z}"
