"""SillyTavern chats: JSON Lines, a heading first, then a message in each line; also a list of messages.

Of the versions of an answer (``swipes``) the one that stands in ``mes`` counts. Whoever ``is_user`` owns the
file, under whatever name they played. Character.AI chats that a browser extension saved look the same.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.records import reasons
from bot.records.gathering import Gathering
from bot.records.texts import Words

NAME = "SillyTavern chat"
_MACRO = re.compile(r"\{\{(user|char)\}\}", re.IGNORECASE)


def recognise(value: Any) -> bool:
    """Whether this is a chat's heading or one of its messages."""
    return isinstance(value, dict) and (_is_heading(value) or _is_message(value))


def read(value: Any, gathering: Gathering) -> None:
    """Begin a chat, or take over its next message."""
    if not _is_message(value):
        name = value.get("character_name")
        title = name if isinstance(name, str) and name != "unused" else None
        gathering.begin_running(title=title, started_at=value.get("create_date"))
        return
    draft = gathering.running()
    swipes = value.get("swipes")
    for _ in range(len(swipes) - 1 if isinstance(swipes, list) else 0):
        gathering.leave(reasons.OTHER_BRANCH)
    extra = value.get("extra")
    kind = extra.get("type") if isinstance(extra, dict) else None
    if value.get("is_system") or value.get("role") == "system" or kind == "narrator":
        gathering.leave(reasons.HIDDEN, draft)
        return
    name = value.get("name")
    name = name.strip()[:80] if isinstance(name, str) else ""
    is_user = value.get("is_user") is True
    if is_user:
        gathering.speakers.name_owner(name)
    said = _MACRO.sub(lambda found: found[1].lower(), value["mes"])
    words = Words(said, int(isinstance(extra, dict) and "image" in extra))
    gathering.add(
        draft, "user" if is_user else "agent", "" if is_user else name, words, date=value.get("send_date")
    )


def _is_heading(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("chat_metadata"), dict) or {"user_name", "character_name"} <= value.keys()


def _is_message(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("mes"), str) and isinstance(value.get("is_user"), bool)
