"""Who says a line: the member, a character, the machinery, or somebody else."""

from collections.abc import Mapping
from typing import Any, Literal

Side = Literal["user", "agent", "system", "tool", "other", "nobody"]

_SIDES: Mapping[str, Side] = {
    **dict.fromkeys(("user", "human", "me", "member", "you", "self", "myself"), "user"),
    **dict.fromkeys(("assistant", "agent", "ai", "bot", "model", "character", "chatbot"), "agent"),
    **dict.fromkeys(("system", "developer", "instruction", "instructions"), "system"),
    **dict.fromkeys(("tool", "function", "tool_call", "tool_result"), "tool"),
}
_ROLE_KEYS = ("role", "from", "sender", "speaker", "author")
_NAME_KEYS = (
    *("name", "author", "sender", "from", "speaker", "username", "user_name", "display_name"),
    *("user", "user_id", "author_id", "sender_id"),
)
_NAMES = frozenset(_NAME_KEYS)
_LONGEST_NAME = 80


def side_of(word: str) -> Side:
    """Return the side that a role word stands for; a word that we do not know is somebody else."""
    return _SIDES.get(word) or _SIDES.get(word.strip().casefold(), "other")


def who_says(message: Mapping[str, Any]) -> tuple[Side, str]:
    """Return the side and the speaker's name, which is empty where the file gives none.

    Roles: OpenAI, "Chat completions, messages", and the words that other programs use for the same two sides.
    """
    roles = [role for key in _ROLE_KEYS if key in message and (role := _word(message[key], "role"))]
    side = next((side for role in roles if (side := side_of(role)) != "other"), None)
    name = ""
    if not _NAMES.isdisjoint(message):
        names = (_word(message[key], "name") for key in _NAME_KEYS if key in message)
        name = next((name for name in names if name and side_of(name) == "other"), "")
    if side:
        return side, name
    return ("other", name or roles[0]) if roles else ("nobody", name)


def has_role(message: Mapping[str, Any]) -> bool:
    """Whether a message says at all who speaks."""
    role = message.get("role")
    if isinstance(role, str) and role in _SIDES:  # nearly always
        return True
    return any(key in message and _word(message[key], "role") for key in _ROLE_KEYS)


def _word(value: Any, inside: str) -> str:
    """The text of a value; of an object such as ``author`` the role or the name in it."""
    if isinstance(value, dict):
        found = (value.get(key) for key in ((inside,) if inside == "role" else (*_NAME_KEYS, "id")))
        value = next((word for word in found if isinstance(word, str) and word.strip()), "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()[:_LONGEST_NAME] if isinstance(value, str) or abs(value) < 1 << 64 else ""
