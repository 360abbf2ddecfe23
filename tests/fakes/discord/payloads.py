"""How Discord words what it keeps."""

from datetime import UTC, datetime
from typing import Any

from tests.fakes.discord import permissions
from tests.fakes.discord.state import (
    DM,
    GROUP_DM,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    Account,
    Attachment,
    Channel,
    Membership,
    Message,
    Role,
    Server,
)

BEGINNING = datetime(2025, 1, 1, tzinfo=UTC).isoformat()
THREADS = (PUBLIC_THREAD, PRIVATE_THREAD)


def user(account: Account) -> dict[str, Any]:
    """Return a user object."""
    return {
        "id": account.id,
        "username": account.name.lower().replace(" ", "_"),
        "discriminator": "0",
        "global_name": account.name,
        "avatar": None,
        "bot": account.is_bot,
        "public_flags": 0,
    }


def member(membership: Membership, *, with_user: bool = True, computed: bool = False) -> dict[str, Any]:
    """Return a member object; interactions tell the permissions too."""
    told = {
        "nick": membership.nick,
        "avatar": None,
        "roles": [role.id for role in membership.roles],
        "joined_at": membership.joined_at.isoformat(),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    if with_user:
        told["user"] = user(membership.account)
    if computed:
        told["permissions"] = str(permissions.of_member(membership))
    return told


def role(one: Role, position: int = 1) -> dict[str, Any]:
    """Return a role object."""
    return {
        "id": one.id,
        "name": one.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": str(one.permissions),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def roles(server: Server) -> list[dict[str, Any]]:
    """Return a server's roles, the one of everybody first."""
    everybody = Role(server.id, "@everyone", permissions.EVERYBODY)
    return [role(one, position) for position, one in enumerate([everybody, *server.roles.values()])]


def channel(one: Channel) -> dict[str, Any]:
    """Return a channel object."""
    last = one.messages[-1].id if one.messages else None
    told: dict[str, Any] = {"id": one.id, "type": one.kind, "last_message_id": last}
    if one.kind in (DM, GROUP_DM):
        told["recipients"] = [user(account) for account in one.recipients if not account.is_bot]
        return told if one.kind == DM else told | {"name": one.name, "icon": None}
    assert one.server is not None
    told |= {"guild_id": one.server.id, "name": one.name, "flags": 0, "rate_limit_per_user": 0}
    if one.kind in THREADS and one.parent is not None:
        return told | {
            "parent_id": one.parent.id,
            "owner_id": one.server.id,
            "message_count": len(one.messages),
            "member_count": 1,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": BEGINNING,
                "locked": False,
                "create_timestamp": BEGINNING,
            },
        }
    position = list(one.server.channels.values()).index(one)
    return told | {
        "position": position,
        "permission_overwrites": [],
        "topic": None,
        "nsfw": one.is_nsfw,
        "parent_id": None,
    }


def guild(server: Server) -> dict[str, Any]:
    """Return a guild object as REST has it."""
    return {
        "id": server.id,
        "name": server.name,
        "icon": None,
        "owner_id": server.id,
        "roles": roles(server),
        "emojis": [],
        "stickers": [],
        "features": [],
        "preferred_locale": server.locale,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
        "afk_timeout": 300,
        "description": None,
    }


def joined_guild(server: Server, bot: Account) -> dict[str, Any]:
    """Return a guild object as the gateway has it."""
    assert server.joined_at is not None
    threads = [one for one in server.channels.values() if one.kind in THREADS]
    return guild(server) | {
        "joined_at": server.joined_at.isoformat(),
        "large": False,
        "unavailable": False,
        "member_count": len(server.members) + 1,
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "members": [member(Membership(bot, server.joined_at))],
        "channels": [
            channel(one) for one in server.channels.values() if one not in threads and not one.hides_from_bot
        ],
        "threads": [
            channel(one) for one in threads if one.parent is not None and not one.parent.hides_from_bot
        ],
    }


def attachment(file: Attachment) -> dict[str, Any]:
    """Return an attachment object."""
    told = {
        "id": file.id,
        "filename": file.filename,
        "size": file.size,
        "url": file.url,
        "proxy_url": file.url,
        "ephemeral": file.ephemeral,
    }
    if file.content_type:
        told["content_type"] = file.content_type
    if file.description:
        told["description"] = file.description
    return told


def message(one: Message, *, reads_content: bool = True) -> dict[str, Any]:
    """Return a message object; who may not read the content gets none."""
    told: dict[str, Any] = {
        "id": one.id,
        "type": 20 if one.metadata and one.metadata["type"] == 2 else 0,
        "channel_id": one.channel.id,
        "author": user(one.author),
        "content": one.content if reads_content else "",
        "embeds": one.embeds if reads_content else [],
        "attachments": [attachment(file) for file in one.attachments] if reads_content else [],
        "components": one.components if reads_content else [],
        "timestamp": one.sent_at.isoformat(),
        "edited_timestamp": one.edited_at.isoformat() if one.edited_at else None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "pinned": False,
        "flags": one.flags,
    }
    if one.nonce is not None:
        told["nonce"] = one.nonce
    if one.metadata:
        told |= {
            "interaction_metadata": one.metadata,
            "webhook_id": one.author.id,
            "application_id": one.author.id,
        }
    if one.replies_to is not None:
        told["type"] = 19
        told["message_reference"] = {"message_id": one.replies_to.id, "channel_id": one.channel.id}
    return told
