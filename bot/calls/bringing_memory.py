"""Making a hosted link anew so that it carries what the character remembers, for one call."""

from bot.calls.hosted import can_bring, link_with_memory
from bot.calls.installation import Installation, find_person, read_record
from bot.calls.permitting import refuse_limited
from bot.calls.placing import Placed
from bot.domain.call import FRESH, CallId, CallState, Delivery
from bot.domain.caller import Caller
from bot.domain.errors import CallerError


async def bring_memory(house: Installation, caller: Caller, call_id: str) -> Placed:
    """Return the caller's own call with a link that has their memory in its address, as far as it fits.

    It is the same call with the same reference and what was reserved for it, so the new link takes the place
    of the old one. Raises CallerError where that was used already or is nobody's, or nothing is remembered.
    """
    person = await find_person(house, caller)
    call = await house.store.fetch_call(CallId(call_id))
    if call is None or call.person_id != person.id or call.delivery is not Delivery.HOSTED:
        raise CallerError("That link is not yours to change, or it was erased. /call makes a new one.")
    if call.state is not CallState.ASKED:
        raise CallerError("That link was used already, or is too old. /call makes a new one.")
    persona = house.cast.of_slug(call.slug)
    refuse_limited(house, caller, persona)
    record = await read_record(house, person, persona, call.continues)
    if not can_bring(house, person, record):
        raise CallerError(f"{persona.name} remembers nothing that a link could carry.")
    link = await link_with_memory(house, person, persona, call, record)
    return Placed(
        call=call,
        persona=persona,
        url=link.url,
        expires_at=None,
        is_returning=call.continues != FRESH and record.last_talk_at is not None,
        allowance=await house.store.fetch_allowance(person.id, caller.place, house.terms.limits, house.now()),
        brought=link.context,
    )
