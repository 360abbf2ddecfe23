"""How things stand at one moment, in numbers alone, for whoever watches over Troupe."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """How many lines are taken, what waits, and what this month cost so far, in ElevenLabs' credits.

    ``waiting`` counts the follow-up jobs of each kind, ``tried`` those of them that were tried in vain.
    """

    lines: int
    waiting: Mapping[str, int]
    tried: Mapping[str, int]
    cost: int
