"""How things stand at one moment, in numbers alone, for whoever watches over Troupe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LATE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many lines are taken, what waits, and what this month cost so far, in ElevenLabs' credits.

    ``waiting`` counts the follow-up jobs of each kind, ``tried`` those of them that were tried in vain,
    ``due`` those that could be done now, ``late`` those of them that could have been for ``LATE_AFTER``.
    ``minutes`` is what everybody together used and reserved of this month.
    """

    lines: int
    waiting: Mapping[str, int]
    tried: Mapping[str, int]
    cost: int
    due: Mapping[str, int] = field(default_factory=dict)
    late: Mapping[str, int] = field(default_factory=dict)
    oldest_due_at: datetime | None = None
    minutes: int = 0
    calls: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    """How many calls are open, by state, delivery and character's slug.

    It is empty where a code is read, and for characters of whom fewer than ``FEWEST_PEOPLE`` have open calls.
    """
