"""Going on in the page of a call: with the same character again, or with somebody else of the cast."""

import contextlib
from dataclasses import dataclass

from bot.calls import finishing
from bot.calls.installation import Installation, hash_token
from bot.calls.opening import end_call, fetch_own_link
from bot.calls.permitting import is_admitted
from bot.calls.placing import Wish, place
from bot.domain.call import FRESH, Call, Delivery
from bot.domain.caller import Caller, Person
from bot.domain.errors import CallerError, CharacterNotHere, LinkExpired, ProviderError
from bot.domain.permission import Spot, may_call
from bot.domain.persona import Persona

NOT_AGAIN = "{} cannot be called from here any more. Where you asked for this call, /call {} may do it."
NOBODY_SUCH = (
    "That character cannot be called from here. Where you asked for this call, /characters shows who can."
)
"""The same for whoever is limited and for whoever is not there: a page is no way to find out."""


@dataclass(frozen=True, slots=True)
class Next:
    """A new call that its browser may start at once, by a link of its own."""

    persona: Persona
    url: str


async def list_others(house: Installation, token: str, cookie: str) -> tuple[Persona, ...]:
    """Return whom the browser that opened a link may call next, by name. Raises LinkExpired."""
    _, call, _ = await fetch_own_link(house, token, cookie)
    spots = await house.spots.get(call.id, house.now())
    return tuple(
        one for one in house.cast.all() if one.slug != call.slug and _may_go_on_with(house, call, spots, one)
    )


async def go_on(house: Installation, token: str, cookie: str, character: str = "") -> Next:
    """Place a new call for the person of a link, with the same limits as any, for the browser that opened it.

    The conversation before is taken to be over. ``character`` is a slug; empty: the same again, about the
    same. What started fresh goes on fresh. Raises LinkExpired, UnknownPersona, CharacterNotHere,
    CallRefused, AllowanceUsedUp, NotStored.
    """
    _, call, person = await fetch_own_link(house, token, cookie)
    spots = await house.spots.get(call.id, house.now())
    persona = _find_callable(house, call, spots, character or call.slug)
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
    await house.spots.pass_on(call.id, placed.call.id)
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


def _find_callable(house: Installation, call: Call, spots: tuple[Spot, ...], slug: str) -> Persona:
    """Return a character that the person of a call may call. Raises CharacterNotHere.

    Raises UnknownPersona only where the one that was called has left.
    """
    if slug == call.slug:
        persona = house.cast.of_slug(slug)
        if not _may_go_on_with(house, call, spots, persona):
            raise CharacterNotHere(NOT_AGAIN.format(persona.name, persona.slug))
        return persona
    found = (one for one in house.cast.all() if one.slug == slug)
    if (other := next(found, None)) is None or not _may_go_on_with(house, call, spots, other):
        raise CharacterNotHere(NOBODY_SUCH)
    return other


def _may_go_on_with(house: Installation, call: Call, spots: tuple[Spot, ...], persona: Persona) -> bool:
    """Whether the person of a call may call this character where they asked for it, as ``/call`` decides it.

    They stand where they stood then: in the same channel, with the same roles, in servers that are still let
    in. Where that is not known any more, whoever is limited to roles or to adults' channels is left to
    ``/call``. In the terminal nobody is limited.
    """
    if call.account.platform == "console":
        return True
    rules = house.store.get_rules()
    if not spots and not call.place:
        return all(rule.slug != persona.slug for rule in rules)
    if not spots:
        spots = (Spot(call.place, channels=frozenset({call.channel} if call.channel else ())),)
    let_in = [spot for spot in spots if not spot.place or is_admitted(house, spot.place)]
    return bool(let_in) and may_call(persona.slug, let_in, rules)
