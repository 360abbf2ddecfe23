"""One look at the agent and its workspace, for saying what is wrong with them.

Source: ElevenLabs, "Get agent", "Settings", "Workspace webhooks" and "List phone numbers".
"""

from bot.domain.agent import Agent, PhoneLine, Webhook
from bot.elevenlabs.agent_detail import AgentDetail, PostCallWebhooks, tool_variables
from bot.elevenlabs.client import ElevenLabs


async def inspect_agent(elevenlabs: ElevenLabs) -> tuple[Agent, tuple[PhoneLine, ...]]:
    """Return what a check looks at: the agent as it is now, and the numbers of the account.

    Raises ProviderError and its kinds.
    """
    elevenlabs.agent.forget()
    detail = await elevenlabs.agent.fetch()
    required = await _required(elevenlabs, detail)
    settings = await _post_call_webhooks(elevenlabs, detail)
    webhook = await _webhook(elevenlabs, settings.post_call_webhook_id)
    platform = detail.platform_settings
    agent = Agent(
        id=detail.agent_id,
        allowed_overrides=detail.allowed_overrides(),
        required=required,
        requires_authentication=platform.auth.enable_auth,
        max_duration_seconds=detail.conversation_config.conversation.max_duration_seconds,
        concurrent_limit=platform.call_limits.agent_concurrency_limit,
        daily_limit=platform.call_limits.daily_limit,
        bursting=platform.call_limits.bursting_enabled,
        records_voice=platform.privacy.record_voice,
        webhook=webhook,
        webhook_events=settings.events if webhook else (),
    )
    numbers = await elevenlabs.fetch_phone_numbers()
    lines = (
        PhoneLine(
            number.phone_number_id,
            number.phone_number,
            number.provider,
            number.assigned_agent.agent_id if number.assigned_agent else "",
        )
        for number in numbers
    )
    return agent, tuple(lines)


async def _required(elevenlabs: ElevenLabs, detail: AgentDetail) -> dict[str, tuple[str, ...]]:
    """Return each variable that must be sent, with the places that use it; tools named by id are read."""
    required = {name: list(places) for name, places in detail.required_variables().items()}
    for tool_id in detail.unresolved_tool_ids():
        tool = await elevenlabs.workspace.fetch_tool(tool_id)
        for name in sorted(tool_variables(tool.tool_config)):
            required.setdefault(name, []).append(f"tool {tool.name}")
    return {name: tuple(places) for name, places in required.items()}


async def _post_call_webhooks(elevenlabs: ElevenLabs, detail: AgentDetail) -> PostCallWebhooks:
    """Return the agent's own setting, which wins, or the workspace's."""
    own = detail.platform_settings.workspace_overrides.webhooks
    return own if own.post_call_webhook_id else (await elevenlabs.workspace.fetch_settings()).webhooks


async def _webhook(elevenlabs: ElevenLabs, webhook_id: str) -> Webhook | None:
    if not webhook_id:
        return None
    for known in await elevenlabs.workspace.list_webhooks():
        if known.webhook_id == webhook_id:
            failure = known.most_recent_failure_error_code or 0
            return Webhook(webhook_id, known.webhook_url, known.is_disabled, known.is_auto_disabled, failure)
    return None
