"""Which servers may use Troupe, who decides there, and which characters may be called from where."""

from bot.calls.installation import Installation
from bot.domain.caller import Caller
from bot.domain.errors import CharacterNotHere
from bot.domain.permission import Rule, may_call
from bot.domain.persona import Persona

NOT_ADMITTED = "Troupe is not switched on here yet. Whoever manages this place can do so: /troupe here."
YOU_CAN = "Troupe is not switched on here yet. You manage this place, so you can let its members call."
NOT_LISTED = (
    "Whoever runs Troupe has listed the servers that may use it, and this is none of them. Its id, for "
    "DISCORD_SERVERS, is {}."
)


def is_admitted(house: Installation, place: str) -> bool:
    """Whether members may call from a place: one that the settings list, or else one that was let in."""
    if place.partition(":")[0] in house.terms.trusted_platforms:
        return True
    listed = house.terms.listed_places
    return place in listed if listed else place in house.store.get_places()


def admitted_places(house: Installation, platform: str) -> tuple[str, ...]:
    """Return the places of a platform from which members may call, by name."""
    places = house.terms.listed_places or house.store.get_places()
    return tuple(sorted(one for one in places if one.partition(":")[0] == platform))


def decides_for_everybody(house: Installation, place: str) -> bool:
    """Whether managers of a place decide for everybody: where the settings list it, or it was the first."""
    if place.partition(":")[0] in house.terms.trusted_platforms:
        return True
    listed = house.terms.listed_places
    return place in listed if listed else place == house.store.get_first_place()


def may_be_called_in(house: Installation, place: str, slug: str) -> bool:
    """Whether a place is still let in, and a character not switched off there."""
    off = any((rule.place, rule.slug) == (place, slug) and rule.is_off for rule in house.store.get_rules())
    return is_admitted(house, place) and not off


def find_callable(house: Installation, caller: Caller) -> tuple[Persona, ...]:
    """Return the characters that somebody may call from where they are, by name; from memory."""
    rules = house.store.get_rules()
    return tuple(one for one in house.cast.all() if may_call(one.slug, caller.spots, rules))


def refuse_limited(house: Installation, caller: Caller, persona: Persona) -> None:
    """Raise CharacterNotHere, with what would have to be so, where a manager limited who may call."""
    rules = house.store.get_rules()
    if may_call(persona.slug, caller.spots, rules):
        return
    places = {spot.place for spot in caller.spots}
    holding = [rule for rule in rules if rule.slug == persona.slug and rule.place in places]
    if not holding:
        raise CharacterNotHere(f"{persona.name} cannot be called from here.")
    where = house.store.get_places().get(holding[0].place, "")
    inside = f"In {where}, " if where and not caller.place else ""
    raise CharacterNotHere(f"{inside}{persona.name} {limits_in_words(holding[0])}.")


def refuse_post(house: Installation, place: str, persona: Persona) -> None:
    """Raise CharacterNotHere where a character may not be shown to everybody in a place any more."""
    if not may_be_called_in(house, place, persona.slug):
        raise CharacterNotHere(f"{persona.name} is not called from there any more.")


def limits_in_words(rule: Rule) -> str:
    """Return what a rule demands, as the end of a sentence that begins with the character's name."""
    if rule.is_off:
        return "cannot be called by anybody"
    whom = f" by {_either(rule.roles)}" if rule.roles else ""
    where = f" in {_either(rule.channels)}" if rule.channels else ""
    if rule.age_restricted_only:
        where += " where the channel is age-restricted" if where else " in age-restricted channels"
    if not whom and not where:
        return "can be called by everybody"
    return f"can be called only{whom}{where}"


def _either(names: frozenset[str]) -> str:
    *most, last = sorted(names)
    return f"{', '.join(most)} or {last}" if most else last
