"""The call that somebody is in now, as far as it can be reached from outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calls.installation import Installation, character_names, find_person
from bot.calls.starting import GRACE, RINGING_SECONDS
from bot.domain.call import Call, Delivery
from bot.domain.caller import Caller


@dataclass(frozen=True, slots=True)
class Running:
    """A call that goes on, its character's name, and when it ends by itself at the latest."""

    call: Call
    name: str
    ends_at: datetime


async def see_running(house: Installation, caller: Caller) -> Running | None:
    """Return the caller's newest call that goes on outside its front; None if there is none.

    A chat is its front's own: one that no front knows of is over, and its transcript is on the way. A page
    that was loaded anew goes on talking after its first conversation has come home.
    """
    person = await find_person(house, caller)
    running = await house.store.fetch_running(person.id)
    call = next((one for one in running if one.delivery is not Delivery.CHAT), None)
    listening = house.pages.find_listening(person.id)
    if call is None and listening is not None:
        call = await house.store.fetch_call(listening)
    if call is None:
        return None
    longest = timedelta(minutes=call.granted_minutes) + GRACE
    if call.delivery is Delivery.PHONE:
        longest += timedelta(seconds=RINGING_SECONDS)
    ends_at = (call.opened_at or call.asked_at) + longest
    return Running(call, character_names(house).get(call.slug, call.slug), ends_at)
