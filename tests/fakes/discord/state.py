"""What Discord keeps: accounts, servers, channels, and the messages in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.discord.shown import Shown

TEXT, DM, GROUP_DM, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 3, 11, 12
EPHEMERAL, LOADING, V2, SUPPRESS_EMBEDS = 1 << 6, 1 << 7, 1 << 15, 1 << 2


@dataclass(eq=False)
class Account:
    """Somebody with a name, or the bot."""

    id: str
    name: str
    locale: str = "en-US"
    is_bot: bool = False


@dataclass(eq=False)
class Role:
    """A role of a server."""

    id: str
    name: str
    permissions: int = 0


@dataclass(eq=False)
class Membership:
    """Somebody's place in a server."""

    account: Account
    joined_at: datetime
    roles: tuple[Role, ...] = ()
    manages: bool = False
    administers: bool = False
    nick: str | None = None
    uses_external_apps: bool = True


@dataclass(eq=False)
class Attachment:
    """A file, as it was uploaded and as it is told of."""

    id: str
    filename: str
    data: bytes
    url: str
    size: int
    content_type: str | None = None
    description: str | None = None
    ephemeral: bool = False


@dataclass(eq=False)
class Message:
    """A message; ``viewer`` is the only one who sees it if it is ephemeral."""

    id: str
    channel: "Channel" = field(repr=False)
    author: Account
    sent_at: datetime
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    viewer: Account | None = None
    metadata: dict[str, Any] | None = None
    replies_to: "Message | None" = None
    edited_at: datetime | None = None
    is_deleted: bool = False
    revision: int = 0

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        return bool(self.flags & LOADING)


@dataclass(eq=False)
class Channel:
    """A place for messages: a server's, a thread, or a DM."""

    id: str
    name: str
    kind: int = TEXT
    server: "Server | None" = field(default=None, repr=False)
    parent: "Channel | None" = None
    recipients: tuple[Account, ...] = ()
    is_nsfw: bool = False
    refuses_bot: bool = False
    hides_from_bot: bool = False
    messages: list[Message] = field(default_factory=list, repr=False)
    typing: int = 0

    @property
    def is_dm(self) -> bool:
        """Whether this is somebody's DM with the bot."""
        return self.kind == DM and any(account.is_bot for account in self.recipients)

    @property
    def posts(self) -> "list[Shown]":
        """What the bot shows here to everybody."""
        from tests.fakes.discord.shown import Shown

        return [
            Shown(message)
            for message in self.messages
            if message.author.is_bot and not message.is_deleted and not message.is_ephemeral
        ]


@dataclass(eq=False)
class Server:
    """A server, with the bot in it or not."""

    id: str
    name: str
    locale: str = "en-US"
    has_bot: bool = True
    channels: dict[str, Channel] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)
    joined_at: datetime | None = None

    def shard(self, shards: int) -> int:
        """Return the shard that hears of this server."""
        return (int(self.id) >> 22) % shards
