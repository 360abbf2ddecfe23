"""What a character is told when it looks something up in the middle of a call.

Whoever asks has proved that they are ElevenLabs. The call's reference says whose call it is, and nothing
else that is sent along does. Design, "Deliveries": on the phone nobody is known until they say so.
"""

import asyncio

from bot.calls.handling import note_call
from bot.calls.installation import Installation, reach_of
from bot.calls.recalling import recall
from bot.domain.call import CallRef, Delivery, OnTheLine
from bot.domain.errors import NotStored, ProviderError, UnknownPersona
from bot.domain.on_the_phone import said_it_is_them
from bot.domain.recalled import NO_NAMES, Speakers
from bot.domain.record import Reading

NOTHING_YET = "nothing yet"
ENOUGH = "nothing more in this call"
MOST_LOOK_UPS = 30
MOST_CHARS = 2_000
WHO_IS_IT_SECONDS = 3.0
"""How long it is waited to learn who picked up a telephone; until that is known nothing is told."""


async def look_up(house: Installation, call_ref: CallRef, query: str) -> str:
    """Return what the person of this call said about it, in ``MOST_CHARS`` characters at most.

    ``NOTHING_YET`` where there is nothing, and where this call tells nothing: it is over or unknown, it
    went over a forwardable link or was not placed by us, it or its character keeps no memory, or nobody
    on the telephone has said yet that it is them. ``ENOUGH`` after ``MOST_LOOK_UPS`` in one call.
    """
    found = await house.store.fetch_call_on_line(call_ref, house.now())
    if found is None or found.call.delivery is Delivery.HOSTED or found.call.is_inbound:
        return NOTHING_YET
    note_call(found.call.id)
    if not await _may_ask(house, found):
        return ENOUGH
    if found.call.delivery is Delivery.PHONE and not await _is_them(house, found):
        return NOTHING_YET
    return await _recall(house, found, query) or NOTHING_YET


async def _may_ask(house: Installation, found: OnTheLine) -> bool:
    """Count a question with its call, so that a restart gives none back.

    What cannot be counted is answered all the same: the limit is there for a character that asks and asks,
    and keeps nothing from anybody.
    """
    try:
        return await house.store.count_look_up(found.call.id, MOST_LOOK_UPS)
    except NotStored:
        return True


async def _recall(house: Installation, found: OnTheLine, query: str) -> str:
    call, person = found.call, found.person
    try:
        persona = house.cast.of_slug(call.slug)
    except UnknownPersona:
        return ""
    if "none" in (call.reach, reach_of(person, persona, call.continues)):
        return ""
    recalled = await recall(
        house.store,
        person.id,
        Reading(persona.slug, persona.memory, house.cast.shared_slugs),
        query,
        house.now().astimezone(house.terms.timezone),
        k=0,
        max_chars=MOST_CHARS,
        speakers=Speakers(person.name or NO_NAMES.member, persona.name),
    )
    return recalled.text


async def _is_them(house: Installation, found: OnTheLine) -> bool:
    """Whether whoever picked up has plainly said that it is them, as far as ElevenLabs shows it by now."""
    for conversation_id in found.conversation_ids:
        try:
            async with asyncio.timeout(WHO_IS_IT_SECONDS):
                remote = await house.agents.fetch_conversation(conversation_id)
        except (TimeoutError, ProviderError):
            continue
        if said_it_is_them(remote.transcript.turns):
            return True
    return False
