"""Writes a persona file: front matter in the order of the model, every text in quotes, then the body."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.persona import FrontMatter

_ORDER = ("name", "tagline", "author", "voice", *FrontMatter.model_fields)


def persona_text(front: Mapping[str, Any], body: str) -> str:
    """Return a persona file's text; ``front`` is plain data, and what it has no value for is left out."""
    lines = [line for key in dict.fromkeys(_ORDER) for line in _lines(key, front.get(key))]
    return "\n".join(["---", *lines, "---", body.strip(), ""])


def _lines(key: str, value: Any) -> Iterator[str]:
    if value is None or value in ([], {}):
        return
    if key == "lore":
        yield "lore:"
        for entry in value:
            yield f"  - keys: {_inline(entry['keys'])}"
            yield f"    text: {_inline(entry['text'])}"
    elif key == "variables":
        yield "variables:"
        for name, variable in value.items():
            yield f"  {name}: {_inline(variable)}"
    else:
        yield f"{key}: {_inline(value)}"


def _inline(value: Any) -> str:
    """Return a value as YAML on one line, which JSON is but for long and for tiny numbers."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) else f"{value:.99f}".rstrip("0").ljust(3, "0")
    return json.dumps(value, ensure_ascii=False)
