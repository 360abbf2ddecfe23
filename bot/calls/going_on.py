"""Going on in the page of a call: with the same character again, or with somebody else of the cast."""

import contextlib
from dataclasses import dataclass

from bot.calls import finishing
from bot.calls.installation import Installation, hash_token
from bot.calls.opening import end_call, fetch_own_link
from bot.calls.permitting import is_admitted, may_be_called_in
from bot.calls.placing import Wish, place
from bot.domain.call import FRESH, Call, Delivery
from bot.domain.caller import Caller, Person
from bot.domain.errors import CallerError, CharacterNotHere, LinkExpired, ProviderError
from bot.domain.permission import Spot, may_call
from bot.domain.persona import Persona

NO_ROLES = "{} cannot be called from here. Where you asked for this call, /call {} may do it."


@dataclass(frozen=True, slots=True)
class Next:
    """A new call that its browser may start at once, by a link of its own."""

    persona: Persona
    url: str


async def list_others(house: Installation, token: str, cookie: str) -> tuple[Persona, ...]:
    """Return whom the browser that opened a link may call next, by name. Raises LinkExpired."""
    _, call, _ = await fetch_own_link(house, token, cookie)
    return tuple(
        one for one in house.cast.all() if one.slug != call.slug and _may_go_on_with(house, call, one)
    )


async def go_on(house: Installation, token: str, cookie: str, character: str = "") -> Next:
    """Place a new call for the person of a link, with the same limits as any, for the browser that opened it.

    The conversation before is taken to be over. ``character`` is a slug; empty: the same again, about the
    same. What started fresh goes on fresh. Raises LinkExpired, UnknownPersona, CharacterNotHere,
    CallRefused, AllowanceUsedUp, NotStored.
    """
    _, call, person = await fetch_own_link(house, token, cookie)
    persona = house.cast.of_slug(character or call.slug)
    if not _may_go_on_with(house, call, persona):
        raise CharacterNotHere(NO_ROLES.format(persona.name, persona.slug))
    await end_call(house, token, cookie)
    await _bring_home(house, call)
    topic = call.topic if persona.slug == call.slug else ""
    wish = Wish(topic, continues=FRESH if call.continues == FRESH else "")
    placed = await place(
        house,
        _caller_of(call, person),
        persona.slug,
        wish,
        card_comes_later=True,
        cookie_hash=hash_token(cookie),
    )
    if placed is None or placed.call.delivery is not Delivery.PAGE:
        raise LinkExpired("This page cannot go on. Ask for a new link where you got it; /call makes one.")
    return Next(persona, placed.url)


async def _bring_home(house: Installation, call: Call) -> None:
    """Look once for what was just said, so that the next call knows it and its minutes are given back."""
    for bound in await house.store.fetch_bindings(call.id):
        if not bound.finished:
            with contextlib.suppress(ProviderError, CallerError):
                await finishing.fetch(house, bound.conversation_id, 1)


def _caller_of(call: Call, person: Person) -> Caller:
    """Return who asked for a call, as they stood there: what limits them was looked at already."""
    return Caller(call.account, person.name, place=call.place, channel=call.channel)


def _may_go_on_with(house: Installation, call: Call, persona: Persona) -> bool:
    """Whether the person of a call may call this character where they asked for it.

    A browser says nothing of roles and of adults' channels: who is limited to those is left to ``/call``,
    except for the character that was just called. In the terminal nobody is limited.
    """
    if call.account.platform == "console":
        return True
    rules = house.store.get_rules()
    if not call.place:
        return persona.slug == call.slug or all(rule.slug != persona.slug for rule in rules)
    if persona.slug == call.slug:
        return may_be_called_in(house, call.place, persona.slug)
    channels = frozenset({call.channel} if call.channel else ())
    return is_admitted(house, call.place) and may_call(
        persona.slug, [Spot(call.place, channels=channels)], rules
    )
