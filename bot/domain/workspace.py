"""A workspace, or a whole organisation, that installed our Slack app, and with which token we speak there."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation gave us.

    ``id`` is the team's (``T…``), or the organisation's (``E…``) where the app was installed for all of it;
    ``enterprise`` is the organisation's either way, empty where there is none. ``scopes`` are the rights that
    were granted.
    """

    id: str
    name: str
    token: str = field(repr=False)
    bot_user: str
    bot_id: str
    scopes: frozenset[str]
    installed_at: datetime
    enterprise: str = ""

    @property
    def is_org_wide(self) -> bool:
        """Whether it holds for every workspace of the organisation that its admins let the app into."""
        return self.id == self.enterprise
