"""What channels and groups are called in each workspace, for where Slack shows no mentions.

Source: Slack, ``usergroups.list``; channels are named by what was typed or pressed.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.errors import NobodyThere, PostRefused
from bot.fronts.slack.refusals import UNREACHABLE
from bot.fronts.slack.workspaces import Workspaces


class Names:
    """The names that we learned, by workspace and id."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._channels: dict[tuple[str, str], str] = {}
        self._groups: dict[str, dict[str, str]] = {}

    def note_channels(self, team: str, names: Mapping[str, str]) -> None:
        """Note what Slack told of channels, by id."""
        self._channels |= {(team, channel): name for channel, name in names.items()}

    async def learn_groups(self, team: str) -> None:
        """Learn the handles of a workspace's groups, once; none where we may not ask."""
        if team in self._groups:
            return
        try:
            client = await self._workspaces.client_of(team)
            answer = await client.usergroups_list()
        except (*UNREACHABLE, NobodyThere, PostRefused):
            self._groups[team] = {}
            return
        groups: list[dict[str, Any]] = answer.get("usergroups", [])
        self._groups[team] = {str(one["id"]): str(one.get("handle", "")) for one in groups}

    def of(self, team: str) -> Callable[[str, str], str]:
        """Return what knows the names in a workspace, by kind and id."""

        def name_of(kind: str, found_id: str) -> str:
            if kind == "group":
                return f"@{self._groups.get(team, {}).get(found_id, 'group')}"
            known = self._channels.get((team, found_id), found_id)
            return f"#{known}" if kind == "channel" else found_id

        return name_of
