"""Characters that nobody types on purpose and nobody sees, which hide words from those who review a text."""

import re
from typing import Any

_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\uffa0\ufff9-\ufffb\ud800-\udfff\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)
"""Joiners of letters and of emoji are wanted in many languages, and stay."""


def find_unseen(text: str) -> re.Match[str] | None:
    """Return the first character that nobody types on purpose: control, unseen, half a surrogate."""
    return _UNSEEN.search(text)


def without_unseen(value: Any, instead: str = "") -> Any:
    """Return a text, or whatever JSON has texts in it, with something else in the place of each of these."""
    if isinstance(value, str):
        return _UNSEEN.sub(instead, value)
    if isinstance(value, dict):
        return {without_unseen(key, instead): without_unseen(one, instead) for key, one in value.items()}
    if isinstance(value, list):
        return [without_unseen(one, instead) for one in value]
    return value
