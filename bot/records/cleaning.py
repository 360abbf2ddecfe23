"""Texts and profile fields from a file, made fit to be kept.

NUL and lone surrogates mean that the file is damaged: it is refused as a whole, and the sentence says where.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.domain.errors import ImportRejected
from bot.domain.variables import make_harmless
from bot.records import reasons
from bot.records.reasons import MAX_TURN_CHARS, Reason

MAX_PROFILE_CHARS = 64_000
PROFILE_TOO_LONG = f"has a profile of more than {MAX_PROFILE_CHARS:,} characters: make it shorter."
_MAX_TITLE_CHARS = 200
_DAMAGE = re.compile(r"[\x00\ud800-\udfff]")


class CleanLine(NamedTuple):
    """A text, and what was done to it."""

    text: str
    notes: tuple[Reason, ...] = ()


def clean_line(raw: str, where: str) -> CleanLine:
    """Return a line of at most 20,000 characters; raises ImportRejected if it is damaged."""
    notes = []
    raw = raw.strip()
    if len(raw) > MAX_TURN_CHARS:
        notes.append(reasons.CLIPPED)
        raw = _clip(raw, MAX_TURN_CHARS)
    text = _harmless(raw, where)
    if text != raw and set(raw) - set(text) - {"\r"}:
        notes.append(reasons.CONTROL)
    text = _clip(text.strip(), MAX_TURN_CHARS)
    return CleanLine(raw if text == raw else text, tuple(notes))  # nothing is held twice


def clean_title(raw: Any, where: str, max_chars: int = _MAX_TITLE_CHARS) -> str:
    """Return a heading of a conversation; anything but a text counts as missing."""
    return _clip(_harmless(raw.strip(), where).strip(), max_chars) if isinstance(raw, str) else ""


def clean_profile(profile: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Return JSON that any reader understands, and how many numbers were too large for that."""
    too_large = chars = 0

    def clean(value: Any) -> Any:
        nonlocal too_large, chars
        chars += len(value) if isinstance(value, str | list | dict) else 1
        if chars > MAX_PROFILE_CHARS:
            raise ImportRejected(PROFILE_TOO_LONG)
        if isinstance(value, str):
            return _harmless(value, "the profile")
        if isinstance(value, list):
            return [clean(item) for item in value]
        if isinstance(value, dict):
            return {_harmless(str(key), "the profile"): clean(item) for key, item in value.items()}
        if isinstance(value, int | float) and not (
            math.isfinite(value) if isinstance(value, float) else abs(value) < 1 << 63
        ):
            too_large += 1
            return None
        return value

    cleaned = {key: value for key, value in clean(profile).items() if key.strip()}
    if len(json.dumps(cleaned, ensure_ascii=False)) > MAX_PROFILE_CHARS:
        raise ImportRejected(PROFILE_TOO_LONG)
    return cleaned, too_large


def _harmless(text: str, where: str) -> str:
    if damage := _DAMAGE.search(text):
        what = "a NUL character" if damage.group() == "\0" else "half a character"
        raise ImportRejected(f"is damaged: {where} contains {what}; export it again.")
    return make_harmless(text)


def _clip(text: str, max_chars: int) -> str:
    return text if len(text) <= max_chars else text[: max_chars - 1].rstrip() + "…"
