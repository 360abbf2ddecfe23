"""A card as a persona: the front matter and body that a persona file would have, and what had no place."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from bot.domain.persona import MAX_BODY_CHARS, FrontMatter, is_slug
from bot.domain.quoting import one_line
from bot.domain.unseen import without_unseen
from bot.domain.voice import Voice
from bot.domain.words import plural
from bot.records.cards.card import Card
from bot.records.cards.lore import take_lore
from bot.records.cards.parts import FIELDS, digest
from bot.records.cards.wording import USER, Wording, cut, spoken, without_acting, without_directions

OURS = ("language", "greeting_returning", "variables", "memory", "max_minutes", "color", "llm")
"""Traits that have no field in a card and stand in ``extensions.troupe``, beside ``voice``."""

_MAX_FILE_BYTES = 60_000
_START = re.compile(r"<START>", re.IGNORECASE)
_FIRST_SENTENCE = re.compile(r".+?(?:[.!?](?=\s)|$)", re.DOTALL)
_ABOUT_PROGRAMS = re.compile(
    r"\b(?:gpt|chatgpt|claude|opus|sonnet|gemini|llama|mistral|mixtral|deepseek|qwen|kobold\w*|novelai|openai|"
    r"sillytavern|tavern|llms?|models?|tokens?|temperature|presets?|jailbreaks?|prompts?|lorebooks?|card|patreon|"
    r"ko-?fi|v\d+)\b|\bgpt-?\d",
    re.IGNORECASE,
)
"""What creators tell those who run their card in a program; it says nothing of the character."""
_GOAL = f"Have a talk that {USER} enjoys. Stay in character, ask one thing at a time, and let them lead."
_GUARDRAILS = (
    "You are heard, not read: no asterisks, no stage directions, no markup, and never words for the other "
    "side. Keep to what this character would know."
)
_TONE = "Speak the way this character would, in short sentences, the way people talk."


@dataclass(slots=True)
class Draft:
    """What a persona file would say, without its picture; ``told``: what had no place in it."""

    front: dict[str, Any]
    body: str
    told: list[str] = field(default_factory=list)


def slug_from(name: str) -> str:
    """Return a slug that a name suggests; empty where it has no letters from which to make one."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return slug if len(slug) <= 32 else (slug[:33].rpartition("-")[0] or slug[:32])


def slug_of(card: Card) -> str:
    """Return the slug that a character had where Troupe wrote its card; empty where none is named."""
    slug = _ours(card).get("slug")
    return slug if isinstance(slug, str) and is_slug(slug) else ""


def draft_persona(
    card: Card, voices: Mapping[str, Voice], *, name: str = "", voice: str = "", language: str = ""
) -> Draft:
    """Return the persona that a card describes; ``name``, ``voice`` and ``language`` outrank what it says."""
    told: list[str] = []
    raw, card = card, _seen(card, told)
    ours = _ours(card)
    full = Wording("").line(card.text("name"), 500)
    shown = name or Wording("").line(card.text("name"), 40) or "Nameless"
    if not name and shown != full:
        told.append(f"The name is longer than 40 characters: it became {shown}.")
    wording = Wording(Wording("").line(card.text("nickname"), 40) or shown)
    ours = _usable(ours, told)
    exact = _exact(raw, ours)
    body, always_room = _body(card, wording, told)
    taken = take_lore(card.data.get("character_book"), wording, _MAX_FILE_BYTES - len(body.encode()))
    body = _with_always(body, taken.always, always_room, told)
    front: dict[str, Any] = {
        "name": shown,
        "tagline": _tagline(card, wording, shown),
        "author": wording.line(card.text("creator"), 40) or "unknown",
        "greeting": _greeting(card, wording, shown, told),
        "tags": _tags(card, wording, told),
        "lore": [one for one, _ in taken.lore],
    }
    front |= {key: value for key, value in exact.items() if key != "body"}
    if name:
        front["name"] = name
    if "lore" not in exact:
        told += taken.told
    front |= {key: ours[key] for key in OURS if key in ours}
    if front.get("memory") == "shared":
        told.append(
            "Its memory is shared, as its card says: it reads what members told other shared characters."
        )
    front.setdefault("memory", "own")
    front["language"] = language or front.get("language", "en")
    front["voice"] = _voice(voice, ours.get("voice"), voices, front["language"], told)
    told += _left_out(card, wording)
    return Draft(front, str(exact.get("body", body)), told)


def _seen(card: Card, told: list[str]) -> Card:
    """Return the card without characters that nobody sees, which the cast refuses."""
    lines = {key: _with_line_feeds(value) for key, value in card.data.items()}
    seen = without_unseen(lines)
    fields = sorted(key[:40] for key, value in lines.items() if seen.get(key) != value)
    if fields:
        told.append(f"Characters that nobody sees were taken out of {without_unseen(', '.join(fields[:8]))}.")
    return Card(seen if card.version == 1 else {"data": seen}, card.version)


def _with_line_feeds(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, dict):
        return {key: _with_line_feeds(one) for key, one in value.items()}
    return [_with_line_feeds(one) for one in value] if isinstance(value, list) else value


def _ours(card: Card) -> Mapping[str, Any]:
    extensions = card.data.get("extensions")
    ours = extensions.get("troupe") if isinstance(extensions, dict) else None
    return ours if isinstance(ours, dict) else {}


def _usable(ours: Mapping[str, Any], told: list[str]) -> Mapping[str, Any]:
    """Return of ``extensions.troupe`` what a persona may have; the rest is told and left out."""
    exact = ours.get("exact")
    exact = dict(exact) if isinstance(exact, dict) else {}
    traits = {key: ours[key] for key in ("voice", *OURS) if key in ours}
    written = {**traits, **{key: exact[key] for key in FIELDS if key in exact and key != "body"}}
    needed = {"name": "x", "tagline": "x", "author": "x", "greeting": "x", "voice": "x"}
    try:
        FrontMatter.model_validate({**needed, **written})
    except ValidationError as error:
        for key in sorted({str(one["loc"][0]) for one in error.errors()}):
            told.append(f"extensions.troupe says of {key} what a persona may not have: left out.")
            traits.pop(key, None)
            exact.pop(key, None)
    return {**traits, "exact": exact, "made_from": ours.get("made_from")}


def _exact(card: Card, ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that Troupe wrote into this card and whose fields nobody has edited since."""
    exact, made_from = ours.get("exact"), ours.get("made_from")
    if not isinstance(exact, dict) or not isinstance(made_from, dict):
        return {}
    if not isinstance(exact.get("body", ""), str):
        return {}
    return {
        part: exact[part]
        for part in FIELDS
        if part in exact and made_from.get(part) == digest(card.data, part)
    }


def _voice(
    asked: str, known: object, voices: Mapping[str, Voice], language: str, told: list[str]
) -> str | dict[str, Any]:
    if asked:
        return asked
    name = known.get("name") if isinstance(known, dict) else known
    if isinstance(name, str) and name in voices:
        return known if isinstance(known, dict) else name
    able = [one.name for one in voices.values() if not one.refusal(language)]
    if not able:
        return "none"
    wanted = (
        f"The voice {json.dumps(name)} is not in voices.yaml"
        if isinstance(name, str)
        else "It names no voice"
    )
    told.append(f"{wanted}: {able[0]} speaks for it, the first that speaks {language}.")
    return able[0]


def _tagline(card: Card, wording: Wording, name: str) -> str:
    for text in (card.text("creator_notes"), card.text("description")):
        first = next((line for part in text.splitlines() if (line := wording.line(part, 500))), "")
        if first:
            sentences = [found[0].strip() for found in _FIRST_SENTENCE.finditer(first)]
            about = next((one for one in sentences if one and not _ABOUT_PROGRAMS.search(one)), "")
            if about:
                return one_line(about, 100)
    return f"{name}, from a character card"


def _greeting(card: Card, wording: Wording, name: str, told: list[str]) -> str:
    said, directions = spoken(wording.text(card.text("first_mes")))
    if directions:
        told.append(f"{plural(directions, 'stage direction')} between asterisks left out of the greeting.")
    if len(said) > 500:
        told.append("The greeting is longer than 500 characters: its first sentences stay.")
        said = cut(said, 500)
    if not said:
        told.append("The card has no greeting that can be spoken: a plain one was written.")
    return said or f"Hello {USER}, {name} here."


def _tags(card: Card, wording: Wording, told: list[str]) -> list[str]:
    tags = list(dict.fromkeys(filter(None, (wording.line(one, 200) for one in card.list("tags")))))
    fit = [one for one in tags if len(one) <= 24][:8]
    if len(fit) < len(tags):
        told.append(f"{plural(len(tags) - len(fit), 'tag')} beyond eight of 24 characters: left out.")
    return fit


def _body(card: Card, wording: Wording, told: list[str]) -> tuple[str, int]:
    """Return the body, with examples if they fit, and the characters that are left."""
    (description, acted), (personality, more) = (
        without_acting(wording.text(card.text(key))) for key in ("description", "personality")
    )
    if acted + more:
        told.append(f"{plural(acted + more, 'stage direction')} between asterisks left out of the prompt.")
    tone = (personality if description else "") or _TONE
    sections = [
        ("Personality", description or personality or f"You are {wording.line('{{char}}', 40)}."),
        ("Environment", wording.text(card.text("scenario"))),
        ("Tone", tone),
        ("Goal", wording.text(card.text("system_prompt")) or _GOAL),
        ("Guardrails", _GUARDRAILS),
        ("What you know", "{{context}}"),
    ]
    examples = [
        without_directions(wording.text(one)).strip()
        for one in _START.split(card.text("mes_example"))
        if one.strip()
    ]
    with_examples = tone + "".join(f"\n\nAn example:\n{one}" for one in examples if one)
    body = _written([(key, with_examples if key == "Tone" else text) for key, text in sections])
    if len(body) > MAX_BODY_CHARS and examples:
        told.append("The examples (mes_example) do not fit into 20,000 characters: left out.")
        body = _written(sections)
    return body, MAX_BODY_CHARS - len(body)


def _written(sections: list[tuple[str, str]]) -> str:
    return "\n\n".join(f"# {heading}\n{text}" for heading, text in sections if text)


def _with_always(body: str, always: list[str], room: int, told: list[str]) -> str:
    """Put what a lorebook says always holds before the goal."""
    said = "\n\n".join(always)
    if not said:
        return body
    if len(said) + 30 > room:
        told.append("What the lorebook says always holds does not fit into the body: left out.")
        return body
    before, goal, after = body.rpartition("# Goal\n")
    return f"{before}# Also true\n{said}\n\n{goal}{after}"


def _left_out(card: Card, wording: Wording) -> list[str]:
    told = []
    if wording.plain:
        names = ", ".join(sorted(filter(None, wording.plain))[:5])
        told.append(
            f"{plural(wording.plain.total(), 'macro')} that Troupe has not ({names}) became plain text."
        )
    if more := len(card.list("alternate_greetings")) + len(card.list("group_only_greetings")):
        told.append(f"{plural(more, 'other greeting')} kept for export; a character has one.")
    if card.text("post_history_instructions").strip():
        told.append("post_history_instructions kept for export; the house rules stand in that place.")
    return told
