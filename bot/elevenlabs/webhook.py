"""Post-call webhooks: is this one genuine, what is its key, and what does it say. No I/O, no clock.

Source: ElevenLabs, "Post-call webhooks" and "Webhooks: authentication".
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import Field

from bot.domain.conversation import RemoteConversation
from bot.domain.dialing import DialFailure
from bot.domain.errors import WebhookRejected
from bot.elevenlabs.wire import ConversationDetail, Text, Wire, read, read_json

OLDEST_SECONDS = 30 * 60
EARLIEST_SECONDS = 5 * 60
LONGEST_HEADER_CHARS = 1024
LONGEST_NAME_CHARS = 200
HEAD_BYTES = 4096

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_AUDIO = re.compile(
    rb'\s*\{\s*(?:"\w{1,64}"\s*:\s*(?:"[^"\\]{0,256}"|[\w.+-]{1,64})\s*,\s*)*'
    rb'"type"\s*:\s*"post_call_audio"\s*[,}]'
)


class Signature:
    """One request's signature: feed it the body, piece by piece, then ask, so that none has to be kept.

    ``header`` is ``ElevenLabs-Signature`` as it came, anything at all; ``secrets`` are two during a rotation.
    A timestamp may be 30 minutes old, for their retries, or 5 minutes early, for clocks that differ. Raises
    WebhookRejected for a header that none of the secrets can have made, or not lately.
    """

    def __init__(self, header: str | None, secrets: Sequence[str], now: datetime) -> None:
        timestamp, self._signatures = _read_header(header)
        if not -EARLIEST_SECONDS <= now.timestamp() - int(timestamp) <= OLDEST_SECONDS:
            raise WebhookRejected("the timestamp is stale, or lies in the future")
        keys = [secret.encode("utf-8", "surrogatepass") for secret in secrets if secret]
        self._digests = [hmac.new(key, timestamp.encode() + b".", hashlib.sha256) for key in keys]

    def feed(self, chunk: bytes) -> None:
        """Take in the next bytes of the body."""
        for digest in self._digests:
            digest.update(chunk)

    def check(self) -> None:
        """Raise WebhookRejected unless one of the secrets signed all that was fed."""
        genuine = False
        for digest in self._digests:
            for signature in self._signatures:
                genuine |= hmac.compare_digest(digest.hexdigest(), signature)
        if not genuine:
            raise WebhookRejected("no secret of ours made this signature")


def verify(raw: bytes, header: str | None, secrets: Sequence[str], now: datetime) -> None:
    """Raise WebhookRejected unless one of the secrets signed these bytes, lately; see ``Signature``."""
    signature = Signature(header, secrets, now)
    signature.feed(raw)
    signature.check()


def _read_header(header: str | None) -> tuple[str, list[str]]:
    """Return the timestamp as written and the signatures, which are 64 hexadecimal digits each."""
    if not isinstance(header, str) or len(header) > LONGEST_HEADER_CHARS:
        raise WebhookRejected("the signature header is missing or too long")
    parts = [part.strip(" \t") for part in header.split(",")]
    timestamps = [part[2:] for part in parts if part.startswith("t=")]
    signatures = [part[3:] for part in parts if part.startswith("v0=") and _SIGNATURE.fullmatch(part[3:])]
    if len(timestamps) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]) or not signatures:
        raise WebhookRejected("the signature header cannot be read")
    return timestamps[0], signatures


def is_audio(raw: bytes) -> bool:
    """Whether this is an audio event, judged by its first 4 KB: the body can be many megabytes of base64.

    Only the event's own ``type`` counts, with nothing but plain values before it: a variable of that name
    inside a transcription could be written by anybody who has a public link.
    """
    return _AUDIO.match(raw[:HEAD_BYTES]) is not None


@dataclass(frozen=True, slots=True)
class EventKey:
    """By what an event is recognised when it comes again; id and type are empty if the body names none.

    ``sent_at`` is when it happened, in Unix seconds, as the body says.
    """

    key: str
    conversation_id: str
    type: str
    sent_at: float | None = field(default=None, compare=False)


def event_key(raw: bytes) -> EventKey:
    """Return ``type:conversation_id``, or ``sha256:`` and the digest of the bytes where a part is missing.

    Never raises: a verified event that nobody can read is stored as well.
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    data = body.get("data") if isinstance(body, dict) else None
    type_ = _name_in(body, "type")
    conversation_id = _name_in(data, "conversation_id")
    sent_at = body.get("event_timestamp") if isinstance(body, dict) else None
    if isinstance(sent_at, bool) or not isinstance(sent_at, int | float):
        sent_at = None
    if type_ and conversation_id:
        return EventKey(f"{type_}:{conversation_id}", conversation_id, type_, sent_at)
    return EventKey(f"sha256:{hashlib.sha256(raw).hexdigest()}", conversation_id, type_, sent_at)


def _name_in(value: Any, field: str) -> str:
    name = value.get(field) if isinstance(value, dict) else None
    fits = isinstance(name, str) and len(name) <= LONGEST_NAME_CHARS and name.isprintable()
    return name if isinstance(name, str) and fits else ""


@dataclass(frozen=True, slots=True)
class TranscriptionEvent:
    """A conversation is over, and this is all of it."""

    conversation: RemoteConversation


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """An event that we have no use for, such as ``answering_machine_detection``, or a new kind."""

    type: str


Event = TranscriptionEvent | DialFailure | OtherEvent


class _Envelope(Wire):
    type: str = Field(min_length=1)


class _Transcription(Wire):
    data: ConversationDetail


class _FailureData(Wire):
    conversation_id: str = Field(min_length=1)
    failure_reason: Text = "unknown"
    agent_id: Text = ""
    metadata: Any = None

    def to_failure(self) -> DialFailure:
        """Return it in our words; what the carrier added is taken as far as it can be read."""
        told = self.metadata.get("body") if isinstance(self.metadata, dict) else None
        words = (_sip_status(told), _name_in(told, "error_reason"), _name_in(told, "CallStatus"))
        return DialFailure(
            conversation_id=self.conversation_id,
            reason=self.failure_reason or "unknown",
            agent_id=self.agent_id,
            carrier=_name_in(self.metadata, "type"),
            call_sid=_name_in(told, "CallSid") or _name_in(told, "call_sid"),
            detail=" ".join(filter(None, words)),
        )


def _sip_status(told: Any) -> str:
    status = told.get("sip_status_code") if isinstance(told, dict) else None
    return str(status) if isinstance(status, int) and 100 <= status <= 699 else ""


class _InitiationFailure(Wire):
    data: _FailureData


def read_event(raw: bytes) -> Event:
    """Return what a verified body says; raises ProviderChanged if it cannot be read."""
    body = read_json(raw, "webhook")
    type_ = read(_Envelope, body, "webhook").type
    if type_ == "post_call_transcription":
        transcription = read(_Transcription, body, f"webhook {type_}")
        return TranscriptionEvent(transcription.data.to_conversation())
    if type_ == "call_initiation_failure":
        return read(_InitiationFailure, body, f"webhook {type_}").data.to_failure()
    return OtherEvent(type_)
