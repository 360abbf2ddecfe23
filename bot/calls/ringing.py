"""What a telephone call starts with, a character or a code, and in words why it does not ring."""

from datetime import timedelta

from bot.calls.installation import Installation
from bot.calls.permitting import may_be_called_in
from bot.calls.placing import Prepared
from bot.calls.starting import prepare_call
from bot.calls.telephones import refuse_quiet_hours
from bot.domain.allowance import month_of
from bot.domain.call import LATEST_RING, Call, Played
from bot.domain.dialing import (
    NOT_SET_UP,
    OVERLOADED,
    TOO_LATE,
    UNREACHABLE,
    Dialed,
    certainly_did_not_ring,
    failure_in_words,
)
from bot.domain.errors import (
    CallNotFound,
    NumberNotAllowed,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
)
from bot.domain.initiation import CODE_CALL_SECONDS, build_code_initiation
from bot.domain.phone import CODE_LIFETIME, Phone

OURS = ("agent.prompt.prompt", "agent.first_message")
"""What a call by phone has to override: nobody may be rung by words that are not ours."""
NOT_HERE_ANY_MORE = "that character is not called from there any more"
NOT_ALLOWED = "that phone may not be called any more"
SPENT = "what this community spends on calls in a month is used up"


async def prepare_phone_call(house: Installation, call: Call, phone: Phone) -> Prepared:
    """Build what the call says; a code is made now, and only its keyed hash is kept.

    Raises UnknownPersona when the character left the cast, CallNotFound when the person erased themselves
    meanwhile, ProviderRefused when the agent would say words of its own, ProviderError.
    """
    allowed = await house.agents.fetch_allowed_overrides()
    fixed = [path for path in OURS if path not in allowed]
    if fixed and house.terms.public_url:
        raise ProviderRefused(
            "start a call", f"the agent does not allow the override of {' and '.join(fixed)}"
        )
    if call.purpose == "code":
        return await _prepare_code(house, call, phone, allowed)
    person = await house.store.fetch_person(call.person_id)
    if person is None:
        raise CallNotFound(call.id)
    return await prepare_call(house, call, person, house.cast.of_slug(call.slug))


async def _prepare_code(house: Installation, call: Call, phone: Phone, allowed: frozenset[str]) -> Prepared:
    is_hosted = not house.terms.public_url
    code = house.new_code()
    await house.store.set_code(phone.id, code, house.now() + CODE_LIFETIME)
    initiation = build_code_initiation(
        code,
        house.cast.house_rules,
        frozenset() if is_hosted else allowed,
        community=house.terms.community,
        crisis_line=house.terms.crisis_line,
        call_ref=call.ref,
        user_id=call.person_id,
        is_hosted=is_hosted,
    )
    played = Played(call.version, {}, "none")
    return Prepared("", initiation, played, timedelta(seconds=CODE_CALL_SECONDS))


def is_late(house: Installation, call: Call, wait: timedelta = timedelta()) -> bool:
    """Whether it would be too late to ring after a wait."""
    return house.now() + wait - (call.due_at or call.asked_at) > LATEST_RING


def reason_not_to_ring(house: Installation, call: Call, phone: Phone | None) -> str:
    """Return why a telephone that could be called when the call was asked for cannot be now; else nothing."""
    now = house.now()
    if is_late(house, call):
        return TOO_LATE
    if call.place and not may_be_called_in(house, call.place, call.slug):
        return NOT_HERE_ANY_MORE
    if phone is None or phone.region not in house.terms.phone_regions:
        return NOT_ALLOWED
    if call.purpose == "talk" and not phone.is_verified(now):
        return "that phone has to be verified again"
    try:
        refuse_quiet_hours(house, phone.number, now)
    except NumberNotAllowed:
        return "it is night where that phone is"
    return ""


async def reason_of_cost(house: Installation) -> str:
    """Return that the month's money is used up, also for what was asked for before; else nothing."""
    ceiling = house.terms.limits.cost_per_month
    return SPENT if 0 < ceiling <= await house.store.fetch_total_cost(month_of(house.now())) else ""


def not_begun_in_words(house: Installation, error: ProviderError) -> str:
    """Return why ElevenLabs could not even be asked to ring."""
    if certainly_did_not_ring(error):
        return in_words(house, error)
    if not isinstance(error, ProviderUnavailable):
        return NOT_SET_UP
    return UNREACHABLE if error.retry_after is None else _overloaded(house, error.retry_after)


def in_words(house: Installation, failure: ProviderError | Dialed) -> str:
    """Return why nobody was rung, with the time from which it may go better."""
    words = failure_in_words(failure)
    if words != OVERLOADED:
        return words
    return _overloaded(house, failure.retry_after if isinstance(failure, ProviderError) else None)


def _overloaded(house: Installation, seconds: float | None) -> str:
    again_at = house.now() + max(timedelta(minutes=1), timedelta(seconds=min(seconds or 300, 86_400)))
    return f"all lines are overloaded: try again at {again_at.astimezone(house.terms.timezone):%H:%M %Z}"
