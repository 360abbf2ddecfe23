"""Servers as tests hold them: who is let in, and what channels there are."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.discord import payloads
from tests.fakes.discord.gateway import GUILDS
from tests.fakes.discord.state import (
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Account,
    Channel,
    Membership,
    Server,
)

if TYPE_CHECKING:
    from tests.fakes.discord.gateway import Gateway
    from tests.fakes.discord.world import World


@dataclass(eq=False)
class Inn(Server):
    """A server with people who come and go."""

    world: "World" = field(init=False, repr=False)
    gateway: "Gateway" = field(init=False, repr=False)

    def admits(
        self,
        person: Account,
        *,
        roles: tuple[str, ...] = (),
        manages: bool = False,
        administers: bool = False,
        nick: str | None = None,
        uses_external_apps: bool = True,
    ) -> None:
        """Let somebody in, or give a member other rights."""
        self.members[person.id] = Membership(
            person,
            self.world.clock(),
            tuple(self.roles[role] for role in roles),
            manages,
            administers,
            nick,
            uses_external_apps,
        )

    def loses(self, person: Account) -> None:
        """Let somebody go."""
        del self.members[person.id]

    def adds_channel(self, name: str, *, is_nsfw: bool = False) -> Channel:
        """Add a text channel."""
        return self._add(Channel(self.world.new_id(), name, TEXT, self, is_nsfw=is_nsfw))

    def adds_thread(self, parent: str, name: str, *, private: bool = False) -> Channel:
        """Add a thread to a channel."""
        kind = PRIVATE_THREAD if private else PUBLIC_THREAD
        return self._add(Channel(self.world.new_id(), name, kind, self, parent=self.channels[parent]))

    def tells_bot(self) -> None:
        """Tell the bot that it is in this server."""
        self.has_bot = True
        told = payloads.joined_guild(self, self.world.bot)
        del told["unavailable"]  # only a server that was down comes with it
        self.gateway.announce("GUILD_CREATE", told, server=self, intent=GUILDS)

    def removes_bot(self) -> None:
        """Throw the bot out."""
        self.gateway.announce("GUILD_DELETE", {"id": self.id}, server=self, intent=GUILDS)
        self.has_bot = False

    def _add(self, channel: Channel) -> Channel:
        self.channels[channel.name] = channel
        self.world.channels[channel.id] = channel
        return channel
