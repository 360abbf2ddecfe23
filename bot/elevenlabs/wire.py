"""Their JSON, only what we read: models that ignore the rest, and the way from them to our values.

Source: ElevenLabs, "Get conversation details", "Get signed URL" and "Get conversation token".
"""

import base64
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from bot.domain.conversation import (
    ConversationStatus,
    RemoteConversation,
    Role,
    RoomToken,
    SignedUrl,
    Transcript,
    Turn,
)
from bot.domain.errors import ProviderChanged

T = TypeVar("T")

LATEST_UNIX_SECONDS = 253_402_300_799
"""The last second of the year 9999, where our calendar ends."""

LONGEST_ID_CHARS = 200
MOST_CREDITS = 10**12
"""Far above what a conversation can cost, and what any database takes."""
PHONE_RESULTS = frozenset({"answered", "voicemail", "busy", "no_answer", "failed"})

_BETWEEN_FACTS = re.compile(r"[;\n；]")
_NONE = frozenset(("none", "null", "n/a", "na", "nothing", "no new facts", "unknown", "empty", "no facts"))
"""What a model writes that found nothing and was asked for a text."""

_SIDES: Mapping[str, Role] = {"user": "user", "agent": "agent"}


def mend(text: Any) -> Any:
    """Replace halves of characters and drop NULs: their JSON may carry both, no database takes them."""
    if not isinstance(text, str):
        return text
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _empty_for_none(value: Any) -> Any:
    return "" if value is None else value


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _short_text(value: Any) -> str:
    return mend(value) if isinstance(value, str) and len(value) <= LONGEST_ID_CHARS else ""


def _known_result(value: Any) -> str:
    return value if isinstance(value, str) and value in PHONE_RESULTS else ""


def _whole_credits(value: Any) -> int:
    """Return a cost rounded up, 0 for what cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_CREDITS:
        return 0
    return math.ceil(value)


Text = Annotated[str, BeforeValidator(mend), BeforeValidator(_empty_for_none)]
Seconds = Annotated[float, Field(ge=0, le=LATEST_UNIX_SECONDS)]


class Wire(BaseModel):
    """Fields that we do not name are ignored; an error never shows what a field contained."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class _Entry(Wire):
    """One entry of a transcript; tool calls and their results carry no message."""

    role: str
    message: Text = ""
    time_in_call_secs: Seconds = 0.0
    contextual_update_info: dict[str, Any] | None = None


class _Failure(Wire):
    code: int | str | None = None
    reason: Text = ""


class _PhoneCall(Wire):
    call_result: Annotated[str, BeforeValidator(_known_result)] = ""
    external_number: Annotated[str, BeforeValidator(_short_text), Field(repr=False)] = ""


class _Metadata(Wire):
    start_time_unix_secs: Seconds | None = None
    call_duration_secs: Seconds | None = None
    termination_reason: Text = ""
    error: _Failure | None = None
    cost: Annotated[int, BeforeValidator(_whole_credits)] = 0
    phone_call: Annotated[_PhoneCall, BeforeValidator(_fields)] = _PhoneCall()


class _Analysis(Wire):
    transcript_summary: Text = ""
    call_summary_title: Text = ""
    data_collection_results: Any = None

    @property
    def wants_no_calls(self) -> bool:
        """Whether ``do_not_call`` was collected; what cannot be read was not."""
        found = _fields(_fields(self.data_collection_results).get("do_not_call")).get("value")
        return found is True or (isinstance(found, str) and found.strip().lower() in ("true", "yes"))

    @property
    def new_facts(self) -> tuple[str, ...]:
        """What was collected as ``new_facts``, a sentence each; between them are semicolons."""
        found = _fields(_fields(self.data_collection_results).get("new_facts")).get("value")
        parts = found if isinstance(found, list) else [found]
        said = (mend(part) for part in parts if isinstance(part, str))
        facts = (one.strip().lstrip("-*•").strip() for text in said for one in _BETWEEN_FACTS.split(text))
        return tuple(dict.fromkeys(fact for fact in facts if fact and fact.lower().rstrip(".") not in _NONE))


class _ClientData(Wire):
    dynamic_variables: dict[str, Any] | None = None


class ConversationDetail(Wire):
    """A conversation in full, as the API and the post-call webhook have it."""

    conversation_id: str = Field(min_length=1)
    status: ConversationStatus
    transcript: list[_Entry]
    metadata: _Metadata | None = None
    analysis: _Analysis | None = None
    conversation_initiation_client_data: _ClientData | None = None
    user_id: Annotated[str, BeforeValidator(_short_text)] = ""

    def to_conversation(self) -> RemoteConversation:
        """Return it in our words: what the two sides said, and nothing that a tool did."""
        metadata = self.metadata or _Metadata()
        analysis = self.analysis or _Analysis()
        started = metadata.start_time_unix_secs
        transcript = Transcript(
            turns=tuple(self._turns()),
            started_at=datetime.fromtimestamp(started, UTC) if started else None,
            duration_seconds=math.ceil(metadata.call_duration_secs or 0),
            title=analysis.call_summary_title,
            summary=analysis.transcript_summary,
            conversation_id=self.conversation_id,
            ended_badly=_explain(metadata) if self.status == "failed" else "",
        )
        return RemoteConversation(
            self.conversation_id,
            self.status,
            transcript,
            self._call_ref(),
            cost=metadata.cost,
            phone_result=metadata.phone_call.call_result,
            wants_no_calls=analysis.wants_no_calls,
            new_facts=analysis.new_facts,
            user_id=self.user_id,
            other_number=metadata.phone_call.external_number,
        )

    def _turns(self) -> Iterator[Turn]:
        """Skip what nobody said: tool entries, silence, and background that we sent in ourselves."""
        for entry in self.transcript:
            role, text = _SIDES.get(entry.role), entry.message.strip()
            if role and text and entry.contextual_update_info is None:
                yield Turn(role, text, entry.time_in_call_secs)

    def _call_ref(self) -> str:
        """On a hosted link the member can write anything here, so anything but a short text is none."""
        data = self.conversation_initiation_client_data
        value = (data.dynamic_variables or {}).get("call_ref") if data else None
        return value if isinstance(value, str) and len(value) <= 100 else ""


def _explain(metadata: _Metadata) -> str:
    error = metadata.error or _Failure()
    code = "" if error.code is None else f"error {error.code}"
    return error.reason or metadata.termination_reason or code or "failed"


class SignedUrlAnswer(Wire):
    """The answer to a request for a signed URL: the URL only, the conversation's id stands in its query."""

    signed_url: Annotated[str, Field(pattern=r"^wss?://[^\s/?#\[\]]+(/|\?|$)")]

    def to_signed_url(self) -> SignedUrl:
        """Return it with the id that it names, empty if it names none."""
        ids = parse_qs(urlsplit(self.signed_url).query).get("conversation_id", [""])
        return SignedUrl(self.signed_url, ids[0])


class ConversationToken(Wire):
    """What lets a browser into one WebRTC room, which is one conversation.

    The token is a JSON Web Token; where the answer names no id, the room that it is for does.
    """

    token: str = Field(min_length=1, repr=False)
    conversation_id: Text = ""

    def to_room_token(self) -> RoomToken:
        """Return it in our words; the id is empty where neither the answer nor the token has one."""
        return RoomToken(self.token, self.conversation_id or _conversation_in(self.token))


def _conversation_in(token: str) -> str:
    """Return the id in the name of the room that a token is for; its signature is theirs to check."""
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        found = re.search(r"conv_[A-Za-z0-9]{1,190}", claims["video"]["room"])
    except (IndexError, KeyError, TypeError, ValueError, RecursionError):
        return ""
    return found[0] if found else ""


def read_json(raw: bytes, operation: str) -> Any:
    """Return what the bytes say; raises ProviderChanged if they are not JSON."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        reason = "the answer is not JSON"
    raise ProviderChanged(operation, reason)


def read(shape: type[T] | TypeAdapter[T], value: Any, operation: str) -> T:
    """Return their JSON value as one of our shapes.

    Raises ProviderChanged naming the operation and the field, never what the field contained; the error of
    the reader, which knows the content, is not chained to it.
    """
    adapter: TypeAdapter[T] = shape if isinstance(shape, TypeAdapter) else TypeAdapter(shape)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the answer itself"
    raise ProviderChanged(operation, f"cannot read {field} ({first['type']})")
