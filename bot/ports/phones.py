"""What the use cases keep of telephones and of dials, and find again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.call import CallId, DialStart, NewJob, Played, Slot
from bot.domain.caller import PersonId
from bot.domain.phone import CodeVerdict, Phone, PhoneConsent


class Phones(Protocol):
    """The telephone's part of the Store; numbers are E.164 and leave it only inside a ``Phone``."""

    async def add_phone(self, phone: Phone, consent: PhoneConsent) -> None:
        """Keep a number that is not verified yet, in place of another such one of this person.

        Raises NumberNotAllowed when it is another person's, or must not be called.
        """
        ...

    async def fetch_phones(self, person_id: PersonId) -> tuple[Phone, ...]:
        """Return a person's numbers, the verified one first."""
        ...

    async def fetch_phone_of_call(self, call_id: CallId) -> Phone | None:
        """Return the telephone that a call is to ring; None when it was removed or must not be called."""
        ...

    async def set_code(self, phone_id: str, code: str, expires_at: datetime) -> None:
        """Keep the code that is about to be read aloud, as a keyed hash; the tries begin anew."""
        ...

    async def check_code(self, person_id: PersonId, code: str, now: datetime) -> CodeVerdict:
        """Count a try, and verify the number if the code is right; the person's other numbers go then."""
        ...

    async def remove_phone(self, person_id: PersonId, phone_id: str, now: datetime) -> int:
        """Forget a number and cancel what was scheduled for it; return how many calls that were."""
        ...

    async def is_not_to_be_called(self, number: str) -> bool: ...

    async def never_call(self, number: str, now: datetime) -> None:
        """Put a number on the do-not-call list: a keyed hash that outlives every erasure."""
        ...

    async def allow_calling(self, number: str) -> bool:
        """Take a number off the do-not-call list; True if it stood there."""
        ...

    async def wake_call(self, call_id: CallId, now: datetime) -> bool:
        """Make a scheduled call whose time has come one that is asked for; True if this did it."""
        ...

    async def begin_dial(self, call_id: CallId, played: Played, slot: Slot, now: datetime) -> DialStart:
        """Change ``asked`` to ``dialing``; only who gets ``dialing`` for an answer may dial."""
        ...

    async def hand_over(self, call_id: CallId, conversation_id: str, jobs: Sequence[NewJob]) -> bool:
        """Note that a dial was taken on: the call is live. ``conversation_id`` may be empty.

        False when the call is over or erased meanwhile.
        """
        ...

    async def lose_dial(self, call_id: CallId, jobs: Sequence[NewJob]) -> bool:
        """Note that nobody can tell what became of a dial; True if this did it."""
        ...

    async def note_answered(self, call_id: CallId, now: datetime, jobs: Sequence[NewJob]) -> bool:
        """Note that somebody picked up; True if this did it, and queued the jobs."""
        ...
