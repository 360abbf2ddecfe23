"""Everything that is kept of one person, as their export has it: ``docs/export.schema.json`` is made of this.

Dates are ISO 8601 in UTC. What stands in it is the person's own, and nobody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.domain.fact import FactSource

MARK = "troupe_export"
VERSION = 1


@dataclass(frozen=True, slots=True)
class ExportedAccount:
    """One of the person's accounts; linked ones are among them while they share their memory."""

    platform: str
    tenant: str
    id: str
    name: str
    known_since: str


@dataclass(frozen=True, slots=True)
class ExportedAnswer:
    """An answer to the card before a first call: which text was shown, and whether to be remembered."""

    text_version: str
    remember: bool
    answered_at: str


@dataclass(frozen=True, slots=True)
class ExportedPhone:
    """A telephone that was added; with ``inbound`` whoever calls from it is known."""

    number: str
    region: str
    added_at: str
    verified_at: str | None
    inbound: bool


@dataclass(frozen=True, slots=True)
class ExportedPhoneAnswer:
    """An agreement to be rung; the number itself is kept as a mark only, so that it is not told here."""

    text_version: str
    agreed_at: str


@dataclass(frozen=True, slots=True)
class ExportedSettings:
    """How an account wants to be written to; ``recaps`` is empty where nothing was chosen."""

    platform: str
    recaps: str
    wants_links: bool
    language: str


@dataclass(frozen=True, slots=True)
class ExportedFact:
    """What a character is to know; ``reach`` says whether characters that share read it too.

    ``source`` is who brought it, ``call`` the call that it is from, and ``added_at`` when it got its present
    words: with ``corrected`` its member gave it others. One that a newer one replaced is told to nobody;
    ``replaced_by`` is that one's id, ``replaced_at`` the date of what that one says.
    """

    id: str
    character: str
    reach: Literal["own", "shared"]
    text: str
    added_at: str
    source: FactSource
    call: str | None
    corrected: bool
    pinned: bool
    for_everyone: bool
    replaced_by: str | None
    replaced_at: str | None


@dataclass(frozen=True, slots=True)
class ExportedUse:
    """What was used of the allowance in a day (2026-11-28) or a month (2026-11), or is reserved."""

    period: str
    calls: int
    minutes: int


@dataclass(frozen=True, slots=True)
class ExportedCall:
    """A call, whether or not words of it are kept; ``elevenlabs_ids`` are its conversations there.

    ``due_at`` is when a scheduled one rings, ``inbound`` says that it came in, ``minutes`` are what it was
    charged, and ``continues`` is the call that it goes on from.
    """

    id: str
    character: str
    delivery: str
    topic: str
    state: str
    asked_at: str
    due_at: str | None
    opened_at: str | None
    ended_at: str | None
    duration_seconds: int
    minutes: int
    failure: str
    place: str
    inbound: bool
    continues: str
    elevenlabs_ids: list[str]


@dataclass(frozen=True, slots=True)
class ExportedTurn:
    """One utterance: ``user`` is the person, ``agent`` the character; seconds into the conversation."""

    role: Literal["user", "agent"]
    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ExportedConversation:
    """What was said, in a call or in a file that was brought; an empty ``character`` means every one.

    ``imported_at`` is when it was brought, null where it is a call's.
    A long one stands in several parts with the same id, one after the other.
    """

    id: str
    character: str
    reach: Literal["own", "shared"]
    call: str | None
    imported_at: str | None
    started_at: str
    duration_seconds: int
    title: str
    summary: str
    turns: list[ExportedTurn]


@dataclass(frozen=True, slots=True)
class ExportHead:
    """All of an export that is never long."""

    name: str
    accounts: list[ExportedAccount] = field(default_factory=list)
    answers: list[ExportedAnswer] = field(default_factory=list)
    phones: list[ExportedPhone] = field(default_factory=list)
    phone_answers: list[ExportedPhoneAnswer] = field(default_factory=list)
    settings: list[ExportedSettings] = field(default_factory=list)
    used: list[ExportedUse] = field(default_factory=list)
    profile: Mapping[str, Any] = field(default_factory=dict)
    facts: list[ExportedFact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Export:
    """A whole export, as it stands in the file."""

    troupe_export: Literal[1]
    exported_at: str
    name: str
    accounts: list[ExportedAccount]
    answers: list[ExportedAnswer]
    phones: list[ExportedPhone]
    phone_answers: list[ExportedPhoneAnswer]
    settings: list[ExportedSettings]
    used: list[ExportedUse]
    profile: Mapping[str, Any]
    facts: list[ExportedFact]
    calls: list[ExportedCall]
    conversations: list[ExportedConversation]
