"""The override and the dynamic variables of one call."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import OperatorError
from bot.domain.initiation import HOSTED_LINK_CHARS, build_hosted_link, build_initiation, build_variables
from bot.domain.record import PersonRecord
from bot.domain.variables import STANDARD_VARIABLES, find_placeholders
from tests.domain.making import NOON, make_occasion, make_persona, make_talk

MERLIN = make_persona()
STRANGER = PersonRecord(name="Mira")
FRIEND = PersonRecord(
    name="Mira",
    call_count=2,
    last_talk_at=NOON - timedelta(days=3),
    conversations=(make_talk(title="The missing cat", summary="Fig ran away."),),
)


def initiate(persona=MERLIN, record=STRANGER, allowed=None, **occasion):
    return build_initiation(
        persona, "Rules first.", record, "What is known.", make_occasion(**occasion), allowed
    )


def test_house_rules_stand_before_the_character():
    prompt = initiate().override["agent"]["prompt"]["prompt"]
    assert prompt.startswith("Rules first.\n\n# Personality\n")


def test_the_override_has_what_the_persona_sets_and_nothing_else():
    assert initiate().override == {
        "agent": {
            "prompt": {"prompt": "Rules first.\n\n# Personality\nYou are Merlin.\n{{context}}\n"},
            "first_message": "Well met, Mira!",
            "language": "en",
        },
        "tts": {"voice_id": "JBFqnCBsd6RMkjVDRZzb", "model_id": "eleven_flash_v2_5"},
        "conversation": {"max_duration_seconds": 900},
    }


def test_settings_of_the_voice_and_the_model_are_sent_when_they_are_set():
    persona = make_persona(
        voice={"name": "old", "stability": 0.0, "speed": 0.95}, llm="gpt-4.1", max_minutes=5
    )
    override = initiate(persona, text_only=True).override
    assert override["tts"]["stability"] == 0.0
    assert override["tts"]["speed"] == 0.95
    assert override["agent"]["prompt"]["llm"] == "gpt-4.1"
    assert override["conversation"] == {"max_duration_seconds": 300, "text_only": True}


def test_what_the_agent_does_not_allow_is_left_out_and_named():
    initiation = initiate(allowed={"agent.prompt.prompt", "agent.first_message"})
    assert set(initiation.override) == {"agent"}
    assert initiation.left_out == (
        "agent.language", "conversation.max_duration_seconds", "tts.model_id", "tts.voice_id",
    )  # fmt: skip


def test_the_message_is_what_the_platform_expects_first():
    message = initiate().as_message()
    assert message["type"] == "conversation_initiation_client_data"
    assert message["user_id"] == "person-1"
    assert json.loads(json.dumps(message)) == message


@pytest.mark.parametrize("record", [STRANGER, FRIEND])
def test_every_standard_variable_is_always_there_and_of_its_type(record):
    variables = initiate(record=record).variables
    assert set(variables) == set(STANDARD_VARIABLES)
    for name, neutral in STANDARD_VARIABLES.items():
        assert type(variables[name]) is type(neutral), name


def test_a_returning_caller_is_greeted_as_one():
    variables = initiate(record=FRIEND).variables
    assert variables["first_message"] == "Ah, Mira, back again! Last time we spoke about “The missing cat”."
    assert variables["is_returning"] is True
    assert variables["call_count"] == 2
    assert variables["days_since_last_call"] == 3
    assert variables["last_call_summary"] == "Fig ran away."


def test_a_stranger_is_greeted_as_one():
    variables = initiate().variables
    assert variables["first_message"] == "Well met, Mira!"
    assert variables["is_returning"] is False
    assert variables["days_since_last_call"] == -1
    assert variables["last_call_summary"] == "none yet"


def test_a_greeting_closes_the_gap_where_there_is_no_hint():
    untitled = replace(FRIEND, conversations=(make_talk(),))
    assert initiate(record=untitled).variables["first_message"] == "Ah, Mira, back again!"


def test_a_greeting_that_begins_with_a_nameless_caller_begins_with_a_capital():
    persona = make_persona(greeting="{{user_name}}! Come in.")
    assert initiate(persona, PersonRecord(), user_name="").variables["first_message"] == "Friend! Come in."


def test_the_hint_is_never_about_a_talk_with_somebody_else():
    gossip = replace(FRIEND, conversations=(make_talk(slug="captain", title="The storm"),))
    assert initiate(record=gossip).variables["last_call_hint"] == ""


def test_a_declared_variable_comes_from_the_profile_in_its_type_or_keeps_its_default():
    persona = make_persona(
        variables={
            "profile_guild_rank": {"type": "string", "default": "none", "description": "Rank"},
            "profile_level": {"type": "number", "default": 1, "description": "Level"},
            "profile_is_mod": {"type": "boolean", "default": False, "description": "Moderator"},
            "profile_tags": {"type": "string", "default": "", "description": "Tags"},
            "house": {"type": "string", "default": "none", "description": "House"},
        }
    )
    profile = {"guild": {"rank": "captain {{x}}"}, "level": "7", "is mod": "yes", "tags": ["a", "b"]}
    variables = initiate(persona, PersonRecord(name="Mira", profile=profile)).variables
    assert variables["profile_guild_rank"] == "captain { {x} }"
    assert variables["profile_level"] == 7
    assert variables["profile_is_mod"] is False
    assert variables["profile_tags"] == "a, b"
    assert variables["house"] == "none"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    name=st.text(max_size=100),
    topic=st.text(max_size=400),
    title=st.text(max_size=200),
    profile=st.dictionaries(st.text(max_size=8), JSON_VALUES, max_size=4),
)
def test_whatever_people_write_values_are_plain_and_carry_no_live_braces(name, topic, title, profile):
    persona = make_persona(
        variables={"profile_a": {"type": "number", "default": 1, "description": "A"}},
    )
    record = PersonRecord(
        name=name, profile=profile, last_talk_at=NOON, conversations=(make_talk(title=title),)
    )
    variables = build_variables(persona, record, "", make_occasion(user_name=name, topic=topic))
    for key, value in variables.items():
        assert type(value) in {str, int, float, bool}, key
        assert not list(find_placeholders(str(value))), key
        assert "{{" not in str(value), key
    json.dumps(variables, allow_nan=False).encode("ascii")


def decode_hosted(link: str) -> dict:
    """Read a talk-to link as the platform documents it."""
    query = parse_qs(urlsplit(link).query, strict_parsing=True)
    return json.loads(base64.b64decode(query["vars"][0], validate=True))


def test_a_hosted_link_carries_name_reference_and_hint_and_is_neutral_otherwise():
    variables = initiate(record=FRIEND, cast_as="wizard", topic="my divorce").variables
    link = build_hosted_link("https://elevenlabs.io/app/talk-to", "agent_1", MERLIN, variables, hint=True)
    told = decode_hosted(link)
    assert set(told) == set(STANDARD_VARIABLES)
    assert (told["user_name"], told["cast_as"], told["call_ref"]) == ("Mira", "wizard", "ref-1")
    assert told["last_call_hint"] == "Last time we spoke about “The missing cat”."
    assert told["first_message"] == "Well met, Mira!"
    for private in ("context", "last_call_summary", "topic", "call_count"):
        assert told[private] == STANDARD_VARIABLES[private], private


def test_a_hosted_link_without_hint_says_nothing_of_the_past():
    variables = initiate(record=FRIEND).variables
    link = build_hosted_link("https://elevenlabs.io/app/talk-to", "agent_1", MERLIN, variables, hint=False)
    assert "missing cat" not in json.dumps(decode_hosted(link))


@given(
    name=st.text(max_size=64),
    title=st.text(max_size=300),
    defaults=st.lists(st.text(max_size=200), max_size=6),
)
def test_a_hosted_link_is_never_longer_than_it_may_be_and_keeps_the_reference(name, title, defaults):
    declared = {
        f"v{number}": {
            "type": "string",
            "default": text.replace("{{", "").replace("}}", ""),
            "description": "V",
        }
        for number, text in enumerate(defaults)
    }
    persona = make_persona(variables=declared)
    record = PersonRecord(name=name, last_talk_at=NOON, conversations=(make_talk(title=title),))
    occasion = make_occasion(user_name=name, call_ref="f" * 32, cast_as="wizard")
    variables = build_variables(persona, record, "", occasion)
    link = build_hosted_link("https://elevenlabs.io/app/talk-to", "agent_1", persona, variables, hint=True)
    told = decode_hosted(link)
    assert len(link) <= HOSTED_LINK_CHARS
    assert set(told) == set(variables)
    assert (told["call_ref"], told["cast_as"], told["crisis_line"]) == ("f" * 32, "wizard", "116 123")


def test_a_hosted_link_tells_nothing_of_the_profile_not_even_in_its_greeting():
    declared = {"profile_diagnosis": {"type": "string", "default": "none", "description": "Health"}}
    persona = make_persona(variables=declared, greeting="Hi {{user_name}}, how is {{profile_diagnosis}}?")
    record = PersonRecord(name="Mira", profile={"diagnosis": "measles"})
    variables = build_variables(persona, record, "", make_occasion())
    assert variables["profile_diagnosis"] == "measles"
    link = build_hosted_link("https://elevenlabs.io/app/talk-to", "agent_1", persona, variables, hint=True)
    assert decode_hosted(link)["first_message"] == "Hi Mira, how is none?"
    assert "measles" not in json.dumps(decode_hosted(link))


def test_a_persona_that_fits_into_no_hosted_link_is_refused_in_words():
    declared = {
        f"{'v' * 60}_{number}": {"type": "number", "default": 0, "description": "V"} for number in range(32)
    }
    persona = make_persona(variables=declared)
    variables = build_variables(persona, STRANGER, "", make_occasion())
    with pytest.raises(OperatorError, match="too long"):
        build_hosted_link("https://elevenlabs.io/app/talk-to", "agent_1", persona, variables, hint=True)
