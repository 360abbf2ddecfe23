"""What a client may send to start a conversation."""

import pytest

from bot.sandbox.agent import AGENT_ID, OVERRIDES, default_agent, merge
from bot.sandbox.initiation import build_settings, fill, initiation_problems
from bot.sandbox.recall import RECALL_TOOL, RECALL_TOOL_ID
from bot.sandbox.refusals import StartError

AGENT = default_agent(public=False, made_at=0)
TOOLS = {RECALL_TOOL_ID: RECALL_TOOL}
VARIABLES = {"first_message": "Hello, Mira!", "character_name": "Merlin", "context": "none yet"}
SYSTEM = {"system__agent_id": AGENT_ID, "system__conversation_id": "conv_1"}


def override(path, value):
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


def start(variables=VARIABLES, agent=AGENT, **data):
    return build_settings(agent, {"dynamic_variables": variables, **data}, SYSTEM, TOOLS)


def test_base_prompt_and_greeting_are_filled_with_the_variables():
    settings = start()
    assert settings.first_message == "Hello, Mira!"
    assert "You are Merlin" in settings.prompt


def test_an_override_replaces_what_the_agent_has():
    changes = {
        "agent": {
            "first_message": "Ah, {{user_name}}!",
            "prompt": {"prompt": "Be brief, {{system__agent_id}}."},
        },
        "conversation": {"text_only": True, "max_duration_seconds": 60},
    }
    settings = start({"user_name": "Mira"}, conversation_config_override=changes)
    assert settings.first_message == "Ah, Mira!"
    assert settings.prompt == f"Be brief, {AGENT_ID}."
    assert settings.text_only
    assert settings.max_duration_seconds == 60


def test_an_empty_greeting_is_an_override_too():
    assert start(conversation_config_override=override("agent.first_message", "")).first_message == ""


@pytest.mark.parametrize(
    "path",
    [
        "agent.prompt.prompt",
        "agent.first_message",
        "agent.language",
        "agent.prompt.llm",
        "tts.voice_id",
        "tts.model_id",
        "conversation.text_only",
    ],
)
def test_a_field_whose_flag_is_off_is_refused_by_its_name(path):
    flags = override(f"platform_settings.overrides.conversation_config_override.{path}", False)
    value = True if OVERRIDES[path] is bool else "eleven_flash_v2_5"
    with pytest.raises(StartError) as refusal:
        start(agent=merge(AGENT, flags), conversation_config_override=override(path, value))
    assert refusal.value.reason == f"Override for field '{path.rpartition('.')[2]}' is not allowed by config"
    assert refusal.value.error_type == "override_error"


def test_an_unknown_override_key_is_refused():
    with pytest.raises(StartError, match="Override for field 'voice' is not allowed by config"):
        start(conversation_config_override={"tts": {"voice": "x"}})


def test_keywords_that_are_not_enabled_are_ignored_as_documented():
    assert start(conversation_config_override={"asr": {"keywords": ["Tarn"]}}).first_message == "Hello, Mira!"


def test_the_official_python_client_may_put_text_only_at_the_top_where_it_does_nothing():
    assert not start(conversation_config_override={"text_only": True}).text_only


def test_missing_variables_are_named_with_the_place_that_wants_them():
    with pytest.raises(StartError) as refusal:
        start({})
    assert refusal.value.reason == "Missing required dynamic variables in first message: {'first_message'}"
    with pytest.raises(StartError) as refusal:
        start({"first_message": "Hello"})
    assert (
        refusal.value.reason == "Missing required dynamic variables in prompt: {'character_name', 'context'}"
    )
    assert refusal.value.error_type == "missing_dynamic_variable"


def test_variables_of_the_overriding_prompt_are_required_too():
    with pytest.raises(StartError, match=r"in prompt: \{'house'\}"):
        start(conversation_config_override=override("agent.prompt.prompt", "Of house {{ house }}."))


@pytest.mark.parametrize("value", [None, ["a"], {"a": 1}])
def test_a_variable_is_a_string_a_number_or_a_boolean(value):
    with pytest.raises(StartError, match="'topic' should be a string, number or boolean"):
        start({**VARIABLES, "topic": value})


@pytest.mark.parametrize("name", ["system__time", "system_env__stage", "integration__slack_user_id"])
def test_variables_of_the_platform_cannot_be_supplied(name):
    with pytest.raises(StartError, match=f"'{name}' is reserved"):
        start({**VARIABLES, name: "now"})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"branch_id": 7}, "branch_id should be a valid string"),
        ({"environment": []}, "environment should be a valid string"),
        ({"usr_id": "x"}, "There is no field 'usr_id'"),
        ({"source_info": {"source": "discord"}}, "source_info.source is not one that is known"),
        ({"source_info": {"version": 7}}, "source_info.version should be a valid string"),
    ],
)
def test_what_is_malformed_beside_the_override_is_no_message(data, words):
    with pytest.raises(StartError, match=words) as refusal:
        start(**data)
    assert refusal.value.error_type == "invalid_message"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("tts.stability", 1.5),
        ("tts.speed", 0.5),
        ("tts.speed", 1.25),
        ("tts.model_id", "eleven_flash_v9"),
        ("tts.stability", True),
        ("conversation.max_duration_seconds", "9"),
    ],
)
def test_a_value_of_the_wrong_kind_or_range_is_refused(path, value):
    with pytest.raises(StartError, match=f"'{path}' has a wrong value"):
        start(conversation_config_override=override(path, value))


def test_the_strictness_of_tools_follows_the_flag_of_the_tools():
    both = override("agent.prompt", {"tool_ids": [], "tool_ids_strict": True})
    flags = "platform_settings.overrides.conversation_config_override.agent.prompt"
    allowed = merge(AGENT, override(flags, {"tool_ids": True, "tool_ids_strict": False}))
    assert start(agent=allowed, conversation_config_override=both).language == "en"
    swapped = merge(AGENT, override(flags, {"tool_ids": False, "tool_ids_strict": True}))
    strict = override("agent.prompt.tool_ids_strict", True)
    with pytest.raises(StartError, match="'tool_ids_strict' is not allowed"):
        start(agent=swapped, conversation_config_override=strict)


def test_speech_may_be_as_fast_as_the_documented_limit():
    assert start(conversation_config_override=override("tts.speed", 1.2)).language == "en"


def test_another_language_needs_a_model_that_speaks_it():
    spanish = {"agent": {"language": "es"}, "tts": {"model_id": "eleven_flash_v2"}}
    with pytest.raises(StartError, match="Non-english"):
        start(conversation_config_override=spanish)


@pytest.mark.parametrize("field", ["starting_workflow_node_id", "procedure_ids", "custom_llm_extra_body"])
def test_other_client_fields_need_their_flag(field):
    value = {"custom_llm_extra_body": {"a": 1}}.get(field, "n_wizard")
    with pytest.raises(StartError, match=field):
        start(**{field: value})


def test_an_empty_extra_body_is_no_override():
    assert start(custom_llm_extra_body={}).language == "en"


def test_problems_carry_the_place_where_they_are():
    problems = initiation_problems({"conversation_config_override": {"agent": {"prompt": {"prompt": 7}}}})
    assert [problem.loc for problem in problems] == [
        ("conversation_config_override", "agent", "prompt", "prompt")
    ]
    problems = initiation_problems({"user_id": 7, "dynamic_variables": []})
    assert [(problem.loc, problem.type) for problem in problems] == [
        (("dynamic_variables",), "dict_type"),
        (("user_id",), "string_type"),
    ]


def test_placeholders_are_filled_once():
    assert fill("{{a}} {{b}} {{c}}", {"a": "{{b}}", "b": True, "c": None}) == "{{b}} true "
