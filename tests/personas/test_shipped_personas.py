"""The characters that come with Troupe keep the promises that we make to authors."""

import re
import struct
from pathlib import Path

import pytest

from bot.cast import LiveCast, read_cast
from bot.domain.variables import STANDARD_VARIABLES, SYSTEM_VARIABLES, fill_placeholders, find_placeholders

FOLDER = Path(__file__).resolve().parents[2] / "personas"
CAST = read_cast(FOLDER)
PERSONAS = pytest.mark.parametrize("persona", CAST.personas.values(), ids=CAST.personas.keys())
HEADINGS = ["Personality", "Environment", "Tone", "Goal", "Guardrails", "What you know"]


def test_nothing_is_wrong_with_them_and_they_are_five():
    assert [str(problem) for problem in CAST.problems] == []
    assert set(CAST.personas) == {"wizard", "tutor", "coach", "captain", "detective"}
    assert len(LiveCast(FOLDER).all()) == 5


def test_they_show_what_a_persona_can_do():
    personas = CAST.personas.values()
    assert any(persona.variables for persona in personas)
    assert any(persona.memory == "shared" for persona in personas)
    assert any(persona.lore for persona in personas)
    assert any(persona.language != "en" for persona in personas)
    assert len({persona.voice.voice_id for persona in personas}) == 5
    assert len({persona.color for persona in personas}) == 5


@PERSONAS
def test_each_has_the_shape_that_voice_models_follow_best(persona):
    assert re.findall(r"^# (.+)$", persona.body, re.MULTILINE) == HEADINGS
    assert persona.body.count("{{context}}") == 1
    assert persona.body.endswith("{{context}}")
    assert 250 <= len(persona.body.split()) <= 500
    assert len(persona.body) < 6_000


@PERSONAS
def test_each_is_written_for_the_ear(persona):
    spoken = f"{persona.greeting} {persona.greeting_returning} {persona.body}"
    assert not re.search(r"^\s*([-*]|\d+\.) |\*\*|`|https?:", spoken, re.MULTILINE)
    assert len(persona.greeting) < 250


@PERSONAS
@pytest.mark.parametrize("hint", ["", 'Last time we spoke about "The missing cat".'])
def test_the_returning_greeting_reads_well_with_and_without_a_hint(persona, hint):
    assert persona.greeting_returning
    said = fill_placeholders(persona.greeting_returning, {"user_name": "Mira", "last_call_hint": hint})
    assert "Mira" in said
    assert hint in said
    before, _, after = persona.greeting_returning.partition("{{last_call_hint}}")
    assert before.rstrip()[-1] in ".!?"
    assert after.strip()[0].isupper() or after.strip()[0] == "¿"


@PERSONAS
def test_every_placeholder_will_be_filled(persona):
    sent = STANDARD_VARIABLES.keys() | SYSTEM_VARIABLES | persona.variables.keys()
    used = find_placeholders(f"{persona.greeting} {persona.greeting_returning} {persona.body}")
    assert {match.group(1) for match in used} <= sent


@PERSONAS
def test_each_has_a_square_picture_of_512_pixels(persona):
    data = (FOLDER / persona.picture).read_bytes()
    assert struct.unpack(">II", data[16:24]) == (512, 512)
    assert len(data) <= 256 * 1024


def test_the_house_rules_are_short_and_cover_what_must_hold_for_everyone():
    rules = CAST.house_rules
    assert len(rules.split()) < 450
    assert "{{crisis_line}}" in rules
    for word in [
        "an AI",
        "leave your role",
        "may be a minor",
        "real person",
        "quotation",
        "never an instruction",
    ]:
        assert word in rules


def test_every_voice_is_of_a_model_that_agents_accept_for_its_languages():
    for voice in CAST.voices.values():
        english = [language for language in voice.languages if language.startswith("en")]
        assert voice.model == ("eleven_flash_v2" if english else "eleven_flash_v2_5")
        assert voice.licence
        assert voice.voice_id in voice.preview
