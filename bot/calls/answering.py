"""Answering who rings the agent's number: fast and complete, whatever is out of order here.

The number that shows can be forged. So the first sentence is the same for everybody and names nobody; what is
remembered is told only where the number's owner wanted it, to whoever then says that they are that person;
and a call is kept only once its owner said that it was them. Design, "Deliveries".
"""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from datetime import timedelta

from bot.calls.dialing import LOOK_UP_AFTER, LOOK_WHILE_RINGING
from bot.calls.handling import tell_step
from bot.calls.installation import Installation, character_names, reach_of, read_record
from bot.calls.starting import GRACE
from bot.calls.strangers import for_strangers, strangers_job
from bot.domain.call import Call, CallId, CallRef, CallState, Delivery, NewJob, Slot
from bot.domain.context import build_context
from bot.domain.errors import (
    AllLinesBusy,
    AllowanceUsedUp,
    CallRefused,
    NumberNotAllowed,
    ProviderError,
    TroupeError,
)
from bot.domain.inbound import (
    STRANGER_MINUTES,
    InboundCaller,
    InboundRing,
    build_inbound,
    build_refusal,
    declared_variables,
)
from bot.domain.initiation import Initiation, Occasion
from bot.domain.numbers import learn_plans, parse_number
from bot.domain.persona import Persona
from bot.domain.record import PersonRecord

OVERRIDES_SECONDS = 0.1
LAST_JOB_SECONDS = 0.05
ASK_AGAIN_SECONDS = 60.0
NOTHING: frozenset[str] = frozenset()

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a character is told of who rings: nothing, unless their number's owner wanted it."""

    name: str = ""
    record: PersonRecord = field(default_factory=PersonRecord)
    context: str = ""
    user_id: str = ""


async def answer(house: Installation, ring: InboundRing) -> Initiation:
    """Return what a call that comes in starts with; raises nothing, and hardly takes longer than
    ``Terms.answer_seconds``.

    A verified number reaches its owner's last character, everybody else the one for strangers, with nobody's
    memory. Whoever cannot call now is told so by the character. Where anything here is out of order or
    takes too long, everybody is a stranger.
    """
    try:
        async with asyncio.timeout(house.terms.answer_seconds):
            return await _answer(house, ring)
    except TroupeError as error:
        log.warning("An inbound call got the neutral answer: %s", error)
    except Exception as error:  # noqa: BLE001  whatever it was, somebody is on the line
        log.warning("An inbound call got the neutral answer: %s", type(error).__name__)
    house.figures.inbound.labels("neutral").inc()
    return await _answer_alone(house, ring)


async def keep_ready(house: Installation) -> None:
    """Know beforehand what an answer needs from elsewhere; never ends by itself."""
    await asyncio.to_thread(learn_plans, house.terms.phone_regions)
    while True:
        with contextlib.suppress(ProviderError):
            await house.agents.fetch_allowed_overrides()
        await asyncio.sleep(ASK_AGAIN_SECONDS)


async def _answer(house: Installation, ring: InboundRing) -> Initiation:
    allowed = await _allowed_overrides(house, ring)
    caller = await _find_caller(house, ring)
    answered = None
    if caller is not None:
        answered = await _answer_known(house, ring, caller, allowed)
    return answered or await _answer_stranger(house, ring, allowed)


async def _answer_known(
    house: Installation, ring: InboundRing, caller: InboundCaller, allowed: frozenset[str]
) -> Initiation | None:
    """Return what somebody hears whose number is verified; None where it is in doubt that it is theirs."""
    persona, now = _last_of(house, caller), house.now()
    call = Call(
        id=CallId(house.new_id()),
        ref=CallRef(house.new_id()),
        person_id=caller.person.id,
        account=caller.account,
        slug=persona.slug,
        version=house.cast.played_version(persona),
        delivery=Delivery.PHONE,
        topic="",
        reach=reach_of(caller.person, persona),
        state=CallState.LIVE,
        asked_at=now,
        opened_at=now,
        phone_id=caller.phone.id,
        granted_minutes=persona.max_minutes,
        is_inbound=True,
    )
    told = await _what_to_tell(house, caller, persona)
    longest = timedelta(minutes=persona.max_minutes) + GRACE
    jobs = [NewJob("look_up", call.id, now + LOOK_UP_AFTER[0])]
    if ring.conversation_id:
        jobs = [
            NewJob("watch", call.id, now + LOOK_WHILE_RINGING),
            NewJob("fetch", ring.conversation_id, now + longest),
        ]
    slot = Slot(now + longest, house.terms.limits.calls_at_once)
    texts, limits = house.cast.texts(persona), house.terms.limits
    try:
        live = await house.store.answer_call(call, ring.conversation_id, slot, jobs, texts, limits)
    except (CallRefused, AllowanceUsedUp, AllLinesBusy):
        return _refusal(house, persona, allowed)
    if live is None:
        return None
    tell_step(call.id, "came in: %s, %s", call.delivery, call.state)
    house.figures.inbound.labels("known").inc()
    occasion = _occasion(house, persona, live.ref, told, live.granted_minutes)
    return _build(house, persona, told, occasion, allowed)


async def _answer_stranger(house: Installation, ring: InboundRing, allowed: frozenset[str]) -> Initiation:
    persona, minutes, now = for_strangers(house), STRANGER_MINUTES, house.now()
    call_ref = CallRef(house.new_id())
    if ring.is_for_us:
        slot = Slot(now + timedelta(minutes=minutes) + GRACE, house.terms.limits.calls_at_once)
        jobs, limits = [strangers_job(house, ring, call_ref)], house.terms.limits
        try:
            minutes = await house.store.admit_stranger(
                ring.conversation_id, persona.slug, minutes, slot, jobs, limits, now
            )
        except (CallRefused, AllowanceUsedUp, AllLinesBusy):
            return _refusal(house, persona, allowed)
    house.figures.inbound.labels("stranger").inc()
    told = _Told()
    return _build(house, persona, told, _occasion(house, persona, call_ref, told, minutes), allowed)


async def _answer_alone(house: Installation, ring: InboundRing) -> Initiation:
    """Answer with what is in memory; the store has a last moment to take in that it is to be erased."""
    persona, told, call_ref = for_strangers(house), _Told(), CallRef(house.new_id())
    if ring.is_for_us:
        with contextlib.suppress(Exception):  # there is nobody left to tell, and somebody on the line
            async with asyncio.timeout(LAST_JOB_SECONDS):
                await house.store.add_jobs([strangers_job(house, ring, call_ref)])
    allowed = _ours(house, house.agents.get_allowed_overrides()) if ring.is_for_us else NOTHING
    return _build(house, persona, told, _occasion(house, persona, call_ref, told, STRANGER_MINUTES), allowed)


async def _allowed_overrides(house: Installation, ring: InboundRing) -> frozenset[str]:
    """Return what may be overridden; what was known last where ElevenLabs does not say so at once."""
    if not ring.is_for_us:
        return NOTHING
    try:
        async with asyncio.timeout(OVERRIDES_SECONDS):
            return _ours(house, await house.agents.fetch_allowed_overrides())
    except (TimeoutError, ProviderError):
        return _ours(house, house.agents.get_allowed_overrides())


def _ours(house: Installation, allowed: frozenset[str]) -> frozenset[str]:
    """Leave everything to the agent's workflow where that plays the characters."""
    return allowed if house.terms.public_url else NOTHING


async def _find_caller(house: Installation, ring: InboundRing) -> InboundCaller | None:
    if not (ring.is_for_us and ring.caller_id):
        return None
    try:
        number = parse_number(ring.caller_id, house.terms.phone_regions)
    except NumberNotAllowed:
        return None
    return await house.store.fetch_inbound_caller(number.e164, house.now())


async def _what_to_tell(house: Installation, caller: InboundCaller, persona: Persona) -> _Told:
    """Return what the number's owner lets whoever rings be told: somebody without a name can say none."""
    person = caller.person
    if not (caller.phone.inbound_context and person.remembers and person.name):
        return _Told(user_id=person.id)
    record = await read_record(house, person, persona)
    names, zone = character_names(house), house.terms.timezone
    context = build_context(record, persona, "", names=names, zone=zone)
    return _Told(person.name, record, context, person.id)


def _last_of(house: Installation, caller: InboundCaller) -> Persona:
    cast: dict[str, Persona] = {one.slug: one for one in house.cast.all()}
    last = next((cast[slug] for slug in caller.slugs if slug in cast), None)
    return last or for_strangers(house)


def _refusal(house: Installation, persona: Persona, allowed: frozenset[str]) -> Initiation:
    house.figures.inbound.labels("refused").inc()
    occasion = _occasion(house, persona, CallRef("none"), _Told(), 1)
    declared = declared_variables(house.cast.all())
    return build_refusal(persona, house.cast.house_rules, occasion, declared, allowed)


def _build(
    house: Installation, persona: Persona, told: _Told, occasion: Occasion, allowed: frozenset[str]
) -> Initiation:
    declared = declared_variables(house.cast.all())
    rules = house.cast.house_rules
    return build_inbound(persona, rules, told.record, told.context, occasion, declared, allowed)


def _occasion(
    house: Installation, persona: Persona, call_ref: CallRef, told: _Told, minutes: int
) -> Occasion:
    timezone = house.terms.timezone
    return Occasion(
        call_ref=call_ref,
        user_id=told.user_id,
        platform="phone",
        user_name=told.name,
        topic="",
        local_time=house.now().astimezone(timezone),
        timezone=timezone.key,
        crisis_line=house.terms.crisis_line,
        cast_as="none" if house.terms.public_url else persona.slug,
        community=house.terms.community,
        most_minutes=minutes,
    )
