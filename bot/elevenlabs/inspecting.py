"""One look at the agent and its workspace, for saying what is wrong with them.

Source: ElevenLabs, "Get agent", "Settings", "Workspace webhooks" and "List phone numbers".
"""

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, TypeVar

from bot.domain.agent import Agent, Part, PhoneLine, Unread, Webhook
from bot.domain.errors import ProviderError
from bot.elevenlabs.agent_detail import AgentDetail, PostCallWebhooks
from bot.elevenlabs.client import ElevenLabs
from bot.elevenlabs.guardrails import read_guardrails
from bot.elevenlabs.recall_tool import RECALL_TOOL
from bot.elevenlabs.workspace import Tool

T = TypeVar("T")


async def inspect_agent(elevenlabs: ElevenLabs) -> tuple[Agent, tuple[PhoneLine, ...]]:
    """Return what a check looks at: the agent as it is now, and the numbers of the account.

    What else cannot be looked at stands in ``Agent.unread``. Raises ProviderError and its kinds if the agent
    itself cannot be.
    """
    elevenlabs.agent.forget()
    detail = await elevenlabs.agent.fetch()
    look = _Look()
    tools = await _tools(elevenlabs, detail, look)
    settings = await _post_call_webhooks(elevenlabs, detail, look)
    webhook = await _webhook(elevenlabs, settings.post_call_webhook_id, look)
    lines = await _lines(elevenlabs, look)
    platform, config = detail.platform_settings, detail.conversation_config
    built_in = {name: tool for name, tool in config.agent.prompt.built_in_tools.items() if tool}
    guardrails, unread_guardrails = read_guardrails(detail)
    voicemail = built_in.get("voicemail_detection")
    agent = Agent(
        id=detail.agent_id,
        allowed_overrides=detail.allowed_overrides(),
        required=detail.required_variables(tools),
        requires_authentication=platform.auth.enable_auth,
        allowed_hosts=tuple(host.hostname for host in platform.auth.allowlist),
        playing_nodes=detail.playing_nodes(),
        client_events=config.conversation.client_events,
        max_duration_seconds=config.conversation.max_duration_seconds,
        silence_seconds=config.turn.silence_end_call_timeout,
        built_in_tools=frozenset(built_in),
        voicemail_message=voicemail.params.voicemail_message if voicemail else "",
        asks_about_inbound=platform.overrides.enable_conversation_initiation_client_data_from_webhook,
        collected={name: one.type for name, one in platform.data_collection.items() if one},
        concurrent_limit=platform.call_limits.agent_concurrency_limit,
        daily_limit=platform.call_limits.daily_limit,
        bursting=platform.call_limits.bursting_enabled,
        queueing=platform.queueing_config.enabled,
        records_voice=platform.privacy.record_voice,
        retention_days=platform.privacy.retention_days,
        webhook_id=settings.post_call_webhook_id,
        webhook=webhook,
        webhook_events=settings.events,
        transcript_format=settings.transcript_format,
        excludes_transcript=settings.exclude_transcript,
        recall_urls=_recall_urls((*config.agent.prompt.tools, *tools)),
        guardrails=guardrails,
        unread=(
            *unread_guardrails,
            *(Unread("agent", path, "it is not as documented") for path in detail.odd),
            *look.unread,
        ),
    )
    return agent, lines


class _Look:
    """Keeps what could not be looked at, so that everything else still is."""

    def __init__(self) -> None:
        self.unread: list[Unread] = []

    async def at(self, part: Part, name: str, reading: Awaitable[T]) -> T | None:
        """Return what was read, None if it could not be."""
        try:
            return await reading
        except ProviderError as error:
            self.unread.append(Unread(part, name, str(error), error.status or 0))
            return None


async def _tools(elevenlabs: ElevenLabs, detail: AgentDetail, look: _Look) -> tuple[dict[str, Any], ...]:
    """Return the tools that the agent names by id."""
    found: list[Tool | None] = [
        await look.at("tool", tool_id, elevenlabs.workspace.fetch_tool(tool_id))
        for tool_id in detail.tool_ids()
    ]
    return tuple(tool.tool_config for tool in found if tool)


def _recall_urls(tools: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return where the tools of our tool's name lead."""
    schemas = (tool.get("api_schema") for tool in tools if tool.get("name") == RECALL_TOOL)
    return tuple(str(schema.get("url", "")) for schema in schemas if isinstance(schema, dict))


async def _post_call_webhooks(elevenlabs: ElevenLabs, detail: AgentDetail, look: _Look) -> PostCallWebhooks:
    """Return the agent's own setting, which wins, or the workspace's."""
    own = detail.platform_settings.workspace_overrides.webhooks
    if own.post_call_webhook_id:
        return own
    settings = await look.at("settings", "", elevenlabs.workspace.fetch_settings())
    return settings.webhooks if settings else own


async def _webhook(elevenlabs: ElevenLabs, webhook_id: str, look: _Look) -> Webhook | None:
    if not webhook_id:
        return None
    for known in await look.at("webhooks", "", elevenlabs.workspace.list_webhooks()) or ():
        if known.webhook_id == webhook_id:
            return known.in_our_words()
    return None


async def _lines(elevenlabs: ElevenLabs, look: _Look) -> tuple[PhoneLine, ...]:
    numbers = await look.at("numbers", "", elevenlabs.fetch_phone_numbers()) or ()
    return tuple(
        PhoneLine(
            number.phone_number_id,
            number.phone_number,
            number.provider,
            number.assigned_agent.agent_id if number.assigned_agent else "",
        )
        for number in numbers
    )
