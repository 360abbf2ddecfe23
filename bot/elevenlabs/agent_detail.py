"""Our agent as they have it: what a call may override, and everything that a check looks at. No I/O.

Source: ElevenLabs, "Get agent"; the defaults are theirs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator

from bot.domain.agent_workflow import is_ours
from bot.domain.variables import find_placeholders
from bot.elevenlabs.wire import Wire

PLATFORM_PREFIXES = ("system__", "system_env__", "sip_", "integration__")
"""Variables that the platform itself sets."""

USUAL_EVENTS = (
    "audio",
    "interruption",
    "agent_response",
    "user_transcript",
    "tentative_user_transcript",
    "conversation_initiation_metadata",
    "ping",
)
"""What a conversation sends if the agent does not say."""

_TOOL_IDS = ("tool_ids", "additional_tool_ids", "tool_id")
_ODDITIES = 100
"""How many unreadable parts are named before the whole answer counts as unreadable."""


class Document(Wire):
    """A part of their document; null means that they said nothing, and their default holds."""

    @model_validator(mode="before")
    @classmethod
    def _drop_null(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: part for name, part in value.items() if part is not None}


class _SystemToolParams(Document):
    voicemail_message: str = ""


class _SystemTool(Document):
    params: _SystemToolParams = _SystemToolParams()


class _Prompt(Document):
    prompt: str = ""
    built_in_tools: dict[str, _SystemTool | None] = Field(default_factory=dict)
    tool_ids: tuple[str, ...] = ()
    tools: tuple[dict[str, Any], ...] = ()


class _Agent(Document):
    first_message: str = ""
    prompt: _Prompt = _Prompt()


class _Conversation(Document):
    max_duration_seconds: int = 600
    client_events: tuple[str, ...] = USUAL_EVENTS


class _Turn(Document):
    silence_end_call_timeout: float = -1


class _Config(Document):
    agent: _Agent = _Agent()
    turn: _Turn = _Turn()
    conversation: _Conversation = _Conversation()


class _Host(Document):
    hostname: str = ""


class _Auth(Document):
    enable_auth: bool = False
    allowlist: tuple[_Host, ...] = ()


class _CallLimits(Document):
    agent_concurrency_limit: int = -1
    daily_limit: int = 100_000
    bursting_enabled: bool = True


class _Privacy(Document):
    record_voice: bool = True
    retention_days: int = -1


class _Queueing(Document):
    enabled: bool = False


class _Collected(Document):
    type: str = ""


class PostCallWebhooks(Document):
    """Which webhook hears of finished calls; an empty id: none, or the workspace's."""

    post_call_webhook_id: str = ""
    events: tuple[str, ...] = ("transcript",)
    transcript_format: str = "json"
    exclude_transcript: bool = False


class _WorkspaceOverrides(Document):
    webhooks: PostCallWebhooks = PostCallWebhooks()


class _Overrides(Document):
    conversation_config_override: dict[str, Any] = Field(default_factory=dict)
    enable_conversation_initiation_client_data_from_webhook: bool = False


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
    data_collection: dict[str, _Collected | None] = Field(default_factory=dict)
    queueing_config: _Queueing = _Queueing()
    workspace_overrides: _WorkspaceOverrides = _WorkspaceOverrides()


class _Workflow(Document):
    nodes: dict[str, dict[str, Any]] = Field(default_factory=dict)


class AgentDetail(AgentFlags):
    """Our agent, as far as a check looks at it.

    ``document`` is all that they sent, for comparing with what we want it to be. ``odd`` are the paths in it
    that cannot be read; their defaults stand instead.
    """

    name: str = ""
    conversation_config: _Config = _Config()
    platform_settings: _Platform = _Platform()
    workflow: _Workflow = _Workflow()
    document: dict[str, Any] = Field(default_factory=dict, repr=False)
    odd: tuple[str, ...] = ()

    @model_validator(mode="wrap")
    @classmethod
    def _read_what_can_be_read(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(value, dict):
            return handler(value)
        readable, odd = deepcopy(value), set[str]()
        while True:
            try:
                return handler({**readable, "document": value, "odd": tuple(sorted(odd))})
            except ValidationError as error:
                found = error.errors(include_url=False, include_context=False, include_input=False)
                # From the last to the first, so that what is taken out of a list moves nothing to come.
                for place in sorted({one["loc"] for one in found}, key=_position, reverse=True):
                    if len(odd) >= _ODDITIES or not _take_out(readable, place):
                        raise
                    odd.add(".".join(str(step) for step in place))

    def tool_ids(self) -> tuple[str, ...]:
        """Return the tools that prompt and workflow name by id and the answer does not carry."""
        prompt = self.conversation_config.agent.prompt
        named = [*prompt.tool_ids]
        for node in self.workflow.nodes.values():
            named += [text for key, text in _strings(node) if key in _TOOL_IDS]
        carried = {tool.get(key) for tool in prompt.tools for key in ("id", "tool_id")}
        return tuple(dict.fromkeys(tool_id for tool_id in named if tool_id and tool_id not in carried))

    def required_variables(self, fetched: Sequence[Mapping[str, Any]] = ()) -> dict[str, tuple[str, ...]]:
        """Return the variables that a conversation needs to start, each with the places that use it.

        ``fetched`` are the tools that it names by id. A variable that the answer of any tool sets is not
        needed from us by tools; nodes that Troupe made play one character, whose calls bring what it needs.
        Source: "Dynamic variables".
        """
        agent = self.conversation_config.agent
        used: dict[str, list[str]] = {}
        texts = [("first message", agent.first_message), ("prompt", agent.prompt.prompt)]
        texts += [(f"workflow node {name}", text) for name, text in self._node_texts()]
        for place, text in texts:
            for name in _names_in((text,)):
                used.setdefault(name, []).append(place)
        tools = (*agent.prompt.tools, *fetched)
        set_by_tools = {name for tool in tools for name in assigned_variables(tool)}
        for tool in tools:
            for name in sorted(tool_variables(tool) - set_by_tools):
                used.setdefault(name, []).append(f"tool {tool.get('name', 'without a name')}")
        return {name: tuple(dict.fromkeys(places)) for name, places in used.items()}

    def playing_nodes(self) -> tuple[str, ...]:
        """Return the workflow's nodes that play somebody else than the agent itself."""
        nodes = self.workflow.nodes.items()
        return tuple(sorted(name for name, node in nodes if node.get("type") == "override_agent"))

    def _node_texts(self) -> Iterator[tuple[str, str]]:
        """Yield what a node says or is told; its label is only shown in the editor."""
        for name, node in self.workflow.nodes.items():
            if not is_ours(name):
                yield from ((name, text) for key, text in _strings(node) if key != "label")


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


def _position(place: tuple[int | str, ...]) -> tuple[tuple[int, str], ...]:
    """Return what orders places in a document; the numbers in it count entries of lists."""
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in place)


def _take_out(document: Any, place: Sequence[int | str]) -> bool:
    """Remove one part of a JSON value; False if there is none at that place."""
    try:
        for step in place[:-1]:
            document = document[step]
        del document[place[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True
