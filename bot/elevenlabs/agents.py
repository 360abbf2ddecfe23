"""Reading and changing our agent.

Source: ElevenLabs, "Get agent" and "Update agent".
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.elevenlabs.agent_detail import AgentDetail, AgentFlags
from bot.elevenlabs.caching import Cached
from bot.elevenlabs.connection import Clock, Connection
from bot.elevenlabs.wire import read

READING = "get agent"


class AgentDesk:
    """One agent's settings; ``ElevenLabs.agent`` is one. Every method raises ProviderError and its kinds."""

    def __init__(self, connection: Connection, *, agent_id: str, clock: Clock) -> None:
        self._connection = connection
        self._path = f"/v1/convai/agents/{in_path(agent_id)}"
        self._known = Cached(self._fetch, clock)

    async def fetch(self) -> AgentDetail:
        """Return the agent; asked once in 10 minutes."""
        return read(AgentDetail, await self._known.get(), READING)

    async def fetch_allowed_overrides(self) -> frozenset[str]:
        """Return the override fields that the agent allows; asked once in 10 minutes."""
        return read(AgentFlags, await self._known.get(), READING).allowed_overrides()

    def get_allowed_overrides(self) -> frozenset[str]:
        """Return the override fields that it allowed when it was asked last; none if it never was."""
        known = self._known.latest
        return frozenset() if known is None else read(AgentFlags, known, READING).allowed_overrides()

    def forget(self) -> None:
        """Ask anew next time: it was changed, or it refused what it seemed to allow."""
        self._known.forget()

    async def patch(self, changes: Mapping[str, Any]) -> AgentDetail:
        """Change the agent, once, and return it as they then have it.

        Objects are merged into theirs; arrays, keyed maps such as ``data_collection`` and the whole
        ``workflow`` are replaced. What comes back may differ from what was sent, for they normalise.
        """
        self.forget()
        return await self._connection.change("patch agent", "PATCH", self._path, AgentDetail, changes)

    async def _fetch(self) -> dict[str, Any]:
        return await self._connection.read(READING, self._path, dict[str, Any])


def in_path(part: str) -> str:
    """Return an id so that it is one step of a path, whatever is in it."""
    return quote(part, safe="").replace(".", "%2E")
