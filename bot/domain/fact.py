"""One sentence that a member wants a character to know: theirs to add, correct and delete."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from bot.domain.call import Reach

FactId = NewType("FactId", str)

MOST_FACTS = 200
"""How many one person may have, with all characters together."""
FACT_CHARS = 300


@dataclass(frozen=True, slots=True)
class Fact:
    """What one character is to know; ``reach`` is how far it may be read, as it was when it was added.

    ``added_at`` is when it got its present words. ``elsewhere`` is the platform of the linked account that it
    belongs to, empty where that is the account that asks.
    """

    id: FactId
    slug: str
    reach: Reach
    text: str
    added_at: datetime
    elsewhere: str = ""
