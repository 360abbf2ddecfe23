"""How we name what Slack has, and whom a request of its comes from.

Source: Slack, "Interaction payloads" and "Events API": where an app is installed for a whole organisation
``team`` may be null, and what was typed or pressed names the team of whoever did it.
"""

from collections.abc import Mapping
from typing import Any

PLATFORM = "slack"


def place_of(team: str) -> str:
    """Return a workspace's name among all places."""
    return f"{PLATFORM}:{team}"


def channel_of(channel_id: str) -> str:
    """Return a channel's name among all channels."""
    return f"{PLATFORM}-channel:{channel_id}"


def id_in(name: str) -> str:
    """Return the id that stands in such a name."""
    return name.rpartition(":")[2]


def team_of(body: Mapping[str, Any]) -> str:
    """Return the id of the workspace that something comes from; nothing where none is named."""
    user = body.get("user")
    authorized = [one.get("team_id") for one in body.get("authorizations") or ()]
    named = (
        body.get("team_id"),
        (body.get("team") or {}).get("id"),
        user.get("team_id") if isinstance(user, Mapping) else None,
        *authorized,
    )
    return next((str(one) for one in named if one and not str(one).startswith("E")), "")


def enterprise_of(body: Mapping[str, Any]) -> str:
    """Return the id of the organisation that something comes from; nothing where there is none."""
    authorized = [one.get("enterprise_id") for one in body.get("authorizations") or ()]
    team = str(body.get("team_id") or "")
    named = (
        body.get("enterprise_id"),
        (body.get("enterprise") or {}).get("id"),
        team if team.startswith("E") else "",
        *authorized,
    )
    return next((str(one) for one in named if one), "")


def is_org_wide(body: Mapping[str, Any]) -> bool:
    """Whether it is meant for an installation for a whole organisation."""
    first: Mapping[str, Any] = next(iter(body.get("authorizations") or ()), {})
    return str(body.get("is_enterprise_install", first.get("is_enterprise_install"))).lower() == "true"
