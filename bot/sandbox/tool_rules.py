"""The rules for webhook tools (ElevenLabs: Server tools; package `elevenlabs`, `ToolRequestModel`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.sandbox.reading import Json
from bot.sandbox.refusals import Problem

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
PATH_PART = re.compile(r"\{(\w+)\}")
KNOWN_CONFIG = """
type name description response_timeout_secs disable_interruptions interruption_mode force_pre_tool_speech
pre_tool_speech assignments tool_call_sound tool_call_sound_behavior tool_error_handling_mode
dynamic_variables execution_mode api_schema follow_redirects follow_redirects_allowed_domains
"""
KNOWN_API = """
request_headers url method path_params_schema query_params_schema request_body_schema
response_body_schema response_filter content_type auth_resolved_params auth_connection
"""
CONFIG_KEYS = frozenset(KNOWN_CONFIG.split())
API_KEYS = frozenset(KNOWN_API.split())
SOURCES = ("description", "dynamic_variable", "constant_value", "is_system_provided", "is_omitted")
GROUPS = ("request_headers", "path_params_schema", "query_params_schema", "request_body_schema")


def tool_problems(config: Json) -> list[Problem]:
    """What is against the documented rules in the `tool_config` of a webhook tool."""
    found = [
        Problem((key,), "Extra inputs are not permitted", "extra_forbidden")
        for key in sorted(set(config) - CONFIG_KEYS)
    ]
    if config.get("type", "webhook") != "webhook":
        return [Problem(("type",), "The sandbox only has tools of type 'webhook'", "value_error")]
    if not isinstance(config.get("name"), str) or not NAME.fullmatch(config["name"]):
        found.append(Problem(("name",), "name should match ^[a-zA-Z0-9_-]{1,64}$", "string_pattern_mismatch"))
    if not isinstance(config.get("description"), str):
        found.append(Problem(("description",), "Field required", "missing"))
    timeout = config.get("response_timeout_secs", 20)
    if isinstance(timeout, bool) or not isinstance(timeout, int) or not 5 <= timeout <= 300:
        found.append(
            Problem(("response_timeout_secs",), "Input should be a whole number from 5 to 300", "value_error")
        )
    assignments = config.get("assignments") or []
    if not isinstance(assignments, list) or not all(map(_is_assignment, assignments)):
        words = "Every assignment needs dynamic_variable and value_path, as text"
        found.append(Problem(("assignments",), words, "value_error"))
    api = config.get("api_schema")
    if not isinstance(api, dict):
        return [*found, Problem(("api_schema",), "Field required", "missing")]
    return found + [problem.under("api_schema") for problem in _api_problems(api)]


def needed_variables(config: Json) -> set[str]:
    """The dynamic variables that a conversation with this tool must bring; a placeholder is not enough."""
    api = config["api_schema"]
    headers = (api.get("request_headers") or {}).values()
    names = {
        value["variable_name"] for value in headers if isinstance(value, dict) and "variable_name" in value
    }
    return names | {
        value["dynamic_variable"] for _, value in _properties(api) if value.get("dynamic_variable")
    }


def _api_problems(api: Json) -> Iterator[Problem]:
    for key in sorted(set(api) - API_KEYS):
        yield Problem((key,), "Extra inputs are not permitted", "extra_forbidden")
    groups = [key for key in GROUPS if not isinstance(api.get(key) or {}, dict)]
    if groups:
        yield from (Problem((key,), "Input should be a valid dictionary", "dict_type") for key in groups)
        return
    url = api.get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or "{{" in url:
        yield Problem(("url",), "url should be a static address, without {{…}}", "value_error")
    elif set(PATH_PART.findall(url)) != set(api.get("path_params_schema") or {}):
        yield Problem(
            ("path_params_schema",), "Every {part} of url needs a schema, and no other", "value_error"
        )
    if api.get("method") not in (None, "GET", "POST", "PUT", "PATCH", "DELETE"):
        yield Problem(("method",), "Input should be GET, POST, PUT, PATCH or DELETE", "literal_error")
    for name, value in (api.get("request_headers") or {}).items():
        if not isinstance(value, str) and not _is_locator(value):
            words = "A header is text, or one of variable_name, secret_id and env_var_label"
            yield Problem(("request_headers", name), words, "value_error")
    for place, value in _properties(api):
        given = [source for source in SOURCES if value.get(source) not in (None, "", False)]
        if len(given) != 1:
            words = f"Exactly one of {', '.join(SOURCES)} must be set"
            yield Problem(place, words, "value_error")


def _is_assignment(value: Any) -> bool:
    names = ("dynamic_variable", "value_path")
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in names)


def _is_locator(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    (name, target) = next(iter(value.items()))
    return name in ("variable_name", "secret_id", "env_var_label") and isinstance(target, str)


def named(schema: Json, key: str) -> list[tuple[str, Json]]:
    """The properties under a key; what is no object stands as an empty one, which no rule lets through."""
    group = schema.get(key)
    pairs = group.items() if isinstance(group, dict) else ()
    return [(name, value if isinstance(value, dict) else {}) for name, value in pairs]


def _properties(api: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Every property that has a value of its own, with its place."""
    for name, value in named(api, "path_params_schema"):
        yield ("path_params_schema", name), value
    for name, value in named(api.get("query_params_schema") or {}, "properties"):
        yield ("query_params_schema", "properties", name), value
    yield from _inside(api.get("request_body_schema") or {}, ("request_body_schema",))


def _inside(schema: Json, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    for name, value in named(schema, "properties"):
        at = (*place, "properties", name)
        if value.get("type") == "object" and not value.get("dynamic_variable"):
            yield from _inside(value, at)
        elif value.get("type") == "array" and not value.get("dynamic_variable"):
            items = value.get("items")
            yield (*at, "items"), items if isinstance(items, dict) else {}
        else:
            yield at, value
