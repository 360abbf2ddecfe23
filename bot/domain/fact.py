"""One sentence that a character is to know of a member: told by them or learned in a call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from bot.domain.call import Reach

FactId = NewType("FactId", str)
FactSource = Literal["member", "call", "import"]
"""Who brought a fact: its member added it, ElevenLabs found it in a call, or it came with a file."""

MOST_FACTS = 200
"""How many one person may have, with all characters together."""
FACT_CHARS = 300
MOST_PINNED = 8
"""How many may be pinned with all characters together: so many always find room in a context."""
MOST_LEARNED = 20
"""How many are taken from one call."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """An older fact whose place a newer one has taken; it is told to nobody and can be brought back."""

    id: FactId
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What one character is to know; ``reach`` is how far it may be read, as it was when it was added.

    ``added_at`` is when it got its present words. ``elsewhere`` is the platform of the linked account that it
    belongs to, empty where that is the account that asks. ``call_id`` is the call that it is from, empty for
    other sources and once that call was erased. Pinned ones are told before all others; one for everyone is
    told to every character that keeps memory. ``is_corrected``: its member gave it other words. In a file
    ``replaced_by`` is the newer one that took its place; what the store tells of stands.
    """

    id: FactId
    slug: str
    reach: Reach
    text: str
    added_at: datetime
    elsewhere: str = ""
    source: FactSource = "member"
    call_id: str = ""
    is_pinned: bool = False
    is_for_everyone: bool = False
    is_corrected: bool = False
    replaces: tuple[Replaced, ...] = ()
    replaced_by: str = ""
