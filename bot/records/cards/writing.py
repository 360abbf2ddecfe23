"""A persona as a card: the fields that were edited from the persona, all others as the card had them."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from bot.domain.errors import ImportRejected
from bot.domain.persona import Persona
from bot.records.cards.card import EMPTY, Card, card_from
from bot.records.cards.lore import merged_book
from bot.records.cards.parts import FIELDS, Parts, card_fields, defaults_of, digest, parts_of
from bot.records.cards.reading import OURS
from bot.records.cards.strict import read_object
from bot.records.cards.wording import Wording

_BACKFILLED = (
    "This is a Character Card V3, loaded as a Character Card V2; a program that reads V3 shows all of it."
)
"""What V3 asks for in ``creator_notes`` of the V2 card that stands beside it ("PNG/APNG")."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The card that a persona was imported from, and what the persona said in its parts right after that."""

    card: Card
    imported: Parts

    def as_json(self) -> Mapping[str, Any]:
        """Return what is kept beside the persona file."""
        return {"card": self.card.root, "imported": self.imported}


def origin_from(data: bytes) -> Origin:
    """Read what ``as_json`` wrote; raises ImportRejected, a sentence without its subject."""
    kept = read_object(data)
    root, imported = kept.get("card"), kept.get("imported")
    if not isinstance(root, dict) or not isinstance(imported, dict) or not _are_parts(imported):
        raise ImportRejected("is not what import-card wrote")
    return Origin(card_from(root), imported)


def write_card(persona: Persona, origin: Origin | None, version: Literal[2, 3]) -> dict[str, Any]:
    """Return a persona as a card of this version; with ``origin``, its card with what was edited since."""
    root: dict[str, Any] = dict(origin.card.root) if origin else {}
    data: dict[str, Any] = dict(origin.card.data) if origin else {}
    if origin and origin.card.version == 1:
        root = {key: value for key, value in root.items() if key not in data}
    before = dict(data)
    for key, value in EMPTY.items():
        data.setdefault(key, deepcopy(value))
    if version == 3:
        data.setdefault("group_only_greetings", [])
    now, defaults = parts_of(persona), defaults_of(persona)
    then = card_fields(origin.imported, defaults) if origin else {}
    edited = {key: value for key, value in card_fields(now, defaults).items() if then.get(key) != value}
    if origin and "personality" in edited:
        edited["mes_example"] = ""  # a persona's examples stand under its tone
    data.update(edited)
    _write_book(data, origin, now, version)
    extensions = data["extensions"] if isinstance(data["extensions"], dict) else {}
    data["extensions"] = {**extensions, "troupe": _ours(persona, now, data, extensions.get("troupe"))}
    mirrored = {key: data[key] for key in before if key in root and root[key] == before[key]}
    return {
        **root,
        **mirrored,
        "spec": f"chara_card_v{version}",
        "spec_version": _spec_version(origin, version),
        "data": data,
    }


def backfilled(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a card of version 3 as the one of version 2 that stands beside it in a PNG."""
    data = dict(card["data"])
    notes = data["creator_notes"] if isinstance(data["creator_notes"], str) else ""
    data["creator_notes"] = f"{_BACKFILLED}\n\n{notes}".strip()
    return {**card, "spec": "chara_card_v2", "spec_version": "2.0", "data": data}


def _write_book(data: dict[str, Any], origin: Origin | None, now: Parts, version: int) -> None:
    before: Sequence[Any] = origin.imported["lore"] if origin else ()
    if list(before) == now["lore"]:
        book = data.get("character_book")
    else:
        name = (
            Wording("").line(origin.card.text("nickname") or origin.card.text("name"), 40) if origin else ""
        )
        book = merged_book(data.get("character_book"), before, now["lore"], Wording(name), version)
    if book is not None:
        data["character_book"] = _of_version_3(book) if version == 3 else book


def _of_version_3(book: Any) -> Any:
    """Add what an entry of version 3 must have."""
    if not isinstance(book, dict) or not isinstance(book.get("entries"), list):
        return book
    entries = [
        {**entry, "use_regex": entry.get("use_regex", False)} if isinstance(entry, dict) else entry
        for entry in book["entries"]
    ]
    return {**book, "entries": entries}


def _ours(persona: Persona, now: Parts, data: Mapping[str, Any], before: object) -> dict[str, Any]:
    traits = persona.model_dump(mode="json", include=set(OURS), exclude_none=True)
    voice = persona.voice_choice.model_dump(exclude_none=True)
    known = (
        {key: value for key, value in before.items() if key not in OURS} if isinstance(before, dict) else {}
    )
    return {
        **known,
        "slug": persona.slug,
        "voice": voice["name"] if len(voice) == 1 else voice,
        **traits,
        "exact": now,
        "made_from": {part: digest(data, part) for part in FIELDS},
    }


def _spec_version(origin: Origin | None, version: int) -> object:
    if origin and origin.card.version == version and "spec_version" in origin.card.root:
        return origin.card.root["spec_version"]
    return f"{version}.0"


def _are_parts(parts: Mapping[str, Any]) -> bool:
    texts = all(isinstance(parts.get(key), str) for key in ("name", "tagline", "author", "greeting", "body"))
    lore, tags = parts.get("lore"), parts.get("tags")
    return (
        texts
        and isinstance(tags, list)
        and isinstance(lore, list)
        and all(isinstance(one, dict) and {"keys", "text"} <= one.keys() for one in lore)
    )
