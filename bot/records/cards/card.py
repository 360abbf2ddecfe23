"""A character card as it stands in a file: version 1 (flat), 2 or 3, from JSON or a PNG.

Specifications: malfoyslastname/character-card-spec-v2 (``spec_v1.md``, ``spec_v2.md``) and
kwaroran/character-card-spec-v3 (``SPEC_V3.md``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.domain.errors import ImportRejected
from bot.records.cards.png import SIGNATURE, Chunk, card_of, count_assets, read_chunks
from bot.records.cards.strict import read_object

MAX_CARD_BYTES = 32_000_000
Version = Literal[1, 2, 3]
SPECS: Mapping[str, Version] = {"chara_card_v2": 2, "chara_card_v3": 3}
V1_FIELDS = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(V1_FIELDS, ""),
    "creator_notes": "",
    "system_prompt": "",
    "post_history_instructions": "",
    "alternate_greetings": [],
    "tags": [],
    "creator": "",
    "character_version": "",
    "extensions": {},
}
"""Every field that ``data`` of a version 2 must have, with what stands there when nothing is said."""

_IN_DATA = {*EMPTY, "character_book"}
_OTHER_FILES = {
    b"PK\x03\x04": "is a CHARX archive: unpack it as a ZIP, and import the card.json inside.",
    b"\xff\xd8\xff": "is a JPEG, which carries no card: get the card as PNG or JSON.",
    b"RIFF": "is a WebP, which carries no card: get the card as PNG or JSON.",
    b"GIF8": "is a GIF, which carries no card: get the card as PNG or JSON.",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A card's whole JSON, and its version. Nothing in it but ``name`` is sure to have the right type."""

    root: Mapping[str, Any]
    version: Version

    @property
    def data(self) -> Mapping[str, Any]:
        """The character's fields; of version 1, which has no ``data``, those that version 2 has too."""
        if self.version == 1:
            return {key: value for key, value in self.root.items() if key in _IN_DATA}
        data: Mapping[str, Any] = self.root["data"]
        return data

    def text(self, field: str) -> str:
        """Return a field's text, empty for anything that is none."""
        value = self.data.get(field)
        return value if isinstance(value, str) else ""

    def list(self, field: str) -> Sequence[str]:
        """Return the texts in a field's list."""
        value = self.data.get(field)
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class CardFile:
    """What a file holds: its card, the chunks of the PNG (none of JSON), and files that it brings along."""

    card: Card
    picture: Sequence[Chunk] = ()
    assets: int = 0


def read_card_file(data: bytes) -> CardFile:
    """Read a card from a PNG's or JSON's bytes; raises ImportRejected, a sentence without its subject."""
    if len(data) > MAX_CARD_BYTES:
        raise ImportRejected(f"is larger than {MAX_CARD_BYTES // 1_000_000} MB: make its picture smaller.")
    if not data.strip():
        raise ImportRejected("is empty: download the card again.")
    for start, reason in _OTHER_FILES.items():
        if data.startswith(start):
            raise ImportRejected(reason)
    if not data.startswith(SIGNATURE):
        return CardFile(card_from(read_object(data)))
    chunks = read_chunks(data)
    return CardFile(card_from(read_object(card_of(chunks))), chunks, count_assets(chunks))


def card_from(root: Mapping[str, Any]) -> Card:
    """Recognise a card's version; raises ImportRejected for anything that is no card of a character."""
    spec = root.get("spec")
    version = SPECS.get(spec, 1) if isinstance(spec, str) else 1
    if spec == "lorebook_v3":
        raise ImportRejected("is a lorebook without a character: import the card that it belongs to.")
    if version == 1 and spec is not None:
        raise ImportRejected("is of a kind that Troupe does not know: export it as Character Card V2 or V3.")
    if version > 1 and not isinstance(root.get("data"), dict):
        raise ImportRejected("is a character card without its data: export it again.")
    card = Card(root, version)
    if version == 1 and not any(isinstance(root.get(field), str) for field in V1_FIELDS[1:]):
        raise ImportRejected("is JSON, but not a character card: choose the card's own file.")
    if not card.text("name").strip():
        raise ImportRejected("is a card without a name: give its character one and export it again.")
    return card
