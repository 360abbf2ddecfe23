"""What the use cases need from outside: a Store, the Agents and a Poster. Nobody inherits these."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from bot.domain.agent import Webhook
from bot.domain.alert import Credit
from bot.domain.board import Board
from bot.domain.call import CallRef, PlayedVersion, Post
from bot.domain.caller import Account
from bot.domain.conversation import Listed, RemoteConversation, RoomToken, SignedUrl
from bot.domain.dialing import Dialed
from bot.domain.initiation import Initiation
from bot.domain.permission import Spot
from bot.domain.persona import Persona
from bot.domain.reply import Notice, Reply
from bot.domain.talk import TalkEvent
from bot.ports.store import Store

__all__ = ["Agents", "Characters", "Poster", "Store", "Talk"]


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

    def read_picture(self, persona: Persona) -> bytes:
        """Read a character's picture, PNG or WebP; empty where it has none that can be shown."""
        ...

    def read_again(self) -> Sequence[Exception]:
        """Read changed files now, and return everything that is wrong at the moment."""
        ...

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

    async def add_context(self, text: str) -> None:
        """Let the character know something without interrupting it. Raises as ``say`` does."""
        ...

    async def end(self) -> None:
        """Hang up."""
        ...


class Agents(Protocol):
    """What we ask of ElevenLabs; raises ProviderError and its kinds."""

    async def fetch_allowed_overrides(self) -> frozenset[str]:
        """Return the override fields that the agent allows, as dotted paths such as ``tts.voice_id``."""
        ...

    def get_allowed_overrides(self) -> frozenset[str]:
        """Return what was known of that last, without asking; nothing where it was never asked."""
        ...

    async def fetch_credit(self) -> Credit:
        """Return what is left of the account's plan."""
        ...

    async def fetch_webhooks(self) -> tuple[Webhook, ...]:
        """Return the workspace's webhooks."""
        ...

    async def sign_url(self) -> SignedUrl: ...

    async def fetch_token(self) -> RoomToken: ...

    def open_talk(
        self, sign: Callable[[], Awaitable[SignedUrl]], message: Mapping[str, Any]
    ) -> AbstractAsyncContextManager[Talk]:
        """Start a text conversation at a URL of ``sign``; once with another where that may go better."""
        ...

    async def fetch_conversation(self, conversation_id: str) -> RemoteConversation:
        """Raises ConversationGone when they do not have it."""
        ...

    async def list_conversations(self, *, user_id: str, started_after: datetime) -> tuple[Listed, ...]:
        """Return a person's conversations since then, newest first."""
        ...

    async def find_conversation_ids(self, call_ref: CallRef) -> tuple[str, ...]:
        """Return the conversations that carry this reference, newest first."""
        ...

    async def place_phone_call(
        self,
        *,
        phone_number_id: str,
        to_number: str,
        initiation: Initiation,
        ringing_timeout_seconds: int = 45,
        before: datetime | None = None,
    ) -> Dialed:
        """Ring an E.164 number, in one attempt; ``certainly_did_not_ring`` judges what is raised.

        What is not on its way ``before`` a moment is not sent any more; the error's code is ``too_late``.
        """
        ...

    async def delete_conversation(self, conversation_id: str) -> None:
        """Delete transcript and audio there; one that is gone already is fine."""
        ...


class Poster(Protocol):
    """A front's way to a member who is not asking right now."""

    async def post(self, account: Account, reply: Reply, *, instead_of: Post | None = None) -> None:
        """Say something to an account, in place of an older post where that is named.

        What says the same about the same call (``Reply.key``) is shown once: the platform can tell, or what
        may have been posted before (``Reply.is_again``) is looked for first.
        Raises NobodyThere when this account cannot be reached at the moment, PostRefused when it takes none.
        """
        ...

    async def erase_post(self, tenant: str, channel_id: str, message_id: str) -> None:
        """Leave nothing of a message but that it was erased. Raises NobodyThere, PostRefused.

        NobodyThere also where the tenant, an application or a workspace, is not the one that is connected.
        """
        ...

    async def find_spot(self, board: Board) -> Spot:
        """Return where a channel is, as everybody stands in it. Raises NobodyThere, PostRefused."""
        ...

    async def announce(self, board: Board, notice: Notice, key: str) -> None:
        """Post in a channel for everybody; where the platform can tell, the same key is posted once.

        Raises NobodyThere when that cannot be done at the moment, PostRefused with what is missing.
        """
        ...
