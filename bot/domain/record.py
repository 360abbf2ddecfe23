"""What the store knows about one person, as far as one character may read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from bot.domain.call import Call, Reach
from bot.domain.caller import Account
from bot.domain.conversation import Turn
from bot.domain.fact import Fact


@dataclass(frozen=True, slots=True)
class Reading:
    """Which conversations a character may read: its own, and those of ``shared_slugs`` if it shares.

    ``shared_slugs`` are the characters that share their memory *now*: a conversation is read by another
    character only if it was stamped ``shared`` when it happened and its character still shares.
    ``continues`` is the id of the past talk to go on with, empty for the newest.
    """

    slug: str
    memory: Reach
    shared_slugs: frozenset[str] = frozenset()
    continues: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One past conversation; ``slug`` is empty when it was imported for every character.

    ``last_turns`` is filled for the newest three of the character itself, oldest first. With ``is_extract``
    the summary is ours, here and in ``PastTalk``.
    """

    slug: str
    at: datetime
    title: str = ""
    summary: str = ""
    first_words: str = ""
    imported: bool = False
    last_turns: tuple[Turn, ...] = ()
    is_extract: bool = False


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What is known about a person to one character, newest conversation first.

    ``call_count`` and ``last_talk_at`` are about this character alone, and of calls that may be remembered;
    imports count for the latter.
    ``facts`` are pinned ones first, then newest first too. ``continued`` is the talk that was asked for, if
    it may be read; it is not among the ``conversations`` then.
    """

    name: str = ""
    profile: Mapping[str, Any] = field(default_factory=dict)
    call_count: int = 0
    last_talk_at: datetime | None = None
    conversations: tuple[Remembered, ...] = ()
    facts: tuple[Fact, ...] = ()
    continued: Remembered | None = None

    @property
    def tells_something(self) -> bool:
        """Whether there is anything in it that a character could be told."""
        return bool(self.profile or self.facts or self.conversations or self.continued)


@dataclass(frozen=True, slots=True)
class PastTalk:
    """A line of ``/history``: a call, or an imported conversation (then ``call`` is None).

    ``id`` is what a person names it by; ``talk_id`` is empty when no words of it are kept;
    ``held`` means that its owner has yet to say that it was them. ``elsewhere`` is the platform of the linked
    account that it belongs to, empty where that is the account that asks.
    """

    id: str
    slug: str
    at: datetime
    call: Call | None = None
    talk_id: str = ""
    duration_seconds: int = 0
    title: str = ""
    summary: str = ""
    turn_count: int = 0
    held: bool = False
    elsewhere: str = ""
    is_extract: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an erasure removed here; ``conversation_ids`` are those that ElevenLabs had or has of it.

    ``kept_there`` are the ones among them that are queued to be erased there, the others are gone there.
    ``unknown`` counts the calls of which ElevenLabs may have a conversation that has yet to be found.
    ``kept_facts`` are from a call that was erased and stay, because their member pinned or corrected them.
    """

    calls: int = 0
    conversations: int = 0
    turns: int = 0
    profile_fields: int = 0
    facts: int = 0
    conversation_ids: tuple[str, ...] = ()
    kept_there: tuple[str, ...] = ()
    unknown: int = 0
    kept_facts: int = 0

    def __add__(self, other: "Receipt") -> "Receipt":
        """Return what two erasures removed together."""
        return Receipt(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How many of the conversations of an erasure ElevenLabs has confirmed to be gone, out of how many."""

    count: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Telling:
    """Under which id the confirmations of an erasure are counted, and who is told once it is complete."""

    receipt_id: str
    account: Account
