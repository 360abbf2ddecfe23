"""A card's lorebook as our lore, and our lore as a lorebook that keeps whatever of it nobody touched.

Fields of an entry: Character Card V2 (``character_book``) and V3, "Lorebook Fields" and "Decorators".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.words import plural
from bot.records.cards.wording import USER, Wording, pieces

Lore = dict[str, Any]
"""``{"keys": […], "text": …}``, as in a persona file."""

_MAX_ENTRIES, _MAX_KEYS, _MAX_KEY_CHARS, _MAX_TEXT_CHARS = 64, 12, 40, 1_000
_DECORATORS = re.compile(r"(?:\s*@@@?[A-Za-z_]+[^\n]*(?:\n|$))+")


@dataclass(slots=True)
class TakenLore:
    """What was taken of a lorebook: ``lore`` with the number of its entry, and texts that always hold."""

    lore: list[tuple[Lore, int]] = field(default_factory=list)
    always: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def take_lore(book: object, wording: Wording, room_bytes: int) -> TakenLore:
    """Read a lorebook; what has no place among our lore is told, a sentence each."""
    taken = TakenLore()
    counts = dict.fromkeys(("off", "regex", "keys", "both", "full"), 0)
    for number, entry in enumerate(_entries(book)):
        if not isinstance(entry, dict):
            continue
        text = _content(entry, wording)
        if entry.get("enabled") is False or not text:
            counts["off"] += 1
        elif entry.get("constant") is True:
            taken.always.append(text)
        elif entry.get("use_regex") is True:
            counts["regex"] += 1
        elif not (keys := _keys(entry, wording)):
            counts["keys"] += 1
        else:
            counts["both"] += entry.get("selective") is True and bool(entry.get("secondary_keys"))
            parts = pieces(text, _MAX_TEXT_CHARS) if len(text) < _MAX_ENTRIES * _MAX_TEXT_CHARS else [text]
            cost = sum(len(repr((keys, part)).encode()) + 40 for part in parts)
            if len(taken.lore) + len(parts) > _MAX_ENTRIES or cost > room_bytes:
                counts["full"] += 1
                continue
            room_bytes -= cost
            taken.lore += [({"keys": keys, "text": part}, number) for part in parts]
    taken.told = [sentence.format(_count(counts[kind])) for kind, sentence in _TOLD.items() if counts[kind]]
    return taken


def merged_book(
    book: object, before: Sequence[Lore], now: Sequence[Lore], wording: Wording, version: int
) -> dict[str, Any] | None:
    """Return the lorebook of a character whose lore was ``before`` when its card was read, and is ``now``.

    Entries that nobody changed stay as they are, those never taken over too. None where there is nothing.
    """
    origin = {_id(one): number for one, number in take_lore(book, wording, 1 << 30).lore if one in before}
    kept_ids = {_id(one) for one in now}
    gone = {number for key, number in origin.items() if key not in kept_ids}
    old = list(_entries(book))
    entries = [entry for number, entry in enumerate(old) if number not in gone]
    order = max((_order(entry) for entry in old), default=0)
    for one in now:
        if origin.get(_id(one)) is None or origin[_id(one)] in gone:
            order += 1
            entries.append(_new_entry(one, order, version))
    kept = dict(book) if isinstance(book, dict) else {"extensions": {}}
    return {**kept, "entries": entries} if entries or isinstance(book, dict) else None


def _entries(book: object) -> Sequence[Any]:
    entries = book.get("entries") if isinstance(book, dict) else None
    return entries if isinstance(entries, list) else ()


def _content(entry: Mapping[str, Any], wording: Wording) -> str:
    content = entry.get("content")
    if not isinstance(content, str):
        return ""
    decorators = _DECORATORS.match(content)
    return wording.text(content[decorators.end() :] if decorators else content)


def _keys(entry: Mapping[str, Any], wording: Wording) -> list[str]:
    keys = entry.get("keys")
    written = [wording.text(key) for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    lines = (" ".join(key.split()) for key in written if USER not in key)
    return list(dict.fromkeys(key for key in lines if 0 < len(key) <= _MAX_KEY_CHARS))[:_MAX_KEYS]


def _new_entry(one: Lore, order: int, version: int) -> dict[str, Any]:
    entry = {
        "keys": list(one["keys"]),
        "content": one["text"].replace(USER, "{{user}}"),
        "extensions": {},
        "enabled": True,
        "insertion_order": order,
    }
    return {**entry, "use_regex": False} if version == 3 else entry


def _order(entry: object) -> int:
    order = entry.get("insertion_order") if isinstance(entry, dict) else None
    return int(order) if isinstance(order, int | float) and abs(order) < 1e9 else 0


def _id(one: Lore) -> tuple[str, ...]:
    return (*one["keys"], one["text"])


def _count(number: int) -> str:
    return plural(number, "entry", "entries") if number else ""


_TOLD = {
    "off": "{} of the lorebook switched off or empty: not taken over.",
    "regex": "{} of the lorebook found by regular expressions, which lore has not: not taken over.",
    "keys": "{} of the lorebook without a key of 1 to 40 characters: not taken over.",
    "both": "{} of the lorebook that needed a second key too: one of the first keys is enough here.",
    "full": f"{{}} of the lorebook beyond {_MAX_ENTRIES} pieces of 1,000 characters: not taken over.",
}
