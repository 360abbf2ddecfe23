"""What a client sends to start a conversation: checked, and laid over the agent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.agent import EFFORTS, OVERRIDES, TTS_MODELS, get_path, merge, put_path
from bot.sandbox.reading import Json
from bot.sandbox.refusals import Problem, StartError
from bot.sandbox.routing import in_node
from bot.sandbox.tool_rules import needed_variables

PLACEHOLDER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
ENGLISH_ONLY_MODELS = ("eleven_flash_v2", "eleven_turbo_v2")
RANGES: Mapping[str, tuple[float, float]] = {
    "tts.stability": (0, 1),
    "tts.similarity_boost": (0, 1),
    "tts.speed": (0.7, 1.2),
    "conversation.max_duration_seconds": (1, 86_400),
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "tts.model_id": TTS_MODELS,
    "agent.prompt.reasoning_effort": EFFORTS,
}
OBJECTS = (
    "dynamic_variables",
    "conversation_config_override",
    "custom_llm_extra_body",
    "source_info",
    "tool_mock_config",
)
TEXTS = ("user_id", "branch_id", "environment", "starting_workflow_node_id")
LISTS = ("procedure_ids", "start_procedure_ids")
RESERVED = ("system__", "system_env__", "integration__")
KNOWN_SOURCES = """
unknown android_sdk node_js_sdk react_native_sdk react_sdk js_sdk python_sdk widget sip_trunk twilio
exotel genesys avaya audiocodes swift_sdk whatsapp twilio_sms flutter_sdk zendesk_integration
slack_integration
telegram_integration intercom_integration freshdesk_integration salesforce_integration template_preview
genesys_bot_connector subagent_tool
"""
SOURCES = frozenset(KNOWN_SOURCES.split())


@dataclass(frozen=True)
class Settings:
    """The agent as it is for one conversation, after the override; placeholders are filled in.

    `tools` are the tools at hand, by id; `built_in` are the names of those that the platform brings along.
    `silence_seconds` is after how long without words a telephone call ends; None: never. `node_id` is the
    node of the workflow that plays; None: the agent itself. `voice` is what it speaks with.
    """

    prompt: str
    first_message: str
    language: str
    text_only: bool
    max_duration_seconds: int
    variables: Mapping[str, str | float | bool | None]
    tools: Mapping[str, Json]
    built_in: frozenset[str] = frozenset()
    silence_seconds: float | None = None
    node_id: str | None = None
    llm: str | None = None
    voice: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_phone(self) -> bool:
        return self.variables.get("system__call_sid") is not None


def initiation_problems(data: Json) -> list[Problem]:
    """What is malformed in `conversation_initiation_client_data`, whatever the agent allows."""
    problems = [
        Problem((name,), f"{name} should be a valid {words}", kind)
        for names, wanted, words, kind in (
            (OBJECTS, dict, "dictionary", "dict_type"),
            (TEXTS, str, "string", "string_type"),
            (LISTS, list, "list", "list_type"),
        )
        for name in names
        if not isinstance(data.get(name), wanted | None)
    ]
    problems += [
        Problem((name,), f"There is no field '{name}'", "extra_forbidden")
        for name in data
        if name not in ("type", *OBJECTS, *TEXTS, *LISTS)
    ]
    problems += _source_problems(data.get("source_info"))
    if problems:
        return problems
    for name, value in (data.get("dynamic_variables") or {}).items():
        loc = ("dynamic_variables", name)
        if name.startswith(RESERVED):
            text = f"Dynamic variable '{name}' is reserved and cannot be supplied"
            problems.append(Problem(loc, text, "value_error"))
        elif not isinstance(value, str | int | float | bool):
            text = f"Dynamic variable '{name}' should be a string, number or boolean"
            problems.append(Problem(loc, text, "value_error"))
    for path, value in _leaves(data.get("conversation_config_override") or {}):
        place = ("conversation_config_override", *path.split("."))
        if path not in OVERRIDES:
            text = f"Override for field '{path.rpartition('.')[2]}' is not allowed by config"
            problems.append(Problem(place, text, "extra_forbidden"))
        elif not _fits(path, value):
            problems.append(Problem(place, f"Override for field '{path}' has a wrong value", "value_error"))
    return problems


def build_settings(agent: Json, data: Json, system: Json, tools: Mapping[str, Json]) -> Settings:
    """The agent with the client's override and variables. Raises StartError where ElevenLabs would refuse.

    Fields that the agent does not let clients override are refused, not dropped; only `asr.keywords` is
    documented as silently ignored. `tool_ids_strict` follows the flag of `tool_ids`. The agent's placeholders
    are for previews only: they stand in for nothing here.
    """
    problems = initiation_problems(data)
    if problems:
        is_override = problems[0].type == "extra_forbidden" and len(problems[0].loc) > 1
        wrong = "override_error" if is_override else "invalid_message"
        raise StartError(wrong, problems[0].msg)
    rules = agent["platform_settings"]["overrides"]
    _check_extras(rules, data)
    config: Json = agent["conversation_config"]
    for path, value in _leaves(data.get("conversation_config_override") or {}):
        flag = "agent.prompt.tool_ids" if path == "agent.prompt.tool_ids_strict" else path
        if get_path(rules["conversation_config_override"], flag) is not True:
            if path == "asr.keywords":
                continue
            name = path.rpartition(".")[2]
            raise StartError("override_error", f"Override for field '{name}' is not allowed by config")
        change: Json = {}
        put_path(change, path, value)
        config = merge(config, change)
    variables = {**(data.get("dynamic_variables") or {}), **system}
    node_id, config = in_node(agent.get("workflow"), config, variables)
    language, model = config["agent"]["language"] or "en", config["tts"]["model_id"]
    if not language.startswith("en") and model in ENGLISH_ONLY_MODELS:
        raise StartError("override_error", "Non-english Agents must use turbo or flash v2_5.")
    prompt, first_message = config["agent"]["prompt"]["prompt"] or "", config["agent"]["first_message"] or ""
    at_hand = _find_tools(config["agent"]["prompt"].get("tool_ids") or [], tools)
    wanted = {
        "first message": set(PLACEHOLDER.findall(first_message)),
        f"workflow node {node_id}" if node_id else "prompt": set(PLACEHOLDER.findall(prompt)),
        "tools": {name for config in at_hand.values() for name in needed_variables(config)},
    }
    for where, wants in wanted.items():
        missing = sorted(wants - variables.keys())
        if missing:
            names = ", ".join(f"'{name}'" for name in missing)
            reason = f"Missing required dynamic variables in {where}: {{{names}}}"
            raise StartError("missing_dynamic_variable", reason)
    return Settings(
        prompt=fill(prompt, variables),
        first_message=fill(first_message, variables),
        language=language,
        text_only=config["conversation"]["text_only"],
        max_duration_seconds=config["conversation"]["max_duration_seconds"],
        variables=variables,
        tools=at_hand,
        built_in=frozenset(
            name for name, tool in (config["agent"]["prompt"].get("built_in_tools") or {}).items() if tool
        ),
        silence_seconds=_silence_seconds(config),
        node_id=node_id or None,
        llm=config["agent"]["prompt"]["llm"],
        voice={name: value for name, value in config["tts"].items() if value is not None},
    )


def _silence_seconds(config: Json) -> float | None:
    seconds = (config.get("turn") or {}).get("silence_end_call_timeout")
    return float(seconds) if seconds is not None and seconds >= 0 else None


def _source_problems(info: object) -> Iterator[Problem]:
    if not isinstance(info, dict):
        return
    source = info.get("source")
    if source is not None and (not isinstance(source, str) or source not in SOURCES):
        yield Problem(
            ("source_info", "source"), "source_info.source is not one that is known", "literal_error"
        )
    if not isinstance(info.get("version"), str | None):
        words = "source_info.version should be a valid string"
        yield Problem(("source_info", "version"), words, "string_type")


def _find_tools(tool_ids: list[Any], tools: Mapping[str, Json]) -> Mapping[str, Json]:
    unknown = [tool_id for tool_id in tool_ids if not isinstance(tool_id, str) or tool_id not in tools]
    if unknown:
        raise StartError("override_error", f"Tool with id {unknown[0]} not found.")
    return {tool_id: tools[tool_id] for tool_id in tool_ids}


def fill(text: str, variables: Mapping[str, Any]) -> str:
    """Replace placeholders once; what a value brings along is not looked at again."""
    return PLACEHOLDER.sub(lambda match: as_words(variables.get(match[1])), text)


def as_words(value: str | float | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _check_extras(rules: Json, data: Json) -> None:
    gates = {
        "custom_llm_extra_body": "custom_llm_extra_body",
        "starting_workflow_node_id": "enable_starting_workflow_node_id_from_client",
        "procedure_ids": "enable_procedure_ids_from_client",
        "start_procedure_ids": "enable_procedure_ids_from_client",
    }
    for name, flag in gates.items():
        # The official Python client always sends an empty custom_llm_extra_body; that is not an override.
        sent = bool(data.get(name)) if name == "custom_llm_extra_body" else data.get(name) is not None
        if sent and rules.get(flag) is not True:
            raise StartError("override_error", f"Override for field '{name}' is not allowed by config")


def _leaves(override: Json, above: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of every field that is set; a path that leads nowhere comes out as it stands.

    The official Python client puts `text_only` at the top level, where it has no effect.
    """
    for key, value in override.items():
        path = f"{above}{key}"
        if value is None or path == "text_only":
            continue
        if isinstance(value, dict) and any(known.startswith(f"{path}.") for known in OVERRIDES):
            yield from _leaves(value, f"{path}.")
        else:
            yield path, value


def _fits(path: str, value: Any) -> bool:
    kind = OVERRIDES[path]
    if kind in (int, float):
        low, high = RANGES.get(path, (float("-inf"), float("inf")))
        number = isinstance(value, int | kind) and not isinstance(value, bool)
        return number and low <= value <= high
    if path in CHOICES:
        return isinstance(value, str) and value in CHOICES[path]
    return isinstance(value, kind)
