"""Slack workspaces that installed our app: kept, found, let in, and forgotten once they take it away."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.calls.installation import Installation, hash_token
from bot.calls.places import note_installed
from bot.domain.workspace import Installed

STATE_LIFETIME = timedelta(minutes=10)


async def find_workspace(
    house: Installation, team: str, enterprise: str = "", *, is_org_wide: bool = False
) -> Installed | None:
    """Return the installation that speaks in a team, as ``Store.find_workspace`` has it."""
    return await house.store.find_workspace(team, enterprise, is_org_wide=is_org_wide)


async def fetch_workspaces(house: Installation) -> Sequence[Installed]:
    """Return every installation, the oldest first. Raises NotStored."""
    return await house.store.fetch_workspaces()


async def fetch_workspace(house: Installation, workspace_id: str) -> Installed | None:
    """Return a team's or an organisation's own installation. Raises NotStored."""
    return await house.store.fetch_workspace(workspace_id)


async def keep_renewed(house: Installation, installed: Installed, used: str) -> bool:
    """Keep an installation's next tokens, as ``Store.keep_renewed`` has it. Raises NotStored."""
    return await house.store.keep_renewed(installed, used)


async def keep_workspace(house: Installation, installed: Installed, place: str) -> None:
    """Keep a new installation, and let its workspace in as a place. Raises NotStored."""
    await house.store.keep_workspace(installed)
    if not installed.is_org_wide:
        await note_installed(house, place, installed.name)


async def note_team(house: Installation, team: str, enterprise: str, place: str, name: str) -> None:
    """Note which organisation a team belongs to, and let it in as a place. Raises NotStored."""
    await note_installed(house, place, name)
    await house.store.note_team(team, enterprise)


async def forget_teams(house: Installation, enterprise: str, teams: Collection[str]) -> frozenset[str]:
    """Note that an organisation lets us into these teams no more, as ``Store.forget_teams`` has it."""
    return await house.store.forget_teams(enterprise, teams)


async def forget_workspace(
    house: Installation, workspace_id: str, *, token: str = "", until: datetime | None = None
) -> frozenset[str]:
    """Delete an installation; return the teams that nobody speaks in any more. Raises NotStored."""
    return await house.store.forget_workspace(workspace_id, token=token, until=until)


async def dismiss_workspace(house: Installation, place: str) -> None:
    """Let a workspace in no more that took the app away; what its managers decided stays."""
    await house.store.dismiss_place(place)


async def begin_install(house: Installation) -> str:
    """Return the state of a new installation; its hash alone is kept. Raises NotStored."""
    state, now = house.new_token(), house.now()
    await house.store.keep_state(hash_token(state), now, now + STATE_LIFETIME)
    return state


async def take_install(house: Installation, state: str) -> bool:
    """Whether an installation with this state is under way; it is no more after that. Raises NotStored."""
    return await house.store.take_state(hash_token(state), house.now())
