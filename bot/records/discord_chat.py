"""A Discord conversation: DiscordChatExporter's JSON, or ``messages.json`` of Discord's own data package.

Source: DiscordChatExporter, JSON format; Discord, "Your Discord Data Package", which holds one's own messages
alone. Discord's own message objects (``author.bot``) are read as well.
"""

from collections.abc import Mapping
from typing import Any

from bot.records import reasons
from bot.records.gathering import Gathering
from bot.records.lines import Draft
from bot.records.stream import LISTS
from bot.records.texts import Words
from bot.records.who import Side

NAME = "Discord conversation"
_SPOKEN = frozenset(
    {"Default", "Reply", "ChatInputCommand", "ContextMenuCommand", 0, 19, 20, 23, "0", "19", "20", "23"}
)
_EXTRAS = ("attachments", "embeds", "stickers")
_LOOKED_AT = 20


def recognise(value: Any) -> bool:
    """Whether this is an exported channel, or one message of one."""
    if not isinstance(value, dict):
        return False
    if _is_message(value) or _is_own(value):
        return True
    messages = value.get("messages")
    if not isinstance(messages, LISTS):
        return False
    return any(_is_message(one) or _is_own(one) for _, one in zip(range(_LOOKED_AT), messages, strict=False))


def read(value: Any, gathering: Gathering) -> None:
    """Take over a channel, or the next message of the running one."""
    if _is_message(value) or _is_own(value):
        _read_message(value, gathering, gathering.running(by_date=True))
        return
    channel = value.get("channel") if isinstance(value.get("channel"), dict) else {}
    draft = gathering.begin(title=channel.get("name"), conversation_id=channel.get("id"), by_date=True)
    for message in value["messages"]:
        if _is_message(message) or _is_own(message):
            _read_message(message, gathering, draft)
        else:
            gathering.leave(reasons.UNREADABLE, draft)


def _is_message(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(author := value.get("author"), dict):
        return False
    is_theirs = isinstance(author.get("isBot"), bool) or ("username" in author and "id" in author)
    return is_theirs and isinstance(value.get("content"), str) and "timestamp" in value


def _is_own(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("Contents"), str) and "Timestamp" in value


def _read_message(message: Mapping[str, Any], gathering: Gathering, draft: Draft) -> None:
    if _is_own(message):
        files = message.get("Attachments")
        words = Words(message["Contents"], len(files.split()) if isinstance(files, str) else 0)
        gathering.add(draft, "user", "", words, date=message["Timestamp"])
        return
    kind = message.get("type", "Default")
    if not (isinstance(kind, str | int) and kind in _SPOKEN):
        gathering.leave(reasons.SYSTEM, draft)
        return
    author = message["author"]
    is_bot = author.get("isBot") is True or author.get("bot") is True
    names = (author.get(key) for key in ("nickname", "global_name", "name", "username"))
    name = next((one.strip()[:80] for one in names if isinstance(one, str) and one.strip()), "")
    found = author.get("id")
    speaker_id = (
        str(found)[:80] if isinstance(found, str) or (isinstance(found, int) and found < 1 << 64) else ""
    )
    if not name and not speaker_id:
        gathering.leave(reasons.NO_SPEAKER, draft)
        return
    extras = sum(len(one) for key in _EXTRAS if isinstance(one := message.get(key), list))
    side: Side = "agent" if is_bot else "user"
    words = Words(message["content"], extras)
    gathering.add(draft, side, name, words, date=message["timestamp"], speaker_id=speaker_id)
