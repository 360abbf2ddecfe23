"""The frames of a text conversation: what we send, what theirs mean, and what a close says. No I/O.

Source: ElevenLabs, "WebSocket" of the Agents Platform (events in both directions), "Chat mode" and "Errors"
(close codes).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, ValidationError

from bot.domain.errors import ProviderChanged, ProviderError, ProviderRefused, ProviderUnavailable
from bot.domain.talk import Corrected, Ended, Part, Said
from bot.elevenlabs.refusals import clean
from bot.elevenlabs.wire import Text, Wire, mend

OPERATION = "talk"
NORMAL = 1000
OPERATIONAL, INTERNAL = 1002, 1011
LOST = 1006
CONTRACT = 1008
QUEUE_TIMED_OUT = 4300


@dataclass(frozen=True, slots=True)
class Started:
    """They accepted the initiation, and this is the conversation's id."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class Ping:
    """They want a pong with the same number."""

    event_id: int


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The character calls a tool of the client's, and waits for its result."""

    tool_call_id: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something went wrong; a close with its code usually follows. All texts may be empty."""

    error_type: str
    message: str


Frame = Part | Said | Corrected | Started | Ping | ToolCall | Trouble


class _Part(Wire):
    type: Literal["start", "delta", "stop"]
    text: Text = ""
    event_id: int = 0


class _Response(Wire):
    agent_response: Text
    event_id: int = 0


class _Correction(Wire):
    original_agent_response: Text = ""
    corrected_agent_response: Text
    event_id: int = 0


class _Metadata(Wire):
    conversation_id: str = Field(min_length=1)


class _Ping(Wire):
    event_id: int


class _ToolCall(Wire):
    tool_call_id: str


class _Error(Wire):
    error_type: Text = ""
    message: Text = ""
    reason: Text = ""


def _read_part(payload: Any) -> Part:
    part = _Part.model_validate(payload)
    return Part(part.type, part.text, part.event_id)


def _read_response(payload: Any) -> Said:
    response = _Response.model_validate(payload)
    return Said(response.agent_response, response.event_id)


def _read_correction(payload: Any) -> Corrected:
    correction = _Correction.model_validate(payload)
    return Corrected(
        correction.corrected_agent_response, correction.original_agent_response, correction.event_id
    )


def _read_error(payload: Any) -> Trouble:
    error = _Error.model_validate(payload)
    return Trouble(error.error_type, error.reason or error.message)


_READERS: Mapping[str, tuple[str, Callable[[Any], Frame]]] = {
    "conversation_initiation_metadata": (
        "conversation_initiation_metadata_event",
        lambda payload: Started(_Metadata.model_validate(payload).conversation_id),
    ),
    "ping": ("ping_event", lambda payload: Ping(_Ping.model_validate(payload).event_id)),
    "agent_chat_response_part": ("text_response_part", _read_part),
    "agent_response": ("agent_response_event", _read_response),
    "agent_response_correction": ("agent_response_correction_event", _read_correction),
    "client_tool_call": (
        "client_tool_call",
        lambda payload: ToolCall(_ToolCall.model_validate(payload).tool_call_id),
    ),
    "error": ("error_event", _read_error),
    "client_error": ("error_event", _read_error),
}
"""For each type that we read: under which name its payload stands, and what it means."""


def read_frame(text: str) -> Frame | None:
    """Return what a frame of theirs says; None for a type that we have no use for, and for nonsense."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    kind = body.get("type") if isinstance(body, dict) else None
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return None
    name, understand = reader
    try:
        return understand(body.get(name))
    except ValidationError:
        return None


def user_message(text: str) -> dict[str, object]:
    """Return the frame with which the member says something."""
    return {"type": "user_message", "text": mend(text)}


def contextual_update(text: str, context_id: str | None = None) -> dict[str, object]:
    """Return the frame that brings background; the newest with one ``context_id`` replaces the older."""
    frame: dict[str, object] = {"type": "contextual_update", "text": mend(text)}
    return frame if context_id is None else frame | {"context_id": context_id}


def user_activity() -> dict[str, object]:
    """Return the frame that says that somebody is still there."""
    return {"type": "user_activity"}


def pong(ping: Ping) -> dict[str, object]:
    """Return the answer to a ping."""
    return {"type": "pong", "event_id": ping.event_id}


def no_such_tool(call: ToolCall) -> dict[str, object]:
    """Return the answer to a tool call; we have no tools here, and silence would let the character wait."""
    return {
        "type": "client_tool_result",
        "tool_call_id": call.tool_call_id,
        "result": "There is no such tool here.",
        "is_error": True,
    }


@dataclass(frozen=True, slots=True)
class Closing:
    """Why the other side closed: its code, its words, and the trouble that it told of before."""

    code: int
    reason: str = ""
    trouble: Trouble | None = None

    @property
    def may_go_better(self) -> bool:
        """Whether the same initiation may succeed with a fresh URL."""
        return self.code in (OPERATIONAL, INTERNAL)

    def read(self) -> Ended | ProviderError:
        """Return the end that this is, or the error.

        1000 is the end. 1008 is about what was sent, and sending it again changes nothing: ProviderRefused
        if an operator can help (an override that is off, a variable that is missing, a URL that is used up),
        else ProviderChanged, with one of their error types as ``code``. Everything else is
        ProviderUnavailable, with ``closed_<code>`` where they name no type.
        """
        trouble = self.trouble or Trouble("", "")
        reason = clean(self.reason or trouble.message)
        if self.code == NORMAL:
            return Ended(reason)
        code = clean(trouble.error_type) or _guess(self.code, reason)
        reason = reason or "no reason given"
        if self.code == CONTRACT:
            malformed = code in ("invalid_message", "missing_fields")
            return (ProviderChanged if malformed else ProviderRefused)(OPERATION, reason, code=code)
        return ProviderUnavailable(OPERATION, reason, code=code)


_WORDS_OF_1008 = {
    "override": "override_error",
    "dynamic variable": "missing_dynamic_variable",
    "message": "invalid_message",
}
"""What a reason says, and which of their error types that is; the first that fits counts."""

_UNAVAILABLE = {QUEUE_TIMED_OUT: "queue_timed_out", LOST: "connection_lost"}


def _guess(code: int, reason: str) -> str:
    if code == CONTRACT:
        fits = (kind for words, kind in _WORDS_OF_1008.items() if words in reason.lower())
        return next(fits, f"closed_{code}")
    return _UNAVAILABLE.get(code, f"closed_{code}")
