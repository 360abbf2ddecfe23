"""The data at the top of a persona file as a JSON schema, for editors that check while somebody types."""

from typing import Any

from bot.domain.persona import FrontMatter

DESCRIPTIONS = {
    "name": "The name that members see and say, at most 40 characters.",
    "tagline": "One line that makes somebody want to call, at most 100 characters.",
    "author": 'Who wrote the character, such as "@mira"; in quotes, because of the @.',
    "voice": "A name from voices.yaml, or {name: …, stability: …, similarity_boost: …, speed: …}.",
    "language": "The language of the first words, which the voice must speak: en, de or pt-br.",
    "greeting": "The first words of a first call. {{user_name}} is the member's name.",
    "greeting_returning": (
        "The first words when somebody calls again. {{last_call_hint}} is a sentence about the last call, or "
        "nothing."
    ),
    "variables": "What it needs of a member's profile, by name, each with type, default and description.",
    "memory": (
        "own: knows only what was said to it; shared: also reads what was said to other shared characters; "
        "none: remembers nobody."
    ),
    "max_minutes": "After how many minutes a call ends.",
    "picture": "A PNG or WebP file beside this one, at most 256 KB, best square.",
    "color": "The color of its cards, in quotes, because of the #.",
    "tags": "A few words to find it by, such as [fantasy, riddles].",
    "llm": "The language model that thinks for it; leave it out to use the agent's.",
    "lore": "What it knows when one of the keys is mentioned.",
}
PARTS = {
    "VoiceChoice": {
        "name": "A name from voices.yaml.",
        "stability": "From 0, lively, to 1, even.",
        "similarity_boost": "From 0 to 1: how closely the recording is followed.",
        "speed": "From 0.7, slow, to 1.2, fast.",
    },
    "Variable": {
        "type": "string, number or boolean.",
        "default": "What stands there for whoever has no such field in their profile.",
        "description": "What it means, for whoever fills it in.",
    },
    "Lore": {
        "keys": "Words that call it up, such as [owl, Archimedes].",
        "text": "What the character then knows, at most 1,000 characters.",
    },
}


def persona_schema() -> dict[str, Any]:
    """Return the form of a persona file's data; a description says what each key is for."""
    schema = FrontMatter.model_json_schema()
    _describe(schema["properties"], DESCRIPTIONS)
    for part, descriptions in PARTS.items():
        _describe(schema["$defs"][part]["properties"], descriptions)
        del schema["$defs"][part]["description"]
    voice = schema["properties"]["voice"]
    by_name = {"type": "string", "minLength": 1, "maxLength": 40}
    schema["properties"]["voice"] = {
        "description": voice.pop("description"),
        "anyOf": [by_name, voice],
    }
    schema["$defs"]["Variable"]["properties"]["default"]["type"] = ["string", "number", "boolean"]
    schema["properties"]["variables"]["additionalProperties"] = False
    about = {"title": "A character of Troupe", "description": "The data at the top of a persona file."}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, **about}


def _describe(properties: dict[str, Any], descriptions: dict[str, str]) -> None:
    for name, part in properties.items():
        part.pop("title", None)
        part["description"] = descriptions[name]
