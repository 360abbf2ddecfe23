"""A workspace, or a whole organisation, that installed our Slack app, and with which token we speak there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

RENEWED_BEFORE = timedelta(hours=2)
"""How long before a token runs out another is asked for; Slack's live for twelve hours."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation gave us.

    ``id`` is the team's (``T…``), or the organisation's (``E…``) where the app was installed for all of it;
    ``enterprise`` is the organisation's either way, empty where there is none. ``scopes`` are the rights that
    were granted. A token that rotates runs out at ``expires_at``; ``refresh_token`` gives the next one, once.
    """

    id: str
    name: str
    token: str = field(repr=False)
    bot_user: str
    bot_id: str
    scopes: frozenset[str]
    installed_at: datetime
    enterprise: str = ""
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None

    @property
    def renew_at(self) -> datetime | None:
        """When to ask for the next token; None where this one stays good."""
        return self.expires_at - RENEWED_BEFORE if self.expires_at and self.refresh_token else None

    def runs_out(self, by: datetime) -> bool:
        """Whether the token is no good any more by then."""
        return self.expires_at is not None and self.expires_at <= by

    @property
    def is_org_wide(self) -> bool:
        """Whether it holds for every workspace of the organisation that its admins let the app into."""
        return self.id == self.enterprise
