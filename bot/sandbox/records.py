"""Conversations, turns and calls as the sandbox keeps them; times are unix seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.reading import Json

Provider = Literal["twilio", "sip_trunk", "exotel"]
Who = Literal["human", "machine"]
Status = Literal["initiated", "in-progress", "processing", "done", "failed"]
VOICE_CREDITS, TEXT_CREDITS = 11, 3
DOLLARS_PER_CREDIT = 0.00015


@dataclass(frozen=True)
class Turn:
    """One utterance; `context_id` marks background information that nobody said aloud.

    `node_id` is the node of the workflow that spoke.
    """

    turn_id: str
    role: Literal["user", "agent"]
    message: str
    time_in_call_secs: int
    created_at_unix_ms: int
    event_id: int | None = None
    context_id: str | None = None
    feedback: Json | None = None
    tool_calls: tuple[Json, ...] = ()
    tool_results: tuple[Json, ...] = ()
    node_id: str | None = None

    @property
    def is_aloud(self) -> bool:
        """Whether it was said, and not a note or the use of a tool."""
        return self.context_id is None and not self.tool_calls and not self.tool_results


@dataclass(frozen=True)
class Conversation:
    """`client_data` is what the client sent, with the system variables added."""

    conversation_id: str
    agent_id: str
    status: Status
    started_at: float
    source: str
    authorization: str
    client_data: Json
    user_id: str | None = None
    source_version: str | None = None
    language: str = "en"
    text_only: bool = False
    accepted_at: float | None = None
    ended_at: float | None = None
    termination_reason: str = ""
    error: Json | None = None
    phone_call: Json | None = None
    analysis: Json | None = None
    feedback: Json | None = None
    version_id: str = "agtvrsn_sandbox"
    turns: tuple[Turn, ...] = ()

    @property
    def duration_secs(self) -> int:
        if self.accepted_at is None or self.ended_at is None:
            return 0
        return max(0, round(self.ended_at - self.accepted_at))

    @property
    def cost(self) -> int:
        """In credits: 11 for each started second of voice, 3 in text; a call that never began is free.

        Their plans come to about 11 a second (10,000 credits for 15 minutes); what text costs is our guess.
        """
        if self.accepted_at is None or self.ended_at is None:
            return 0
        seconds = max(1, math.ceil(self.ended_at - self.accepted_at))
        return seconds * (TEXT_CREDITS if self.text_only else VOICE_CREDITS)

    @property
    def cost_fiat(self) -> float:
        """In US dollars."""
        return round(self.cost * DOLLARS_PER_CREDIT, 6)

    @property
    def spoken(self) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.turns if turn.is_aloud)


@dataclass(frozen=True)
class Call:
    """The carrier's own view of one call; one that comes in goes to a number of the workspace.

    `call_ref` is the dynamic variable of that name; `hangs_up_on` is what machine detection is told to do.
    """

    call_sid: str
    conversation_id: str
    phone_number_id: str
    from_number: str
    to_number: str
    state: Literal["ringing", "in-progress", "completed", "busy", "no-answer", "failed"]
    placed_at: float
    ring_until: float
    provider: Provider = "twilio"
    answered_by: Who | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    call_ref: str | None = None
    hangs_up_on: Sequence[Who] = ()
    direction: Literal["outbound", "inbound"] = "outbound"
