"""The call that somebody is in now, as far as it can be reached from outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calls.installation import Installation, character_names, find_person
from bot.calls.starting import GRACE, RINGING_SECONDS
from bot.domain.call import Call, CallState, Delivery
from bot.domain.caller import Caller, Person

HOSTED_FOR = timedelta(hours=2)
"""For how long a hosted call that was asked for is taken to go on, where nobody knows better."""


@dataclass(frozen=True, slots=True)
class Running:
    """A call that goes on, its character's name, and when it ends by itself at the latest.

    Nobody tells when a hosted call begins: then ``ends_at`` is None, and it may or may not go on.
    """

    call: Call
    name: str
    ends_at: datetime | None


async def see_running(house: Installation, caller: Caller) -> Running | None:
    """Return the caller's newest call that goes on, or may, outside its front; None if there is none.

    A chat is its front's own: one that no front knows of is over, and its transcript is on the way. A page
    that was loaded anew goes on talking after its first conversation has come home.
    """
    person = await find_person(house, caller)
    running = await house.store.fetch_running(person.id)
    call = next((one for one in running if one.delivery is not Delivery.CHAT), None)
    listening = await house.pages.find_listening(person.id)
    if call is None and listening is not None:
        call = await house.store.fetch_call(listening)
    if call is None:
        hosted = await _find_hosted(house, person)
        return Running(hosted, character_names(house).get(hosted.slug, hosted.slug), None) if hosted else None
    longest = timedelta(minutes=call.granted_minutes) + GRACE
    if call.delivery is Delivery.PHONE:
        longest += timedelta(seconds=RINGING_SECONDS)
    ends_at = (call.opened_at or call.asked_at) + longest
    return Running(call, character_names(house).get(call.slug, call.slug), ends_at)


async def _find_hosted(house: Installation, person: Person) -> Call | None:
    """Return the newest hosted call that was asked for lately, and of which nothing came home."""
    for ref in reversed(await house.store.fetch_refs_to_find(person.id, house.now() - HOSTED_FOR)):
        call = await house.store.fetch_call_by_ref(ref)
        if call is not None and call.delivery is Delivery.HOSTED and call.state is CallState.ASKED:
            return call
    return None
