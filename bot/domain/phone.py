"""A member's telephone: whose it is, whether that was verified, and the code that verifies it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.domain.caller import PersonId

CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES = 5
CODE_DIGITS = 6
VERIFIED_FOR = timedelta(days=180)
WANTS_NO_CALLS = "somebody at that number asked not to be called"
"""Why a call does not ring at a number that stands on the do-not-call list."""
NOT_HERE = "This number cannot be used here. Use another one, or ask whoever runs Troupe."
"""The same for a number of somebody else's and for one that wants no calls: neither is anybody's business."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that somebody added; it can be called once it is verified, and for 180 days then.

    ``number`` is E.164; a number belongs to one person.
    """

    id: str
    person_id: PersonId
    number: str = field(repr=False)
    region: str
    added_at: datetime
    verified_at: datetime | None = None
    code_expires_at: datetime | None = None
    tries: int = 0
    """How often its present code was written wrong."""
    inbound_context: bool = False
    """Whether a character that is rung from it may be told what it knows of its owner."""

    def is_verified(self, now: datetime) -> bool:
        """Whether it may be called at this moment."""
        return self.verified_at is not None and now < self.verified_at + VERIFIED_FOR

    def awaits_code(self, now: datetime) -> bool:
        """Whether a code was read aloud that can still be written down."""
        is_fresh = self.code_expires_at is not None and now < self.code_expires_at
        return is_fresh and self.tries < CODE_TRIES


@dataclass(frozen=True, slots=True)
class PhoneConsent:
    """That somebody agreed to be rung at a number: to which text, and when."""

    text_version: str
    text: str
    agreed_at: datetime


CodeVerdict = Literal["verified", "wrong", "expired", "used_up", "none"]
"""What became of a code that somebody wrote: ``none`` where no number of theirs waits for one."""
