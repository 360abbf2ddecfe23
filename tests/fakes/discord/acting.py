"""How a client words what a person does, and hands it to the application."""

import secrets
from typing import Any

from tests.fakes.discord import payloads, permissions
from tests.fakes.discord.filling import check_place, fill, find
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.interaction import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Interaction
from tests.fakes.discord.rest import Rest
from tests.fakes.discord.shown import Modal
from tests.fakes.discord.state import DM, Account, Channel, Message
from tests.fakes.discord.world import World

TEN_MIB = 10 * 1024 * 1024


class Client:
    """The program that people see Discord with."""

    def __init__(self, world: World, gateway: Gateway, rest: Rest) -> None:
        self.world = world
        self.gateway = gateway
        self.rest = rest

    def command(
        self,
        person: Account,
        where: Channel,
        line: str,
        given: dict[str, Any],
        *,
        focused: str = "",
        as_user_install: bool = False,
    ) -> Interaction:
        """Word a command, or the question what an option could be."""
        guild_commands = self.rest.guild_commands.get(where.server.id, []) if where.server else []
        typed = find([*guild_commands, *self.rest.commands], line)
        fill(typed, given, where, focused=focused)
        kind = AUTOCOMPLETE if focused else COMMAND
        act = self._act(kind, person, where, self._owners(person, where, as_user_install))
        registered = next(
            one for one in [*guild_commands, *self.rest.commands] if one["id"] == typed.data["id"]
        )
        check_place(registered, act)
        return self._worded(act, typed.data)

    def component(self, person: Account, message: Message, data: dict[str, Any]) -> Interaction:
        """Word the use of a button or a select."""
        owners = (message.metadata or {}).get("authorizing_integration_owners")
        act = self._act(COMPONENT, person, message.channel, owners or self._owners(person, message.channel))
        act.message = message
        return self._worded(act, data)

    def submit(self, person: Account, modal: Modal, data: dict[str, Any]) -> Interaction:
        """Word the sending of a modal."""
        act = self._act(MODAL_SUBMIT, person, modal.channel, modal.owners)
        act.message = modal.message
        return self._worded(act, data)

    def send(self, act: Interaction, *, times: int = 1) -> None:
        """Hand an act to the application, if anybody listens."""
        for _ in range(times):
            heard = self.gateway.announce("INTERACTION_CREATE", act.payload, server=act.channel.server)
            if heard and act.sent_at is None:
                act.sent_at = self.world.clock()

    def _act(self, kind: int, person: Account, where: Channel, owners: dict[str, str]) -> Interaction:
        act = Interaction(self.world.new_id(), secrets.token_urlsafe(64), kind, person, where, owners)
        server = where.server
        if server is not None:
            assert person.id in server.members, f"{person.name} is not in {server.name}"
            member = server.members[person.id]
            act.has_bot = server.has_bot
            may_show = permissions.of_member(member) & permissions.USE_EXTERNAL_APPS
            act.forces_private = "0" not in owners and not may_show
        else:
            assert person in where.recipients, f"{person.name} is not in {where.name}"
            act.has_bot = where.is_dm
        self.world.interactions[act.token] = act
        return act

    def _owners(self, person: Account, where: Channel, as_user_install: bool = False) -> dict[str, str]:
        """Return by whose installation the application is here."""
        owners = {}
        if as_user_install:
            self.world.installed.add(person.id)
        elif where.server is not None and where.server.has_bot:
            owners["0"] = where.server.id
        elif where.is_dm and self.world.shares_server(person):
            owners["0"] = "0"
        if person.id in self.world.installed:
            owners["1"] = person.id
        assert owners, (
            f"the bot is not here for {person.name}: admit them to a server of its, or let them install it"
        )
        return owners

    def _worded(self, act: Interaction, data: dict[str, Any]) -> Interaction:
        channel, server = act.channel, act.channel.server
        payload: dict[str, Any] = {
            "id": act.id,
            "application_id": self.world.application_id,
            "type": act.kind,
            "token": act.token,
            "version": 1,
            "data": data,
            "channel_id": channel.id,
            "channel": payloads.channel(channel),
            "locale": act.person.locale,
            "entitlements": [],
            "attachment_size_limit": TEN_MIB,
            "authorizing_integration_owners": act.owners,
            "context": 0 if server else 1 if channel.is_dm else 2,
            "app_permissions": str(permissions.of_bot(channel)),
        }
        if server is None:
            payload["user"] = payloads.user(act.person)
        else:
            membership = server.members[act.person.id]
            payload |= {
                "guild_id": server.id,
                "guild": {"id": server.id, "features": [], "locale": server.locale},
                "guild_locale": server.locale,
                "member": payloads.member(membership, computed=True),
            }
            payload["channel"]["permissions"] = str(permissions.of_member(membership))
        if channel.kind == DM:
            payload["channel"]["recipients"] = [payloads.user(act.person)]
        if act.message is not None:
            payload["message"] = payloads.message(act.message)
        act.payload = payload
        return act
