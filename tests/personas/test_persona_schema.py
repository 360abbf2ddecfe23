"""``personas/persona.schema.json`` says what the reader takes."""

import json
import re

from bot.cast.schema import DESCRIPTIONS, PARTS
from bot.domain.persona import FrontMatter
from tests.program import PERSONAS, troupe

SCHEMA = json.loads((PERSONAS / "persona.schema.json").read_text())


def pattern_of(key):
    part = SCHEMA["properties"][key]
    return re.compile(next(one for one in (part, *part.get("anyOf", ())) if "pattern" in one)["pattern"])


def test_the_file_is_what_the_command_prints(tmp_path):
    assert troupe(tmp_path, "personas", "schema").stdout == (PERSONAS / "persona.schema.json").read_text()


def test_every_key_is_in_it_with_what_it_is_for_and_no_other_is_allowed():
    assert set(SCHEMA["properties"]) == set(FrontMatter.model_fields) == set(DESCRIPTIONS)
    assert SCHEMA["required"] == [
        name for name, field in FrontMatter.model_fields.items() if field.is_required()
    ]
    for part in (SCHEMA, *SCHEMA["$defs"].values()):
        assert part["additionalProperties"] is False
        assert all(one["description"] for one in part["properties"].values())
    assert {name: set(part["properties"]) for name, part in SCHEMA["$defs"].items()} == {
        name: set(described) for name, described in PARTS.items()
    }


def test_what_the_reader_refuses_by_its_form_the_schema_refuses_too():
    for key, good, bad in [
        ("color", "#5b3fd6", "purple"),
        ("language", "pt-br", "English"),
        ("picture", "merlin.png", "../merlin.png"),
        ("name", "Merlin", "{{user_name}}"),
        ("llm", "gpt-4.1", "GPT 4.1"),
    ]:
        assert pattern_of(key).search(good), key
        assert not pattern_of(key).search(bad), key
    assert SCHEMA["properties"]["memory"]["enum"] == ["own", "shared", "none"]
    assert SCHEMA["properties"]["variables"]["maxProperties"] == 32
    assert SCHEMA["properties"]["variables"]["additionalProperties"] is False


def test_a_voice_is_a_name_or_a_name_with_settings():
    by_name, with_settings = SCHEMA["properties"]["voice"]["anyOf"]
    assert by_name["type"] == "string"
    assert with_settings == {"$ref": "#/$defs/VoiceChoice"}
