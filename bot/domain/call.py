"""A call of ours, from asked-for to recapped, and the link that opens it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NewType

from bot.domain.caller import Account, Person, PersonId

CallId = NewType("CallId", str)
CallRef = NewType("CallRef", str)
"""128 random bits; travels as a dynamic variable, so that a conversation can be found again."""

Reach = Literal["own", "shared", "none"]
"""How far a conversation may be read; a character file calls it ``memory``."""

Purpose = Literal["talk", "code"]
"""What a call is for: to talk with a character, or to have the code of a telephone number read aloud."""

PostKind = str
"""What a front has posted for a call: ``link``, ``recap``, ``home``, ``thread``, or ``line`` and its id."""

LINK_LIFETIME = timedelta(minutes=15)
MOST_STARTS = 3
"""How often one call can be started: a microphone may be refused, but each start can cost its full length."""
LATEST_RING = timedelta(seconds=120)
"""A request that is further past its time expires instead of ringing late."""


class Delivery(StrEnum):
    """How a call reaches the member."""

    PAGE = "page"
    HOSTED = "hosted"
    PHONE = "phone"
    CHAT = "chat"


class CallState(StrEnum):
    """Where a call stands.

    ``scheduled → asked → dialing → live → done | failed | expired``; only a phone call is ever scheduled or
    dialing, and ``unknown`` while nobody can tell what became of its dial. A live phone call was handed
    over, which is not yet answered.
    """

    SCHEDULED = "scheduled"
    ASKED = "asked"
    DIALING = "dialing"
    UNKNOWN = "unknown"
    LIVE = "live"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected of the call."""
        return self in (CallState.DONE, CallState.FAILED, CallState.EXPIRED)


@dataclass(frozen=True, slots=True)
class PlayedVersion:
    """Which texts a call was played from: git blob ids of the three files."""

    persona: str
    house_rules: str
    voices: str


FRESH = "fresh"
"""A call that knows nothing of the past, and of which nothing is kept."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call; times are aware UTC, ``failure`` says why it failed, or why a telephone did not ring.

    ``due_at`` is when a telephone is to ring, ``phone_id`` which. ``place`` is the server or workspace where
    it was asked for and ``channel`` where inside it, both empty in a direct message. ``granted_minutes`` is
    how long it may last.
    """

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
    purpose: Purpose = "talk"
    due_at: datetime | None = None
    phone_id: str = ""
    place: str = ""
    channel: str = ""
    granted_minutes: int = 0
    continues: str = ""
    """The id of the past talk that it goes on with, ``FRESH`` for none at all, empty for the newest."""
    is_told: bool = True
    """False when the front refused its recap for good."""
    is_inbound: bool = False
    """Whether a telephone rang us: a number that shows can be forged, so its owner has to say it was them."""
    counts: bool = field(default=True, compare=False)
    """Whether it counts as one of the day's calls, as the store has it at this moment."""

    @property
    def scheduled_for(self) -> datetime | None:
        """When it was to ring, if that was not at once."""
        return self.due_at if self.due_at is not None and self.due_at > self.asked_at else None


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


Bound = Literal["bound", "taken", "gone", "paused", "full"]
"""What became of binding a conversation to a call; ``full``: as many calls run as are allowed at once."""

DialStart = Literal["dialing", "busy", "gone", "paused", "full"]
"""What became of beginning a dial; ``busy``: another call of this person, or to this number, goes on."""

Charge = Literal["keep", "nothing", "call"]
"""What a call that failed costs its person: what was reserved, nothing, or the call without minutes."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The part of a line that a conversation takes: until when at the latest, of how many at once."""

    until: datetime
    at_once: int


@dataclass(frozen=True, slots=True)
class Played:
    """What a call is played from when it starts: the versions, their texts by (slug, version), the reach."""

    version: PlayedVersion
    texts: Mapping[tuple[str, str], str]
    reach: Reach


@dataclass(frozen=True, slots=True)
class Binding:
    """That one of ElevenLabs' conversations belongs to one of our calls."""

    conversation_id: str
    call: Call
    finished: bool


@dataclass(frozen=True, slots=True)
class OnTheLine:
    """A talk that goes on now, with whom, and as which of ElevenLabs' conversations, if that is known."""

    call: Call
    person: Person
    conversation_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A message of a front that shows a call, by the platform's own ids; there is one of each kind."""

    call_id: CallId
    kind: PostKind
    channel_id: str
    message_id: str


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
