"""One act of a person: what the app is told of it, and how far it has been answered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.state import Account, Channel, Message, View

if TYPE_CHECKING:
    from tests.fakes.slack.delivery import Delivery

COMMAND, BLOCKS, SUGGESTION, SUBMISSION, CLOSED, SHORTCUT, MESSAGE_ACTION = (
    "command", "block_actions", "block_suggestion", "view_submission", "view_closed", "shortcut",
    "message_action",
)  # fmt: skip
PATIENCE = timedelta(seconds=3)
RESPONSES, RESPONSES_LAST = 5, timedelta(minutes=30)
TIMED_OUT, FAILED = "operation_timeout", "dispatch_failed"


@dataclass(eq=False)
class Act:
    """What a person did; ``sent_at`` is empty as long as no app heard of it."""

    kind: str
    person: Account
    channel: Channel | None
    at: datetime
    payload: dict[str, Any] = field(default_factory=dict)
    message: Message | None = None
    view: View | None = None
    trigger_id: str = ""
    trigger_is_used: bool = False
    response_token: str = ""
    responses: int = 0
    sent_at: datetime | None = None
    acknowledged: str | None = None
    answered_at: datetime | None = None
    failure: str = ""
    deliveries: "list[Delivery]" = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    options: list[dict[str, Any]] | None = None
