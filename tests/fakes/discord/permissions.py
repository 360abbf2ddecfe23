"""Who may do what where."""

from tests.fakes.discord.state import Account, Channel, Membership, Server

ADMINISTRATOR = 1 << 3
MANAGE_SERVER = 1 << 5
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_HISTORY = 1 << 16
USE_COMMANDS = 1 << 31
PUBLIC_THREADS = 1 << 35
PRIVATE_THREADS = 1 << 36
SEND_IN_THREADS = 1 << 38
USE_EXTERNAL_APPS = 1 << 50
ALL = (1 << 53) - 1
EVERYBODY = (
    VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_HISTORY | USE_COMMANDS | PUBLIC_THREADS
    | PRIVATE_THREADS | SEND_IN_THREADS | USE_EXTERNAL_APPS
)  # fmt: skip


def of_member(member: Membership) -> int:
    """Return what a member may do."""
    if member.administers:
        return ALL
    bits = EVERYBODY
    for role in member.roles:
        bits |= role.permissions
    if not member.uses_external_apps:
        bits &= ~USE_EXTERNAL_APPS
    return bits | MANAGE_SERVER if member.manages else bits


def of_bot(channel: Channel) -> int:
    """Return what the bot may do in a channel."""
    place = channel.parent or channel
    if place.hides_from_bot:
        return 0
    bits = EVERYBODY & ~USE_EXTERNAL_APPS
    return bits & ~(SEND_MESSAGES | SEND_IN_THREADS) if place.refuses_bot else bits


def is_reachable(person: Account, servers: list[Server]) -> bool:
    """Whether somebody shares a server with the bot."""
    return any(server.has_bot and person.id in server.members for server in servers)
