"""Our agent as they have it: what a call may override, and everything that a check looks at. No I/O.

Source: ElevenLabs, "Get agent"; the defaults are theirs.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import Field, model_validator

from bot.domain.variables import find_placeholders
from bot.elevenlabs.wire import Wire

PLATFORM_PREFIXES = ("system__", "system_env__")
"""Variables that the platform itself sets."""

_ALL_OFF: Mapping[str, Any] = Field(default_factory=dict)


class Document(Wire):
    """A part of their document; null means that they said nothing, and their default holds."""

    @model_validator(mode="before")
    @classmethod
    def _drop_null(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: part for name, part in value.items() if part is not None}


class _Prompt(Document):
    prompt: str = ""
    llm: str = ""
    tool_ids: tuple[str, ...] = ()
    tools: tuple[dict[str, Any], ...] = ()


class _Placeholders(Document):
    dynamic_variable_placeholders: dict[str, Any] = Field(default_factory=dict)


class _Agent(Document):
    first_message: str = ""
    language: str = "en"
    prompt: _Prompt = _Prompt()
    dynamic_variables: _Placeholders = _Placeholders()


class _Conversation(Document):
    max_duration_seconds: int = 600
    text_only: bool = False
    client_events: tuple[str, ...] = ()


class _Config(Document):
    agent: _Agent = _Agent()
    conversation: _Conversation = _Conversation()


class _Host(Document):
    hostname: str


class _Auth(Document):
    enable_auth: bool = False
    allowlist: tuple[_Host, ...] = ()
    require_origin_header: bool = False


class _CallLimits(Document):
    agent_concurrency_limit: int = -1
    daily_limit: int = 100_000
    bursting_enabled: bool = True


class _Privacy(Document):
    record_voice: bool = True
    retention_days: int = -1
    delete_transcript_and_pii: bool = False
    delete_audio: bool = False
    zero_retention_mode: bool = False


class _Queueing(Document):
    enabled: bool = False


class PostCallWebhooks(Document):
    """Which webhook hears of finished calls; an empty id: none, or the workspace's."""

    post_call_webhook_id: str = ""
    events: tuple[str, ...] = ()
    transcript_format: str = "json"
    exclude_transcript: bool = False


class InitiationWebhook(Document):
    """Whom they ask about a caller when a call comes in."""

    url: str


class _WorkspaceOverrides(Document):
    webhooks: PostCallWebhooks = PostCallWebhooks()
    conversation_initiation_client_data_webhook: InitiationWebhook | None = None


class _Overrides(Document):
    conversation_config_override: dict[str, Any] = Field(default_factory=dict)
    custom_llm_extra_body: bool = False
    enable_conversation_initiation_client_data_from_webhook: bool = False
    enable_starting_workflow_node_id_from_client: bool = False
    enable_procedure_ids_from_client: bool = False


class _OverridesAlone(Document):
    overrides: _Overrides = _Overrides()


class AgentFlags(Document):
    """What a call needs to know of our agent, and no more: a call must not fail for what it does not use."""

    agent_id: str = Field(min_length=1)
    platform_settings: _OverridesAlone = _OverridesAlone()

    def allowed_overrides(self) -> frozenset[str]:
        """Return the fields whose flag says true, as dotted paths such as ``agent.prompt.prompt``."""
        pending = [("", self.platform_settings.overrides.conversation_config_override)]
        allowed: set[str] = set()
        while pending:
            prefix, flags = pending.pop()
            allowed |= {f"{prefix}{name}" for name, flag in flags.items() if flag is True}
            pending += [(f"{prefix}{name}.", flag) for name, flag in flags.items() if isinstance(flag, dict)]
        return frozenset(allowed)


class _Platform(_OverridesAlone):
    auth: _Auth = _Auth()
    call_limits: _CallLimits = _CallLimits()
    privacy: _Privacy = _Privacy()
    queueing_config: _Queueing = _Queueing()
    workspace_overrides: _WorkspaceOverrides = _WorkspaceOverrides()
    data_collection: dict[str, dict[str, Any]] = Field(default_factory=dict)


class _Workflow(Document):
    nodes: dict[str, dict[str, Any]] = Field(default_factory=dict)


class AgentDetail(AgentFlags):
    """Our agent, as far as a check looks at it.

    ``document`` is all that they sent, for comparing with what we want it to be.
    """

    name: str = ""
    version_id: str = ""
    conversation_config: _Config = _Config()
    platform_settings: _Platform = _Platform()
    workflow: _Workflow = _Workflow()
    document: dict[str, Any] = Field(default_factory=dict, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _keep_all(cls, value: Any) -> Any:
        return {**value, "document": value} if isinstance(value, dict) else value

    def required_variables(self) -> dict[str, tuple[str, ...]]:
        """Return the variables that a conversation needs to start, each with the places that use it.

        Of tools only those that the answer carries are looked at, not those that it only names by id. A
        variable that a tool's answer sets is not needed from us by tools. Source: "Dynamic variables".
        """
        agent = self.conversation_config.agent
        used: dict[str, list[str]] = {}
        texts = [("first message", agent.first_message), ("prompt", agent.prompt.prompt)]
        texts += [(f"workflow node {name}", text) for name, text in self._node_texts()]
        for place, text in texts:
            for name in _names_in((text,)):
                used.setdefault(name, []).append(place)
        set_by_tools = {name for tool in agent.prompt.tools for name in assigned_variables(tool)}
        for tool in agent.prompt.tools:
            for name in sorted(tool_variables(tool) - set_by_tools):
                used.setdefault(name, []).append(f"tool {tool.get('name', 'without a name')}")
        return {name: tuple(dict.fromkeys(places)) for name, places in used.items()}

    def unresolved_tool_ids(self) -> tuple[str, ...]:
        """Return the ids of the agent's tools if the answer does not carry the tools themselves."""
        prompt = self.conversation_config.agent.prompt
        return () if prompt.tools else prompt.tool_ids

    def _node_texts(self) -> Iterator[tuple[str, str]]:
        for name, node in self.workflow.nodes.items():
            yield from ((name, text) for _, text in _strings(node))


def tool_variables(tool_config: Mapping[str, Any]) -> frozenset[str]:
    """Return the variables that a tool's request is filled from; what its answer sets is not among them."""
    found = [
        (key, text)
        for part in ("api_schema", "parameters", "description")
        for key, text in _strings(tool_config.get(part), part)
    ]
    bound = {text for key, text in found if key in ("dynamic_variable", "variable_name") and text}
    return frozenset(name for name in bound if _is_ours(name)) | _names_in(text for _, text in found)


def assigned_variables(tool_config: Mapping[str, Any]) -> frozenset[str]:
    """Return the variables that a tool's answer sets."""
    return frozenset(
        text for key, text in _strings(tool_config.get("assignments")) if key == "dynamic_variable"
    )


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every string in a JSON value with the name that it stands under."""
    pending = [(key, value)]
    while pending:
        name, part = pending.pop()
        if isinstance(part, str):
            yield name, part
        elif isinstance(part, dict):
            pending += part.items()
        elif isinstance(part, list | tuple):
            pending += [(name, item) for item in part]


def _names_in(texts: Iterable[str]) -> frozenset[str]:
    names = (match.group(1) for text in texts for match in find_placeholders(text))
    return frozenset(name for name in names if _is_ours(name))


def _is_ours(name: str) -> bool:
    return bool(name) and not name.startswith(PLATFORM_PREFIXES)
