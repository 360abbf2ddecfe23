"""Bringing a conversation home: from a webhook, or by asking; every step may run twice.

A step returns None when it is done, or how long to wait before it should be tried again.
"""

from datetime import timedelta

from bot.calls.installation import Installation
from bot.calls.starting import GRACE, SIGNED_URL_LIFETIME
from bot.domain.call import Binding, Call, CallId, CallRef, CallState, Delivery, NewJob
from bot.domain.conversation import RemoteConversation
from bot.domain.errors import ConversationGone

HELD_FOR = timedelta(days=7)
LONGEST_CALL = timedelta(minutes=60)
GIVE_UP_AFTER = SIGNED_URL_LIFETIME + LONGEST_CALL + 10 * GRACE
HOSTED_LOOKS_FOR = timedelta(days=1)


async def take_conversation(house: Installation, remote: RemoteConversation) -> None:
    """Store a finished conversation if it belongs to a call of ours; anything else is left alone."""
    binding = await house.store.fetch_binding(remote.conversation_id)
    if binding is None and remote.call_ref:
        binding = await house.store.adopt_conversation(CallRef(remote.call_ref), remote.conversation_id)
    if binding is not None and remote.is_final:
        await _finish(house, binding, remote)


async def fetch(house: Installation, conversation_id: str, attempts: int) -> timedelta | None:
    """Ask ElevenLabs for a bound conversation, until it is complete or can no longer come."""
    binding = await house.store.fetch_binding(conversation_id)
    if binding is None or binding.finished:
        return None
    try:
        remote = await house.agents.fetch_conversation(conversation_id)
    except ConversationGone:
        if not _is_overdue(house, binding.call):
            return _patience(attempts)
        await house.store.fail_call(binding.call.id, "it never started", house.now(), [])
        return None
    if remote.is_final:
        await _finish(house, binding, remote)
        return None
    if _is_overdue(house, binding.call):
        await house.store.fail_call(binding.call.id, "its end never came", house.now(), [])
        return None
    return _patience(attempts)


async def find(house: Installation, call_id: str, attempts: int) -> timedelta | None:
    """Look for the conversation of a call whose id we were never told, by the call's reference."""
    call = await house.store.fetch_call(CallId(call_id))
    if call is None or call.state not in {CallState.ASKED, CallState.LIVE}:
        return None
    for conversation_id in await house.agents.find_conversation_ids(call.ref):
        remote = await house.agents.fetch_conversation(conversation_id)
        await take_conversation(house, remote)
        if remote.is_final:
            return None
    looked_for = house.now() - (call.opened_at or call.asked_at)
    if looked_for < (HOSTED_LOOKS_FOR if call.delivery is Delivery.HOSTED else GIVE_UP_AFTER):
        return _patience(attempts, floor_seconds=15)
    await house.store.fail_call(call.id, "its end never came", house.now(), [])
    await house.store.expire_call(call.id, house.now())
    return None


async def expire(house: Installation, call_id: str) -> None:
    """Close a call whose link nobody opened in time."""
    await house.store.expire_call(CallId(call_id), house.now())


async def erase_remote(house: Installation, conversation_id: str, attempts: int) -> timedelta | None:
    """Delete ElevenLabs' copy of a conversation, once it is over."""
    try:
        remote = await house.agents.fetch_conversation(conversation_id)
    except ConversationGone:
        # A signed conversation that has not begun is unknown to them as well: look until it cannot begin.
        return _patience(attempts, floor_seconds=60) if attempts < 20 else None
    if not remote.is_final and attempts < 200:
        return _patience(attempts)
    await house.agents.delete_conversation(conversation_id)
    return None


async def drop_held(house: Installation, conversation_id: str) -> None:
    """Erase a hosted conversation that nobody said was theirs."""
    binding = await house.store.fetch_binding(conversation_id)
    if binding is None:
        return
    talk = await house.store.fetch_talk(binding.call.person_id, conversation_id)
    if talk is not None and talk.held:
        await house.store.erase_talk(binding.call.person_id, talk.id, house.now())


async def _finish(house: Installation, binding: Binding, remote: RemoteConversation) -> None:
    call = binding.call
    if binding.finished:
        return
    now = house.now()
    keep = call.reach != "none"
    held_until = now + HELD_FOR if keep and call.delivery is Delivery.HOSTED else None
    work = [NewJob("recap", remote.conversation_id, now)]
    if not keep:
        work.append(NewJob("erase_remote", remote.conversation_id, now))
    if held_until is not None:
        work.append(NewJob("drop_held", remote.conversation_id, held_until))
    await house.store.finish_conversation(
        remote.conversation_id,
        remote.transcript,
        house.new_id(),
        keep=keep,
        held_until=held_until,
        now=now,
        jobs=work,
    )


def _is_overdue(house: Installation, call: Call) -> bool:
    return house.now() - (call.opened_at or call.asked_at) > GIVE_UP_AFTER


def _patience(attempts: int, floor_seconds: int = 1) -> timedelta:
    """Return a delay that doubles with each attempt, from a second up to five minutes."""
    return timedelta(seconds=min(300, max(floor_seconds, 2 ** min(attempts - 1, 9))))
