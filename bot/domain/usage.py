"""How much Troupe is used, in numbers alone: nobody's name, and nobody's words."""

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST_PEOPLE = 3
"""Whom fewer called is named in no figures: who that was, others may know, and with whom they talked then."""


@dataclass(frozen=True, slots=True)
class Used:
    """A part of the calls: how many, for how many seconds, and of how many people."""

    calls: int = 0
    seconds: int = 0
    people: int = 0

    def __add__(self, other: "Used") -> "Used":
        """Add two parts; whoever is in both is counted twice."""
        return Used(self.calls + other.calls, self.seconds + other.seconds, self.people + other.people)


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked for since some moment, and what is kept now.

    ``total`` counts calls that were asked for, codes read aloud left out; ``by_hour`` begins each as
    ``2026-11-28T21`` in UTC. ``by_character`` has those alone whom enough people called, the most called
    first; ``little_called`` is what the others, so many as ``little_called_characters``, were called.
    ``returning`` are those among the callers who had called before. ``costs`` are ElevenLabs' credits by
    month. ``indexed_turns`` of all ``turns`` can be found by their words.
    """

    total: Used
    by_hour: Mapping[str, Used]
    by_delivery: Mapping[str, Used]
    by_state: Mapping[str, Used]
    by_character: Mapping[str, Used]
    little_called: Used
    little_called_characters: int
    returning: int
    costs: Mapping[str, int]
    people: int
    remembered: int
    talks: int
    turns: int
    facts: int
    indexed_turns: int
