"""Workspaces as tests hold them: who is there, and what channels and groups there are."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.people import Person
from tests.fakes.slack.state import IM, PRIVATE, PUBLIC, Account, Channel, File, Group, Team

if TYPE_CHECKING:
    from tests.fakes.slack.acting import Client
    from tests.fakes.slack.server import Request
    from tests.fakes.slack.world import World


@dataclass(eq=False)
class Workspace(Team):
    """A workspace with people who come and go."""

    world: "World" = field(init=False, repr=False)
    client: "Client" = field(init=False, repr=False)
    requests: "list[Request]" = field(init=False, repr=False)

    def adds_person(
        self,
        name: str,
        *,
        admin: bool = False,
        owner: bool = False,
        guest: bool = False,
        id: str = "",  # noqa: A002  the same id may stand for somebody else in another workspace
        **more: Any,
    ) -> Person:
        """Let somebody join, and be in every public channel."""
        person = Person(
            id or self.world.new_id("U"), name, self, self.client, self.requests,
            is_admin=admin, is_owner=owner, is_guest=guest, **more,
        )  # fmt: skip
        self.people[person.id] = person
        for channel in self.channels.values():
            if channel.kind == PUBLIC and not guest:
                channel.admits(person)
        dm = Channel(self.world.new_id("D"), name, self, IM, [person, self.bot])
        self.world.channels[dm.id] = dm
        return person

    def adds_channel(
        self,
        name: str,
        *,
        private: bool = False,
        members: tuple[Account, ...] = (),
        with_bot: bool = False,
        id: str = "",  # noqa: A002
    ) -> Channel:
        """Add a channel: a public one with everybody in it, or a private one with its members."""
        there = list(members or (() if private else self.people.values()))
        kind = PRIVATE if private else PUBLIC
        channel = Channel(id or self.world.new_id("C"), name, self, kind, there)
        if with_bot:
            channel.admits(self.bot)
        self.channels[name] = channel
        if channel.id in self.world.channels:
            self.world.twins.append(channel)
        else:
            self.world.channels[channel.id] = channel
        return channel

    def adds_group(self, handle: str, *people: Account) -> Group:
        """Add a user group."""
        self.groups[handle] = Group(self.world.new_id("S"), handle, list(people))
        return self.groups[handle]

    def invites_bot(self, channel: str) -> None:
        """Let the bot into a channel."""
        self.channels[channel].admits(self.bot)

    def uploads(self, person: Account, name: str, data: bytes, mimetype: str = "application/json") -> File:
        """Upload a file for an input of a modal."""
        return self.world.keep_file(person, name, data, mimetype)

    def grants(self, *scopes: str) -> None:
        """Give the app more rights, as a new installation does."""
        self.scopes = (*self.scopes, *scopes)

    def uninstalls(self) -> None:
        """Throw the app out."""
        self.world.removes(self)

    def revokes_token(self) -> None:
        """Take the app's token away."""
        self.token_error = "token_revoked"
        self.world.announce(self, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.bot.id]}},
                            "tokens_revoked")  # fmt: skip
