"""What managers decide for their own server or workspace: whether Troupe is there, and who may call whom."""

import logging
import re
from dataclasses import dataclass, replace
from typing import Literal

from bot.calls.installation import Installation
from bot.calls.managing import NO_PLACE, NOT_A_MANAGER
from bot.calls.permitting import NOT_LISTED, is_admitted
from bot.domain.caller import Caller
from bot.domain.errors import CallerError
from bot.domain.permission import Rule
from bot.domain.persona import Persona

Only = Literal["everybody", "nobody", "age-restricted", ""]
ONLY: tuple[Only, ...] = ("everybody", "nobody", "age-restricted")
"""What ``/troupe allow`` may be told: take every limit away, switch off, or where adults are."""

BY_INSTALLING = (
    "Members can call from here because the app is installed here. Remove the app to switch it off."
)
MOST_NAMED = 25
_NAME = re.compile(r"[a-z]+-(role|channel|group):[A-Za-z0-9]{5,24}")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether members may call from a place now, and whether that is new."""

    is_admitted: bool
    changed: bool


async def admit_here(house: Installation, caller: Caller, name: str) -> Admission:
    """Let the caller's place in. Raises CallerError for who may not, or where the settings list others."""
    require_place_manager(caller)
    listed = house.terms.listed_places
    if listed and caller.place not in listed and not _is_by_installing(house, caller):
        raise CallerError(NOT_LISTED.format(caller.place.rpartition(":")[2]))
    was = is_admitted(house, caller.place)
    await house.store.admit_place(caller.place, name, house.now())
    if not was:
        log.warning("%s was let in: its members can call. Its managers take that back.", caller.place)
    return Admission(is_admitted=True, changed=not was)


async def note_installed(house: Installation, place: str, name: str) -> None:
    """Note a place that needs no manager to let it in: it is listed, or the app was installed there."""
    await house.store.admit_place(place, name, house.now())


def limiting_roles(house: Installation, place: str = "") -> frozenset[str]:
    """Return the roles by which any character is limited in a place; anywhere, where none is named."""
    rules = (rule for rule in house.store.get_rules() if not place or rule.place == place)
    return frozenset(role for rule in rules for role in rule.roles)


async def dismiss_here(house: Installation, caller: Caller) -> Admission:
    """Let nobody call from the caller's place any more. Raises CallerError."""
    require_may_dismiss(house, caller)
    return Admission(is_admitted=False, changed=await house.store.dismiss_place(caller.place))


def require_may_dismiss(house: Installation, caller: Caller) -> None:
    """Raise CallerError where it is not for the caller to take Troupe out of the place where they are."""
    require_place_manager(caller)
    if _is_by_installing(house, caller):
        raise CallerError(BY_INSTALLING)
    if caller.place in house.terms.listed_places:
        raise CallerError("The settings list this place; whoever runs Troupe takes it out there.")


def may_dismiss(house: Installation, caller: Caller) -> bool:
    """Whether the caller can take Troupe out of the place where they are."""
    return not _is_by_installing(house, caller) and caller.place not in house.terms.listed_places


def _is_by_installing(house: Installation, caller: Caller) -> bool:
    return caller.place.partition(":")[0] in house.terms.trusted_platforms


async def see_rule(house: Installation, caller: Caller, character: str) -> tuple[Persona, Rule]:
    """Return what holds for a character in the caller's place. Raises CallerError, UnknownPersona."""
    require_place_manager(caller)
    persona = house.cast.get(character)
    rules = house.store.get_rules()
    held = (rule for rule in rules if (rule.place, rule.slug) == (caller.place, persona.slug))
    return persona, next(held, Rule(caller.place, persona.slug))


async def limit_character(
    house: Installation, caller: Caller, character: str, *, role: str = "", channel: str = "", only: str = ""
) -> tuple[Persona, Rule]:
    """Limit who may call a character here, on top of what holds; doing it twice changes nothing more.

    ``everybody`` takes every limit away that is not named with it; ``nobody`` wins over all that is named
    with it. Raises CallerError, UnknownPersona.
    """
    persona, rule = await see_rule(house, caller, character)
    if not all(_NAME.fullmatch(name) for name in (role, channel) if name):
        raise CallerError("That is none of those that are offered. Choose one of them.")
    if only not in ("", *ONLY):
        raise CallerError(f"Choose {', '.join(ONLY[:-1])} or {ONLY[-1]}.")
    if only == "everybody":
        rule = Rule(caller.place, persona.slug)
    rule = replace(
        rule,
        is_off=only == "nobody",
        age_restricted_only=rule.age_restricted_only or only == "age-restricted",
        roles=rule.roles | ({role} if role else set()),
        channels=rule.channels | ({channel} if channel else set()),
    )
    if max(len(rule.roles), len(rule.channels)) > MOST_NAMED:
        raise CallerError(f"A character has {MOST_NAMED} limits of a kind at most. Leave one out first.")
    await house.store.set_rule(rule)
    return persona, rule


async def lift_limit(
    house: Installation, caller: Caller, character: str, *, role: str = "", channel: str = ""
) -> tuple[Persona, Rule]:
    """Leave a role or a channel out of what limits a character here. Raises CallerError, UnknownPersona."""
    persona, rule = await see_rule(house, caller, character)
    rule = replace(rule, roles=rule.roles - {role}, channels=rule.channels - {channel})
    await house.store.set_rule(rule)
    return persona, rule


def require_place_manager(caller: Caller) -> None:
    """Raise CallerError for who does not decide for the place where they are."""
    if not caller.place:
        raise CallerError(NO_PLACE if caller.may_manage else NOT_A_MANAGER)
    if not caller.manages_place:
        raise CallerError(NOT_A_MANAGER)
