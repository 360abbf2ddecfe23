"""Versions of a character's file: which there were, and how often each was played."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class UsedVersion:
    """A file's text that calls were placed with; ``version`` is its git blob id.

    ``calls`` counts those that began and are still known: an erased call counts no more, though its text
    stays. The moments are the first and the last beginning among them, None where there is none.
    """

    version: str
    text: str
    calls: int = 0
    first_used_at: datetime | None = None
    last_used_at: datetime | None = None
