"""A call of ours, from asked-for to recapped, and the link that opens it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NewType

from bot.domain.caller import Account, PersonId

CallId = NewType("CallId", str)
CallRef = NewType("CallRef", str)
"""128 random bits; travels as a dynamic variable, so that a conversation can be found again."""

Reach = Literal["own", "shared", "none"]
"""How far a conversation may be read; a character file calls it ``memory``."""

LINK_LIFETIME = timedelta(minutes=15)


class Delivery(StrEnum):
    """How a call reaches the member."""

    PAGE = "page"
    HOSTED = "hosted"
    CHAT = "chat"


class CallState(StrEnum):
    """Where a call stands."""

    ASKED = "asked"
    LIVE = "live"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PlayedVersion:
    """Which texts a call was played from: git blob ids of the three files."""

    persona: str
    house_rules: str
    voices: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call; times are aware UTC, ``failure`` is empty unless the state is ``failed``."""

    id: CallId
    ref: CallRef
    person_id: PersonId
    account: Account
    slug: str
    version: PlayedVersion
    delivery: Delivery
    topic: str
    reach: Reach
    state: CallState
    asked_at: datetime
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    duration_seconds: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class TalkLink:
    """A one-person link to the talk page; only the token's hash is known after it was given out.

    ``cookie_hash`` is set by the first browser that starts, and nobody else can start then.
    """

    token_hash: str
    call_id: CallId
    expires_at: datetime
    cookie_hash: str = ""
    withdrawn: bool = False

    def is_open_to(self, cookie_hash: str, now: datetime) -> bool:
        """Whether this browser may start, or start again, at this moment."""
        if self.withdrawn:
            return False
        if self.cookie_hash:
            return self.cookie_hash == cookie_hash
        return now < self.expires_at


@dataclass(frozen=True, slots=True)
class Opener:
    """The browser that opens a link: hashes of the link's token and of the browser's cookie."""

    token_hash: str
    cookie_hash: str


Bound = Literal["bound", "taken", "gone"]
"""What became of binding a conversation to a call."""


@dataclass(frozen=True, slots=True)
class Binding:
    """That one of ElevenLabs' conversations belongs to one of our calls."""

    conversation_id: str
    call: Call
    finished: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed piece of follow-up work; ``attempts`` counts this one."""

    id: int
    kind: str
    subject: str
    attempts: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class NewJob:
    """Follow-up work to be queued in the transaction of its cause; unique by kind and subject."""

    kind: str
    subject: str
    due_at: datetime
