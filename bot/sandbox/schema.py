"""The keys of an agent that may be changed, with their types.

They are those of `ConversationalConfig` and `AgentPlatformSettingsRequestModel` in package `elevenlabs` 2.78.
`any` and `map` are not looked into; `platform_settings.widget` and the like have no effect here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.agent import EFFORTS, TTS_MODELS
from bot.sandbox.reading import Json
from bot.sandbox.refusals import Problem
from bot.sandbox.workflow_rules import workflow_problems

KEYS = """
conversation_config language_presets:map vad:map
conversation_config.agent first_message:str language:str hinglish_mode:bool
conversation_config.agent disable_first_message_interruptions:bool max_conversation_duration_message:str
conversation_config.agent text_behavior_overrides:map
conversation_config.agent.dynamic_variables dynamic_variable_placeholders:map
conversation_config.agent.prompt prompt:str llm:str reasoning_effort:str service_tier:str thinking_budget:int
conversation_config.agent.prompt enable_reasoning_summary:bool temperature:number max_tokens:int tool_ids:list
conversation_config.agent.prompt tool_ids_strict:bool built_in_tools:map enable_parallel_tool_calls:bool
conversation_config.agent.prompt mcp_server_ids:list native_mcp_server_ids:list knowledge_base:list
conversation_config.agent.prompt custom_llm:map ignore_default_personality:bool rag:map timezone:str
conversation_config.agent.prompt backup_llm_config:any cascade_timeout_seconds:number tools:list
conversation_config.asr quality:str provider:str user_input_audio_format:str keywords:list
conversation_config.conversation text_only:bool max_duration_seconds:int client_events:list
conversation_config.conversation monitoring_enabled:bool monitoring_events:list source_attribution:bool
conversation_config.conversation background_sound:map dtmf_input_settings:map file_input:map
conversation_config.tts model_id:str voice_id:str supported_voices:list expressive_mode:bool
conversation_config.tts suggested_audio_tags:list agent_output_audio_format:str stability:number speed:number
conversation_config.tts optimize_streaming_latency:int similarity_boost:number clone_strength:number
conversation_config.tts text_normalisation_type:str pronunciation_dictionary_locators:list audio_effects:map
conversation_config.tts enable_phoneme_tags:bool
conversation_config.turn turn_timeout:number initial_wait_time:number silence_end_call_timeout:number
conversation_config.turn turn_eagerness:str spelling_patience:str speculative_turn:bool turn_model:str
conversation_config.turn retranscribe_on_turn_timeout:bool interruption_ignore_terms:list
conversation_config.turn interruption_ignore_term_languages:list merge_with_default_ignore_terms:bool
conversation_config.turn transcribe_on_disabled_interruptions:bool noisy_environment_detection:bool
conversation_config.turn noisy_environment_message:str soft_timeout_config:map
platform_settings data_collection:map data_collection_scopes:map archived:bool summary_language:str
platform_settings auto_translate_transcript_to_app_language:bool trust_context:str analysis_llm:str
platform_settings topic_discovery:map sentiment_analysis:map alerting:map analysis_items:map guardrails:map
platform_settings testing:map widget:map
platform_settings.auth enable_auth:bool allowlist:list require_origin_header:bool shareable_token:str
platform_settings.call_limits agent_concurrency_limit:int daily_limit:int bursting_enabled:bool
platform_settings.evaluation criteria:list
platform_settings.overrides custom_llm_extra_body:bool
platform_settings.overrides enable_conversation_initiation_client_data_from_webhook:bool
platform_settings.overrides enable_starting_workflow_node_id_from_client:bool
platform_settings.overrides enable_procedure_ids_from_client:bool
platform_settings.privacy record_voice:bool retention_days:int delete_transcript_and_pii:bool
platform_settings.privacy delete_audio:bool apply_to_existing_conversations:bool zero_retention_mode:bool
platform_settings.privacy conversation_history_redaction:map
platform_settings.queueing_config enabled:bool wait_timeout_seconds:int hold_audio:map
platform_settings.workspace_overrides.conversation_initiation_client_data_webhook url:str request_headers:map
platform_settings.workspace_overrides.webhooks post_call_webhook_id:str events:list transcript_format:str
platform_settings.workspace_overrides.webhooks exclude_transcript:bool send_audio:bool
"""
RANGES: Mapping[str, tuple[float, float]] = {
    "conversation_config.agent.prompt.temperature": (0, 2),
    "conversation_config.conversation.max_duration_seconds": (1, 86_400),
    "conversation_config.tts.stability": (0, 1),
    "conversation_config.tts.similarity_boost": (0, 1),
    "conversation_config.tts.speed": (0.7, 1.2),
    "conversation_config.turn.turn_timeout": (-1, 86_400),
    "conversation_config.turn.silence_end_call_timeout": (-1, 86_400),
    "platform_settings.call_limits.agent_concurrency_limit": (-1, 10**9),
    "platform_settings.call_limits.daily_limit": (-1, 10**9),
    "platform_settings.privacy.retention_days": (-1, 10**9),
    "platform_settings.queueing_config.wait_timeout_seconds": (1, 1800),
}
EVENTS = tuple(
    """
    conversation_initiation_metadata asr_initiation_metadata ping audio interruption user_transcript
    tentative_user_transcript agent_response agent_response_correction client_tool_call mcp_tool_call
    mcp_connection_status agent_tool_request agent_tool_response agent_tool_response_full_payload
    agent_response_metadata vad_score agent_chat_response_part client_error guardrail_triggered dtmf_request
    agent_response_complete context_usage internal_turn_probability internal_tentative_agent_response
    """.split()  # noqa: SIM905 - a table
)
CHOICES: Mapping[str, tuple[str, ...]] = {
    "conversation_config.agent.prompt.reasoning_effort": EFFORTS,
    "conversation_config.conversation.client_events": EVENTS,
    "conversation_config.conversation.monitoring_events": EVENTS,
    "conversation_config.tts.model_id": TTS_MODELS,
    "conversation_config.turn.turn_eagerness": ("patient", "normal", "eager"),
}
PLACEHOLDERS = "conversation_config.agent.dynamic_variables.dynamic_variable_placeholders"
NEEDED = ("name",)
KINDS: Mapping[str, type | tuple[type, ...]] = {
    "str": str,
    "bool": bool,
    "int": int,
    "number": (int, float),
    "list": list,
    "map": dict,
    "any": object,
}
TEXTS = ("tool_ids", "client_events", "monitoring_events", "events", "tags", "keywords")
WORDS: Mapping[str, str] = {
    "str": "string",
    "bool": "boolean",
    "int": "integer",
    "number": "number",
    "list": "list",
    "map": "dictionary",
}


BOTH_TOOLS = "Only one of tools and tool_ids may be set"


def read_keys(text: str, flags: tuple[str, ...]) -> Json:
    """The tree of keys; a leaf is the name of its kind. `flags` are the paths that clients may override."""
    tree: Json = {"name": "str", "tags": "list", "workflow": "any", "procedures": "any"}
    tree["version_description"] = "str"
    for line in text.strip().splitlines():
        path, *leaves = line.split()
        at = tree
        for key in path.split("."):
            at = at.setdefault(key, {})
        at.update({name: kind for name, _, kind in (leaf.partition(":") for leaf in leaves)})
    for flag in flags:
        at = tree["platform_settings"]["overrides"].setdefault("conversation_config_override", {})
        *groups, leaf = flag.split(".")
        for key in groups:
            at = at.setdefault(key, {})
        at[leaf] = "bool"
    return tree


def patch_problems(patch: Json, tree: Json, above: tuple[str, ...] = ("body",)) -> list[Problem]:
    """What in a patch is unknown, of a wrong type or out of range; null fits where nothing is needed."""
    problems: list[Problem] = []
    for key, value in patch.items():
        place, kind = (*above, key), tree.get(key)
        if kind is None:
            problems.append(Problem(place, "Extra inputs are not permitted", "extra_forbidden"))
        elif isinstance(kind, dict):
            if isinstance(value, dict):
                problems += patch_problems(value, kind, place)
            elif value is not None:
                problems.append(Problem(place, "Input should be a valid dictionary", "dict_type"))
        elif key in TEXTS and isinstance(value, list) and not all(isinstance(one, str) for one in value):
            problems.append(Problem(place, "Every entry should be a valid string", "string_type"))
        elif value is None:
            if place[1:] == NEEDED:
                problems.append(Problem(place, "Input should be a valid string", "string_type"))
        elif not _is(kind, value):
            problems.append(Problem(place, f"Input should be a valid {WORDS[kind]}", f"{kind}_type"))
        else:
            problems += _value_problems(value, place)
    return problems


def _value_problems(value: Any, place: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with a value of the right type."""
    path = ".".join(place[1:])
    low, high = RANGES.get(path, (None, None))
    if low is not None and value < low:
        yield Problem(place, f"Input should be greater than or equal to {low}", "greater_than_equal")
    if high is not None and value > high:
        yield Problem(place, f"Input should be less than or equal to {high}", "less_than_equal")
    choices = CHOICES.get(path)
    given = value if isinstance(value, list) else [value]
    if choices is not None and not set(given) <= set(choices):
        yield Problem(place, f"Input should be one of {', '.join(choices)}", "enum")
    if path == "workflow":
        yield from _workflow_problems(value, place)
    if path == "platform_settings.data_collection":
        for name, one in value.items():
            if not isinstance(one, dict):
                yield Problem((*place, name), "Input should be a valid dictionary", "dict_type")
    if path == PLACEHOLDERS:
        for name, one in value.items():
            if not isinstance(one, str | int | float):
                yield Problem((*place, name), "Input should be a string, number or boolean", "value_error")


def _workflow_problems(workflow: Any, place: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with it; what its nodes set of the conversation is like what the agent does."""
    problems = list(workflow_problems(workflow, place))
    yield from problems
    if problems:
        return
    for name, node in (workflow.get("nodes") or {}).items():
        config, at = node.get("conversation_config"), (*place, "nodes", name, "conversation_config")
        if config is None:
            continue
        if not isinstance(config, dict):
            yield Problem(at, "Input should be a valid dictionary", "dict_type")
            continue
        for problem in patch_problems({"conversation_config": config}, CONFIG_KEYS):
            yield Problem((*at, *problem.loc[2:]), problem.msg, problem.type)
        prompt = (config.get("agent") or {}).get("prompt") or {}
        if prompt.get("tools") is not None and prompt.get("tool_ids") is not None:
            yield Problem((*at, "agent", "prompt"), BOTH_TOOLS, "value_error")


def without_nulls(patch: Json, tree: Json) -> Json:
    """A null changes nothing, except where a text or something opaque can be unset by it."""
    kept: Json = {}
    for key, value in patch.items():
        kind = tree[key]
        if isinstance(kind, dict) and isinstance(value, dict):
            kept[key] = without_nulls(value, kind)
        elif value is not None or kind in ("str", "any"):
            kept[key] = value
    return kept


def _is(kind: str, value: Any) -> bool:
    if isinstance(value, bool) and kind in ("int", "number"):
        return False
    return isinstance(value, KINDS[kind])


CONFIG_KEYS = read_keys(KEYS, ())
