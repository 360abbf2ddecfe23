"""All that the fake Discord knows, and whom it tells."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from tests.fakes.discord import payloads, permissions
from tests.fakes.discord.clock import Bell, Clock, Snowflakes
from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.refusals import Refusal
from tests.fakes.discord.state import Account, Attachment, Channel, Message, Server

DM_INTENT, GUILD_INTENT, CONTENT_INTENT = 1 << 12, 1 << 9, 1 << 15
NONCES_LAST = timedelta(minutes=5)
FILES_LAST = timedelta(hours=24)


class World:
    """Accounts, servers, channels, messages and interactions."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.new_id = Snowflakes(self.clock)
        self.bell = Bell()
        self.bot = Account(self.new_id(apart=True), "Troupe", is_bot=True)
        self.url = ""
        self.people: dict[str, Account] = {}
        self.installed: set[str] = set()
        self.servers: dict[str, Server] = {}
        self.channels: dict[str, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.files: dict[str, Attachment] = {}
        self.dm_refusals: dict[str, int] = {}
        self.nonces: dict[tuple[str, str], tuple[Message, datetime]] = {}
        self.content_intent = 0
        self.announce: Callable[..., None] = lambda *_, **__: None

    @property
    def application_id(self) -> str:
        return self.bot.id

    def dm_of(self, person: Account) -> Channel:
        """Return somebody's DM channel with the bot."""
        return next(one for one in self.channels.values() if one.is_dm and person in one.recipients)

    def shares_server(self, person: Account) -> bool:
        """Whether somebody is in a server that the bot is in."""
        return permissions.is_reachable(person, list(self.servers.values()))

    def dm_refusal(self, channel: Channel) -> int:
        """Return the code with which a DM is refused, 0 where it is not."""
        (person,) = (account for account in channel.recipients if not account.is_bot)
        if refusal := self.dm_refusals.get(person.id):
            return refusal
        return 0 if self.shares_server(person) or person.id in self.installed else 50278

    def channel_for_bot(self, channel_id: str) -> Channel:
        """Return a channel, unless the bot cannot see it."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refusal(10003)
        server = channel.server
        place = channel.parent or channel
        if place.hides_from_bot or (server is not None and not server.has_bot):
            raise Refusal(50001)
        if server is None and not channel.is_dm:
            raise Refusal(50001)
        return channel

    def message_for_bot(self, channel_id: str, message_id: str) -> Message:
        """Return a message, unless it is gone or meant for one person's eyes."""
        channel = self.channel_for_bot(channel_id)
        for message in channel.messages:
            if message.id == message_id and not message.is_deleted and not message.is_ephemeral:
                return message
        raise Refusal(10008)

    def keep_file(
        self,
        filename: str,
        data: bytes,
        content_type: str | None = None,
        *,
        size: int | None = None,
        url: str | None = None,
        description: str | None = None,
        ephemeral: bool = False,
    ) -> Attachment:
        """Keep a file for the CDN; its size and its address may be told falsely."""
        file_id = self.new_id()
        until = int((self.clock() + FILES_LAST).timestamp())
        folder = "ephemeral-attachments" if ephemeral else "attachments"
        address = f"{self.url}/cdn/{folder}/{file_id}/{quote(filename)}?ex={until:x}&is={until:x}&hm=0"
        told = len(data) if size is None else size
        file = Attachment(
            file_id, filename, data, url or address, told, content_type, description, ephemeral=ephemeral
        )
        self.files[file_id] = file
        return file

    def reads_content(self, message: Message, intents: int) -> bool:
        """Whether the bot may read what stands in a message."""
        mentioned = f"<@{self.bot.id}>" in message.content
        answered = message.replies_to is not None and message.replies_to.author is self.bot
        own = message.author is self.bot or message.channel.is_dm
        return own or mentioned or answered or bool(intents & CONTENT_INTENT)

    def post(self, message: Message) -> None:
        """Put a message where it belongs, and tell who listens there."""
        message.channel.messages.append(message)
        self._tell("MESSAGE_CREATE", message)

    def touch(self, message: Message) -> None:
        """Note that a message was edited."""
        message.edited_at = self.clock()
        message.revision += 1
        self._tell("MESSAGE_UPDATE", message)

    def remove(self, message: Message) -> None:
        """Delete a message."""
        message.is_deleted = True
        self._tell("MESSAGE_DELETE", message)

    def _tell(self, event: str, message: Message) -> None:
        self.bell.ring()
        channel = message.channel
        if message.is_ephemeral or not (channel.is_dm or channel.server):
            return

        def wording(intents: int) -> dict[str, Any]:
            told = payloads.message(message, reads_content=self.reads_content(message, intents))
            if event == "MESSAGE_DELETE":
                told = {"id": message.id, "channel_id": channel.id}
            if channel.server is not None:
                told["guild_id"] = channel.server.id
                member = channel.server.members.get(message.author.id)
                if member is not None and event != "MESSAGE_DELETE":
                    told["member"] = payloads.member(member, with_user=False)
            return told

        intent = DM_INTENT if channel.server is None else GUILD_INTENT
        self.announce(event, wording, server=channel.server, intent=intent)
