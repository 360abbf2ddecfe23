"""The log: as text for people or as JSON, a line for an object; never with anybody's words, names or secrets.

What may stand in a line is decided here, whoever writes it. Exceptions of ours say what they say. Of all
others only the kind is told, and what their library says of it in names of its own: their messages hold what
they choked on (a value that does not fit, a row that is there already, an address with a token in it). What
other libraries write is kept to its first line, with numbers alone filled in. Last of all what looks like a
token, an address's secret part or a telephone number is taken out, wherever it comes from.
"""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal

from bot.calls.handling import get_handled
from bot.domain.errors import CallerError, TroupeError

Format = Literal["text", "json"]

CHATTY = ("httpx", "httpcore", "asyncio", "discord", "slack", "slack_bolt", "slack_sdk")
"""They log addresses, and what people write: only their warnings are wanted."""
SAID_BY_US = ("psycopg.pool",)
"""They repeat every second for as long as a server is away what we say once."""
OURS = ("bot", "storage", "__main__")
MOST_FRAMES = 30

_HIDDEN = (
    (re.compile(r"\b(xox[a-z]|xapp|wsec|sk)[-_][A-Za-z0-9_-]{6,}"), r"\1-…"),
    (re.compile(r"\b(Bearer|Bot)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 …"),
    (re.compile(r"\b[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}"), "…"),  # Discord's tokens
    (re.compile(r"\b((?:https?|wss?)://[^\s/?#'\"<>]*@)"), "…@"),
    (re.compile(r"\b(postgres(?:ql)?://)[^\s@/'\"]*@"), r"\1…@"),
    (re.compile(r"(/t/)[A-Za-z0-9_-]{20,}"), r"\1…"),
    (re.compile(r"(/(?:interactions|webhooks)/\d+/)[A-Za-z0-9_.%-]{20,}"), r"\1…"),
    (re.compile(r"(://[^\s?'\"<>]*\?)[^\s'\"<>)]+"), r"\1…"),
    (re.compile(r"(?<![\w.])\+\d[\d ()/-]{5,17}\d"), "+…"),
)
_REPORTED = re.compile(r"\b(exception|error)\s?[=:].*", re.IGNORECASE)


def set_up_logs(level: str, format_: Format = "text", role: str = "") -> None:
    """Write the log to standard error from a level on, wherever that points when a line is written.

    ``role`` is what this process does; it stands in every object, beside its id.
    """
    handler = _Handler()
    handler.setFormatter(JsonLines(role) if format_ == "json" else TextLines())
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    for repeating in SAID_BY_US:
        logging.getLogger(repeating).setLevel(logging.ERROR)
    logging.basicConfig(level=level, handlers=[handler])


def say(words: str, level: int = logging.INFO) -> None:
    """Write to standard error what whoever started us is to read, whatever the level of the log.

    It is a line as it stands, or an object like all others where the log is made of those.
    """
    handler = next((one for one in logging.getLogger().handlers if isinstance(one, _Handler)), None)
    if handler is not None and isinstance(handler.formatter, JsonLines):
        handler.handle(logging.LogRecord("bot", level, "", 0, "%s", (words,), None))
    else:
        sys.stderr.write(words + "\n")


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as error:  # noqa: BLE001  a line that cannot be written must not stop the work
            line = f"ERROR: a line of {record.name} could not be written ({type(error).__name__})"
        sys.stderr.write(line + "\n")


class TextLines(logging.Formatter):
    """``LEVEL: message``, with the job and the call that it is about, and a traceback below."""

    def format(self, record: logging.LogRecord) -> str:
        handled = get_handled()
        about = [f"job {handled.job}"] * bool(handled.job) + [f"call {handled.call}"] * bool(handled.call)
        line = f"{record.levelname}: {tell(record)}" + (f" [{', '.join(about)}]" if about else "")
        trace = trace_of(record)
        return f"{line}\n{trace}" if trace else line


class JsonLines(logging.Formatter):
    """One object for a line: ``time``, ``level``, ``logger``, ``message``, ``process``, ``role``.

    ``job``, ``call`` and ``traceback`` stand in it where there are such. ``time`` is ISO 8601 in UTC.
    """

    def __init__(self, role: str = "") -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        handled = get_handled()
        found = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": tell(record),
            "process": os.getpid(),
            "role": self._role,
            "job": handled.job,
            "call": handled.call,
            "traceback": trace_of(record),
        }
        return json.dumps({name: value for name, value in found.items() if value != ""}, ensure_ascii=False)


def tell(record: logging.LogRecord) -> str:
    """Return the message of a line, with nothing in it that may not be there."""
    is_ours = record.name.partition(".")[0] in OURS
    args, template = record.args, str(record.msg)
    if isinstance(record.msg, BaseException):
        template, args = "%s", (record.msg,)
    show = _shown if is_ours else _shown_of_others
    if isinstance(args, tuple):
        args = tuple(show(one) for one in args)
    elif args:
        args = {name: show(one) for name, one in args.items()}
    try:
        text = template % args if args else template
    except (TypeError, ValueError):
        text = template
    if not is_ours:
        text = _REPORTED.sub(r"\1: …", next(iter(text.splitlines()), ""))
    return hide(text)


def hide(text: str) -> str:
    """Take out what looks like a secret or a telephone number."""
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


def describe(error: BaseException) -> str:
    """Return what can be told of an exception: of one of ours its words, of others what they are."""
    kind = type(error).__name__
    if isinstance(error, TroupeError) and not isinstance(error, CallerError):
        return str(error) or kind
    if isinstance(error, OSError) and error.strerror:
        return f"{kind} ({error.strerror})" if type(error).__module__ == "builtins" else kind
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    if isinstance(code, str):
        return f"{kind} ({code})"
    status = getattr(error, "status", None)
    return f"{kind} ({status})" if isinstance(status, int) and not isinstance(status, bool) else kind


def trace_of(record: logging.LogRecord) -> str:
    """Return where an exception came from, with those behind it, the first cause first; without values."""
    error = record.exc_info[1] if record.exc_info else None
    return "" if error is None else hide("\n".join(_trace(error, set())))


def _trace(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and id(cause) not in seen:
        yield from _trace(cause, seen)
        yield "which led to:"
    yield from _frames(error.__traceback__)
    yield describe(error)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            if id(one) not in seen:
                yield "one of them:"
                yield from _trace(one, seen)


def _frames(trace: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(trace)[-MOST_FRAMES:]:
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'


def _shown(value: Any) -> Any:
    return describe(value) if isinstance(value, BaseException) else value


def _shown_of_others(value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    return describe(value) if isinstance(value, BaseException) else "…"
