"""What they say when they refuse, and which of our errors it becomes. No I/O.

Sorted by who must act:

ProviderRefused      401, 402, 403, an override that is off, or a thing from the settings that they do not
                     have (``agent_not_found``, ``phone_number_not_found``): the operator
ConversationGone     404 about one conversation, in their own words: nobody, it is gone
ProviderUnavailable  408, 409 (somebody else is changing the same thing), 425, 429, 5xx: time
ProviderChanged      everything else, 400 and 422 above all: we built a request that they call malformed, or a
                     404 that is not theirs, as a wrong address gives. Nobody at run time; it is a bug of ours

Source: ElevenLabs, "Errors".
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.domain.errors import (
    ConversationGone,
    ProviderChanged,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
)

LONGEST_CHARS = 200

_UNREADABLE = re.compile(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\uffff]+")
_INVISIBLE = re.compile(
    r"[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]+"
)
"""What takes no room, or turns the direction of what follows."""
_ODD_BETWEEN = r"[^\x21-\x7e]*"
_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){6,}")
_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
_WAIT = re.compile(r"[A-Za-z]+, \d\d[ -][A-Za-z][^,]+|[^,]+")
"""One of several waits in one header; a date has a comma of its own."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error body, understood; all empty when it has none of their three shapes.

    ``code`` is short and stable (``agent_not_found``), ``message`` is for people.
    """

    code: str = ""
    message: str = ""
    request_id: str = ""

    @property
    def is_theirs(self) -> bool:
        """Whether they themselves speak: a web server that has no such route says ``Not Found``."""
        return bool(self.code) or self.message not in ("", "Not Found")


def read_refusal(raw: bytes) -> Refusal:
    """Understand an error body: an object with code and message, a list with an entry a field, or plain text.

    Of a list only the fields and the kinds of mistake are taken, for its texts may quote what we sent.
    """
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return Refusal()
    detail = body.get("detail") if isinstance(body, dict) else None
    if isinstance(detail, dict):
        return Refusal(
            _text(detail.get("code") or detail.get("status")),
            _text(detail.get("message")),
            _text(detail.get("request_id")),
        )
    if isinstance(detail, list):
        problems = [entry for entry in detail if isinstance(entry, dict)]
        return Refusal("invalid_fields", "; ".join(_problem(entry) for entry in problems))
    return Refusal(message=_text(detail))


def _problem(entry: Mapping[str, object]) -> str:
    loc = entry.get("loc")
    field = ".".join(str(part) for part in loc) if isinstance(loc, list) else "?"
    return f"{field} ({_text(entry.get('type'))})"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def to_error(
    operation: str,
    status: int,
    headers: Mapping[str, str],
    raw: bytes,
    *,
    now: datetime,
    secrets: Sequence[str] = (),
    about_conversation: bool = False,
) -> ProviderError:
    """Return the error that an answer which is not 2xx becomes.

    ``headers`` are looked up in lower case. What they say is shortened and put on one line, and neither
    one of the ``secrets`` nor a telephone number in it comes through.
    """
    refusal = read_refusal(raw)
    code = clean(refusal.code, secrets)
    kind = _kind(status, code, gone=about_conversation and status == 404 and refusal.is_theirs)
    request_id = refusal.request_id or headers.get("request-id") or headers.get("x-request-id") or ""
    return kind(
        operation,
        clean(refusal.message, secrets) or code or "no reason given",
        status=status,
        code=code,
        request_id=clean(request_id, secrets, numbers=True),
        retry_after=read_retry_after(headers, now) if kind is ProviderUnavailable else None,
    )


def status_error(operation: str, status: int, headers: Mapping[str, str]) -> ProviderError:
    """Return the error that a refused WebSocket handshake becomes: of its answer there is no body."""
    code = f"http_{status}"
    request_id = headers.get("request-id") or headers.get("x-request-id") or ""
    kind = _kind(status, code, gone=False)
    return kind(operation, "no WebSocket there", status=status, code=code, request_id=clean(request_id))


def _kind(status: int, code: str, *, gone: bool) -> type[ProviderError]:
    if gone:
        return ConversationGone
    if status in (401, 402, 403) or code == "override_error":
        return ProviderRefused
    if status == 404 and code.endswith("_not_found"):
        return ProviderRefused
    if status in (408, 409, 425, 429) or status >= 500:
        return ProviderUnavailable
    return ProviderChanged


def clean(text: str, secrets: Sequence[str] = (), *, numbers: bool = False) -> str:
    """Return their words short, on one line, without secrets and without telephone numbers.

    They are cut only after the secrets are out, for half of one would come through otherwise. A secret is
    one as well with something unreadable in between.
    """
    for secret in filter(None, secrets):
        text = re.sub(_ODD_BETWEEN.join(map(re.escape, secret)), "[secret]", text)
    text = " ".join(_UNREADABLE.sub(" ", _INVISIBLE.sub("", text)).split())
    return (text if numbers else _NUMBER.sub("[number]", text))[:LONGEST_CHARS]


def read_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return in how many seconds they want to be asked again; None if they do not say, or not readably.

    Where they say it more than once, the longest counts.

    Source: RFC 9110, section 10.2.3: seconds or a date; ``retry-after-ms`` is their finer form.
    """
    milliseconds = _longest(headers.get("retry-after-ms", ""), now)
    return _longest(headers.get("retry-after", ""), now) if milliseconds is None else milliseconds / 1000


def _longest(header: str, now: datetime) -> float | None:
    waits = (_read_wait(value.strip(), now) for value in _WAIT.findall(header))
    return max((wait for wait in waits if wait is not None), default=None)


def _read_wait(value: str, now: datetime) -> float | None:
    if _DECIMAL.fullmatch(value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
