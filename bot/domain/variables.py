"""Dynamic variables: the names that are always sent, and values that cannot do harm.

Rules of the platform: ElevenLabs, "Dynamic variables". Names are case-sensitive, values are strings, numbers
or booleans, and one missing variable ends the conversation at its start.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

VariableValue = str | int | float | bool

STANDARD_VARIABLES: Mapping[str, VariableValue] = {
    "user_name": "friend",
    "character": "none",
    "character_name": "none",
    "is_returning": False,
    "call_count": 0,
    "days_since_last_call": -1,
    "last_call_summary": "none yet",
    "last_call_hint": "",
    "topic": "none",
    "context": "Nothing is known about this person yet.",
    "local_time": "unknown",
    "platform": "none",
    "first_message": "",
    "crisis_line": "your local emergency number",
    "cast_as": "none",
    "call_ref": "none",
}
"""Every variable that is sent in every call, with the neutral value that stands where nothing is known."""

SYSTEM_VARIABLES = frozenset(
    f"system__{name}"
    for name in (
        "agent_id",
        "current_agent_id",
        "conversation_id",
        "caller_id",
        "called_number",
        "call_sid",
        "call_duration_secs",
        "time_utc",
        "time",
        "timezone",
        "agent_turns",
        "current_agent_turns",
        "is_text_only",
        "conversation_history",
    )
)
"""Set by the platform itself; a text may use them, nobody may send them."""

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
    r"|[\U000e0000-\U000e007f]"
)
_NAME = re.compile(r"[^a-z0-9]+")


def find_placeholders(text: str) -> Iterator[re.Match[str]]:
    """Yield a match for each ``{{name}}`` in a text; group 1 is the name."""
    return PLACEHOLDER.finditer(text)


def fill_placeholders(text: str, values: Mapping[str, VariableValue]) -> str:
    """Replace each ``{{name}}`` whose value is known; the others stay as they are."""

    def value(match: re.Match[str]) -> str:
        known = values.get(match.group(1))
        if known is None:
            return match.group(0)
        return str(known).lower() if isinstance(known, bool) else str(known)

    return PLACEHOLDER.sub(value, text)


def make_harmless(text: str) -> str:
    """Return what a person wrote without live braces and without control characters.

    Doubled braces are set apart, so that no template sees a placeholder in them; line breaks and tabs stay.
    """
    text = strip_control(text)
    for doubled, apart in (("{{", "{ {"), ("}}", "} }")):
        while doubled in text:
            text = text.replace(doubled, apart)
    return text


def strip_control(text: str) -> str:
    """Return a text without characters that steer a terminal or the direction of writing."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def flatten(profile: Mapping[str, Any], prefix: str = "profile") -> dict[str, VariableValue]:
    """Return a person's stored JSON as dynamic variables with names like ``profile_guild_rank``.

    Objects become longer names, lists become text, null is left out; strings are made harmless.
    """
    values: dict[str, VariableValue] = {}
    for key, value in profile.items():
        name = f"{prefix}_{_NAME.sub('_', str(key).lower()).strip('_')}"
        if isinstance(value, Mapping):
            values |= flatten(value, name)
        elif isinstance(value, list | tuple):
            values[name] = make_harmless(", ".join(_as_text(item) for item in value))
        elif isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
            values[name] = value
        elif value is not None:
            values[name] = make_harmless(str(value))
    return values


def _as_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_as_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
