"""What a telephone call starts with: a character's initiation, or the code that verifies a number."""

from datetime import timedelta

from bot.calls.installation import Installation
from bot.calls.placing import Prepared
from bot.calls.starting import prepare_call
from bot.domain.call import Call, Played
from bot.domain.initiation import CODE_CALL_SECONDS, build_code_initiation
from bot.domain.phone import CODE_LIFETIME, Phone


async def prepare_phone_call(house: Installation, call: Call, phone: Phone) -> Prepared:
    """Build what the call says; a code is made now, and only its keyed hash is kept.

    Raises UnknownPersona when the character left the cast, ProviderError.
    """
    if call.purpose == "code":
        return await _prepare_code(house, call, phone)
    person = await house.store.fetch_person(call.person_id)
    return await prepare_call(house, call, person, house.cast.of_slug(call.slug))


async def _prepare_code(house: Installation, call: Call, phone: Phone) -> Prepared:
    allowed = await house.agents.fetch_allowed_overrides()
    is_hosted = not house.terms.public_url
    code = house.new_code()
    await house.store.set_code(phone.id, code, house.now() + CODE_LIFETIME)
    initiation = build_code_initiation(
        code,
        house.terms.community,
        call.ref,
        call.person_id,
        frozenset() if is_hosted else allowed,
        is_hosted=is_hosted,
    )
    played = Played(call.version, {}, "none")
    return Prepared("", initiation, played, timedelta(seconds=CODE_CALL_SECONDS))
