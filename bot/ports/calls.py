"""Calls, from when they are asked for until they end, as the use cases keep and find them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.allowance import Limits
from bot.domain.call import (
    Binding,
    Bound,
    Call,
    CallId,
    CallRef,
    Charge,
    NewJob,
    Opener,
    Played,
    Slot,
    TalkLink,
)
from bot.domain.caller import Person, PersonId
from bot.domain.phone import Phone, PhoneConsent


class Calls(Protocol):
    """The part of the Store that knows of calls, and of the conversations that belong to them."""

    async def place_call(
        self,
        call: Call,
        link: TalkLink | None,
        jobs: Sequence[NewJob],
        texts: Mapping[tuple[str, str], str],
        limits: Limits,
        *,
        adding: tuple[Phone, PhoneConsent] | None = None,
    ) -> int:
        """Add the call and reserve its allowance; return how many minutes it was granted.

        ``granted_minutes`` of the call is how many it wants. The person's unopened links are withdrawn
        and their reservations given back. ``texts`` maps (slug, version) to a file's text; each is kept once.
        ``adding`` is the telephone that the call is to verify, kept as ``add_phone`` keeps it.
        Raises CallRefused, AllowanceUsedUp, NumberNotAllowed; nothing is changed then.
        """
        ...

    async def has_unopened_link(self, person_id: PersonId, now: datetime) -> bool:
        """Whether a person has a link that the next call withdraws though it is still good."""
        ...

    async def fetch_link(self, token_hash: str) -> tuple[TalkLink, Call, Person] | None: ...

    async def bind_conversation(
        self,
        call_id: CallId,
        conversation_id: str,
        played: Played,
        slot: Slot,
        now: datetime,
        jobs: Sequence[NewJob],
        *,
        opener: Opener | None = None,
    ) -> Bound:
        """Record that this conversation belongs to this call, which is live now.

        ``conversation_id`` is empty when it is not known yet. With ``opener`` its link is tied to that
        browser in the same transaction, if it is open to it (``TalkLink.is_open_to``), else the answer is
        ``taken``. ``gone``: the call was erased, withdrawn or is over. ``full``, ``paused``: not now.
        """
        ...

    async def adopt_conversation(self, call_ref: CallRef, conversation_id: str) -> Binding | None:
        """Bind a conversation that came back with a call's reference, if that call is still open.

        None if there is no such call, or if it already has another conversation.
        """
        ...

    async def fetch_call(self, call_id: CallId) -> Call | None: ...

    async def fetch_call_to_tell(self, call_id: CallId) -> Call | None:
        """Return a call whose end is about to be told; a recap that was asked for before is this one."""
        ...

    async def fetch_call_by_ref(self, call_ref: CallRef) -> Call | None: ...

    async def fetch_binding(self, conversation_id: str) -> Binding | None: ...

    async def fetch_bindings(self, call_id: CallId) -> tuple[Binding, ...]: ...

    async def expire_call(
        self, call_id: CallId, now: datetime, jobs: Sequence[NewJob] = (), reason: str = ""
    ) -> bool:
        """Close a call that was asked for and never opened or dialed; True if this did it."""
        ...

    async def cancel_call(self, person_id: PersonId, call_id: CallId, now: datetime) -> bool:
        """Take back a person's scheduled call and its reservation; True if this did it."""
        ...

    async def fail_call(
        self,
        call_id: CallId,
        failure: str,
        now: datetime,
        jobs: Sequence[NewJob],
        *,
        charge: Charge,
        is_unclear: bool = False,
    ) -> bool:
        """Close a running call that has no conversation to show; True if this did it.

        What an unclear one reserved is given back by ``release_unclear``.
        """
        ...

    async def note_untold(self, call_id: CallId) -> None:
        """Note that a call's recap was refused for good; ``/history`` says so."""
        ...

    async def fetch_callers_since(self, since: datetime) -> tuple[PersonId, ...]:
        """Return who asked for a call since then."""
        ...

    async def fetch_refs_to_find(self, person_id: PersonId, since: datetime) -> tuple[CallRef, ...]:
        """Return the references of a person's calls that may have a conversation which we do not know."""
        ...
