"""Asking a webhook tool in mid-call (ElevenLabs: Server tools)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.sandbox.initiation import as_words
from bot.sandbox.reading import Json, parse_object
from bot.sandbox.recall import OWN_URL, own_answer
from bot.sandbox.tool_rules import PATH_PART, named

RECALL = re.compile(r"recall|remember|memor", re.IGNORECASE)
LARGEST_ANSWER_BYTES = 256 * 1024


@dataclass(frozen=True)
class Lookup:
    """One use of a tool: what was sent, and what came back."""

    request_id: str
    tool_id: str
    tool_name: str
    method: str
    url: str
    body: str
    result: str
    is_error: bool
    seconds: float = 0.0

    @property
    def told_nothing_new(self) -> bool:
        """Whether it came from the context, which the answer quotes anyway."""
        return self.url == OWN_URL and not self.is_error


def is_recall(config: Json) -> bool:
    return RECALL.search(config["name"]) is not None


async def ask(
    client: aiohttp.ClientSession,
    tool_id: str,
    config: Json,
    request_id: str,
    said: str,
    variables: Mapping[str, Any],
    secrets: Mapping[str, Json],
) -> Lookup:
    """Ask a tool, the sandbox's own without HTTP; what the model would fill in is what the caller said."""
    api = config["api_schema"]
    path = dict(named(api, "path_params_schema"))
    url = PATH_PART.sub(
        lambda match: quote(as_words(_fill(path[match[1]], said, variables)), safe=""), api["url"]
    )
    query = {
        name: as_words(_fill(value, said, variables))
        for name, value in named(api.get("query_params_schema") or {}, "properties")
        if not value.get("is_omitted")
    }
    schema = api.get("request_body_schema")
    body = None if schema is None else json.dumps(_fill(schema, said, variables), ensure_ascii=False)
    method = api.get("method") or "GET"
    used = (request_id, tool_id, config["name"], method, url, body or "")
    if api["url"] == OWN_URL:
        return Lookup(*used, result=own_answer(variables), is_error=False)
    try:
        headers = fill_headers(api.get("request_headers") or {}, variables, secrets)
        timeout = aiohttp.ClientTimeout(total=config.get("response_timeout_secs") or 20)
        if body is not None:
            headers.setdefault("Content-Type", api.get("content_type") or "application/json")
        async with client.request(
            method, url, params=query, data=body, headers=headers, timeout=timeout, allow_redirects=False
        ) as answer:
            raw = await answer.content.read(LARGEST_ANSWER_BYTES)
            text = raw.decode(errors="replace")
            return Lookup(*used, result=text, is_error=not 200 <= answer.status < 300)
    except (aiohttp.ClientError, TimeoutError, KeyError) as error:
        return Lookup(*used, result=f"The tool could not be reached: {error!r}", is_error=True)


def words_of(result: str) -> str:
    """What a person would hear of an answer: the texts in its JSON, or itself."""
    try:
        return " ".join(_texts(parse_object(result)))
    except ValueError:
        return result.strip()


def assigned(config: Json, result: str) -> Iterator[tuple[str, str]]:
    """The dynamic variables that an answer sets, by the dotted paths of `assignments`."""
    try:
        answer: Any = parse_object(result)
    except ValueError:
        return
    for assignment in config.get("assignments") or []:
        value = answer
        for key in str(assignment.get("value_path", "")).split("."):
            if isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str | int | float):
            yield str(assignment["dynamic_variable"]), as_words(value)


def _fill(schema: Json, said: str, variables: Mapping[str, Any]) -> Any:
    if schema.get("dynamic_variable"):
        return variables.get(schema["dynamic_variable"])
    if schema.get("constant_value") is not None:
        return schema["constant_value"]
    kind = schema.get("type")
    if kind == "object":
        given = named(schema, "properties")
        return {name: _fill(value, said, variables) for name, value in given if not value.get("is_omitted")}
    if kind == "array":
        return [_fill(schema.get("items") or {}, said, variables)]
    return {"boolean": False, "integer": 0, "number": 0}.get(str(kind), said)


def fill_headers(wanted: Json, variables: Mapping[str, Any], secrets: Mapping[str, Json]) -> dict[str, str]:
    """Raises KeyError for a variable, a secret or an environment variable that there is not."""
    headers = {}
    for name, value in wanted.items():
        if isinstance(value, str):
            headers[name] = value
        elif "variable_name" in value:
            headers[name] = as_words(variables[value["variable_name"]])
        elif "secret_id" in value:
            headers[name] = str(secrets[value["secret_id"]]["value"])
        else:
            raise KeyError(value["env_var_label"])
    return headers


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
