"""The routes that an application asks with its token."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.fakes.discord import payloads, permissions
from tests.fakes.discord.command_rules import CHAT_INPUT, check_commands
from tests.fakes.discord.message_rules import (
    CREATE,
    CREATE_FLAGS,
    EDIT,
    EDIT_FLAGS,
    apply,
    check_message,
    check_nonce,
)
from tests.fakes.discord.refusals import Form, Refusal
from tests.fakes.discord.server import API, ASKED, worded
from tests.fakes.discord.state import DM, Account, Channel, Message, Server
from tests.fakes.discord.world import NONCES_LAST, World

FORBIDS_OPENING = (50278, 40003)


class Rest:
    """Answers for accounts, commands, channels and messages."""

    def __init__(
        self, world: World, application: dict[str, Any], gateway: Callable[[], dict[str, Any]]
    ) -> None:
        self._world = world
        self._application = application
        self._gateway = gateway
        self.commands: list[dict[str, Any]] = []
        self.guild_commands: dict[str, list[dict[str, Any]]] = {}
        self.syncs = 0

    def add_routes(self, app: web.Application) -> None:
        """Add the routes to an application."""
        messages = f"{API}/channels/{{channel}}/messages"
        commands = "/applications/{application}/commands"
        guild_commands = "/applications/{application}/guilds/{guild}/commands"
        app.add_routes(
            [
                web.get(f"{API}/users/@me", self._me),
                web.get(f"{API}/users/{{user}}", self._user),
                web.get(f"{API}/oauth2/applications/@me", self._own_application),
                web.get(f"{API}/gateway/bot", self._gateway_bot),
                web.get(f"{API}{commands}", self._list_commands),
                web.put(f"{API}{commands}", self._put_commands),
                web.get(f"{API}{guild_commands}", self._list_commands),
                web.put(f"{API}{guild_commands}", self._put_commands),
                web.post(f"{API}/users/@me/channels", self._open_dm),
                web.get(f"{API}/channels/{{channel}}", self._channel),
                web.post(f"{API}/channels/{{channel}}/typing", self._type),
                web.get(messages, self._list_messages),
                web.post(messages, self._create_message),
                web.get(f"{messages}/{{message}}", self._message),
                web.patch(f"{messages}/{{message}}", self._edit_message),
                web.delete(f"{messages}/{{message}}", self._delete_message),
                web.get(f"{API}/guilds/{{guild}}", self._guild),
                web.get(f"{API}/guilds/{{guild}}/roles", self._roles),
                web.get(f"{API}/guilds/{{guild}}/members/{{user}}", self._member),
            ]
        )

    async def _me(self, request: web.Request) -> web.Response:
        return worded(request, payloads.user(self._world.bot) | {"verified": True, "flags": 0, "email": None})

    async def _user(self, request: web.Request) -> web.Response:
        return worded(request, payloads.user(self._person(request.match_info["user"], 10013)))

    async def _own_application(self, request: web.Request) -> web.Response:
        return worded(request, self._application)

    async def _gateway_bot(self, request: web.Request) -> web.Response:
        return worded(request, self._gateway())

    async def _list_commands(self, request: web.Request) -> web.Response:
        self._check_application(request)
        guild = request.match_info.get("guild")
        return worded(request, self.guild_commands.get(guild, []) if guild else self.commands)

    async def _put_commands(self, request: web.Request) -> web.Response:
        self._check_application(request)
        body = request[ASKED].body
        if not isinstance(body, list):
            raise Refusal(50109)
        form = Form(body)
        check_commands(form)
        form.settle()
        guild = request.match_info.get("guild")
        before = self.guild_commands.get(self._server(guild).id, []) if guild else self.commands
        registered = [self._registered(command, before, guild) for command in body]
        if guild:
            self.guild_commands[guild] = registered
        else:
            self.commands = registered
        self.syncs += 1
        self._world.bell.ring()
        return worded(request, registered)

    def _registered(
        self, command: dict[str, Any], before: list[dict[str, Any]], guild: str | None
    ) -> dict[str, Any]:
        kind = command.get("type") or CHAT_INPUT
        old = [one for one in before if (one["type"], one["name"]) == (kind, command["name"])]
        bits = command.get("default_member_permissions")
        installs = [int(kind) for kind in self._application["integration_types_config"]]
        told = {
            "options": [],
            "description": "",
            "nsfw": False,
            "contexts": None,
            "integration_types": installs,
        }
        told |= {key: value for key, value in command.items() if value is not None}
        told |= {
            "id": old[0]["id"] if old else self._world.new_id(),
            "type": kind,
            "version": self._world.new_id(),
            "application_id": self._world.application_id,
            "default_member_permissions": None if bits is None else str(bits),
        }
        return told | ({"guild_id": guild} if guild else {})

    async def _open_dm(self, request: web.Request) -> web.Response:
        body = request[ASKED].body
        person = self._person(str(body.get("recipient_id") if isinstance(body, dict) else ""), 50033)
        channel = self._world.dm_of(person)
        if (refusal := self._world.dm_refusals.get(person.id)) in FORBIDS_OPENING:
            raise Refusal(refusal)
        return worded(request, payloads.channel(channel))

    async def _channel(self, request: web.Request) -> web.Response:
        return worded(request, payloads.channel(self._seen_channel(request)))

    async def _type(self, request: web.Request) -> web.Response:
        channel = self._seen_channel(request)
        check_may_send(channel)
        channel.typing += 1
        self._world.bell.ring()
        return worded(request, None, 204)

    async def _list_messages(self, request: web.Request) -> web.Response:
        channel = self._seen_channel(request)
        before, after = (
            int(request.query.get(key, bound)) for key, bound in (("before", 1 << 63), ("after", 0))
        )
        found = [
            one
            for one in reversed(channel.messages)
            if not one.is_deleted and not one.is_ephemeral and after < int(one.id) < before
        ]
        limit = int(request.query.get("limit", 50))
        return worded(request, [self._told(one) for one in found[:limit]])

    async def _create_message(self, request: web.Request) -> web.Response:
        channel, asked = self._seen_channel(request), request[ASKED]
        check_may_send(channel)
        if channel.kind == DM and (refusal := self._world.dm_refusal(channel)):
            raise Refusal(refusal)
        form = Form(asked.body)
        check_nonce(form)
        replies_to = self._referenced(form, channel)
        check_message(form, asked.uploads, CREATE, CREATE_FLAGS)
        nonce = asked.body.get("nonce")
        key = (channel.id, str(nonce))
        if nonce is not None and asked.body.get("enforce_nonce"):
            said, at = self._world.nonces.get(key, (None, self._world.clock()))
            if said is not None and self._world.clock() - at < NONCES_LAST:
                return worded(request, self._told(said))
        world = self._world
        message = Message(
            world.new_id(), channel, world.bot, world.clock(), nonce=nonce, replies_to=replies_to
        )
        apply(world, message, asked.body, asked.uploads)
        world.post(message)
        if nonce is not None:
            world.nonces[key] = (message, world.clock())
        return worded(request, self._told(message))

    def _referenced(self, form: Form, channel: Channel) -> Message | None:
        reference = form["message_reference"]
        if reference.body is None or not reference.is_object():
            return None
        wanted = str(reference["message_id"].body)
        for message in channel.messages:
            if message.id == wanted and not message.is_deleted and not message.is_ephemeral:
                return message
        if reference.body.get("fail_if_not_exists", True):
            reference.refuse("REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return None

    async def _message(self, request: web.Request) -> web.Response:
        return worded(request, self._told(self._seen_message(request)))

    async def _edit_message(self, request: web.Request) -> web.Response:
        message, asked = self._seen_message(request), request[ASKED]
        if message.author is not self._world.bot:
            raise Refusal(50005)
        check_message(Form(asked.body), asked.uploads, EDIT, EDIT_FLAGS, edited=message)
        apply(self._world, message, asked.body, asked.uploads)
        self._world.touch(message)
        return worded(request, self._told(message))

    async def _delete_message(self, request: web.Request) -> web.Response:
        message = self._seen_message(request)
        if message.author is not self._world.bot:
            raise Refusal(50003 if message.channel.is_dm else 50013)
        self._world.remove(message)
        return worded(request, None, 204)

    async def _guild(self, request: web.Request) -> web.Response:
        return worded(request, payloads.guild(self._server(request.match_info["guild"])))

    async def _roles(self, request: web.Request) -> web.Response:
        return worded(request, payloads.roles(self._server(request.match_info["guild"])))

    async def _member(self, request: web.Request) -> web.Response:
        server, wanted = self._server(request.match_info["guild"]), request.match_info["user"]
        if wanted not in server.members:
            raise Refusal(10007 if wanted in self._world.people else 10013)
        return worded(request, payloads.member(server.members[wanted]))

    def _told(self, message: Message) -> dict[str, Any]:
        reads = self._world.reads_content(message, self._world.content_intent)
        return payloads.message(message, reads_content=reads)

    def _check_application(self, request: web.Request) -> None:
        if request.match_info["application"] != self._world.application_id:
            raise Refusal(20012)

    def _person(self, person_id: str, otherwise: int) -> Account:
        if person_id not in self._world.people:
            raise Refusal(otherwise)
        return self._world.people[person_id]

    def _server(self, server_id: str) -> Server:
        server = self._world.servers.get(server_id)
        if server is None:
            raise Refusal(10004)
        if not server.has_bot:
            raise Refusal(50001)
        return server

    def _seen_channel(self, request: web.Request) -> Channel:
        return self._world.channel_for_bot(request.match_info["channel"])

    def _seen_message(self, request: web.Request) -> Message:
        return self._world.message_for_bot(request.match_info["channel"], request.match_info["message"])


def check_may_send(channel: Channel) -> None:
    if channel.server is not None:
        bits = permissions.of_bot(channel)
        wanted = permissions.SEND_IN_THREADS if channel.parent else permissions.SEND_MESSAGES
        if not bits & wanted:
            raise Refusal(50013)
