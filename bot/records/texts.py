"""The words of a message, whatever shape its content has.

Shapes: a text; a list of parts (OpenAI, "Chat completions, messages" and "Responses, input items"; a part's
text may itself be an object with ``value``); an object with ``parts`` (ChatGPT export).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

TEXT_KEYS = ("content", "message", "text", "value", "parts")
_TEXT_TYPES = frozenset({"text", "input_text", "output_text", "audio_transcription"})


class Words(NamedTuple):
    """The text of a message, and how many of its parts were pictures, recordings, tool calls or the like."""

    text: str = ""
    other_parts: int = 0


def words_of(message: Mapping[str, Any]) -> Words:
    """Return the words under the first of the usual names that has any."""
    best = Words()
    for key in TEXT_KEYS:
        words = _words(message.get(key))
        if words.text.strip():
            return words
        best = best if best.other_parts else words
    return best


def _words(content: Any) -> Words:
    if isinstance(content, dict):
        content = content.get("parts", [content])
    if isinstance(content, str):
        return Words(content)
    if not isinstance(content, list):
        return Words(other_parts=int(content is not None))
    texts = [_part_text(part) for part in content]
    kept = [text for text in texts if text is not None]
    return Words("\n".join(text for text in kept if text), len(texts) - len(kept))


def _part_text(part: Any) -> str | None:
    """A part's text, or None if it is something else than text."""
    if isinstance(part, dict):
        kind = part.get("type", part.get("content_type", "text"))
        if not isinstance(kind, str) or kind not in _TEXT_TYPES:
            return None
        part = part.get("text")
    if isinstance(part, dict):
        part = part.get("value")
    return part if isinstance(part, str) else None
