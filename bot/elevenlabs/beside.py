"""What an agent of ours needs beside it: its tool, its webhook, and the secrets in their headers.

Source: ElevenLabs, "Server tools", "Secrets", "Workspace webhooks" and "Twilio personalization".
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from bot.domain.agent_changes import is_as_wanted
from bot.domain.agent_wanted import Beside
from bot.domain.agent_workspace import FAILURE_EVENT, TRANSCRIPT_EVENT, same_place
from bot.elevenlabs.agent_detail import AgentDetail, PostCallWebhooks
from bot.elevenlabs.recall_tool import RECALL_TOOL, recall_tool
from bot.elevenlabs.workspace import Tool, Webhook, Workspace

PLANNED = "(made by this run)"
"""Stands for the id of what a plan would make."""

WEBHOOK_NAME = "Troupe"


@dataclass(frozen=True, slots=True)
class Asked:
    """An address of ours that they ask, with a secret in a header."""

    url: str
    header: str
    secret: SecretStr


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where ElevenLabs reaches us; None and empty: nowhere.

    ``webhook_url`` is where finished calls are told, ``has_webhook_secret`` whether we know the secret of a
    webhook that leads there already.
    """

    recall: Asked | None = None
    inbound: Asked | None = None
    webhook_url: str = ""
    has_webhook_secret: bool = False


class Workshop:
    """Makes what is missing beside an agent, or says what it would make.

    ``tell`` hears each step, once it is done; ``keep_secret`` gets the secret of a new webhook, which is
    shown this once. Every method raises ProviderError and its kinds.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        is_plan: bool,
        tell: Callable[[str], None],
        keep_secret: Callable[[SecretStr], None],
    ) -> None:
        self._workspace = workspace
        self._is_plan = is_plan
        self._tell = tell
        self._keep_secret = keep_secret

    async def provide(self, addresses: Addresses, detail: AgentDetail) -> Beside:
        """Return what the agent is to name, once it is there."""
        tool_ids = None if addresses.recall is None else await self._tool_ids(addresses.recall, detail)
        inbound: dict[str, Any] = {}
        if asked := addresses.inbound:
            inbound = {"url": asked.url, "request_headers": await self._headers("inbound", asked)}
        webhooks: dict[str, Any] = {}
        if addresses.webhook_url:
            webhooks = await self._webhooks(addresses, detail)
        return Beside(tool_ids, webhooks, inbound)

    async def _headers(self, what: str, asked: Asked) -> dict[str, Any]:
        """Store a secret under a name that says which it is, so that a rotation stores a new one."""
        name = f"troupe_{what}_{hashlib.sha256(asked.secret.get_secret_value().encode()).hexdigest()[:12]}"
        stored = next((one for one in await self._workspace.list_secrets() if one.name == name), None)
        if stored is None:
            if not self._is_plan:
                stored = await self._workspace.create_secret(name, asked.secret)
            self._tell(f"store the secret {name}")
        return {asked.header: {"secret_id": stored.secret_id if stored else PLANNED}}

    async def _tool_ids(self, asked: Asked, detail: AgentDetail) -> list[str]:
        """See to the tool that leads here; one that leads elsewhere is only taken off our agent."""
        config = recall_tool(asked.url, await self._headers("recall", asked))
        known = [one for one in await self._workspace.list_tools(RECALL_TOOL) if one.name == RECALL_TOOL]
        tool = next((one for one in known if _leads_to(one, asked.url)), None)
        if tool is None:
            if not self._is_plan:
                tool = await self._workspace.create_tool(config)
            self._tell(f"make the tool {RECALL_TOOL}, which asks {asked.url}")
        elif not is_as_wanted(config, tool.tool_config):
            if not self._is_plan:
                await self._workspace.patch_tool(tool.id, config)
            self._tell(f"change the tool {RECALL_TOOL} ({tool.id})")
        tool_id = tool.id if tool else PLANNED
        others = {one.id for one in known} - {tool_id}
        kept = [one for one in detail.conversation_config.agent.prompt.tool_ids if one not in others]
        return kept if tool_id in kept else [*kept, tool_id]

    async def _webhooks(self, addresses: Addresses, detail: AgentDetail) -> dict[str, Any]:
        """See to the webhook that finished calls are told by; empty where what is set does already."""
        own = detail.platform_settings.workspace_overrides.webhooks
        shared = PostCallWebhooks()
        if not own.post_call_webhook_id:
            shared = (await self._workspace.fetch_settings()).webhooks
        now = own if own.post_call_webhook_id else shared
        here = [
            one
            for one in await self._workspace.list_webhooks()
            if addresses.has_webhook_secret
            and same_place(one.webhook_url) == same_place(addresses.webhook_url)
        ]
        hook = next((one for one in here if one.webhook_id == now.post_call_webhook_id), None)
        hook = hook or next(iter(here), None)
        webhook_id = await self._make_webhook(addresses.webhook_url) if hook is None else hook.webhook_id
        if hook is not None:
            await self._see_to_webhook(hook, is_used=hook.webhook_id == now.post_call_webhook_id)
        events = list(now.events) if now.post_call_webhook_id else []
        events += [one for one in (TRANSCRIPT_EVENT, FAILURE_EVENT) if one not in events]
        wanted = {
            "post_call_webhook_id": webhook_id,
            "events": events,
            "transcript_format": "json",
            "exclude_transcript": False,
        }
        return {} if now is shared and is_as_wanted(wanted, now.model_dump(mode="json")) else wanted

    async def _make_webhook(self, url: str) -> str:
        webhook_id = PLANNED
        if not self._is_plan:
            made = await self._workspace.create_webhook(name=WEBHOOK_NAME, url=url)
            self._keep_secret(made.webhook_secret)
            webhook_id = made.webhook_id
        self._tell(f"make the post-call webhook {WEBHOOK_NAME}, which tells {url}")
        if not self._is_plan:
            await self._repeat_events(webhook_id, WEBHOOK_NAME)
        self._tell("have its events sent again after a failure")
        return webhook_id

    async def _see_to_webhook(self, hook: Webhook, *, is_used: bool) -> None:
        """Switch it on again, and have events repeated: whether they are, they do not tell."""
        is_off = hook.is_disabled or hook.is_auto_disabled
        if is_used and not is_off:
            return
        if not self._is_plan:
            await self._repeat_events(hook.webhook_id, hook.name or WEBHOOK_NAME)
        if is_off:
            self._tell(f"switch the post-call webhook {hook.name} ({hook.webhook_id}) on again")
        self._tell(f"have the events of the post-call webhook {hook.name} sent again after a failure")

    async def _repeat_events(self, webhook_id: str, name: str) -> None:
        await self._workspace.patch_webhook(webhook_id, name=name, is_disabled=False, retry_enabled=True)


def _leads_to(tool: Tool, url: str) -> bool:
    schema = tool.tool_config.get("api_schema")
    return isinstance(schema, dict) and schema.get("url") == url
