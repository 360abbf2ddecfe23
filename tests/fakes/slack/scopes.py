"""Which right each method needs, and each event."""

from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.state import GROUP_IM, IM, PRIVATE, PUBLIC, Channel, Team

APP_ONLY = ("apps.connections.open",)
METHODS = {
    "auth.test": "",
    "auth.teams.list": "",
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.open": "im:write",
    "conversations.history": "",
    "conversations.replies": "",
    "users.info": "users:read",
    "users.list": "users:read",
    "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read",
    "team.info": "team:read",
    "views.open": "",
    "views.push": "",
    "views.update": "",
    "views.publish": "",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
    "auth.revoke": "",
    "apps.uninstall": "",
}
"""What each method needs; those on conversations need what the kind of the conversation asks for."""
SEES = {PUBLIC: "channels:read", PRIVATE: "groups:read", IM: "im:read", GROUP_IM: "mpim:read"}
HEARS = {PUBLIC: "channels", PRIVATE: "groups", IM: "im", GROUP_IM: "mpim"}
LEAST = (
    "commands", "chat:write", "im:write", "im:history", "users:read", "files:read", "files:write",
)  # fmt: skip
OF_ORGANISATIONS = ("team_access_granted", "team_access_revoked")
"""The events that only an app hears that organisations may install."""
BOT_EVENTS = ("message.im", "app_home_opened", "app_uninstalled", "tokens_revoked", *OF_ORGANISATIONS)


def check_scope(team: Team, scope: str) -> None:
    """Refuse what a workspace's token has no right to."""
    if scope and scope not in team.granted:
        raise Refusal("missing_scope", needed=scope, provided=",".join(team.granted))


def check_sees(team: Team, channel: Channel) -> None:
    """Refuse to tell of a channel whose kind the token may not read."""
    check_scope(team, SEES[channel.kind])


def message_event(channel: Channel) -> tuple[str, str]:
    """Return the name and the scope of the event that tells of messages in a channel."""
    kind = HEARS[channel.kind]
    return f"message.{kind}", f"{kind}:history"
