"""The agent, tools and secrets: what is set up before anybody calls."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.agent import merge
from bot.sandbox.clock import Time
from bot.sandbox.listing import page_of
from bot.sandbox.reading import Fields, Json
from bot.sandbox.refusals import InvalidError, Problem, RefusalError, not_found
from bot.sandbox.rest.answering import answer, read_body
from bot.sandbox.tool_rules import tool_problems
from bot.sandbox.workspace import Workspace

OWNER: Json = {
    "is_creator": True,
    "creator_name": "Sandbox",
    "creator_email": "sandbox@example.invalid",
    "role": "admin",
    "anonymous_access_level_override": None,
    "access_source": "creator",
}
AGENT = "/v1/convai/agents/{agent_id}"
TOOL = "/v1/convai/tools/{tool_id}"
LLMS = ("gemini-2.5-flash", "gpt-4.1", "claude-sonnet-4-5")


@dataclass(frozen=True)
class Configuration:
    workspace: Workspace
    time: Time

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/convai/agents", self.list_agents, name="list_agents"),
            web.post("/v1/convai/agents/create", self.create_agent, name="create_agent"),
            web.get(AGENT, self.get_agent, name="get_agent"),
            web.delete(AGENT, self.delete_agent, name="delete_agent"),
            web.patch(AGENT, self.update_agent, name="update_agent"),
            web.get("/v1/convai/tools", self.list_tools, name="list_tools"),
            web.post("/v1/convai/tools", self.create_tool, name="create_tool"),
            web.get(TOOL, self.get_tool, name="get_tool"),
            web.patch(TOOL, self.update_tool, name="update_tool"),
            web.delete(TOOL, self.delete_tool, name="delete_tool"),
            web.get("/v1/convai/secrets", self.list_secrets, name="list_secrets"),
            web.post("/v1/convai/secrets", self.create_secret, name="create_secret"),
            web.get("/v1/convai/llm/list", self.list_llms, name="list_llms"),
        ]

    async def get_agent(self, request: web.Request) -> web.Response:
        return answer(self._shown_agent(self._read_agent(request)))

    async def update_agent(self, request: web.Request) -> web.Response:
        agent_id = self._read_agent(request)
        await self.workspace.change_agent(await read_body(request), self.time.unix(), agent_id)
        self.time.nudge()
        return answer(self._shown_agent(agent_id))

    async def create_agent(self, request: web.Request) -> web.Response:
        wanted = await read_body(request)
        return answer({"agent_id": await self.workspace.create_agent(wanted, self.time.unix())})

    async def delete_agent(self, request: web.Request) -> web.Response:
        await self.workspace.drop_agent(self._read_agent(request))
        return answer({})

    async def list_agents(self, request: web.Request) -> web.Response:
        fields = Fields("query", request.query)
        search = (fields.optional_text("search") or "").casefold()
        fields.check()
        agents = self.workspace.agents.values()
        found = [_summary(agent) for agent in agents if search in agent["name"].casefold()]
        page, more = page_of(found, request.query)
        return answer({"agents": page, **more})

    async def list_tools(self, request: web.Request) -> web.Response:
        fields = Fields("query", request.query)
        start = fields.optional_text("search") or ""
        fields.check()
        shown = [self._shown_tool(tool_id) for tool_id in self.workspace.tools]
        found = [tool for tool in shown if tool["tool_config"]["name"].startswith(start)]
        page, more = page_of(found, request.query)
        return answer({"tools": page, **more})

    async def create_tool(self, request: web.Request) -> web.Response:
        tool_id = await self.workspace.add("tool", await self._read_tool(request))
        return answer(self._shown_tool(tool_id))

    async def get_tool(self, request: web.Request) -> web.Response:
        return answer(self._shown_tool(request.match_info["tool_id"]))

    async def update_tool(self, request: web.Request) -> web.Response:
        """The whole configuration is replaced."""
        tool_id = request.match_info["tool_id"]
        self.workspace.get("tool", tool_id)
        await self.workspace.put("tool", tool_id, await self._read_tool(request))
        return answer(self._shown_tool(tool_id))

    async def delete_tool(self, request: web.Request) -> web.Response:
        tool_id = request.match_info["tool_id"]
        fields = Fields("query", request.query)
        force = fields.flag("force")
        fields.check()
        self.workspace.get("tool", tool_id)
        for agent_id, agent in self.workspace.agents.items():
            tool_ids = agent["conversation_config"]["agent"]["prompt"]["tool_ids"]
            if tool_id not in tool_ids:
                continue
            if not force:
                raise RefusalError(409, "conflict", "tool_in_use", "An agent uses this tool.", "tool_id")
            left = [other for other in tool_ids if other != tool_id]
            patch = {"conversation_config": {"agent": {"prompt": {"tool_ids": left}}}}
            await self.workspace.change_agent(patch, self.time.unix(), agent_id)
        await self.workspace.drop("tool", tool_id)
        return answer({})

    async def list_secrets(self, request: web.Request) -> web.Response:
        page, more = page_of(list(self.workspace.secrets.items()), request.query)
        shown = [self._shown_secret(secret_id, secret) for secret_id, secret in page]
        return answer({"secrets": shown, "next_cursor": more["next_cursor"]})

    async def create_secret(self, request: web.Request) -> web.Response:
        """The value is never shown again."""
        fields = Fields("body", await read_body(request))
        fields.one_of("type", ("new",))
        secret = {"name": fields.text("name"), "value": fields.text("value")}
        fields.check()
        secret_id = await self.workspace.add("secret", secret)
        return answer({"type": "stored", "secret_id": secret_id, "name": secret["name"]})

    async def list_llms(self, _request: web.Request) -> web.Response:
        """Three of the real catalogue's names; the sandbox uses none of them."""
        limits: Json = {
            "is_checkpoint": False,
            "max_tokens_limit": 8_192,
            "max_context_limit": 128_000,
            "supports_image_input": False,
            "supports_document_input": False,
            "supports_parallel_tool_calls": True,
            "available_reasoning_efforts": None,
            "available_service_tiers": ["standard"],
            "deprecation_info": None,
            "regional_processing_surcharge": None,
        }
        deprecation = {
            "warning_start_days": 30,
            "fallback_start_days": 14,
            "fallback_complete_days": 0,
            "fallback_start_percentage": 0,
            "fallback_complete_percentage": 100,
        }
        llms = [{"llm": name, **limits} for name in LLMS]
        return answer({"llms": llms, "default_deprecation_config": deprecation})

    async def _read_tool(self, request: web.Request) -> Json:
        fields = Fields("body", await read_body(request))
        config = fields.optional_object("tool_config")
        fields.problems += [problem.under("body", "tool_config") for problem in tool_problems(config)]
        fields.check()
        headers = (config["api_schema"].get("request_headers") or {}).items()
        for name, value in headers:
            if (
                isinstance(value, dict)
                and "secret_id" in value
                and value["secret_id"] not in self.workspace.secrets
            ):
                place = ("body", "tool_config", "api_schema", "request_headers", name)
                raise InvalidError([Problem(place, "There is no secret with this id", "value_error")])
        return config

    def _shown_agent(self, agent_id: str) -> Json:
        """With the configurations of its tools beside their ids; sending both back is refused."""
        agent = self.workspace.agent(agent_id)
        tool_ids = agent["conversation_config"]["agent"]["prompt"]["tool_ids"]
        tools = [self._shown_tool(tool_id)["tool_config"] for tool_id in tool_ids]
        return merge(agent, {"conversation_config": {"agent": {"prompt": {"tools": tools}}}})

    def _shown_tool(self, tool_id: str) -> Json:
        config = {"type": "webhook", "response_timeout_secs": 20, **self.workspace.get("tool", tool_id)}
        usage = {"total_calls": 0, "avg_latency_secs": 0.0}
        return {
            "id": tool_id,
            "tool_config": config,
            "access_info": OWNER,
            "usage_stats": usage,
            "response_mocks": None,
        }

    def _shown_secret(self, secret_id: str, secret: Json) -> Json:
        using = [
            {
                "type": "available",
                "id": tool_id,
                "name": config["name"],
                "created_at_unix_secs": 0,
                "access_level": "admin",
            }
            for tool_id, config in self.workspace.tools.items()
            if {"secret_id": secret_id} in (config["api_schema"].get("request_headers") or {}).values()
        ]
        used_by = {
            "tools": using,
            "tools_has_more": False,
            "agents": [],
            "agents_has_more": False,
            "phone_numbers": [],
            "phone_numbers_has_more": False,
            "mcp_servers": [],
            "others": [],
        }
        return {"type": "stored", "secret_id": secret_id, "name": secret["name"], "used_by": used_by}

    def _read_agent(self, request: web.Request) -> str:
        agent_id, branch_id = request.match_info["agent_id"], request.query.get("branch_id")
        self.workspace.agent(agent_id)
        if branch_id:
            raise not_found("branch", "branch_id", branch_id)
        return agent_id


def _summary(agent: Json) -> Json:
    """One entry of the list of agents."""
    return {
        "agent_id": agent["agent_id"],
        "name": agent["name"],
        "voice_id": agent["conversation_config"]["tts"]["voice_id"],
        "tags": agent["tags"],
        "created_at_unix_secs": agent["metadata"]["created_at_unix_secs"],
        "updated_at_unix_secs": agent["metadata"]["updated_at_unix_secs"],
        "access_info": OWNER,
        "last_call_time_unix_secs": None,
        "archived": False,
    }
