"""Who may call whom: what managers limited, and from where a caller is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """One place as somebody stands in it: their roles there, and the channels that they ask from.

    ``channels`` are the channel and, of a thread, its parent as well; none of a place where somebody merely
    is a member.
    """

    place: str
    roles: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    is_age_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one character in one place; what is left empty limits nothing."""

    place: str
    slug: str
    is_off: bool = False
    age_restricted_only: bool = False
    roles: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    @property
    def limits_nothing(self) -> bool:
        """Whether the character may be called there by everybody, from everywhere."""
        return not (self.is_off or self.age_restricted_only or self.roles or self.channels)


def may_call(slug: str, spots: Sequence[Spot], rules: Sequence[Rule]) -> bool:
    """Whether a character may be called by somebody who stands in these spots: one that allows it is enough.

    Without any spot no rule applies.
    """
    return not spots or any(_allows(slug, spot, rules) for spot in spots)


def _allows(slug: str, spot: Spot, rules: Sequence[Rule]) -> bool:
    """Whether one spot allows it; what is for adults in any place is for adults outside every place too."""
    if not spot.place:
        for_adults = any(rule.slug == slug and rule.age_restricted_only for rule in rules)
        return spot.is_age_restricted or not for_adults
    return all(_holds(rule, spot) for rule in rules if (rule.place, rule.slug) == (spot.place, slug))


def _holds(rule: Rule, spot: Spot) -> bool:
    return (
        not rule.is_off
        and (not rule.roles or not rule.roles.isdisjoint(spot.roles))
        and (not rule.channels or not rule.channels.isdisjoint(spot.channels))
        and (not rule.age_restricted_only or spot.is_age_restricted)
    )
