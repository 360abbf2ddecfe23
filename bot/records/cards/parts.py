"""The parts of a persona that a card has fields for, and what those fields say about them."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from bot.domain.persona import Persona
from bot.domain.variables import STANDARD_VARIABLES, SYSTEM_VARIABLES, VariableValue
from bot.records.cards.wording import for_cards

Parts = Mapping[str, Any]
"""``name``, ``tagline``, ``author``, ``greeting``, ``tags``, ``lore`` and ``body``, as JSON."""

FIELDS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "tagline": ("creator_notes",),
    "author": ("creator",),
    "greeting": ("first_mes",),
    "tags": ("tags",),
    "lore": ("character_book",),
    "body": ("description", "personality", "scenario", "mes_example", "system_prompt"),
}
"""For each part of a persona, the fields of a card's ``data`` that it is made from."""

_SECTIONS = {
    "personality": "description",
    "environment": "scenario",
    "tone": "personality",
    "goal": "system_prompt",
    "guardrails": "system_prompt",
}
_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_CONTEXT = re.compile(r"\{\{\s*context\s*\}\}")


def parts_of(persona: Persona) -> Parts:
    """Return what a persona says now in the parts that a card has fields for."""
    return {
        "name": persona.name,
        "tagline": persona.tagline,
        "author": persona.author,
        "greeting": persona.greeting,
        "tags": list(persona.tags),
        "lore": [{"keys": list(one.keys), "text": one.text} for one in persona.lore],
        "body": persona.body,
    }


def defaults_of(persona: Persona) -> Mapping[str, VariableValue]:
    """Return what stands in a card where a persona's text has a variable that cards do not know."""
    own = {name: variable.default for name, variable in persona.variables.items()}
    return {**dict.fromkeys(SYSTEM_VARIABLES, ""), **STANDARD_VARIABLES, **own}


def card_fields(parts: Parts, defaults: Mapping[str, VariableValue]) -> Mapping[str, Any]:
    """Return the fields of ``data`` that say what these parts do, all but the lorebook."""
    fields: dict[str, Any] = {
        "name": parts["name"],
        "creator_notes": parts["tagline"],
        "creator": parts["author"],
        "first_mes": for_cards(parts["greeting"], defaults),
        "tags": list(parts["tags"]),
    }
    sections: dict[str, list[str]] = {field: [] for field in ("description", *_SECTIONS.values())}
    pieces = _HEADING.split(_CONTEXT.sub("", parts["body"]))
    sections["description"].append(pieces[0].strip())
    for heading, text in zip(pieces[1::2], pieces[2::2], strict=True):
        known = _SECTIONS.get(heading.lower())
        is_named = known is None or heading.lower() == "guardrails"
        said = f"{heading}:\n{text.strip()}" if is_named else text.strip()
        if text.strip() and heading.lower() != "what you know":
            sections[known or "description"].append(said)
    told = {field: for_cards("\n\n".join(filter(None, texts)), defaults) for field, texts in sections.items()}
    return {**fields, **told}


def digest(data: Mapping[str, Any], part: str) -> str:
    """Return what changes when somebody edits the fields that a part is made from."""
    said = json.dumps([data.get(field) for field in FIELDS[part]], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
