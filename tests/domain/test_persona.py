"""Personas as values: versions, voices, placeholders, and what a field accepts."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.nearest import nearest
from bot.domain.persona import FrontMatter, Persona, Slug, Variable, Voice, git_blob_id
from bot.domain.placeholders import check_placeholders, tidy_placeholders, with_context
from bot.domain.variables import STANDARD_VARIABLES, SYSTEM_VARIABLES, fill_placeholders, find_placeholders

VOICE = Voice(name="george", voice_id="JBFqnCBsd6RMkjVDRZzb", model="eleven_flash_v2", languages=("en",))
FRONT = {"name": "Merlin", "tagline": "Wizard", "author": "@mira", "voice": "george", "greeting": "Hi!"}


@pytest.mark.parametrize("data", [b"", b"hello\n", "Größe\r\n".encode(), bytes(range(256)) * 40])
def test_a_version_is_what_git_hash_object_says(data):
    told = subprocess.run(["git", "hash-object", "--stdin"], input=data, capture_output=True, check=True)
    assert git_blob_id(data) == told.stdout.decode().strip()


def test_a_persona_joins_front_matter_voice_and_body_and_is_frozen():
    front = FrontMatter.model_validate(
        FRONT | {"voice": {"name": "george", "speed": 0.9}, "color": "#5B3FD6"}
    )
    merlin = Persona.from_file(front, slug=Slug("wizard"), voice=VOICE, body="You are Merlin.", source="text")
    assert (merlin.voice.voice_id, merlin.voice_choice.speed) == ("JBFqnCBsd6RMkjVDRZzb", 0.9)
    assert merlin.version == git_blob_id(b"text")
    assert merlin.color == "#5b3fd6"
    with pytest.raises(ValidationError):
        merlin.name = "Arthur"


def test_what_an_author_leaves_out_has_a_value():
    front = FrontMatter.model_validate(FRONT)
    assert (front.language, front.memory, front.max_minutes, front.tags, front.lore) == (
        "en",
        "own",
        15,
        (),
        (),
    )
    assert (front.greeting_returning, front.picture, front.llm, dict(front.variables)) == (
        None,
        None,
        None,
        {},
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "x"},
        {"body": "x"},
        {"voice_choice": "george"},
        {"max_minutes": True},
        {"voice": {"name": "george", "stability": 1.1}},
        {"voice": {"name": "george", "similarity_boost": -0.1}},
        {"voice": {"name": "george", "speed": 0.6}},
        {"voice": {"name": "george", "speed": True}},
        {"picture": "/etc/passwd.png"},
        {"picture": "..png"},
        {"picture": "merlin.jpg"},
        {"color": "#5b3fd6; background: url(x)"},
        {"name": "Merlin\nthe Great"},
        {"llm": "gpt 4"},
        {"greeting": "x" * 501},
        {"tags": ["x"] * 9},
    ],
)
def test_front_matter_refuses_what_is_not_in_the_format(wrong):
    with pytest.raises(ValidationError):
        FrontMatter.model_validate(FRONT | wrong)


@pytest.mark.parametrize(
    ("kind", "default", "fits"),
    [
        ("string", "none", True),
        ("string", 1, False),
        ("number", 1, True),
        ("number", 1.5, True),
        ("number", True, False),
        ("number", float("nan"), False),
        ("number", 10**400, False),
        ("boolean", False, True),
        ("boolean", 0, False),
        ("string", None, False),
    ],
)
def test_a_default_must_be_of_the_declared_type(kind, default, fits):
    value = {"type": kind, "default": default, "description": "d"}
    if fits:
        assert Variable.model_validate(value).default is default
    else:
        with pytest.raises(ValidationError, match="because the type is"):
            Variable.model_validate(value)


@pytest.mark.parametrize(
    ("model", "languages", "language", "refusal"),
    [
        ("eleven_flash_v2", ("en",), "en", ""),
        ("eleven_flash_v2", ("en",), "en-gb", ""),
        ("eleven_flash_v2", ("en", "de"), "de", "eleven_flash_v2 cannot speak 'de', only English"),
        ("eleven_turbo_v2", ("en", "fr"), "fr", "eleven_turbo_v2 cannot speak 'fr', only English"),
        ("eleven_multilingual_v2", ("hu",), "hu", "eleven_multilingual_v2 cannot speak 'hu', only ar, bg"),
        ("eleven_flash_v2_5", ("hu",), "hu", ""),
        ("eleven_flash_v2_5", ("pt",), "pt-br", ""),
        ("eleven_flash_v2_5", ("es",), "en", "voice 'v' speaks es, not 'en'"),
        ("eleven_v3_conversational", ("cy",), "cy", ""),
    ],
)
def test_a_voice_refuses_a_language_that_it_or_its_model_cannot_speak(model, languages, language, refusal):
    voice = Voice(name="v", voice_id="JBFqnCBsd6RMkjVDRZzb", model=model, languages=languages)
    assert voice.refusal(language).startswith(refusal)
    assert bool(voice.refusal(language)) == bool(refusal)


def reasons(text, place, declared=()):
    return [misplaced.reason for misplaced in check_placeholders(text, place, declared)]


@pytest.mark.parametrize("name", sorted(SYSTEM_VARIABLES | STANDARD_VARIABLES.keys()))
def test_every_variable_that_is_always_sent_may_stand_in_the_body_unless_it_is_a_reference(name):
    assert bool(reasons(f"{{{{{name}}}}}", "body")) == (name in {"first_message", "cast_as", "call_ref"})


@pytest.mark.parametrize(
    "name",
    [
        "context",
        "first_message",
        "call_ref",
        "cast_as",
        "last_call_summary",
        "system__caller_id",
        "secret__x",
    ],
)
def test_a_greeting_never_says_aloud_what_is_private_or_technical(name):
    [reason] = reasons(f"Hello {{{{{name}}}}}", "greeting", declared=[name])
    assert reason.startswith(f"{{{{{name}}}}} ")


@pytest.mark.parametrize("name", ["user_name", "last_call_hint", "character_name", "topic", "house"])
def test_a_greeting_may_use_names_hints_and_declared_variables(name):
    assert reasons(f"Hello {{{{{name}}}}}", "greeting", declared=["house"]) == []


def test_the_nearest_variable_is_one_that_may_stand_there():
    assert reasons("{{contexts}}", "body") == ["unknown variable {{contexts}}; did you mean {{context}}?"]
    assert "{{context}}" not in reasons("{{contexts}}", "greeting")[0]
    assert reasons("{{hause}}", "body", ["house"]) == ["unknown variable {{hause}}; did you mean {{house}}?"]


def test_placeholders_are_counted_and_located_in_their_text():
    found = list(check_placeholders("{{user_name}} and\n{{nobody_here}} }}", "body"))
    assert [(misplaced.offset, misplaced.number) for misplaced in found] == [(18, 2), (34, 3)]


def test_a_body_gets_the_context_once():
    assert with_context("You are Merlin.") == "You are Merlin.\n\n# What you know\n{{context}}"
    assert with_context("Know {{ context }}.") == "Know {{ context }}."
    assert tidy_placeholders("Know {{ context }} of {{user_name }}") == "Know {{context}} of {{user_name}}"


@settings(max_examples=300)
@given(st.text(alphabet="{} abcontext_user_name\n", max_size=60))
def test_a_text_without_findings_has_only_placeholders_that_will_be_filled(text):
    if not reasons(text, "body"):
        names = {match.group(1) for match in find_placeholders(text)}
        assert names <= STANDARD_VARIABLES.keys() | SYSTEM_VARIABLES
        assert "{{" not in fill_placeholders(text, dict.fromkeys(names, "value"))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("wizrd", "wizard"),
        ("WIZARD", "wizard"),
        ("captan", "Captain"),
        ("zzz", None),
        ("", None),
        ("w" * 9999, None),
    ],
)
def test_the_nearest_choice_keeps_its_own_spelling(word, expected):
    assert nearest(word, ["wizard", "Captain"]) == expected


def test_a_very_long_word_is_compared_by_its_beginning():
    assert nearest("w" * 64 + "x" * 9_000, ["w" * 64]) == "w" * 64
