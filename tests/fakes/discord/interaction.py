"""One interaction: what a person did, and how far it has been answered."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.fakes.discord.shown import Modal
from tests.fakes.discord.state import Account, Channel, Message

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
SAYS, DEFERS, DEFERS_UPDATE, UPDATES, OFFERS, OPENS_MODAL = 4, 5, 6, 7, 8, 9
NAMES = {
    SAYS: "message",
    DEFERS_UPDATE: "deferred update",
    UPDATES: "update",
    OFFERS: "choices",
    OPENS_MODAL: "modal",
}


@dataclass(eq=False)
class Interaction:
    """What a person did; ``sent_at`` is empty as long as no application heard of it."""

    id: str
    token: str
    kind: int
    person: Account
    channel: Channel
    owners: dict[str, str]
    payload: dict[str, Any] = field(default_factory=dict)
    message: Message | None = None
    has_bot: bool = True
    forces_private: bool = False
    sent_at: datetime | None = None
    callback: int | None = None
    answered_at: datetime | None = None
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    modal: Modal | None = None
    choices: list[tuple[str, Any]] | None = None
    is_private: bool = False
    original_revision: int = 0

    @property
    def messages(self) -> list[Message]:
        """The answers so far, the original first."""
        return [*([self.original] if self.original else []), *self.follow_ups]

    @property
    def acknowledged(self) -> str | None:
        """How it was first answered."""
        if self.callback == DEFERS:
            return "deferred privately" if self.is_private else "deferred publicly"
        return NAMES[self.callback] if self.callback else None
