"""ElevenLabs in the same process: an Agents port that holds conversations and shows what each begins with."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.alert import Credit, Webhook
from bot.domain.conversation import Listed, RemoteConversation, SignedUrl
from bot.domain.dialing import Dialed
from bot.domain.errors import ConversationGone, ProviderUnavailable
from bot.domain.initiation import Initiation
from bot.domain.talk import Ended, Said, TalkEvent
from bot.elevenlabs.wire import ConversationDetail, read
from tests.fences.canary import canary, thing_of
from tests.fences.kept import Told

OVERRIDES = frozenset(
    {
        "agent.prompt.prompt",
        "agent.first_message",
        "agent.language",
        "agent.prompt.llm",
        "tts.voice_id",
        "tts.model_id",
        "tts.stability",
        "tts.similarity_boost",
        "tts.speed",
        "conversation.text_only",
        "conversation.max_duration_seconds",
    }
)
_DIGITS = re.compile(r"\b\d(?:(?:, | )\d){5}\b")
ANSWER = "said the character, and it said it slowly."
UNSUMMED = 3
"""Every third conversation comes without a title and a summary."""

Began = Callable[["Conversation"], None]


@dataclass(eq=False)
class Conversation:
    """One conversation as it goes on; ``number`` is its canary's, ``code`` what it was to read aloud."""

    id: str
    number: int
    message: Mapping[str, Any]
    started_at: datetime
    to_number: str = ""
    is_over: bool = False
    turns: list[tuple[str, str]] = field(default_factory=list)
    facts: list[Told] = field(default_factory=list)
    """What is found in it that the member said about themselves."""

    @property
    def variables(self) -> Mapping[str, Any]:
        """What it was begun with."""
        return dict(self.message.get("dynamic_variables", {}))

    @property
    def call_ref(self) -> str:
        """Our reference of its call."""
        return str(self.variables.get("call_ref", ""))

    @property
    def code(self) -> str:
        """The code that it reads aloud, empty where a character speaks."""
        found = _DIGITS.search(json.dumps([self.message, self.variables.get("first_message", "")]))
        return re.sub(r"\D", "", found[0]) if found else ""

    def say(self, text: str) -> str:
        """Let the member say something, and return the answer."""
        answer = f"{canary(self.number, 'a')} {ANSWER}"
        self.turns += [("user", text), ("agent", answer)]
        return answer

    def detail(self) -> dict[str, Any]:
        """Return it as their API has it."""
        is_summed = self.number % UNSUMMED
        summary = {
            "transcript_summary": f"{canary(self.number, 's')} is what it was about.",
            "call_summary_title": f"{canary(self.number, 't')} title",
        }
        facts = {"new_facts": {"value": "; ".join(fact_of(fact) for fact in self.facts) or "none"}}
        phone = {"phone_call": {"call_result": "answered", "external_number": self.to_number}}
        return {
            "conversation_id": self.id,
            "status": "done" if self.is_over else "in-progress",
            "transcript": [
                {"role": role, "message": text, "time_in_call_secs": place}
                for place, (role, text) in enumerate(self.turns)
            ],
            "metadata": {
                "start_time_unix_secs": int(self.started_at.timestamp()),
                "call_duration_secs": 5,
                **(phone if self.to_number else {}),
            },
            "analysis": {**(summary if is_summed else {}), "data_collection_results": facts},
            "conversation_initiation_client_data": {"dynamic_variables": dict(self.variables)},
            "user_id": self.message.get("user_id"),
        }

    def event(self) -> bytes:
        """Return their webhook about its end."""
        return json.dumps({"type": "post_call_transcription", "data": self.detail()}).encode()


def said(number: int, kind: str) -> str:
    """Return what somebody says in a talk, of the thing that it is about."""
    return f"{canary(number, kind)} is what I say of the {thing_of(number)}."


def fact_of(told: Told) -> str:
    """Return a fact in a sentence."""
    name = canary(told.number, "f")
    return f"My birthday is {name}." if told.is_birthday else f"{name} is what it says."


class Line:
    """A text conversation on the line: what is said is answered at once."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._events: asyncio.Queue[TalkEvent] = asyncio.Queue()
        self.conversation_id = conversation.id
        self._events.put_nowait(Said("Hello.", 0))
        self.whispered: list[str] = []

    async def events(self) -> AsyncIterator[TalkEvent]:
        """Yield what is heard."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Ended):
                return

    async def say(self, text: str) -> None:
        """Take what the member says."""
        self._refuse_over()
        answer = self._conversation.say(text)
        self._events.put_nowait(Said(answer, len(self._conversation.turns)))

    async def add_context(self, text: str) -> None:
        """Take what is whispered."""
        self._refuse_over()
        self.whispered.append(text)

    async def end(self) -> None:
        """Hang up."""
        self._conversation.is_over = True
        self._events.put_nowait(Ended(by_us=True))

    def _refuse_over(self) -> None:
        if self._conversation.is_over:
            raise ProviderUnavailable("say", "it is over")


class Elevenlabs:
    """Everybody's conversations; ``began`` is told of each that begins, before anything is said in it."""

    def __init__(self, now: Callable[[], datetime], new_number: Callable[[], int], began: Began) -> None:
        self._now = now
        self._new_number = new_number
        self._began = began
        self._signed = 0
        self.conversations: dict[str, Conversation] = {}
        self.lines: dict[str, Line] = {}

    async def fetch_credit(self) -> Credit:
        """Say that there is enough left for everybody."""
        return Credit(0, 10**6)

    async def fetch_webhooks(self) -> tuple[Webhook, ...]:
        """Say that nobody set one up."""
        return ()

    def begin(self, conversation_id: str, message: Mapping[str, Any], to_number: str = "") -> Conversation:
        """Begin a conversation, as whoever has its address does; an empty id is made up."""
        new = Conversation(
            conversation_id or self.new_id(), self._new_number(), message, self._now(), to_number
        )
        self.conversations[new.id] = new
        self._began(new)
        return new

    def new_id(self) -> str:
        """Return a name for a conversation."""
        self._signed += 1
        return f"conv_{self._signed}"

    async def fetch_allowed_overrides(self) -> frozenset[str]:
        """Allow everything."""
        return OVERRIDES

    def get_allowed_overrides(self) -> frozenset[str]:
        """Allow everything."""
        return OVERRIDES

    async def sign_url(self) -> SignedUrl:
        """Sign an address; the conversation is known once it began."""
        conversation_id = self.new_id()
        return SignedUrl(f"wss://there?conversation_id={conversation_id}", conversation_id)

    @asynccontextmanager
    async def open_talk(
        self, sign: Callable[[], Awaitable[SignedUrl]], message: Mapping[str, Any]
    ) -> AsyncIterator[Line]:
        """Begin a text conversation."""
        signed = await sign()
        conversation = self.begin(signed.conversation_id, message)
        self.lines[conversation.id] = line = Line(conversation)
        try:
            yield line
        finally:
            conversation.is_over = True

    async def fetch_conversation(self, conversation_id: str) -> RemoteConversation:
        """Read it as our client reads theirs."""
        found = self.conversations.get(conversation_id)
        if found is None:
            raise ConversationGone("fetch", "404")
        return read(ConversationDetail, found.detail(), "fetch").to_conversation()

    async def list_conversations(self, *, user_id: str, started_after: datetime) -> tuple[Listed, ...]:
        """List somebody's."""
        return tuple(
            Listed(one.id, "done" if one.is_over else "in-progress", one.started_at, 5)
            for one in self.conversations.values()
            if one.message.get("user_id") == user_id and one.started_at >= started_after
        )

    async def find_conversation_ids(self, call_ref: str) -> tuple[str, ...]:
        """Find those that carry a reference."""
        return tuple(one.id for one in self.conversations.values() if one.call_ref == call_ref)

    async def place_phone_call(
        self,
        *,
        phone_number_id: str,
        to_number: str,
        initiation: Initiation,
        ringing_timeout_seconds: int = 45,
        before: datetime | None = None,
    ) -> Dialed:
        """Ring, and be answered."""
        conversation = self.begin("", initiation.as_message(), to_number)
        return Dialed(True, conversation_id=conversation.id)

    async def delete_conversation(self, conversation_id: str) -> None:
        """Delete it."""
        self.conversations.pop(conversation_id, None)
