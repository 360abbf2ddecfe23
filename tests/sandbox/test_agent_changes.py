"""PATCH of the agent: what may be changed, how it is merged, and what it changes at once."""

import pytest

from .client import closed, initiation
from .test_tools import create_tool, tool

pytestmark = pytest.mark.anyio

AGENT = "/v1/convai/agents/agent_sandbox"


async def patch(client, **changes):
    return await client.ask("PATCH", AGENT, json=changes)


def placeholders(**given):
    return {"dynamic_variable_placeholders": given}


def overrides(**flags):
    return {"overrides": {"conversation_config_override": flags}}


async def test_objects_are_merged_and_arrays_are_replaced(client):
    _, before = await client.get(AGENT)
    conversation = {"client_events": ["ping", "agent_response"]}
    status, after = await patch(client, conversation_config={"conversation": conversation}, tags=["a"])
    assert status == 200
    assert after["conversation_config"]["conversation"] == {
        **before["conversation_config"]["conversation"],
        **conversation,
    }
    assert after["conversation_config"]["tts"] == before["conversation_config"]["tts"]
    assert after["tags"] == ["a"]


async def test_the_workflow_is_replaced_as_a_whole(client):
    node = {"type": "start", "position": {"x": 0, "y": 0}, "edge_order": []}
    for name in ("a", "b"):
        nodes = {"start_node": node, name: {"type": "end"}}
        _, agent = await patch(client, workflow={"nodes": nodes, "edges": {}})
    assert set(agent["workflow"]["nodes"]) == {"start_node", "b"}


async def test_every_change_makes_a_new_version_and_conversations_say_which(client, clock):
    _, first = await client.get(AGENT)
    clock.move(seconds=10)
    _, second = await patch(client, name="Mine", version_description="a name")
    assert first["version_id"] != second["version_id"]
    assert second["metadata"]["updated_at_unix_secs"] == first["metadata"]["created_at_unix_secs"] + 10
    async with client.conversation() as talk:
        await talk.answer()
    detail = await client.finished(talk.conversation_id, clock)
    assert (detail["version_id"], detail["agent_name"]) == (second["version_id"], "Mine")


@pytest.mark.parametrize(
    ("changes", "place", "kind"),
    [
        ({"nme": "x"}, ["nme"], "extra_forbidden"),
        ({"conversation_config": {"tts": {"voice": "x"}}}, ["conversation_config", "tts", "voice"], None),
        ({"conversation_config": {"tts": {"speed": "fast"}}}, ["conversation_config", "tts", "speed"], None),
        ({"conversation_config": []}, ["conversation_config"], "dict_type"),
        (
            {"conversation_config": {"conversation": {"client_events": [{}]}}},
            ["conversation_config", "conversation", "client_events"],
            "string_type",
        ),
        (
            {"platform_settings": {"auth": {"enable_auth": 1}}},
            ["platform_settings", "auth", "enable_auth"],
            None,
        ),
        (
            {"conversation_config": {"conversation": {"max_duration_seconds": True}}},
            ["conversation_config", "conversation", "max_duration_seconds"],
            "int_type",
        ),
        ({"workflow": []}, ["workflow"], "dict_type"),
        ({"workflow": {"nodes": []}}, ["workflow", "nodes"], "dict_type"),
        ({"workflow": {"nodes": {"a": 1}}}, ["workflow", "nodes", "a"], "dict_type"),
        ({"workflow": {"nodes": {"a": {"type": "x"}}}}, ["workflow", "nodes", "a", "type"], None),
        ({"workflow": {"nodes": {"a": {"type": []}}}}, ["workflow", "nodes", "a", "type"], None),
        (
            {"conversation_config": {"conversation": {"client_events": ["gossip"]}}},
            ["conversation_config", "conversation", "client_events"],
            "enum",
        ),
        (
            {"conversation_config": {"conversation": {"max_duration_seconds": -1}}},
            ["conversation_config", "conversation", "max_duration_seconds"],
            "greater_than_equal",
        ),
        (
            {"conversation_config": {"conversation": {"max_duration_seconds": 10**400}}},
            ["conversation_config", "conversation", "max_duration_seconds"],
            "less_than_equal",
        ),
        (
            {"conversation_config": {"tts": {"speed": 1.21}}},
            ["conversation_config", "tts", "speed"],
            "less_than_equal",
        ),
        (
            {"conversation_config": {"tts": {"model_id": "x"}}},
            ["conversation_config", "tts", "model_id"],
            None,
        ),
        (
            {"platform_settings": {"data_collection": {"mood": "string"}}},
            ["platform_settings", "data_collection", "mood"],
            "dict_type",
        ),
        ({"name": None}, ["name"], "string_type"),
        (
            {"conversation_config": {"agent": {"dynamic_variables": placeholders(house=[])}}},
            ["conversation_config", "agent", "dynamic_variables", *placeholders(), "house"],
            "value_error",
        ),
        (
            {"conversation_config": {"agent": {"prompt": {"tools": [], "tool_ids": []}}}},
            ["conversation_config", "agent", "prompt"],
            "value_error",
        ),
    ],
)
async def test_what_is_unknown_or_of_a_wrong_type_is_refused_and_nothing_changes(
    client, changes, place, kind
):
    _, before = await client.get(AGENT)
    status, answer = await patch(client, **changes, tags=["changed"])
    assert (status, answer["detail"][0]["loc"]) == (422, ["body", *place])
    assert kind in (None, answer["detail"][0]["type"])
    assert (await client.get(AGENT))[1] == before


async def test_null_changes_nothing_where_the_agent_needs_something(client):
    _, before = await client.get(AGENT)
    status, after = await patch(client, conversation_config={"conversation": None, "tts": {"speed": None}})
    status, after = await patch(client, platform_settings={"data_collection": None})
    assert status == 200
    assert after["conversation_config"] == before["conversation_config"]
    assert after["platform_settings"] == before["platform_settings"]


async def test_an_unknown_tool_agent_or_branch_is_not_found(client):
    prompt = {"prompt": {"tool_ids": ["tool_none"]}}
    status, answer = await patch(client, conversation_config={"agent": prompt})
    assert (status, answer["detail"]["code"]) == (404, "tool_not_found")
    status, answer = await client.ask("PATCH", "/v1/convai/agents/agent_other", json={})
    assert (status, answer["detail"]["code"]) == (404, "agent_not_found")
    status, answer = await client.ask("PATCH", f"{AGENT}?branch_id=agtbrch_1", json={})
    assert (status, answer["detail"]["code"]) == (404, "branch_not_found")


async def test_a_flag_that_is_switched_off_refuses_the_next_conversation(client):
    await patch(client, platform_settings=overrides(conversation={"text_only": False}))
    async with client.session.ws_connect(await client.signed_url()) as socket:
        await socket.send_json(initiation())
        assert await closed(socket) == (1008, "Override for field 'text_only' is not allowed by config")


async def test_events_that_are_switched_off_do_not_come(client):
    await patch(client, conversation_config={"conversation": {"client_events": ["ping"]}})
    async with client.conversation() as talk:
        await talk.socket.send_json({"type": "user_message", "text": "Hello"})
        await talk.socket.close()
        kinds = {message.json()["type"] async for message in talk.socket}
    assert kinds <= {"ping"}


async def test_an_agent_without_auth_lets_anybody_in_and_gives_tokens_without_a_key(client):
    token = client.sandbox.url + "/v1/convai/conversation/token?agent_id=agent_sandbox"
    async with client.session.get(token) as answer:
        assert answer.status == 401
    await patch(client, platform_settings={"auth": {"enable_auth": False}})
    url = client.sandbox.url.replace("http", "ws") + "/v1/convai/conversation?agent_id=agent_sandbox"
    async with client.session.ws_connect(url) as socket:
        await socket.send_json(initiation())
        assert (await socket.receive_json())["type"] == "conversation_initiation_metadata"
    async with client.session.get(token) as answer:
        assert answer.status == 200


async def test_placeholders_are_no_defaults(client):
    placeholders = {"dynamic_variable_placeholders": {"house": "none"}}
    agent = {"dynamic_variables": placeholders, "first_message": "{{house}}"}
    await patch(client, conversation_config={"agent": agent})
    async with client.session.ws_connect(await client.signed_url()) as socket:
        await socket.send_json(initiation())
        reason = "Missing required dynamic variables in first message: {'house'}"
        assert await closed(socket) == (1008, reason)


async def test_other_fields_of_data_collection_are_asked_for_and_stay_null(client, clock):
    await patch(client, platform_settings={"data_collection": {"mood": {"type": "string"}}})
    async with client.conversation() as talk:
        await talk.answer()
    detail = await client.finished(talk.conversation_id, clock)
    found = detail["analysis"]["data_collection_results"]
    assert set(found) == {"new_facts", "do_not_call", "mood"}
    assert found["mood"]["value"] is None


async def test_deleting_at_once_is_silently_off_while_everything_is_kept_for_ever(client):
    privacy = {"retention_days": -1, "delete_audio": True}
    _, agent = await patch(client, platform_settings={"privacy": privacy})
    assert agent["platform_settings"]["privacy"]["delete_audio"] is False
    privacy = {"retention_days": 30, "delete_audio": True}
    _, agent = await patch(client, platform_settings={"privacy": privacy})
    assert agent["platform_settings"]["privacy"]["delete_audio"] is True


async def test_tools_are_shown_beside_their_ids_and_cannot_both_be_sent_back(client):
    tool_id = await create_tool(client, tool())
    _, agent = await patch(client, conversation_config={"agent": {"prompt": {"tool_ids": [tool_id]}}})
    prompt = agent["conversation_config"]["agent"]["prompt"]
    assert prompt["tools"][0]["name"] == "recall_memory"
    assert (await patch(client, conversation_config={"agent": {"prompt": prompt}}))[0] == 422
    del prompt["tools"]
    assert (await patch(client, conversation_config={"agent": {"prompt": prompt}}))[0] == 200


async def test_changes_are_still_there_after_a_restart(open_client):
    async with open_client() as client:
        _, changed = await patch(client, name="Mine")
    async with open_client() as client:
        assert (await client.get(AGENT))[1] == changed
