"""A Slack conversation: a day of an export's folder, or what ``conversations.history`` answers.

Source: Slack, "How to read Slack data exports", "Message event" and "Formatting text". Whoever has a
``bot_id`` is an AI. Mentions are written out as far as the file itself names them.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from bot.records import reasons
from bot.records.gathering import Gathering
from bot.records.lines import Draft
from bot.records.stream import LISTS
from bot.records.texts import Words
from bot.records.who import Side

NAME = "Slack conversation"
_SPOKEN = frozenset({None, "bot_message", "thread_broadcast", "me_message", "file_share"})
_ANGLES = re.compile(r"<([@#!]?)([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>")
_LOOKED_AT = 20


def recognise(value: Any) -> bool:
    """Whether this is a message of Slack's, or an object that holds some."""
    if not isinstance(value, dict):
        return False
    if _is_message(value):
        return True
    messages = value.get("messages")
    if not isinstance(messages, LISTS):
        return False
    return any(_is_message(one) for _, one in zip(range(_LOOKED_AT), messages, strict=False))


def read(value: Any, gathering: Gathering) -> None:
    """Take over a conversation, or the next message of the running one."""
    if _is_message(value):
        _read_message(value, gathering, gathering.running(by_date=True))
        return
    draft = gathering.begin(title=value.get("name"), conversation_id=value.get("channel"), by_date=True)
    for message in value["messages"]:
        if _is_message(message):
            _read_message(message, gathering, draft)
        else:
            gathering.leave(reasons.UNREADABLE, draft)


def _is_message(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("ts"), str):
        return False
    is_said = value.get("type") == "message" or "bot_id" in value or "user" in value
    return is_said and "role" not in value and isinstance(value.get("text", ""), str)


def _read_message(message: Mapping[str, Any], gathering: Gathering, draft: Draft) -> None:
    subtype = message.get("subtype")
    if not (subtype is None or (isinstance(subtype, str) and subtype in _SPOKEN)):
        gathering.leave(reasons.SYSTEM, draft)
        return
    bot_id, user = _text(message.get("bot_id")), _text(message.get("user"))
    is_bot = bool(bot_id) or subtype == "bot_message"
    profile = _object(message.get("bot_profile" if is_bot else "user_profile"))
    names = (profile.get(key) for key in ("display_name", "real_name", "name"))
    name = next((found for one in names if (found := _text(one))), _text(message.get("username")))
    if not name and not bot_id and not user:
        gathering.leave(reasons.NO_SPEAKER, draft)
        return
    files = message.get("files")
    words = Words(_plain(message.get("text", ""), gathering), len(files) if isinstance(files, list) else 0)
    side: Side = "agent" if is_bot else "user"
    speaker_id = bot_id or user
    gathering.add(draft, side, name, words, date=message["ts"], speaker_id=speaker_id)


def _plain(text: str, gathering: Gathering) -> str:
    """Return what stood on the screen: names for mentions, labels for links."""

    def shown(found: re.Match[str]) -> str:
        sign, target, label = found.groups()
        if sign == "@":
            return f"@{label or gathering.speakers.people.get(target.casefold()) or target}"
        if sign == "#":
            return f"#{label or target}"
        if sign == "!":
            return label or f"@{target.partition('^')[0]}"
        return label or target.removeprefix("mailto:").removeprefix("tel:")

    return unescape(_ANGLES.sub(shown, text)) if "<" in text or "&" in text else text


def _text(value: Any) -> str:
    return value.strip()[:80] if isinstance(value, str) else ""


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
