"""Giving our agent the tool with which characters look things up; run twice it changes nothing.

Source: ElevenLabs, "Server tools", "Secrets" and "Update agent".
"""

import hashlib
from dataclasses import dataclass

from pydantic import SecretStr

from bot.elevenlabs.client import ElevenLabs
from bot.elevenlabs.recall_tool import RECALL_TOOL, recall_tool
from bot.elevenlabs.workspace import Tool

PLANNED = "not made yet"
"""Stands for the id of what a plan would make."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was changed, or would be, in order; nothing where all was as it should be."""

    changes: tuple[str, ...]


async def apply_recall_tool(
    elevenlabs: ElevenLabs, url: str, header: str, secret: SecretStr, *, dry_run: bool
) -> Applied:
    """Have the agent ask ``url`` with this secret in this header. Raises ProviderError and its kinds.

    The secret is stored under a name that says which it is, so that a rotation stores a new one. The tool
    that already leads here is changed, and one that leads elsewhere is left alone but taken off our agent.
    """
    changes: list[str] = []
    workspace = elevenlabs.workspace
    name = f"troupe_recall_{hashlib.sha256(secret.get_secret_value().encode()).hexdigest()[:12]}"
    stored = next((one for one in await workspace.list_secrets() if one.name == name), None)
    if stored is None:
        changes.append(f"store the secret {name}")
        if not dry_run:
            stored = await workspace.create_secret(name, secret)
    config = recall_tool(url, {header: {"secret_id": stored.secret_id if stored else PLANNED}})
    elevenlabs.agent.forget()
    prompt = (await elevenlabs.agent.fetch()).conversation_config.agent.prompt
    known = [tool for tool in await workspace.list_tools(RECALL_TOOL) if tool.name == RECALL_TOOL]
    tool = next((one for one in known if _leads_to(one, url)), None)
    if tool is None:
        changes.append(f"make the tool {RECALL_TOOL}, which asks {url}")
        if not dry_run:
            tool = await workspace.create_tool(config)
    elif not _is_as_wanted(config, tool.tool_config):
        changes.append(f"change the tool {RECALL_TOOL} ({tool.id})")
        if not dry_run:
            await workspace.patch_tool(tool.id, config)
    others = {one.id for one in known} - {tool.id if tool else ""}
    wanted = [one for one in prompt.tool_ids if one not in others]
    if tool is None or tool.id not in wanted:
        wanted.append(tool.id if tool else PLANNED)
    if wanted != list(prompt.tool_ids):
        changes.append(f"give the agent the tool {RECALL_TOOL}")
        if not dry_run:
            await elevenlabs.agent.patch({"conversation_config": {"agent": {"prompt": {"tool_ids": wanted}}}})
    return Applied(tuple(changes))


def _leads_to(tool: Tool, url: str) -> bool:
    schema = tool.tool_config.get("api_schema")
    return isinstance(schema, dict) and schema.get("url") == url


def _is_as_wanted(wanted: object, found: object) -> bool:
    """Whether everything that is wanted is there; they add defaults of their own."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            _is_as_wanted(value, found.get(name)) for name, value in wanted.items()
        )
    return wanted == found
