"""The workspace: the agent as it is configured now, tools, secrets, webhooks and settings.

Everything is read once when the sandbox opens, and written before it takes effect.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Literal

from bot.sandbox.agent import (
    AGENT_ID,
    OVERRIDES,
    apply_changes,
    bare_agent,
    get_path,
    merge,
    switched_off,
)
from bot.sandbox.reading import Json
from bot.sandbox.recall import RECALL_TOOL, RECALL_TOOL_ID
from bot.sandbox.refusals import InvalidError, Problem, RefusalError, not_found
from bot.sandbox.schema import BOTH_TOOLS, KEYS, patch_problems, read_keys, without_nulls
from bot.sandbox.state import State, new_id
from bot.sandbox.workflow_rules import in_order

Kind = Literal["tool", "secret", "webhook"]
KINDS: tuple[Kind, ...] = ("tool", "secret", "webhook")
PATCHABLE = read_keys(KEYS, tuple(OVERRIDES))
SETTINGS: Json = {
    "conversation_initiation_client_data_webhook": None,
    "webhooks": {
        "post_call_webhook_id": None,
        "events": ["transcript"],
        "transcript_format": "json",
        "exclude_transcript": False,
        "send_audio": None,
    },
    "can_use_mcp_servers": False,
    "rag_retention_period_days": 10,
    "conversation_embedding_retention_days": None,
    "default_livekit_stack": "standard",
}


class Workspace:
    """`agents`, `tools`, `secrets` and `webhooks` are documents by id, oldest first.

    The first agent is there from the start; what a PATCH changed of it is kept apart from what it was opened
    with. Others are made.
    """

    def __init__(self, state: State, base: Json, changes: Json, settings: Json) -> None:
        self._state = state
        self._base = base
        self._changes = changes
        self._agents: dict[str, Json] = {AGENT_ID: apply_changes(base, changes)}
        self.settings = settings
        self._documents: dict[Kind, dict[str, Json]] = {kind: {} for kind in KINDS}

    @classmethod
    async def open(cls, state: State, base: Json) -> Workspace:
        stored = await state.documents("workspace")
        workspace = cls(state, base, stored.get("agent", {}), merge(SETTINGS, stored.get("settings", {})))
        if await state.setting("recall_tool", "missing") == "missing":
            await state.put_document("tool", RECALL_TOOL_ID, RECALL_TOOL)
            await state.put_setting("recall_tool", "made")
        for kind in KINDS:
            workspace._documents[kind] = await state.documents(kind)
        workspace._agents |= await state.documents("agent")
        return workspace

    @property
    def agents(self) -> Mapping[str, Json]:
        return self._agents

    def agent(self, agent_id: str = AGENT_ID) -> Json:
        """As it is configured now. Raises RefusalError (404)."""
        if agent_id not in self._agents:
            raise not_found("agent", "agent_id", agent_id)
        return self._agents[agent_id]

    @property
    def tools(self) -> Mapping[str, Json]:
        return self._documents["tool"]

    @property
    def secrets(self) -> Mapping[str, Json]:
        return self._documents["secret"]

    @property
    def webhooks(self) -> Mapping[str, Json]:
        return self._documents["webhook"]

    def get(self, kind: Kind, document_id: str) -> Json:
        """Raises RefusalError (404) for what does not exist."""
        document = self._documents[kind].get(document_id)
        if document is None:
            raise not_found(kind, f"{kind}_id", document_id)
        return document

    async def put(self, kind: Kind, document_id: str, document: Json) -> None:
        await self._state.put_document(kind, document_id, document)
        self._documents[kind][document_id] = document

    async def add(self, kind: Kind, document: Json) -> str:
        document_id = new_id("wh" if kind == "webhook" else kind)
        await self.put(kind, document_id, document)
        return document_id

    async def drop(self, kind: Kind, document_id: str) -> None:
        """Raises RefusalError (404). Settings that name a webhook forget it."""
        self.get(kind, document_id)
        if self.settings["webhooks"]["post_call_webhook_id"] == document_id:
            await self.change_settings({"webhooks": {}})
        await self._state.drop_document(kind, document_id)
        self._documents[kind].pop(document_id, None)

    async def add_webhook(
        self, name: str, url: str, now: float, secret: str | None = None
    ) -> tuple[str, str]:
        """Id and secret of a new webhook; retries are off until a PATCH switches them on."""
        secret = secret or f"wsec_{secrets.token_hex(32)}"
        document = {
            "name": name,
            "webhook_url": url,
            "secret": secret,
            "is_disabled": False,
            "is_auto_disabled": False,
            "created_at_unix": int(now),
            "retry_enabled": False,
            "request_headers": {},
            "events": [],
            "failures": 0,
            "last_success": None,
            "most_recent_failure_error_code": None,
            "most_recent_failure_timestamp": None,
        }
        return await self.add("webhook", document), secret

    async def create_agent(self, wanted: Json, now: float) -> str:
        """The id of a new agent; what is not said is as by default. Raises like a change."""
        agent_id = new_id("agent")
        if not isinstance(wanted.get("conversation_config"), dict):
            raise InvalidError([Problem(("body", "conversation_config"), "Field required", "missing")])
        await self._put_agent(bare_agent(agent_id, now), wanted, now)
        return agent_id

    async def drop_agent(self, agent_id: str) -> None:
        """Raises RefusalError (404), also for the one that is there from the start."""
        if agent_id == AGENT_ID:
            raise RefusalError(403, "authorization_error", "insufficient_permissions", "This one stays.")
        self.agent(agent_id)
        await self._state.drop_document("agent", agent_id)
        self._agents.pop(agent_id, None)

    async def change_agent(self, patch: Json, now: float, agent_id: str = AGENT_ID) -> None:
        """Raises InvalidError, RefusalError; then nothing is changed."""
        await self._put_agent(self.agent(agent_id), patch, now)

    async def _put_agent(self, agent: Json, patch: Json, now: float) -> None:
        problems = patch_problems(patch, PATCHABLE)
        if problems:
            raise InvalidError(problems)
        patch = without_nulls(patch, PATCHABLE)
        prompt: Any = get_path(patch, "conversation_config.agent.prompt") or {}
        if "tools" in prompt and "tool_ids" in prompt:
            place = ("body", "conversation_config", "agent", "prompt")
            raise InvalidError([Problem(place, BOTH_TOOLS, "value_error")])
        for tool_id in prompt.get("tool_ids") or []:
            self.get("tool", tool_id)
        self._check_webhook(get_path(patch, "platform_settings.workspace_overrides") or {})
        metadata = {"created_at_unix_secs": agent["metadata"]["created_at_unix_secs"]}
        version = {
            "version_id": new_id("agtvrsn"),
            "metadata": {**metadata, "updated_at_unix_secs": int(now)},
        }
        patch = {key: value for key, value in patch.items() if key != "version_description"}
        if patch.get("workflow"):
            patch["workflow"] = in_order(patch["workflow"])
        agent_id = agent["agent_id"]
        if agent_id != AGENT_ID:
            changed = {**apply_changes(agent, patch), **version}
            changed = merge(changed, switched_off(changed))
            await self._state.put_document("agent", agent_id, changed)
            self._agents[agent_id] = changed
            return
        changes = {**apply_changes(self._changes, patch), **version}
        changes = merge(changes, switched_off(apply_changes(self._base, changes)))
        await self._state.put_document("workspace", "agent", changes)
        self._changes = changes
        self._agents[agent_id] = apply_changes(self._base, changes)

    async def change_settings(self, patch: Json) -> None:
        """A group that is sent replaces the group; what it leaves out falls back to the default."""
        self._check_webhook(patch)
        webhooks = patch.get("webhooks")
        if webhooks is not None:
            patch = {**patch, "webhooks": {**SETTINGS["webhooks"], **webhooks}}
        settings = {**self.settings, **patch}
        await self._state.put_document("workspace", "settings", settings)
        self.settings = settings

    def post_call_webhook(self, event: str, agent_id: str = AGENT_ID) -> str | None:
        """The id of the webhook that wants `event`: the agent's own choice, else the workspace's.

        None when none is configured. Raises LookupError when one is, and does not want it.
        """
        agent = self._agents.get(agent_id) or self.agent()
        own = agent["platform_settings"].get("workspace_overrides") or {}
        for place in (own.get("webhooks"), self.settings["webhooks"]):
            webhook_id = (place or {}).get("post_call_webhook_id")
            if webhook_id is not None:
                wanted = (place or {}).get("events") or ["transcript"]
                webhook = self.webhooks.get(webhook_id)
                if event not in wanted or webhook is None or webhook["is_disabled"]:
                    raise LookupError(event)
                return str(webhook_id)
        return None

    def inbound_webhook(self) -> Json | None:
        """Who is asked what an inbound call starts with: the agent's own choice, else the workspace's.

        None where there is none, or the agent does not take what it says.
        """
        platform, name = self.agent()["platform_settings"], "conversation_initiation_client_data_webhook"
        if not platform["overrides"].get("enable_conversation_initiation_client_data_from_webhook"):
            return None
        webhook = (platform.get("workspace_overrides") or {}).get(name) or self.settings[name]
        return webhook if webhook and webhook.get("url") else None

    def usages(self, webhook_id: str) -> list[str]:
        overrides = [
            agent["platform_settings"].get("workspace_overrides") or {} for agent in self._agents.values()
        ]
        places = [("ConvAI Agent Settings", one.get("webhooks") or {}) for one in overrides]
        places.append(("ConvAI Settings", self.settings["webhooks"]))
        using = (name for name, place in places if place.get("post_call_webhook_id") == webhook_id)
        return list(dict.fromkeys(using))

    def _check_webhook(self, holder: Json) -> None:
        webhook_id = (holder.get("webhooks") or {}).get("post_call_webhook_id")
        if webhook_id is not None and webhook_id not in self.webhooks:
            raise RefusalError(
                404,
                "not_found",
                "webhook_not_found",
                f"Webhook with id {webhook_id} not found.",
                "post_call_webhook_id",
            )
