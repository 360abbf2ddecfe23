"""What the use cases keep of telephones and of dials, and find again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.allowance import Limits
from bot.domain.call import Call, CallId, DialStart, NewJob, Played, Slot
from bot.domain.caller import PersonId
from bot.domain.inbound import InboundCaller
from bot.domain.phone import CodeVerdict, Phone, PhoneConsent


class Phones(Protocol):
    """The telephone's part of the Store; numbers are E.164 and leave it only inside a ``Phone``."""

    async def add_phone(self, phone: Phone, consent: PhoneConsent) -> None:
        """Keep a number that is not verified yet, in place of another such one of this person.

        Raises NumberNotAllowed when it is another person's, or must not be called.
        """
        ...

    async def may_add_phone(self, person_id: PersonId, number: str, now: datetime) -> bool:
        """Whether a number is not another person's, and may be called."""
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

    async def set_inbound_context(self, person_id: PersonId, *, is_on: bool) -> bool:
        """Say whether who rings from a person's verified number is told their context; False if none is."""
        ...

    async def fetch_inbound_caller(self, number: str, now: datetime) -> InboundCaller | None:
        """Return whose verified number this is; None for one that is not, has lapsed, or wants no calls."""
        ...

    async def answer_call(
        self,
        call: Call,
        conversation_id: str,
        slot: Slot,
        jobs: Sequence[NewJob],
        texts: Mapping[tuple[str, str], str],
        limits: Limits,
    ) -> Call | None:
        """Add a call that came in, live and bound, and reserve what it may last; return it as it was added.

        The call that the conversation is bound to already is returned as it is. None where another phone
        call of this person or number goes on, or the number is not theirs (any more): it is nobody's then.
        Raises CallRefused, AllowanceUsedUp, AllLinesBusy; nothing is changed then.
        """
        ...

    async def admit_stranger(
        self,
        conversation_id: str,
        slug: str,
        minutes: int,
        slot: Slot,
        jobs: Sequence[NewJob],
        limits: Limits,
        now: datetime,
    ) -> int:
        """Let somebody on the line whom nobody knows; return how many minutes they have.

        Nothing about them is stored. Raises CallRefused, AllowanceUsedUp, AllLinesBusy.
        """
        ...

    async def settle_stranger(
        self, conversation_id: str, slug: str, seconds: int, cost: int, now: datetime, jobs: Sequence[NewJob]
    ) -> None:
        """Count what a stranger's call took, and give the line and the rest of its minutes back, once."""
        ...

    async def lose_dial(self, call_id: CallId, jobs: Sequence[NewJob]) -> bool:
        """Note that nobody can tell what became of a dial; True if this did it."""
        ...

    async def note_answered(self, call_id: CallId, now: datetime, jobs: Sequence[NewJob]) -> bool:
        """Note that somebody picked up; True if this did it, and queued the jobs."""
        ...
