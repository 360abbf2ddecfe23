"""The list of conversations: what is asked for, and what its items say. No I/O.

Source: ElevenLabs, "List conversations".
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import Field

from bot.domain.conversation import ConversationStatus, Listed
from bot.elevenlabs.wire import Seconds, Text, Wire

PAGE_SIZE = 100
"""The most that they give at once; one more is refused with 422."""


class _Item(Wire):
    conversation_id: str = Field(min_length=1)
    status: ConversationStatus = "processing"
    start_time_unix_secs: Seconds | None = None
    call_duration_secs: Seconds | None = None

    def to_listed(self) -> Listed:
        started = self.start_time_unix_secs
        return Listed(
            self.conversation_id,
            self.status,
            datetime.fromtimestamp(started, UTC) if started else None,
            math.ceil(self.call_duration_secs or 0),
        )


class ConversationPage(Wire):
    """One page of the list; ``cursor`` asks for the next, and is empty on the last."""

    conversations: list[_Item]
    next_cursor: Text = ""
    has_more: bool = False

    @property
    def cursor(self) -> str:
        """What to ask for the next page with."""
        return self.next_cursor if self.has_more else ""


def can_be_asked(value: str) -> bool:
    """Whether a value can stand in a query and means somebody: it is not empty, and no character is half."""
    return bool(value) and not any("\ud800" <= character <= "\udfff" for character in value)


def list_query(
    agent_id: str,
    user_id: str | None,
    variables: Mapping[str, str],
    started_after: datetime | None,
    started_before: datetime | None,
) -> dict[str, str | list[str]]:
    """Return the query of the first page; moments are whole seconds and widened to them."""
    query: dict[str, str | list[str]] = {"agent_id": agent_id, "page_size": str(PAGE_SIZE)}
    if user_id is not None:
        query["user_id"] = user_id
    if variables:
        query["dynamic_variable_params"] = [f"{name}:eq:{value}" for name, value in variables.items()]
    if started_after is not None:
        query["call_start_after_unix"] = str(math.floor(started_after.timestamp()))
    if started_before is not None:
        query["call_start_before_unix"] = str(math.ceil(started_before.timestamp()))
    return query
