"""What was said: turns, and the finished conversations that they make up."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.domain.call import Reach
from bot.domain.fact import Fact

Role = Literal["user", "agent"]
"""``user`` is the member, ``agent`` the character: ElevenLabs' words for the two sides."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance; ``seconds`` counts from the start of the conversation."""

    role: Role
    text: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Transcript:
    """A finished conversation as the platform, or a file, has it.

    ``ended_badly`` says in the platform's words why it failed, and is empty when it did not. A file of ours
    says with which character it was, as ``slug``, and how far it may be read; others leave that open. With
    ``is_extract`` the summary is ours, made of the member's words.
    """

    turns: tuple[Turn, ...]
    started_at: datetime | None = None
    duration_seconds: int = 0
    title: str = ""
    summary: str = ""
    conversation_id: str = ""
    ended_badly: str = ""
    slug: str | None = None
    reach: Reach = "own"
    is_extract: bool = False


ConversationStatus = Literal["initiated", "in-progress", "processing", "done", "failed"]


@dataclass(frozen=True, slots=True)
class RemoteConversation:
    """A conversation as ElevenLabs has it; the transcript is complete once ``is_final``.

    ``cost`` is their own figure in credits, never negative. ``phone_result`` is what became of a phone call:
    ``answered``, ``voicemail``, ``busy``, ``no_answer`` or ``failed``, empty on other deliveries.
    ``wants_no_calls`` and ``new_facts`` are what their analysis collected as ``do_not_call`` and
    ``new_facts``, which nobody can send along.
    """

    conversation_id: str
    status: ConversationStatus
    transcript: Transcript
    call_ref: str = ""
    cost: int = 0
    phone_result: str = ""
    wants_no_calls: bool = False
    new_facts: tuple[str, ...] = ()
    user_id: str = ""
    other_number: str = field(default="", repr=False)
    """The telephone number on the other side, empty on other deliveries; one that rang us may be forged."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more will be added to it."""
        return self.status in ("done", "failed")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of ElevenLabs' list: it carries neither user id nor variables; the detail has those."""

    conversation_id: str
    status: ConversationStatus
    started_at: datetime | None
    duration_seconds: int

    @property
    def is_final(self) -> bool:
        """Whether nothing more will be added to it."""
        return self.status in ("done", "failed")


@dataclass(frozen=True, slots=True)
class Unsummarised:
    """A stored conversation that has no summary, and its first turns; ``at`` is None if nobody knows when."""

    talk_id: str
    at: datetime | None
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """A WebSocket address that starts one conversation; the id is empty if they did not name it."""

    url: str = field(repr=False)
    conversation_id: str


@dataclass(frozen=True, slots=True)
class RoomToken:
    """What lets a browser into the WebRTC room of one conversation; the id is empty if nothing names it."""

    token: str = field(repr=False)
    conversation_id: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something in a file that was not taken over, how often, and why."""

    count: int
    what: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who speaks in a file: the key that a choice names them by, their name there, their lines."""

    key: str
    name: str
    lines: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A conversation of a file, to be chosen or not."""

    number: int
    title: str
    started_at: datetime | None
    lines: int


@dataclass(frozen=True, slots=True)
class Picked:
    """What a member chose of a file: who they are in it, which AI is the character, which conversations.

    None leaves it open; of conversations it means all.
    """

    me: str | None = None
    ai: str | None = None
    conversations: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class ImportedRecord:
    """What was understood of somebody's file: shown first, saved when they say so.

    ``profile`` holds fields about the person (JSON values); ``sha256`` is the digest of the file's bytes,
    so that the same file is not saved twice. ``me`` and ``character`` are what the two are called in it.
    """

    format: str
    transcripts: tuple[Transcript, ...]
    sha256: str
    dropped: tuple[Dropped, ...] = ()
    profile: dict[str, Any] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    me: str = ""
    character: str = ""

    @property
    def turn_count(self) -> int:
        """How many turns there are in all conversations together."""
        return sum(len(transcript.turns) for transcript in self.transcripts)

    @property
    def char_count(self) -> int:
        """How many characters all turns have together."""
        return sum(len(turn.text) for transcript in self.transcripts for turn in transcript.turns)
