"""Bringing a conversation home: from a webhook, or by asking; every step may run twice.

A step returns None when it is done, or how long to wait before it should be tried again.
"""

import contextlib
import logging
from dataclasses import replace
from datetime import timedelta

from bot.calls import ending
from bot.calls.handling import note_call, tell_step
from bot.calls.installation import Installation
from bot.calls.learning import learned_in
from bot.calls.starting import GRACE, LONGEST_CALL, RINGING_SECONDS, SIGNED_URL_LIFETIME
from bot.domain.allowance import month_of
from bot.domain.call import Binding, Call, CallId, CallRef, CallState, Charge, Delivery, NewJob
from bot.domain.conversation import RemoteConversation, Transcript
from bot.domain.dialing import (
    BUSY,
    DECLINED,
    UNANSWERED,
    UNCLEAR,
    VOICEMAIL,
    DialFailure,
    failure_in_words,
)
from bot.domain.errors import ConversationGone, ProviderChanged
from bot.domain.extract import summarised
from bot.domain.on_the_phone import said_it_is_them

NEVER_STARTED = "it never started"
NEVER_ENDED = "its end never came"
UNREADABLE = "ElevenLabs' record of it cannot be read"
GIVEN_UP = (NEVER_STARTED, NEVER_ENDED, UNREADABLE, UNCLEAR)
"""How the failure of a call begins that was given up, of which more may come to light."""
HELD_FOR = timedelta(days=7)
GIVE_UP_AFTER = SIGNED_URL_LIFETIME + LONGEST_CALL + 10 * GRACE
HOSTED_LOOKS_FOR = timedelta(days=1)
SIGNED_LOOKS, ENDLESS_LOOKS, DAY_LOOKS = 20, 200, 290
"""How often it is looked: at five minutes each, 290 times are a day."""
FAILURE_LOOKS = 8
"""How often a dial's failure is looked into whose call is not known: longer than a dial's answer takes."""
RANG = frozenset({BUSY, DECLINED, UNANSWERED, VOICEMAIL})

log = logging.getLogger(__name__)


async def take_conversation(house: Installation, remote: RemoteConversation) -> None:
    """Store a finished conversation if it belongs to a call of ours; anything else is left alone.

    What came over a hosted link is taken only once somebody spoke; whatever else carries its reference is
    somebody else's, and is erased at ElevenLabs.
    """
    if not remote.is_final:
        return
    binding = await house.store.fetch_binding(remote.conversation_id)
    if binding is None and remote.call_ref:
        binding = await _adopt(house, remote)
    if binding is not None:
        tell_step(binding.call.id, "told by ElevenLabs: it is over")
        await finish(house, binding, remote)


async def take_failure(house: Installation, failure: DialFailure, attempts: int) -> timedelta | None:
    """Close a phone call that never became a conversation, and say why.

    It may come before we know which conversation the call has: then the conversation tells the call, or it
    is looked again until the dial has had its answer.
    """
    binding = await house.store.fetch_binding(failure.conversation_id)
    if binding is None:
        return await _take_unbound_failure(house, failure, attempts)
    tell_step(binding.call.id, "told by ElevenLabs: it never began")
    words = failure_in_words(failure)
    work = [NewJob("fetch", failure.conversation_id, house.now())]
    charge: Charge = "call" if words in RANG else "nothing"
    await ending.fail(house, binding.call, words, charge, jobs=work)
    return None


async def fetch(house: Installation, conversation_id: str, attempts: int) -> timedelta | None:
    """Ask ElevenLabs for a bound conversation, until it is complete or can no longer come."""
    binding = await house.store.fetch_binding(conversation_id)
    if binding is None or binding.finished:
        return None
    note_call(binding.call.id)
    charge: Charge
    failure, charge = NEVER_ENDED, "keep"
    try:
        remote = await house.agents.fetch_conversation(conversation_id)
        if remote.is_final:
            await finish(house, binding, remote)
            return None
    except ConversationGone:
        failure, charge = NEVER_STARTED, "nothing"
    except ProviderChanged as error:
        log.warning("A conversation cannot be read: %s", error)
        failure = UNREADABLE
    if not _is_overdue(house, binding.call):
        return patience(attempts)
    await ending.fail(house, binding.call, failure, charge)
    return None


async def find(house: Installation, call_id: str, attempts: int) -> timedelta | None:
    """Look for the conversation of a call whose id we were never told, by the call's reference."""
    call = await house.store.fetch_call(CallId(call_id))
    if call is None or call.state not in {CallState.ASKED, CallState.LIVE}:
        return None
    for conversation_id in await house.agents.find_conversation_ids(call.ref):
        with contextlib.suppress(ConversationGone, ProviderChanged):
            await take_conversation(house, await house.agents.fetch_conversation(conversation_id))
    now = await house.store.fetch_call(call.id)
    if now is None or now.state not in {CallState.ASKED, CallState.LIVE}:
        return None
    looked_for = house.now() - (call.opened_at or call.asked_at)
    if looked_for < (HOSTED_LOOKS_FOR if call.delivery is Delivery.HOSTED else GIVE_UP_AFTER):
        return patience(attempts, floor_seconds=15)
    await ending.fail(house, call, NEVER_ENDED, "nothing")
    await ending.expire(house, call.id)
    return None


async def expire(house: Installation, call_id: str) -> None:
    """Close a call whose link nobody opened in time."""
    await ending.expire(house, CallId(call_id))


async def erase_remote(house: Installation, conversation_id: str, attempts: int) -> timedelta | None:
    """Delete ElevenLabs' copy of a conversation, once it is over; one that cannot be read is deleted too.

    What never came home, of a call that is still here, does so first.
    """
    binding = await house.store.fetch_binding(conversation_id)
    try:
        remote = await house.agents.fetch_conversation(conversation_id)
    except ConversationGone:
        if binding is None and attempts < SIGNED_LOOKS:
            # A signed conversation that has not begun is unknown to them as well: look until it cannot begin.
            return patience(attempts, floor_seconds=60)
        if binding is None:
            await house.store.settle_erased(conversation_id, 0, 0, month_of(house.now()))
        await house.store.note_erased_there(conversation_id, house.now())
        return None
    except ProviderChanged:
        remote = None
    if remote is not None and not remote.is_final and attempts < ENDLESS_LOOKS:
        return patience(attempts)
    if binding is not None and remote is not None and remote.is_final:
        await finish(house, binding, remote)
    if binding is None:
        await _settle_erased(house, conversation_id, remote)
    await house.agents.delete_conversation(conversation_id)
    await house.store.note_erased_there(conversation_id, house.now())
    return None


async def erase_found(house: Installation, call_ref: str, attempts: int) -> timedelta | None:
    """Look for a day for what still carries the reference of an erased call, and have it erased."""
    found = await house.agents.find_conversation_ids(CallRef(call_ref))
    for one in found[:1]:
        await house.store.note_found(call_ref, one)
    await house.store.add_jobs([NewJob("erase_remote", one, house.now()) for one in found])
    if attempts < DAY_LOOKS:
        return patience(attempts, floor_seconds=60)
    await house.store.settle_erased(call_ref, 0, 0, month_of(house.now()))
    return None


async def _settle_erased(
    house: Installation, conversation_id: str, remote: RemoteConversation | None
) -> None:
    """Keep of an erased call what it used of the allowance, and that its number is not to be called again."""
    now = house.now()
    if remote is None or not remote.is_final:
        await house.store.settle_erased(conversation_id, None, 0, month_of(now))
        return
    if remote.wants_no_calls and remote.other_number:
        await house.store.never_call(remote.other_number, now)
    took, began_at = remote.transcript.duration_seconds, remote.transcript.started_at or now
    await house.store.settle_erased(conversation_id, took, remote.cost, month_of(min(began_at, now)))
    if house.terms.limits.cost_per_month and remote.cost:
        await house.store.add_jobs([NewJob("cost_alert", month_of(now), now)])


async def drop_held(house: Installation, conversation_id: str) -> None:
    """Erase a conversation that nobody said was theirs."""
    binding = await house.store.fetch_binding(conversation_id)
    if binding is None:
        return
    talk = await house.store.fetch_talk(binding.call.person_id, conversation_id)
    if talk is not None and talk.held:
        await house.store.erase_talk(binding.call.person_id, talk.id, house.now())


async def _take_unbound_failure(house: Installation, failure: DialFailure, attempts: int) -> timedelta | None:
    if failure.agent_id not in ("", house.terms.agent_id):
        return None
    with contextlib.suppress(ConversationGone, ProviderChanged):
        remote = await house.agents.fetch_conversation(failure.conversation_id)
        if remote.is_final:
            await take_conversation(house, remote)
            return None
    return patience(attempts, floor_seconds=5) if attempts < FAILURE_LOOKS else None


async def _adopt(house: Installation, remote: RemoteConversation) -> Binding | None:
    """Return the binding of a conversation that came back with a reference of ours."""
    call = await house.store.fetch_call_by_ref(CallRef(remote.call_ref))
    if call is None:
        return None
    if call.delivery is not Delivery.PHONE and not _was_spoken_in(remote.transcript):
        return None
    binding = await house.store.adopt_conversation(call.ref, remote.conversation_id)
    if binding is None:
        await house.store.add_jobs([NewJob("erase_remote", remote.conversation_id, house.now())])
    return binding


async def finish(house: Installation, binding: Binding, remote: RemoteConversation) -> None:
    """Store a conversation that is over; its person is told, unless they were told that it failed."""
    note_call(binding.call.id)
    if binding.finished:
        return
    call, now = binding.call, house.now()
    transcript = _in_our_words(house, call, remote)
    recap = [NewJob("recap", call.id, now)]
    was_spoken_in = _was_spoken_in(transcript)
    if was_spoken_in:
        at = transcript.started_at or call.opened_at or now
        transcript = summarised(transcript, at.astimezone(house.terms.timezone))
    work = [*recap] if was_spoken_in else []
    held_until = now + HELD_FOR if _may_be_somebody_elses(call, transcript) else None
    if held_until is not None:
        work.append(NewJob("drop_held", remote.conversation_id, held_until))
    if house.terms.limits.cost_per_month and remote.cost:
        work.append(NewJob("cost_alert", month_of(now), now))
    is_new = await house.store.finish_conversation(
        remote.conversation_id,
        transcript,
        house.new_id(),
        held_until=held_until,
        now=now,
        jobs=work,
        # Only the store knows whether its failure came meanwhile, and with it a recap.
        jobs_if_running=[] if was_spoken_in else recap,
        cost=remote.cost,
        never_call=call.delivery is Delivery.PHONE and remote.wants_no_calls,
        counts=_rang(call, transcript),
        facts=learned_in(house, call, remote) if was_spoken_in else (),
    )
    if is_new:
        tell_step(call.id, "transcript home: %s", "kept" if was_spoken_in else "nothing said")
    if is_new and not call.state.is_over:
        ending.count_end(house, call, CallState.DONE)


def _may_be_somebody_elses(call: Call, transcript: Transcript) -> bool:
    """Whether the member has to say first that it was them: a link is forwarded, a telephone passed on."""
    if call.delivery is Delivery.PHONE and call.purpose == "talk":
        return call.is_inbound or not said_it_is_them(transcript.turns)
    return call.delivery is Delivery.HOSTED


def _rang(call: Call, transcript: Transcript) -> bool:
    """Whether anybody was reached, or could have been: a dial that certainly failed costs nothing."""
    if call.delivery is not Delivery.PHONE or transcript.duration_seconds or _was_spoken_in(transcript):
        return True
    return not transcript.ended_badly or transcript.ended_badly in RANG


def _in_our_words(house: Installation, call: Call, remote: RemoteConversation) -> Transcript:
    """Say in a member's words why nobody was talked with on the telephone."""
    transcript = remote.transcript
    if call.delivery is not Delivery.PHONE or _was_spoken_in(transcript):
        return transcript
    if call.purpose == "code" and not house.terms.public_url and remote.phone_result == "answered":
        return transcript  # there the first words carry the code, and nothing need be said
    why = failure_in_words(remote.phone_result) or transcript.ended_badly or "nobody said anything"
    told = "" if call.failure.startswith(GIVEN_UP) else call.failure
    return replace(transcript, ended_badly=told or why)


def _was_spoken_in(transcript: Transcript) -> bool:
    return any(turn.role == "user" for turn in transcript.turns)


def _is_overdue(house: Installation, call: Call) -> bool:
    longest = GIVE_UP_AFTER
    if call.delivery is Delivery.PHONE:
        longest = timedelta(minutes=call.granted_minutes, seconds=RINGING_SECONDS) + 10 * GRACE
    return house.now() - (call.opened_at or call.asked_at) > longest


def patience(attempts: int, floor_seconds: int = 1) -> timedelta:
    """Return a delay that doubles with each attempt, from a second up to five minutes."""
    return timedelta(seconds=min(300, max(floor_seconds, 2 ** min(attempts - 1, 9))))
