"""What is read of an agent, what its texts and tools need, and how it is changed."""

import json

import pytest

from bot.domain.agent import PhoneLine, Unread, Webhook
from bot.domain.errors import ProviderChanged
from bot.elevenlabs.agent_detail import AgentDetail, tool_variables
from bot.elevenlabs.inspecting import inspect_agent
from bot.elevenlabs.wire import read
from tests.elevenlabs.provider import answer, refusal

pytestmark = pytest.mark.anyio

TOOL = {
    "type": "webhook",
    "name": "recall_memory",
    "description": "Look up what {{character_name}} was told.",
    "dynamic_variables": {"dynamic_variable_placeholders": {"only_a_preview": "x"}},
    "assignments": [{"source": "response", "dynamic_variable": "memory", "value_path": "memory.summary"}],
    "api_schema": {
        "url": "https://bot.example.com/u/{user}",
        "path_params_schema": {"user": {"type": "string", "dynamic_variable": "platform_user"}},
        "request_headers": {
            "Authorization": {"variable_name": "secret__recall_token"},
            "X-Key": {"secret_id": "SECRET_ID"},
        },
        "request_body_schema": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "What to look up.", "dynamic_variable": ""},
                "id": {"type": "string", "dynamic_variable": "system__conversation_id"},
                "known": {"type": "array", "items": {"type": "string", "dynamic_variable": "memory"}},
            },
        },
    },
}
AGENT = {
    "agent_id": "agent_a",
    "name": "Characters",
    "conversation_config": {
        "agent": {
            "first_message": "{{first_message}}",
            "prompt": {
                "prompt": "You are {{character}}, at {{system__time_utc}}, in {{ system_env__city }}, "
                "called by {{sip_contact}} from {{integration__slack_user_id}}.",
                "tool_ids": ["tool_1"],
                "tools": [TOOL],
                "built_in_tools": {
                    "end_call": {"type": "system", "name": "end_call", "params": {}},
                    "voicemail_detection": {"params": {"voicemail_message": "Call me back."}},
                    "skip_turn": None,
                },
            },
        },
        "turn": {"turn_timeout": 7, "silence_end_call_timeout": 90},
        "conversation": {"max_duration_seconds": 900, "client_events": ["ping"]},
    },
    "platform_settings": {
        "auth": {"enable_auth": True, "allowlist": [{"hostname": "example.com"}]},
        "queueing_config": {"enabled": True},
        "data_collection": {
            "do_not_call": {"type": "boolean", "description": "Stop."},
            "new_facts": None,
        },
        "call_limits": {"agent_concurrency_limit": 3, "daily_limit": 50, "bursting_enabled": False},
        "privacy": {"record_voice": False, "retention_days": 30},
        "workspace_overrides": {"webhooks": {"post_call_webhook_id": "wh_1", "events": ["transcript"]}},
        "overrides": {"conversation_config_override": {"tts": {"voice_id": True}}},
    },
    "workflow": {
        "nodes": {
            "n_wizard": {
                "type": "override_agent",
                "additional_prompt": "{{character}} knows {{context}}",
                "label": "{{shown_to_nobody}}",
            }
        }
    },
    "something_new": [1],
}


def detail(**changes):
    return read(AgentDetail, AGENT | changes, "get agent")


def test_everything_that_a_check_looks_at_is_there():
    found = detail()
    platform = found.platform_settings
    assert found.conversation_config.conversation.max_duration_seconds == 900
    assert found.conversation_config.conversation.client_events == ("ping",)
    assert (platform.auth.enable_auth, platform.auth.allowlist[0].hostname) == (True, "example.com")
    assert (platform.call_limits.agent_concurrency_limit, platform.call_limits.daily_limit) == (3, 50)
    assert platform.call_limits.bursting_enabled is False
    assert (platform.privacy.record_voice, platform.privacy.retention_days) == (False, 30)
    assert platform.workspace_overrides.webhooks.post_call_webhook_id == "wh_1"
    assert found.allowed_overrides() == {"tts.voice_id"}
    assert found.document == AGENT


@pytest.mark.parametrize("nothing", [{}, None])
def test_what_they_do_not_say_is_as_they_document_it(nothing):
    found = detail(conversation_config=nothing, platform_settings=nothing, workflow=nothing, name=None)
    platform = found.platform_settings
    assert found.conversation_config.conversation.max_duration_seconds == 600
    assert (platform.auth.enable_auth, platform.call_limits.bursting_enabled) == (False, True)
    assert (platform.privacy.record_voice, platform.privacy.retention_days) == (True, -1)
    assert (platform.call_limits.agent_concurrency_limit, platform.call_limits.daily_limit) == (-1, 100_000)
    assert found.required_variables() == {}


def test_each_variable_that_is_needed_comes_with_where():
    assert detail().required_variables() == {
        "first_message": ("first message",),
        "character": ("prompt", "workflow node n_wizard"),
        "context": ("workflow node n_wizard",),
        "character_name": ("tool recall_memory",),
        "platform_user": ("tool recall_memory",),
        "secret__recall_token": ("tool recall_memory",),
    }


def test_a_tool_needs_what_its_request_is_filled_from_and_not_what_its_answer_sets():
    assert tool_variables(TOOL) == {"character_name", "platform_user", "secret__recall_token", "memory"}
    assert tool_variables({}) == frozenset()


def test_a_variable_that_one_tool_sets_is_not_missed_by_another():
    asking = {"name": "ask", "parameters": {"known": {"dynamic_variable": "memory"}}}
    setting = {"name": "learn", "assignments": [{"dynamic_variable": "memory"}]}
    bare = read(AgentDetail, {"agent_id": "agent_a"}, "get agent")
    assert bare.required_variables([asking]) == {"memory": ("tool ask",)}
    assert bare.required_variables([asking, setting]) == {}


def test_every_tool_is_looked_up_unless_the_answer_carries_that_very_one():
    prompt = {"tool_ids": ["tool_1", "tool_2", "tool_3"], "tools": [TOOL, {"id": "tool_2", "name": "there"}]}
    nodes = {
        "n_wizard": {"additional_tool_ids": ["tool_4", "tool_1"], "label": "wizard"},
        "n_look": {"type": "tool", "tools": [{"tool_id": "tool_5"}]},
        "n_pirate": {"conversation_config": {"agent": {"prompt": {"tool_ids": ["tool_6"]}}}},
    }
    found = detail(conversation_config={"agent": {"prompt": prompt}}, workflow={"nodes": nodes})
    assert found.tool_ids() == ("tool_1", "tool_3", "tool_4", "tool_5", "tool_6")


ODD = AGENT | {
    "platform_settings": AGENT["platform_settings"]
    | {
        "privacy": "strict",
        "call_limits": {"daily_limit": "many"},
        "auth": {"allowlist": [{"hostname": None}]},
    },
    "conversation_config": {
        "agent": {
            "prompt": {"prompt": "{{house}}", "tool_ids": [None, "tool_1", 7, "tool_2"]},
            "first_message": 7,
        },
        "conversation": [],
    },
    "workflow": {"nodes": {"n_none": None, "n_wizard": {"type": "override_agent"}}},
}


def test_what_cannot_be_read_is_named_and_the_rest_is_read():
    found = read(AgentDetail, ODD, "get agent")
    assert found.odd == (
        "conversation_config.agent.first_message",
        "conversation_config.agent.prompt.tool_ids.0",
        "conversation_config.agent.prompt.tool_ids.2",
        "conversation_config.conversation",
        "platform_settings.call_limits.daily_limit",
        "platform_settings.privacy",
        "workflow.nodes.n_none",
    )
    assert found.tool_ids() == ("tool_1", "tool_2")
    assert found.required_variables() == {"house": ("prompt",)}
    assert found.playing_nodes() == ("n_wizard",)
    assert [host.hostname for host in found.platform_settings.auth.allowlist] == [""]
    assert found.document == ODD


@pytest.mark.parametrize("sections", [None, 7, "none", [None], [[]], {"nodes": [None]}])
@pytest.mark.parametrize("name", ["conversation_config", "platform_settings", "workflow", "name"])
def test_no_section_keeps_the_others_from_being_read(name, sections):
    assert read(AgentDetail, AGENT | {name: sections}, "get agent").agent_id == "agent_a"


@pytest.mark.parametrize("body", [[], None, "agent", {}, {"agent_id": None}, {"agent_id": ""}])
def test_an_agent_without_an_id_is_none(body):
    with pytest.raises(ProviderChanged, match="get agent"):
        read(AgentDetail, body, "get agent")


def test_an_answer_that_is_odd_all_over_is_not_an_agent():
    with pytest.raises(ProviderChanged, match="get agent"):
        detail(workflow={"nodes": dict.fromkeys(map(str, range(200)))})


async def test_a_call_does_not_fail_for_what_it_does_not_use(provider, client):
    odd = AGENT["platform_settings"] | {"privacy": "strict", "call_limits": 7}
    provider.answers = [answer(AGENT | {"platform_settings": odd, "workflow": "none"})]
    assert await client.fetch_allowed_overrides() == {"tts.voice_id"}


async def test_a_change_is_sent_as_it_is_and_the_answer_is_read_back(provider, client):
    provider.answers = [answer(AGENT), answer(AGENT | {"name": "Cast"}), answer(AGENT | {"name": "Cast"})]
    assert (await client.agent.fetch()).name == "Characters"
    assert (await client.agent.patch({"name": "Cast", "tags": []})).name == "Cast"
    assert (await client.agent.fetch()).name == "Cast"
    method, path, _, body = provider.requests[1]
    assert (method, path, json.loads(body)) == (
        "PATCH",
        "/v1/convai/agents/agent_a",
        {"name": "Cast", "tags": []},
    )


def lay_out(provider, *documents):
    provider.answers = [answer(document) for document in documents]


TOOL_1 = {"id": "tool_1", "tool_config": TOOL}
HOOK = {
    "webhook_id": "wh_1",
    "name": "troupe",
    "webhook_url": "https://bot.example.com/webhooks",
    "is_disabled": False,
    "is_auto_disabled": True,
    "most_recent_failure_error_code": 503,
}


async def test_one_look_tells_the_agent_its_webhook_and_the_numbers(provider, client):
    lay_out(provider, AGENT, TOOL_1, {"webhooks": [{"webhook_id": "wh_0"}, HOOK]})
    agent, lines = await inspect_agent(client)
    assert agent.webhook == Webhook("wh_1", "https://bot.example.com/webhooks", False, True, 503)
    assert agent.webhook_events == ("transcript",)
    assert agent.required["character"] == ("prompt", "workflow node n_wizard")
    assert (agent.concurrent_limit, agent.daily_limit, agent.bursting) == (3, 50, False)
    assert (agent.requires_authentication, agent.records_voice) == (True, False)
    assert (agent.allowed_hosts, agent.client_events) == (("example.com",), ("ping",))
    assert (agent.retention_days, agent.queueing, agent.unread) == (30, True, ())
    assert agent.playing_nodes == ("n_wizard",)
    assert agent.built_in_tools == {"end_call", "voicemail_detection"}
    assert (agent.voicemail_message, agent.silence_seconds) == ("Call me back.", 90)
    assert agent.collected == {"do_not_call": "boolean"}
    assert lines[1] == PhoneLine("phnum_b", "+4930123456", "sip_trunk", "")


async def test_without_a_webhook_of_its_own_the_workspaces_counts_and_tools_are_read(provider, client):
    settings = {"webhooks": {"post_call_webhook_id": "wh_1", "events": ["transcript", "audio"]}}
    prompt = {"prompt": "Hello.", "tool_ids": ["tool_1"]}
    bare = {"agent_id": "agent_a", "conversation_config": {"agent": {"prompt": prompt}}}
    lay_out(provider, bare, TOOL_1, settings, {"webhooks": [HOOK]})
    agent, _ = await inspect_agent(client)
    assert agent.webhook_events == ("transcript", "audio")
    assert agent.required["platform_user"] == ("tool recall_memory",)
    assert [path for _, path, _, _ in provider.requests] == [
        "/v1/convai/agents/agent_a",
        "/v1/convai/tools/tool_1",
        "/v1/convai/settings",
        "/v1/workspace/webhooks",
    ]


@pytest.mark.parametrize("webhook_id", [None, "wh_gone"])
async def test_a_webhook_that_is_not_there_keeps_its_id(provider, client, webhook_id):
    settings = {"webhooks": {"post_call_webhook_id": webhook_id, "events": ["transcript"]}}
    lay_out(provider, {"agent_id": "agent_a"}, settings, {"webhooks": [HOOK]})
    agent, _ = await inspect_agent(client)
    assert (agent.webhook, agent.webhook_id) == (None, webhook_id or "")


@pytest.mark.parametrize("nothing", [None, {}])
async def test_an_agent_that_says_nothing_of_it_neither_hangs_up_nor_collects(provider, client, nothing):
    config = {"turn": nothing, "agent": {"prompt": {"built_in_tools": nothing}}}
    platform = {"data_collection": nothing}
    lay_out(
        provider,
        {"agent_id": "agent_a", "conversation_config": config, "platform_settings": platform},
        {},
    )
    agent, _ = await inspect_agent(client)
    assert (agent.built_in_tools, agent.voicemail_message) == (frozenset(), "")
    assert (agent.silence_seconds, agent.collected, agent.unread) == (-1, {}, ())


async def test_what_is_odd_about_hanging_up_and_collecting_is_named_and_taken_for_missing(provider, client):
    tools = {"end_call": "yes", "voicemail_detection": {"params": {"voicemail_message": 7}}}
    config = {"turn": {"silence_end_call_timeout": "soon"}, "agent": {"prompt": {"built_in_tools": tools}}}
    platform = {"data_collection": {"do_not_call": "boolean", "new_facts": {"type": 7}}}
    lay_out(
        provider,
        {"agent_id": "agent_a", "conversation_config": config, "platform_settings": platform},
        {},
    )
    agent, _ = await inspect_agent(client)
    assert (agent.built_in_tools, agent.voicemail_message) == ({"voicemail_detection"}, "")
    assert (agent.silence_seconds, agent.collected) == (-1, {"new_facts": ""})
    assert [one.name for one in agent.unread] == [
        "conversation_config.agent.prompt.built_in_tools.end_call",
        "conversation_config.agent.prompt.built_in_tools.voicemail_detection.params.voicemail_message",
        "conversation_config.turn.silence_end_call_timeout",
        "platform_settings.data_collection.do_not_call",
        "platform_settings.data_collection.new_facts.type",
    ]


async def test_a_webhook_whose_events_nobody_chose_sends_transcripts(provider, client):
    chosen = {"post_call_webhook_id": "wh_1", "events": None, "exclude_transcript": True}
    lay_out(provider, {"agent_id": "agent_a"}, {"webhooks": chosen}, {"webhooks": [HOOK]})
    agent, _ = await inspect_agent(client)
    assert (agent.webhook_events, agent.excludes_transcript) == (("transcript",), True)
    assert agent.transcript_format == "json"


async def test_what_cannot_be_looked_at_is_said_and_everything_else_is_still_told(provider, client):
    chosen = {"webhooks": {"post_call_webhook_id": "wh_1"}}
    two_tools = {
        "agent_id": "agent_a",
        "conversation_config": {"agent": {"prompt": {"tool_ids": ["t1", "t2"]}}},
    }
    provider.answers = [
        answer(two_tools),
        refusal(404, "tool_not_found"),
        answer({"id": "t2", "tool_config": TOOL}),
        answer(chosen),
        refusal(403, "insufficient_permissions"),
    ]
    provider.numbers = refusal(403, "insufficient_permissions")
    agent, lines = await inspect_agent(client)
    seen = [(one.part, one.name, one.status) for one in agent.unread]
    assert seen == [("tool", "t1", 404), ("webhooks", "", 403), ("numbers", "", 403)]
    assert agent.required["platform_user"] == ("tool recall_memory",)
    assert (agent.webhook_id, agent.webhook, lines) == ("wh_1", None, ())


async def test_settings_that_cannot_be_read_leave_no_webhook(provider, client):
    odd = {"agent_id": "agent_a", "workflow": {"nodes": {"n_none": None}}}
    provider.answers = [answer(odd), refusal(403)]
    agent, lines = await inspect_agent(client)
    assert (agent.webhook_id, len(lines)) == ("", 4)
    assert agent.unread[0] == Unread("agent", "workflow.nodes.n_none", "it is not as documented")
    assert [one.part for one in agent.unread] == ["agent", "settings"]


async def test_a_second_look_sees_what_was_changed_since(provider, client):
    bare = {"agent_id": "agent_a"}
    lay_out(
        provider, bare, {}, bare | {"conversation_config": {"conversation": {"max_duration_seconds": 60}}}, {}
    )
    first, _ = await inspect_agent(client)
    second, _ = await inspect_agent(client)
    assert (first.max_duration_seconds, second.max_duration_seconds) == (600, 60)
