"""What the use cases keep and find again."""

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
    Job,
    NewJob,
    Opener,
    Played,
    Slot,
    TalkLink,
)
from bot.domain.caller import Account, Consent, Person, PersonId
from bot.domain.conversation import Transcript, Turn, Unsummarised
from bot.domain.fact import Fact
from bot.domain.phone import Phone, PhoneConsent
from bot.domain.record import PastTalk, PersonRecord, Reading
from bot.ports.announcing import Announcing
from bot.ports.bringing import Bringing
from bot.ports.erasing import Erasing
from bot.ports.facts import Facts
from bot.ports.limits import Allowances
from bot.ports.lines import Lines
from bot.ports.linking import Linking
from bot.ports.messaging import Messaging
from bot.ports.phones import Phones
from bot.ports.processes import Processes
from bot.ports.recall import Recall
from bot.ports.sharding import Sharding
from bot.ports.watching import Watching


class Store(
    Phones,
    Allowances,
    Messaging,
    Facts,
    Linking,
    Erasing,
    Bringing,
    Recall,
    Announcing,
    Watching,
    Sharding,
    Processes,
    Lines,
    Protocol,
):
    """Domain verbs, each one transaction; raises NotStored when a commit fails."""

    async def find_or_add_person(
        self, account: Account, name: str, new_id: PersonId, now: datetime
    ) -> Person:
        """Return the account's person, made under ``new_id`` if new; a name replaces an old one."""
        ...

    async def find_person(self, account: Account) -> Person | None:
        """Return the account's person; None if nobody ever came from it, or they erased themselves."""
        ...

    async def fetch_person(self, person_id: PersonId) -> Person:
        """Return a person who is known to exist."""
        ...

    async def record_consent(self, person_id: PersonId, consent: Consent) -> None:
        """Keep the answer to the first-call card; after a no nothing of calls that are open is kept."""
        ...

    async def fetch_record(self, person_id: PersonId, reading: Reading) -> PersonRecord:
        """Return what this character may know: 20 talks at most, 40 last turns of its newest three."""
        ...

    async def has_talked(self, person_id: PersonId, slug: str) -> bool:
        """Whether a person has a last talk for this character, as ``fetch_record`` would name it."""
        ...

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

    async def finish_conversation(
        self,
        conversation_id: str,
        transcript: Transcript,
        talk_id: str,
        *,
        held_until: datetime | None,
        now: datetime,
        jobs: Sequence[NewJob],
        jobs_if_running: Sequence[NewJob] = (),
        cost: int = 0,
        never_call: bool = False,
        counts: bool = True,
        facts: Sequence[Fact] = (),
    ) -> bool:
        """Store a bound conversation once, close its call, drop its ``fetch`` job and queue jobs, or nothing.

        ``jobs_if_running`` are queued only if the call was not over until now.

        Its allowance is settled with the real duration, its cost (ElevenLabs' figure) is added to the
        month's, and with ``never_call`` the number that was rung is not called again. It ``counts`` as one
        of the day's calls unless nobody was rung.

        Words are kept as far as the call's reach allows at this moment; where none are kept, only time,
        length and state are stored and ElevenLabs' copy is queued for erasure. What was learned in it
        (``facts``) is known from now on; of a held one, once it is kept. False if it was over before.
        """
        ...

    async def keep_talk(self, person_id: PersonId, talk_id: str) -> bool:
        """Release a held conversation, and what was learned in it: its owner said that it was them."""
        ...

    async def fetch_history(
        self, person_id: PersonId, slug: str = "", limit: int = 20
    ) -> tuple[PastTalk, ...]:
        """Return the newest calls and imports; ``slug`` empty: of every character."""
        ...

    async def search_history(
        self, person_id: PersonId, words: Sequence[str], limit: int
    ) -> tuple[tuple[PastTalk, str], ...]:
        """Return the newest talks in which one turn, or the title, has all the words, each with that text."""
        ...

    async def fetch_scheduled(self, person_id: PersonId) -> tuple[PastTalk, ...]:
        """Return the calls that are to ring later, the next first."""
        ...

    async def fetch_past_talk(self, person_id: PersonId, id_prefix: str) -> PastTalk | None:
        """Return the call or import named by the beginning of its id; None if it is not exactly one."""
        ...

    async def fetch_turns(self, person_id: PersonId, talk_id: str) -> tuple[Turn, ...]: ...

    async def fetch_talk(self, person_id: PersonId, conversation_id: str) -> PastTalk | None:
        """Return the call that a conversation of ElevenLabs' belongs to."""
        ...

    async def drop_events(self, moment: datetime, now: datetime) -> int:
        """Forget the bytes of events from before a moment; what they told of is fetched instead."""
        ...

    async def receive_event(self, key: str, conversation_id: str, body: bytes, now: datetime) -> bool:
        """Store a verified webhook with its ``event`` job; False if the key is known already."""
        ...

    async def fetch_event(self, key: str) -> bytes | None: ...

    async def close_event(self, key: str) -> datetime | None:
        """Forget an event's bytes, in the log too; its key stays, so that a repetition is recognised.

        Return when it came; None if it was erased.
        """
        ...

    async def add_jobs(self, jobs: Sequence[NewJob]) -> None:
        """Queue jobs; one that is queued already is only ever brought forward."""
        ...

    async def claim_jobs(self, now: datetime, lease_until: datetime, limit: int) -> tuple[Job, ...]:
        """Lease due jobs that nobody holds, the longest due first."""
        ...

    async def finish_job(self, job: Job) -> None: ...

    async def postpone_job(self, job: Job, due_at: datetime) -> None: ...

    async def release_jobs(self) -> None:
        """Give back every lease: for the one process that holds the lock, when it starts."""
        ...

    async def hasten_jobs(self, kind: str, now: datetime) -> None:
        """Make every waiting job of a kind due now: what they waited for is there."""
        ...

    async def fetch_next_due_at(self) -> datetime | None: ...

    async def fetch_callers_since(self, since: datetime) -> tuple[PersonId, ...]:
        """Return who asked for a call since then."""
        ...

    async def fetch_refs_to_find(self, person_id: PersonId, since: datetime) -> tuple[CallRef, ...]:
        """Return the references of a person's calls that may have a conversation which we do not know."""
        ...

    async def fetch_unsummarised(self, limit: int) -> tuple[Unsummarised, ...]:
        """Return conversations that have no summary, each with its first turns."""
        ...

    async def keep_extracts(self, extracts: Mapping[str, str]) -> None:
        """Keep summaries of ours by talk id, also empty ones, where there is none yet."""
        ...

    async def check_writable(self) -> None:
        """Raises NotStored when nothing can be written."""
        ...

    async def aclose(self) -> None: ...
