"""The workspace that our agent lives in: other agents, settings, webhooks, tools and secrets.

Source: ElevenLabs, "Settings", "Workspace webhooks", "Tools" and "Secrets".
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import Field, SecretStr, model_validator

from bot.domain import agent
from bot.domain.errors import ProviderChanged
from bot.elevenlabs.agent_detail import Document, PostCallWebhooks
from bot.elevenlabs.agents import in_path
from bot.elevenlabs.connection import Connection

PAGE_SIZE = 100
MOST_PAGES = 50
SETTINGS_PATH = "/v1/convai/settings"
WEBHOOKS_PATH = "/v1/workspace/webhooks"
AGENTS_PATH = "/v1/convai/agents"
TOOLS_PATH = "/v1/convai/tools"
SECRETS_PATH = "/v1/convai/secrets"


class WorkspaceSettings(Document):
    """What holds for every agent that does not say otherwise; ``document`` is all that they sent."""

    webhooks: PostCallWebhooks = PostCallWebhooks()
    document: dict[str, Any] = Field(default_factory=dict, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _keep_all(cls, value: Any) -> Any:
        return {**value, "document": value} if isinstance(value, dict) else value


class _Usage(Document):
    usage_type: str = ""


class Webhook(Document):
    """An address that they send events to; auto-disabled after ten failures in a row."""

    webhook_id: str = Field(min_length=1)
    name: str = ""
    webhook_url: str = ""
    is_disabled: bool = False
    is_auto_disabled: bool = False
    usage: tuple[_Usage, ...] = ()
    most_recent_failure_error_code: int | None = None

    def in_our_words(self) -> agent.Webhook:
        """Return it as the domain has it."""
        failure = self.most_recent_failure_error_code or 0
        return agent.Webhook(
            self.webhook_id, self.webhook_url, self.is_disabled, self.is_auto_disabled, failure
        )


class _Webhooks(Document):
    webhooks: tuple[Webhook, ...]


class NewWebhook(Document):
    """A webhook that was just made; its secret is shown this once."""

    webhook_id: str = Field(min_length=1)
    webhook_secret: SecretStr = SecretStr("")


class _Status(Document):
    status: str = ""


class Tool(Document):
    """Something that the character can call; ``tool_config`` is all of it."""

    id: str = Field(min_length=1)
    tool_config: dict[str, Any]

    @property
    def name(self) -> str:
        """By what the character calls it."""
        return str(self.tool_config.get("name", ""))


class Secret(Document):
    """A stored secret, without its value."""

    secret_id: str = Field(min_length=1)
    name: str


class ListedAgent(Document):
    """An agent as lists of them show it."""

    agent_id: str = Field(min_length=1)
    name: str = ""
    archived: bool = False


class _NewAgent(Document):
    agent_id: str = Field(min_length=1)


class _Page(Document):
    next_cursor: str = ""
    has_more: bool = True

    @property
    def cursor(self) -> str:
        return self.next_cursor if self.has_more else ""


class _Agents(_Page):
    agents: tuple[ListedAgent, ...]


class _Tools(_Page):
    tools: tuple[Tool, ...]


class _Secrets(_Page):
    secrets: tuple[Secret, ...]


P = TypeVar("P", bound=_Page)


class Workspace:
    """Everything beside the agent; ``ElevenLabs.workspace`` is one.

    Every method raises ProviderError and its kinds. Reads are tried three times at most, changes once.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch_settings(self) -> WorkspaceSettings:
        """Return the settings of all agents."""
        return await self._connection.read("get settings", SETTINGS_PATH, WorkspaceSettings)

    async def patch_settings(self, changes: Mapping[str, Any]) -> WorkspaceSettings:
        """Change some settings and return them all."""
        return await self._connection.change(
            "patch settings", "PATCH", SETTINGS_PATH, WorkspaceSettings, changes
        )

    async def list_agents(self, search: str = "") -> tuple[ListedAgent, ...]:
        """Return the workspace's agents without the archived ones; ``search`` is a part of the name."""
        params = {"archived": "false", **({"search": search} if search else {})}
        pages = await self._read_pages("list agents", AGENTS_PATH, _Agents, params)
        return tuple(agent for page in pages for agent in page.agents if not agent.archived)

    async def create_agent(self, name: str) -> str:
        """Make an agent with nothing set but that strangers are kept out, and return its id."""
        platform = {"auth": {"enable_auth": True}}
        body = {"name": name, "conversation_config": {}, "platform_settings": platform}
        path = f"{AGENTS_PATH}/create"
        return (await self._connection.change("create agent", "POST", path, _NewAgent, body)).agent_id

    async def list_webhooks(self) -> tuple[Webhook, ...]:
        """Return every webhook, and what uses it."""
        params = {"include_usages": "true"}
        return (await self._connection.read("list webhooks", WEBHOOKS_PATH, _Webhooks, params)).webhooks

    async def create_webhook(self, *, name: str, url: str) -> NewWebhook:
        """Make a webhook that is signed with a secret of its own."""
        settings = {"auth_type": "hmac", "name": name, "webhook_url": url}
        return await self._connection.change(
            "create webhook", "POST", WEBHOOKS_PATH, NewWebhook, {"settings": settings}
        )

    async def patch_webhook(
        self, webhook_id: str, *, name: str, is_disabled: bool, retry_enabled: bool
    ) -> None:
        """Set all that can be set; without ``retry_enabled`` an event that we miss never comes again."""
        body = {"is_disabled": is_disabled, "name": name, "retry_enabled": retry_enabled}
        path = f"{WEBHOOKS_PATH}/{in_path(webhook_id)}"
        await self._connection.change("patch webhook", "PATCH", path, _Status, body)

    async def list_tools(self, search: str = "") -> tuple[Tool, ...]:
        """Return the workspace's tools; ``search`` is a part of the name."""
        params = {"search": search} if search else {}
        pages = await self._read_pages("list tools", TOOLS_PATH, _Tools, params)
        return tuple(tool for page in pages for tool in page.tools)

    async def fetch_tool(self, tool_id: str) -> Tool:
        """Return one tool; raises ProviderRefused if they do not have it."""
        return await self._connection.read("get tool", f"{TOOLS_PATH}/{in_path(tool_id)}", Tool)

    async def create_tool(self, tool_config: Mapping[str, Any]) -> Tool:
        """Make a tool."""
        body = {"tool_config": tool_config}
        return await self._connection.change("create tool", "POST", TOOLS_PATH, Tool, body)

    async def patch_tool(self, tool_id: str, tool_config: Mapping[str, Any]) -> Tool:
        """Replace the whole of a tool: what is left out is gone."""
        path, body = f"{TOOLS_PATH}/{in_path(tool_id)}", {"tool_config": tool_config}
        return await self._connection.change("patch tool", "PATCH", path, Tool, body)

    async def list_secrets(self) -> tuple[Secret, ...]:
        """Return the names of all secrets."""
        pages = await self._read_pages("list secrets", SECRETS_PATH, _Secrets, {})
        return tuple(secret for page in pages for secret in page.secrets)

    async def create_secret(self, name: str, value: SecretStr) -> Secret:
        """Store a secret, which they never show again; neither do our errors."""
        body = {"type": "new", "name": name, "value": value.get_secret_value()}
        return await self._connection.change(
            "create secret", "POST", SECRETS_PATH, Secret, body, hidden=value.get_secret_value()
        )

    async def _read_pages(self, operation: str, path: str, shape: type[P], params: dict[str, str]) -> list[P]:
        pages: list[P] = []
        query = {"page_size": str(PAGE_SIZE), **params}
        while len(pages) < MOST_PAGES:
            pages.append(await self._connection.read(operation, path, shape, query))
            if not pages[-1].cursor:
                return pages
            query["cursor"] = pages[-1].cursor
        raise ProviderChanged(operation, f"there are more than {MOST_PAGES} pages")
