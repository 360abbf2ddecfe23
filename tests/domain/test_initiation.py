"""The override and the dynamic variables of one call."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.initiation import build_initiation, build_variables
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
