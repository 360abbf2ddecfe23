"""How Slack words what it keeps."""

import copy
from typing import Any

from tests.fakes.slack.state import (
    GROUP_IM,
    IM,
    PRIVATE,
    PUBLIC,
    Account,
    Channel,
    File,
    Group,
    Message,
    Team,
    View,
)
from tests.fakes.slack.values import values_of


def user(account: Account, scopes: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a user object."""
    profile = {
        "real_name": account.name,
        "display_name": account.display_name,
        "real_name_normalized": account.name,
        "display_name_normalized": account.display_name,
        "phone": account.phone,
        "team": account.team.id,
    }
    if "users:read.email" in scopes:
        profile["email"] = account.email
    return {
        "id": account.id,
        "team_id": account.team.id,
        "name": account.username,
        "real_name": account.name,
        "deleted": account.is_deleted,
        "tz": account.tz,
        "is_bot": account.is_bot,
        "is_app_user": False,
        "is_admin": account.is_admin or account.is_owner,
        "is_owner": account.is_owner,
        "is_primary_owner": False,
        "is_restricted": account.is_guest,
        "is_ultra_restricted": False,
        "updated": 1_750_000_000,
        "profile": profile,
    }


def organisation(team: Team) -> dict[str, str] | None:
    """Return the organisation of a workspace as acts carry it."""
    return {"id": team.enterprise.id, "name": team.enterprise.name} if team.enterprise else None


def channel(place: Channel) -> dict[str, Any]:
    """Return a conversation object."""
    told = {
        "id": place.id,
        "created": 1_750_000_000,
        "is_archived": False,
        "is_im": place.kind == IM,
        "is_mpim": place.kind == GROUP_IM,
        "is_channel": place.kind == PUBLIC,
        "is_group": place.kind == PRIVATE,
        "is_private": place.kind != PUBLIC,
        "is_member": place.team.bot in place.members,
        "context_team_id": place.team.id,
    }
    if place.kind == IM:
        others = [one.id for one in place.members if one is not place.team.bot]
        return told | {"user": (others or [""])[0]}
    return told | {"name": place.name, "name_normalized": place.name, "num_members": len(place.members)}


def group(one: Group, team_id: str, *, with_users: bool) -> dict[str, Any]:
    """Return a user group object."""
    told: dict[str, Any] = {
        "id": one.id,
        "team_id": team_id,
        "is_usergroup": True,
        "name": one.handle,
        "handle": one.handle,
        "date_delete": 1_750_000_000 if one.is_disabled else 0,
        "user_count": len(one.users),
    }
    return told | {"users": [person.id for person in one.users]} if with_users else told


def file(one: File) -> dict[str, Any]:
    """Return a file object, or the stub that stands for it."""
    if one.is_stub:
        return {"id": one.id, "mode": "file_access", "file_access": "check_file_info"}
    return whole_file(one)


def whole_file(one: File) -> dict[str, Any]:
    """Return a file object."""
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title or one.name,
        "mimetype": one.mimetype,
        "filetype": one.name.rpartition(".")[2],
        "size": one.size,
        "mode": "hosted",
        "user": one.owner.id,
        "user_team": one.team.id,
        "url_private": one.url,
        "url_private_download": f"{one.url}?download=1",
    }


def message(one: Message) -> dict[str, Any]:
    """Return a message as methods return it."""
    told: dict[str, Any] = {
        "type": "message",
        "user": one.author.id,
        "text": one.text,
        "ts": one.ts,
        "team": one.channel.team.id,
    }
    if one.author.is_bot:
        told |= {"bot_id": one.channel.team.bot_id, "app_id": one.channel.team.app_id}
    if one.blocks:
        told["blocks"] = one.blocks
    if one.thread_ts:
        told["thread_ts"] = one.thread_ts
    if one.files:
        told["files"] = [file(each) for each in one.files]
    if one.edited_at:
        told["edited"] = {"user": one.author.id, "ts": f"{one.edited_at.timestamp():.6f}"}
    if one.metadata:
        told["metadata"] = one.metadata
    return copy.deepcopy(told)


def posted(one: Message) -> dict[str, Any]:
    """Return the event that tells of a new message."""
    told = message(one) | _where(one) | {"event_ts": one.ts}
    return told | {"subtype": "file_share"} if one.files else told


def changed(one: Message, was: dict[str, Any], ts: str) -> dict[str, Any]:
    """Return the event that tells of an edited message."""
    told = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": ts, "event_ts": ts}
    return told | _where(one) | {"message": message(one), "previous_message": was}


def deleted(one: Message, ts: str) -> dict[str, Any]:
    """Return the event that tells of a message that is gone."""
    told = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": ts, "event_ts": ts}
    return told | _where(one) | {"deleted_ts": one.ts, "previous_message": message(one)}


def _where(one: Message) -> dict[str, Any]:
    return {"channel": one.channel.id, "channel_type": one.channel.kind}


def view(one: View) -> dict[str, Any]:
    """Return a view as methods and acts carry it."""
    defaults = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "close": None,
                "submit": None, "clear_on_close": False, "notify_on_close": False}  # fmt: skip
    told = defaults | one.body
    return copy.deepcopy(told) | {
        "id": one.id,
        "team_id": one.person.team.id,
        "app_id": one.person.team.app_id,
        "bot_id": one.person.team.bot_id,
        "hash": one.hash,
        "root_view_id": one.root.id,
        "previous_view_id": one.previous.id if one.previous else None,
        "state": {"values": values_of(one.body.get("blocks", []), one.typed)},
    }


def numbered(body: dict[str, Any]) -> dict[str, Any]:
    """Give each block and each element the id that it has not got."""
    settled = copy.deepcopy(body)
    for index, block in enumerate(settled.get("blocks") or ()):
        block.setdefault("block_id", f"b{index}")
        elements = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        for place, element in enumerate(one for one in elements if isinstance(one, dict)):
            if element["type"] not in ("image", "plain_text", "mrkdwn") and block["type"] != "rich_text":
                element.setdefault("action_id", f"a{index}.{place}")
    return settled
