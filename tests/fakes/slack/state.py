"""What Slack keeps: workspaces, people, channels, messages, files and views."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.slack.shown import Shown

PUBLIC, PRIVATE, IM, GROUP_IM = "channel", "group", "im", "mpim"


@dataclass(eq=False)
class Account:
    """Somebody in a workspace, or the bot in it."""

    id: str
    name: str
    team: "Team" = field(repr=False)
    is_bot: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_guest: bool = False
    is_deleted: bool = False
    locale: str = "en-US"
    tz: str = "Europe/Berlin"
    phone: str = ""
    email: str = ""
    display_name: str = ""
    dm_refusal: str = ""

    @property
    def username(self) -> str:
        """The name as Slack writes it where there may be no blanks."""
        return self.name.lower().replace(" ", "_")


@dataclass(eq=False)
class Group:
    """A user group."""

    id: str
    handle: str
    users: list[Account] = field(default_factory=list)
    is_disabled: bool = False


@dataclass(eq=False)
class File:
    """A file, shared or on its way."""

    id: str
    name: str
    data: bytes
    team: "Team" = field(repr=False)
    owner: Account
    mimetype: str = "application/octet-stream"
    size: int = 0
    title: str = ""
    url: str = ""
    is_stub: bool = False
    is_complete: bool = True


@dataclass(eq=False)
class Message:
    """A message; ``viewer`` is the only one who sees it if it is ephemeral."""

    ts: str
    channel: "Channel" = field(repr=False)
    author: Account
    text: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    viewer: Account | None = None
    files: list[File] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    unfurls: bool = True
    is_crawled: bool = False
    edited_at: datetime | None = None
    is_deleted: bool = False
    revision: int = 0
    typed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    offered: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def is_ephemeral(self) -> bool:
        return self.viewer is not None


@dataclass(eq=False)
class Channel:
    """A place for messages: a channel, or a direct message."""

    id: str
    name: str
    team: "Team" = field(repr=False)
    kind: str = PUBLIC
    members: list[Account] = field(default_factory=list, repr=False)
    refusal: str = ""
    messages: list[Message] = field(default_factory=list, repr=False)

    @property
    def is_im(self) -> bool:
        return self.kind == IM

    @property
    def posts(self) -> "list[Shown]":
        """What the bot shows here to everybody."""
        from tests.fakes.slack.shown import Shown

        return [
            Shown(message)
            for message in self.messages
            if message.author.is_bot and not message.is_deleted and not message.is_ephemeral
        ]

    def admits(self, *people: Account) -> None:
        """Let somebody in."""
        self.members += [one for one in people if one not in self.members]

    def loses(self, person: Account) -> None:
        """Let somebody go."""
        self.members.remove(person)


@dataclass(eq=False)
class View:
    """A modal or a home tab as it stands now; ``typed`` is what somebody filled in."""

    id: str
    hash: str
    person: Account
    body: dict[str, Any]
    previous: "View | None" = None
    is_open: bool = True
    revision: int = 0
    typed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    offered: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> "View":
        return self.previous.root if self.previous else self

    @property
    def depth(self) -> int:
        return self.previous.depth + 1 if self.previous else 1


@dataclass(eq=False)
class Team:
    """A workspace with the app in it."""

    id: str
    name: str
    app_id: str
    bot_token: str
    scopes: tuple[str, ...] = field(repr=False)
    bot: Account = field(init=False, repr=False)
    bot_id: str = ""
    channels: dict[str, Channel] = field(default_factory=dict, repr=False)
    groups: dict[str, Group] = field(default_factory=dict, repr=False)
    people: dict[str, Account] = field(default_factory=dict, repr=False)
    token_error: str = ""
    older: list[str] = field(default_factory=list, repr=False)
    """Tokens of before that are good still, where they rotate."""
    is_closed: bool = False
    """Whether its organisation's admins keep an app out that the organisation has installed."""
    enterprise: "Enterprise | None" = field(default=None, repr=False)

    @property
    def domain(self) -> str:
        return self.name.lower().replace(" ", "-")

    @property
    def is_org_wide(self) -> bool:
        """Whether the app is here because the whole organisation has it."""
        above = self.enterprise
        return not self.bot_token and above is not None and bool(above.bot_token) and not self.is_closed

    @property
    def granted(self) -> tuple[str, ...]:
        """The rights of the token that speaks here."""
        return self.enterprise.scopes if self.is_org_wide and self.enterprise else self.scopes


@dataclass(eq=False)
class Enterprise:
    """An organisation of several workspaces; its token, if the app was installed for all of them."""

    id: str
    name: str
    teams: list[Team] = field(default_factory=list, repr=False)
    bot_token: str = ""
    scopes: tuple[str, ...] = ()
    token_error: str = ""
    older: list[str] = field(default_factory=list, repr=False)

    @property
    def admitting(self) -> list[Team]:
        """The workspaces that its admins let the app into."""
        return [one for one in self.teams if not one.is_closed]
