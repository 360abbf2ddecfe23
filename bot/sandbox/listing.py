"""The filters of `GET /v1/convai/conversations` (ElevenLabs: List conversations)."""

from __future__ import annotations

import base64
import binascii
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from multidict import MultiMapping

from bot.sandbox.reading import Fields, Json
from bot.sandbox.records import Conversation
from bot.sandbox.refusals import InvalidError, Problem, RefusalError

T = TypeVar("T")
KNOWN = frozenset(
    (
        "agent_id",
        "user_id",
        "cursor",
        "page_size",
        "summary_mode",
        "call_start_after_unix",
        "call_start_before_unix",
        "call_duration_min_secs",
        "call_duration_max_secs",
        "call_successful",
        "dynamic_variable_params",
        "text_only",
        "exclude_statuses",
        "sort_direction",
    )
)
ORDERINGS: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
STATUSES = ("initiated", "in-progress", "processing", "done", "failed")
SPELLED = ("", "true", "false")
OPERATORS = ("eq", "neq", *ORDERINGS, "in")


@dataclass(frozen=True)
class VariableTest:
    """One `dynamic_variable_params=name:op:value`; an empty value with eq means that it is unset."""

    name: str
    op: str
    value: str

    def fits(self, conversation: Conversation) -> bool:
        stored = (conversation.client_data.get("dynamic_variables") or {}).get(self.name)
        if self.op in ORDERINGS:
            return self._ordered(stored)
        text = "" if stored is None else _spelled(stored)
        if self.op == "in":
            return stored is not None and text in self.value.split("|")
        return (text == self.value) is (self.op == "eq")

    def _ordered(self, stored: object) -> bool:
        if isinstance(stored, bool) or not isinstance(stored, int | float):
            return False
        return ORDERINGS[self.op](stored, float(self.value))


@dataclass(frozen=True)
class Filters:
    agent_id: str | None
    user_id: str | None
    after: int | None
    before: int | None
    shortest: int | None
    longest: int | None
    call_successful: str | None
    text_only: bool | None
    exclude_statuses: tuple[str, ...]
    variables: tuple[VariableTest, ...]
    ascending: bool
    with_summary: bool

    @property
    def call_ref(self) -> str | None:
        """The text that the variable `call_ref` must be; None where another kind of value fits as well."""
        asked = (test.value for test in self.variables if (test.name, test.op) == ("call_ref", "eq"))
        return next((value for value in asked if value not in SPELLED and not _is_number(value)), None)

    def fits(self, conversation: Conversation) -> bool:
        started, seconds = int(conversation.started_at), conversation.duration_secs
        verdict = (conversation.analysis or {}).get("call_successful", "unknown")
        return (
            self.agent_id in (None, conversation.agent_id)
            and (self.after is None or started >= self.after)
            and (self.before is None or started <= self.before)
            and (self.shortest is None or seconds >= self.shortest)
            and (self.longest is None or seconds <= self.longest)
            and self.call_successful in (None, verdict)
            and self.text_only in (None, conversation.text_only)
            and conversation.status not in self.exclude_statuses
            and all(test.fits(conversation) for test in self.variables)
        )


def read_filters(query: MultiMapping[str]) -> Filters:
    """A filter that the sandbox lacks is refused, not ignored. Raises InvalidError, RefusalError."""
    unknown = sorted(set(query) - KNOWN)
    if unknown:
        raise RefusalError(
            501,
            "not_implemented",
            "not_implemented",
            f"The sandbox has no filter '{unknown[0]}'.",
            unknown[0],
        )
    fields = Fields("query", query)
    filters = Filters(
        agent_id=fields.optional_text("agent_id"),
        user_id=fields.optional_text("user_id"),
        after=fields.integer("call_start_after_unix"),
        before=fields.integer("call_start_before_unix"),
        shortest=fields.integer("call_duration_min_secs"),
        longest=fields.integer("call_duration_max_secs"),
        call_successful=fields.one_of("call_successful", ("success", "failure", "unknown")),
        text_only=fields.flag("text_only"),
        exclude_statuses=tuple(query.getall("exclude_statuses", [])),
        variables=tuple(_variable_test(text) for text in query.getall("dynamic_variable_params", [])),
        ascending=fields.one_of("sort_direction", ("asc", "desc")) == "asc",
        with_summary=fields.one_of("summary_mode", ("exclude", "include")) == "include",
    )
    if not set(filters.exclude_statuses) <= set(STATUSES):
        words = f"Input should be one of {', '.join(STATUSES)}"
        fields.problems.append(Problem(("query", "exclude_statuses"), words, "enum"))
    fields.check()
    return filters


def page_of(items: Sequence[T], query: MultiMapping[str]) -> tuple[Sequence[T], Json]:
    """One page of a list, with its `next_cursor` and `has_more`. Raises InvalidError, RefusalError."""
    fields = Fields("query", query)
    page_size = fields.integer("page_size", low=1, high=100) or 30
    offset = _read_cursor(fields.optional_text("cursor"))
    fields.check()
    end = offset + page_size
    more = end < len(items)
    return items[offset:end], {"next_cursor": _write_cursor(end) if more else None, "has_more": more}


def _write_cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(b"after:%d" % offset).decode()


def _read_cursor(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        word, _, offset = base64.urlsafe_b64decode(cursor).partition(b":")
        if word == b"after" and offset.isdigit():
            return int(offset)
    except (binascii.Error, ValueError):
        pass
    raise RefusalError(400, "validation_error", "invalid_cursor", "The cursor is invalid.", "cursor")


def _variable_test(text: str) -> VariableTest:
    name, _, rest = text.partition(":")
    op, separator, value = rest.partition(":")
    if not name or op not in OPERATORS or not separator or (op in ORDERINGS and not _is_number(value)):
        words = f"Expected name:op:value with op one of {', '.join(OPERATORS)}"
        raise InvalidError([Problem(("query", "dynamic_variable_params"), words, "value_error")])
    return VariableTest(name, op, value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
