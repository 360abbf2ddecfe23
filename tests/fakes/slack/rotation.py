"""Tokens that run out, and what gives the next: good once, and a short while longer.

Source: Slack, "Using token rotation". How long that while is they do not say; here it is half a minute.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.state import Enterprise, Team
from tests.fakes.slack.world import World

LIFETIME = timedelta(hours=12)
GRACE = timedelta(seconds=30)
MOST_ACTIVE = 2


@dataclass
class Refresh:
    """What gives the next token of an installation, and when it first did."""

    where: Team | Enterprise
    used_at: datetime | None = None


class Rotation:
    """The tokens of an app that has token rotation on, which cannot be switched off again."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._aged = timedelta()
        self._ends: dict[str, datetime] = {}
        self._refreshes: dict[str, Refresh] = {}

    def ages(self, **time: float) -> None:
        """Let time pass for tokens alone: whatever is signed at another time Bolt takes for stale."""
        self._aged += timedelta(**time)

    def revokes(self, where: Team | Enterprise) -> None:
        """Take what gives the next tokens away, and leave the present one."""
        self._refreshes = {one: it for one, it in self._refreshes.items() if it.where is not where}

    def grants(self, where: Team | Enterprise) -> dict[str, Any]:
        """Give an installation a new token beside the one it has; older ones end."""
        where.older = [one for one in (where.bot_token, *where.older) if one]
        for one in where.older[MOST_ACTIVE - 1 :]:
            self._world.ended[one] = "token_revoked"
        where.older = where.older[: MOST_ACTIVE - 1]
        where.bot_token = f"xoxe.xoxb-1-{secrets.token_hex(8)}"
        refresh = f"xoxe-1-{secrets.token_hex(8)}"
        self._ends[where.bot_token] = self._now() + LIFETIME
        self._refreshes[refresh] = Refresh(where)
        return {"refresh_token": refresh, "expires_in": int(LIFETIME.total_seconds())}

    def refreshed(self, token: str) -> Team | Enterprise:
        """Use what gives the next token; return whose it is."""
        found = self._refreshes.get(token)
        if found is None or found.where.token_error:
            raise Refusal("invalid_refresh_token")
        if found.used_at is not None and self._now() - found.used_at > GRACE:
            raise Refusal("invalid_refresh_token")
        found.used_at = found.used_at or self._now()
        return found.where

    def check(self, token: str) -> None:
        """Refuse a token that ran out."""
        ends = self._ends.get(token)
        if ends is not None and self._now() >= ends:
            raise Refusal("token_expired")

    def _now(self) -> datetime:
        return self._world.clock() + self._aged
