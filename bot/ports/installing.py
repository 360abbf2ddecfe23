"""What is kept of the Slack workspaces that installed our app."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.workspace import Installed


class Installing(Protocol):
    """Installations, by team and organisation, and the states of those that are under way."""

    async def keep_workspace(self, installed: Installed) -> None:
        """Keep an installation in place of an older one of the same workspace or organisation.

        A token that runs out is renewed in time: a job ``renew`` is queued, which later ones follow.
        """
        ...

    async def keep_renewed(self, installed: Installed, used: str) -> bool:
        """Keep an installation's next tokens, unless ``used`` is not the refresh token that it has.

        False says that others renewed it, that it was installed anew, or taken away.
        """
        ...

    async def fetch_workspace(self, workspace_id: str) -> Installed | None:
        """Return a team's or an organisation's own installation."""
        ...

    async def find_workspace(
        self, team: str, enterprise: str = "", *, is_org_wide: bool = False
    ) -> Installed | None:
        """Return the installation that speaks in a team: its own, else its organisation's.

        Where ``is_org_wide``, the organisation's comes first. An ``enterprise`` that is not named is the one
        that the team was last seen in.
        """
        ...

    async def fetch_workspaces(self) -> Sequence[Installed]:
        """Return every installation, the oldest first."""
        ...

    async def note_team(self, team: str, enterprise: str) -> None:
        """Note which organisation a team belongs to."""
        ...

    async def forget_workspace(
        self, workspace_id: str, *, token: str = "", until: datetime | None = None
    ) -> frozenset[str]:
        """Delete an installation and its token; return the teams that nobody speaks in any more.

        Only where its token is still ``token``, and it was made before ``until``, as far as they are given.
        Its members' data stays; where their direct messages are is forgotten: another bot has others.
        """
        ...

    async def forget_teams(self, enterprise: str, teams: Collection[str]) -> frozenset[str]:
        """Note that an organisation lets us into these teams no more; return those where nobody speaks now.

        What becomes of their members' data is as in ``forget_workspace``.
        """
        ...

    async def keep_state(self, state_hash: str, now: datetime, expires_at: datetime) -> None:
        """Keep that an installation is under way; those that ran out are forgotten."""
        ...

    async def take_state(self, state_hash: str, now: datetime) -> bool:
        """Whether an installation is under way; it is no more after that."""
        ...
