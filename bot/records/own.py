"""Our own small form, for developers with data of their own: name, profile fields and conversations.

``{"name": …, "profile": {…}, "messages": […]}`` or ``"conversations": […]``, any part of it but one may be
missing; a conversation may be in any other form that we read.
"""

from typing import Any

from bot.records import chatgpt, elevenlabs, messages, reasons
from bot.records.gathering import Gathering
from bot.records.stream import LISTS

NAME = "Troupe record"
_KEYS = frozenset({"name", "profile", "messages", "conversations"})
_CONVERSATION_FORMATS = (elevenlabs, chatgpt, messages)


def recognise(value: Any) -> bool:
    """Whether this has a profile or conversations, or only a name and messages."""
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("profile"), dict) or isinstance(value.get("conversations"), LISTS):
        return True
    return "name" in value and "messages" in value and value.keys() <= _KEYS


def read(value: Any, gathering: Gathering) -> None:
    """Take over profile and conversations; the name becomes a profile field and tells who the member is."""
    name, profile = value.get("name"), value.get("profile")
    if isinstance(name, str) and name.strip():
        gathering.speakers.name_member(name)
        gathering.add_profile({"name": name.strip()})
    if isinstance(profile, dict):
        gathering.add_profile(dict(profile))
    conversations = value.get("conversations")
    if isinstance(conversations, LISTS):
        for conversation in conversations:
            _read_conversation(conversation, gathering)
    if isinstance(value.get("messages"), LISTS):
        messages.read({"messages": value["messages"]}, gathering)


def _read_conversation(conversation: Any, gathering: Gathering) -> None:
    for form in _CONVERSATION_FORMATS:
        if form.recognise(conversation):
            form.read(conversation, gathering)
            return
    gathering.leave(reasons.UNREADABLE)
