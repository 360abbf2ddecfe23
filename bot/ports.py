"""What the use cases need from outside: a Store, the Agents and a Poster. Nobody inherits these."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from bot.domain.call import (
    Binding,
    Bound,
    Call,
    CallId,
    CallRef,
    Job,
    NewJob,
    Opener,
    PlayedVersion,
    Reach,
    TalkLink,
)
from bot.domain.caller import Account, Consent, Person, PersonId
from bot.domain.conversation import RemoteConversation, SignedUrl, Transcript, Turn
from bot.domain.persona import Persona
from bot.domain.record import PastTalk, PersonRecord, Reading, Receipt
from bot.domain.reply import Reply
from bot.domain.talk import TalkEvent


class Store(Protocol):
    """Domain verbs, each one transaction; raises NotStored when a commit fails."""

    async def find_or_add_person(
        self, account: Account, name: str, new_id: PersonId, now: datetime
    ) -> Person:
        """Return the account's person, made under ``new_id`` if new; a name replaces an old one."""
        ...

    async def record_consent(self, person_id: PersonId, consent: Consent) -> None:
        """Keep the answer to the first-call card; after a no nothing of calls that are open is kept."""
        ...

    async def fetch_record(self, person_id: PersonId, reading: Reading) -> PersonRecord:
        """Return what this character may know: 20 talks at most, 40 last turns of its newest three."""
        ...

    async def place_call(
        self,
        call: Call,
        link: TalkLink | None,
        jobs: Sequence[NewJob],
        texts: Mapping[tuple[str, str], str],
    ) -> None:
        """Add the call; withdraw the person's unopened links and expire their calls.

        ``texts`` maps (slug, version) to a file's text; each is kept once.
        """
        ...

    async def fetch_link(self, token_hash: str) -> tuple[TalkLink, Call, Person] | None: ...

    async def note_characters(self, slugs: Collection[str], now: datetime) -> None:
        """Note whose files are there; a slug that comes back after a while starts with nothing remembered."""
        ...

    async def bind_conversation(
        self,
        call_id: CallId,
        conversation_id: str,
        version: PlayedVersion,
        texts: Mapping[tuple[str, str], str],
        reach: Reach,
        now: datetime,
        jobs: Sequence[NewJob],
        *,
        opener: Opener | None = None,
    ) -> Bound:
        """Record that this conversation belongs to this call, which is live now.

        ``conversation_id`` is empty when it is not known yet. With ``opener`` its link is tied to that
        browser in the same transaction, if it is open to it (``TalkLink.is_open_to``), else the answer is
        ``taken``. ``gone``: the call was erased, withdrawn or is over.
        """
        ...

    async def adopt_conversation(self, call_ref: CallRef, conversation_id: str) -> Binding | None:
        """Bind a conversation that came back with a call's reference, if that call is still open.

        None if there is no such call, or if it already has another conversation.
        """
        ...

    async def fetch_call(self, call_id: CallId) -> Call | None: ...

    async def fetch_call_by_ref(self, call_ref: CallRef) -> Call | None: ...

    async def fetch_binding(self, conversation_id: str) -> Binding | None: ...

    async def fetch_bindings(self, call_id: CallId) -> tuple[Binding, ...]: ...

    async def expire_call(self, call_id: CallId, now: datetime) -> bool:
        """Close a call that was asked for and never opened; True if this did it."""
        ...

    async def fail_call(self, call_id: CallId, failure: str, now: datetime, jobs: Sequence[NewJob]) -> bool:
        """Close a live call that has no conversation to show; True if this did it."""
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
    ) -> bool:
        """Store a bound conversation once, close its call, drop its ``fetch`` job and queue jobs, or nothing.

        Words are kept as far as the call's reach allows at this moment; where none are kept, only time,
        length and state are stored and ElevenLabs' copy is queued for erasure. False if it was finished
        before.
        """
        ...

    async def keep_talk(self, person_id: PersonId, talk_id: str) -> bool:
        """Release a held conversation: its owner said that it was them."""
        ...

    async def store_import(
        self,
        person_id: PersonId,
        slug: str,
        reach: Reach,
        transcripts: Sequence[tuple[str, Transcript]],
        sha256: str,
        profile: Mapping[str, Any],
        now: datetime,
    ) -> int:
        """Keep imported conversations, as (new talk id, transcript); ``slug`` empty: for every character.

        Returns how many were new: the same file for the same character is not kept twice.
        Profile fields are merged over the person's own.
        """
        ...

    async def fetch_history(
        self, person_id: PersonId, slug: str = "", limit: int = 20
    ) -> tuple[PastTalk, ...]:
        """Return the newest calls and imports; ``slug`` empty: of every character."""
        ...

    async def fetch_past_talk(self, person_id: PersonId, id_prefix: str) -> PastTalk | None:
        """Return the call or import named by the beginning of its id; None if it is not exactly one."""
        ...

    async def fetch_turns(self, person_id: PersonId, talk_id: str) -> tuple[Turn, ...]: ...

    async def fetch_talk(self, person_id: PersonId, conversation_id: str) -> PastTalk | None:
        """Return the call that a conversation of ElevenLabs' belongs to."""
        ...

    async def erase_talk(self, person_id: PersonId, past_talk_id: str, now: datetime) -> Receipt | None: ...

    async def erase_character(self, person_id: PersonId, slug: str, now: datetime) -> Receipt: ...

    async def erase_person(self, person_id: PersonId, now: datetime) -> Receipt: ...

    async def receive_event(self, key: str, conversation_id: str, body: bytes, now: datetime) -> bool:
        """Store a verified webhook with its ``event`` job; False if the key is known already."""
        ...

    async def fetch_event(self, key: str) -> bytes | None: ...

    async def close_event(self, key: str) -> None:
        """Forget an event's bytes, in the log too; its key stays, so that a repetition is recognised."""
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

    async def check_writable(self) -> None:
        """Raises NotStored when nothing can be written."""
        ...

    async def aclose(self) -> None: ...


class Characters(Protocol):
    """The cast as it is now; each look may find newer files."""

    @property
    def house_rules(self) -> str: ...

    @property
    def shared_slugs(self) -> frozenset[str]:
        """The characters that share their memory now."""
        ...

    @property
    def slugs_on_disk(self) -> frozenset[str]:
        """The characters whose files are there, valid or not."""
        ...

    def get(self, name: str) -> Persona:
        """Return the character that a person means. Raises UnknownPersona, with the nearest name."""
        ...

    def of_slug(self, slug: str) -> Persona:
        """Return the character of exactly this slug. Raises UnknownPersona."""
        ...

    def all(self) -> Sequence[Persona]: ...

    def played_version(self, persona: Persona) -> PlayedVersion: ...

    def texts(self, persona: Persona) -> Mapping[tuple[str, str], str]:
        """Return the text of the three files that this character is played from, by (slug, version)."""
        ...


class Talk(Protocol):
    """A running text conversation."""

    @property
    def conversation_id(self) -> str: ...

    def events(self) -> AsyncIterator[TalkEvent]:
        """Yield what is heard, Ended at last. Raises ProviderError when it breaks off."""
        ...

    async def say(self, text: str) -> None:
        """Say something as the member. Raises ProviderUnavailable once it is over."""
        ...

    async def end(self) -> None:
        """Hang up."""
        ...


class Agents(Protocol):
    """What we ask of ElevenLabs; raises ProviderError and its kinds."""

    async def fetch_allowed_overrides(self) -> frozenset[str]:
        """Return the override fields that the agent allows, as dotted paths such as ``tts.voice_id``."""
        ...

    async def sign_url(self) -> SignedUrl: ...

    def open_talk(
        self, sign: Callable[[], Awaitable[SignedUrl]], message: Mapping[str, Any]
    ) -> AbstractAsyncContextManager[Talk]:
        """Start a text conversation at a URL of ``sign``; once with another where that may go better."""
        ...

    async def fetch_conversation(self, conversation_id: str) -> RemoteConversation:
        """Raises ConversationGone when they do not have it."""
        ...

    async def find_conversation_ids(self, call_ref: CallRef) -> tuple[str, ...]:
        """Return the conversations that carry this reference, newest first."""
        ...

    async def delete_conversation(self, conversation_id: str) -> None:
        """Delete transcript and audio there; one that is gone already is fine."""
        ...


class Poster(Protocol):
    """A front's way to a member who is not asking right now."""

    async def post(self, account: Account, reply: Reply) -> None:
        """Raises NobodyThere when this account cannot be reached at the moment."""
        ...
