"""Tools and secrets, and the recall tool that the agent asks in mid-call."""

import asyncio
import json

import pytest
from aiohttp import web

from .client import closed, initiation

pytestmark = pytest.mark.anyio

TOOLS = "/v1/convai/tools"
AGENT = "/v1/convai/agents/agent_sandbox"
PROPERTIES = {
    "query": {"type": "string", "description": "What to look up."},
    "user": {"type": "string", "dynamic_variable": "user_name"},
    "conversation_id": {"type": "string", "dynamic_variable": "system__conversation_id"},
    "kind": {"type": "string", "constant_value": "recall"},
}


def tool(url="http://127.0.0.1:9/tools/recall", name="recall_memory", **api):
    schema = {"type": "object", "required": ["query"], "properties": PROPERTIES}
    base = {"url": url, "method": "POST", "request_body_schema": schema}
    return {
        "type": "webhook",
        "name": name,
        "description": "Look up what this person told before.",
        "response_timeout_secs": 10,
        "api_schema": {**base, **api},
    }


async def create_tool(client, config) -> str:
    status, answer = await client.ask("POST", TOOLS, json={"tool_config": config})
    assert status == 200, answer
    return answer["id"]


async def attach(client, *tool_ids):
    changes = {"conversation_config": {"agent": {"prompt": {"tool_ids": list(tool_ids)}}}}
    assert (await client.ask("PATCH", AGENT, json=changes))[0] == 200


class Memory:
    """A bot's recall endpoint."""

    def __init__(self):
        self.url, self.asked = "", []
        self.answer = {"text": "Mira told of a boat called Alda.", "memory": {"summary": "a boat"}}
        self.status = 200

    async def handle(self, request):
        self.asked.append((dict(request.headers), await request.json(), str(request.rel_url)))
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def memory():
    one = Memory()
    app = web.Application()
    app.router.add_post("/{tail:.*}", one.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield one
    await runner.cleanup()


async def test_a_tool_is_made_shown_replaced_and_deleted(client):
    tool_id = await create_tool(client, tool())
    _, shown = await client.get(f"{TOOLS}/{tool_id}")
    assert shown["tool_config"] == tool()
    changed = {key: value for key, value in tool(name="other").items() if key != "response_timeout_secs"}
    _, replaced = await client.ask("PATCH", f"{TOOLS}/{tool_id}", json={"tool_config": changed})
    assert (replaced["tool_config"]["name"], replaced["tool_config"]["response_timeout_secs"]) == (
        "other",
        20,
    )
    assert await client.ask("DELETE", f"{TOOLS}/{tool_id}") == (200, {})
    status, answer = await client.get(f"{TOOLS}/{tool_id}")
    assert (status, answer["detail"]["code"]) == (404, "tool_not_found")


async def test_tools_are_listed_by_the_start_of_their_names_in_pages(client):
    ids = [await create_tool(client, tool(name=name)) for name in ("look_a", "look_b", "weather")]
    _, page = await client.get(TOOLS, search="look", page_size="1")
    assert ([item["id"] for item in page["tools"]], page["has_more"]) == (ids[:1], True)
    _, page = await client.get(TOOLS, search="look", page_size="1", cursor=page["next_cursor"])
    assert ([item["id"] for item in page["tools"]], page["has_more"]) == (ids[1:2], False)


async def test_a_tool_that_is_in_use_goes_only_by_force(client):
    tool_id = await create_tool(client, tool())
    await attach(client, tool_id)
    assert (await client.ask("DELETE", f"{TOOLS}/{tool_id}"))[0] == 409
    assert (await client.ask("DELETE", f"{TOOLS}/{tool_id}?force=true"))[0] == 200
    _, agent = await client.get(AGENT)
    assert agent["conversation_config"]["agent"]["prompt"]["tool_ids"] == []


def body_schema(**prop):
    return {"request_body_schema": {"type": "object", "properties": {"a": {"type": "string", **prop}}}}


@pytest.mark.parametrize(
    ("config", "place"),
    [
        (tool(name="recall memory"), ["name"]),
        (tool(name="x" * 65), ["name"]),
        ({**tool(), "response_timeout_secs": 4}, ["response_timeout_secs"]),
        ({**tool(), "response_timeout_secs": 301}, ["response_timeout_secs"]),
        ({**tool(), "timeout": 5}, ["timeout"]),
        ({**tool(), "type": "client"}, ["type"]),
        ({**tool(), "api_schema": None}, ["api_schema"]),
        (tool(url="http://127.0.0.1/{{user_name}}"), ["api_schema", "url"]),
        (tool(url="ftp://127.0.0.1/"), ["api_schema", "url"]),
        (tool(url="http://127.0.0.1/u/{user}"), ["api_schema", "path_params_schema"]),
        (tool(headers={}), ["api_schema", "headers"]),
        (tool(method="FETCH"), ["api_schema", "method"]),
        (tool(request_headers={"A": {"secret": "x"}}), ["api_schema", "request_headers", "A"]),
        (tool(request_headers={"A": {"secret_id": "secret_none"}}), ["api_schema", "request_headers", "A"]),
        (tool(request_headers={"A": {"secret_id": {}}}), ["api_schema", "request_headers", "A"]),
        ({**tool(), "assignments": [{"value_path": "a"}]}, ["assignments"]),
        ({**tool(), "assignments": "memory"}, ["assignments"]),
        (tool(request_body_schema=[1]), ["api_schema", "request_body_schema"]),
        (tool(**body_schema()), ["api_schema", "request_body_schema", "properties", "a"]),
        (tool(**body_schema(constant_value="")), ["api_schema", "request_body_schema", "properties", "a"]),
        (
            tool(**body_schema(description="d", dynamic_variable="v")),
            ["api_schema", "request_body_schema", "properties", "a"],
        ),
        (
            tool(**body_schema(type="array", description="d", items={"type": "string"})),
            ["api_schema", "request_body_schema", "properties", "a", "items"],
        ),
    ],
)
async def test_a_tool_that_is_against_the_rules_is_refused(client, config, place):
    status, answer = await client.ask("POST", TOOLS, json={"tool_config": config})
    assert status == 422
    assert ["body", "tool_config", *place] in [problem["loc"] for problem in answer["detail"]]


async def test_asked_what_it_remembers_the_agent_asks_the_tool_and_says_what_it_answers(
    client, clock, memory
):
    _, secret = await client.ask(
        "POST", "/v1/convai/secrets", json={"type": "new", "name": "k", "value": "s3"}
    )
    headers = {
        "Authorization": {"variable_name": "secret__recall_token"},
        "X-Tool-Key": {"secret_id": secret["secret_id"]},
        "X-App": "troupe {{user_name}}",
    }
    config = tool(f"{memory.url}/u/{{user}}/recall", request_headers=headers)
    config["api_schema"]["path_params_schema"] = {"user": {"type": "string", "dynamic_variable": "user_name"}}
    config["assignments"] = [
        {"source": "response", "dynamic_variable": "memory", "value_path": "memory.summary"}
    ]
    await attach(client, await create_tool(client, config))
    variables = initiation(secret__recall_token="Bearer 5b1e")["dynamic_variables"]
    async with client.conversation(dynamic_variables=variables) as talk:
        await talk.answer()
        await talk.say("Good evening to you, sir.")
        assert memory.asked == []
        assert "I looked it up: “Mira told of a boat called Alda. a boat”" in await talk.say(
            "What do you remember about boats?"
        )
    sent, body, path = memory.asked[0]
    assert (sent["Authorization"], sent["X-Tool-Key"], sent["X-App"]) == (
        "Bearer 5b1e",
        "s3",
        "troupe {{user_name}}",
    )
    assert (sent["Content-Type"], path) == ("application/json", "/u/Mira/recall")
    assert body == {
        "query": "What do you remember about boats?",
        "user": "Mira",
        "conversation_id": talk.conversation_id,
        "kind": "recall",
    }
    detail = await client.finished(talk.conversation_id, clock)
    called, result = detail["transcript"][4:6]
    assert called["message"] is result["message"] is None
    assert json.loads(called["tool_calls"][0]["params_as_json"]) == body
    assert json.loads(result["tool_results"][0]["result_value"]) == memory.answer
    update = result["tool_results"][0]["dynamic_variable_updates"][0]
    assert (update["variable_name"], update["new_value"]) == ("memory", "a boat")
    _, page = await client.get("/v1/convai/conversations")
    assert page["conversations"][0]["tool_names"] == ["recall_memory"]
    assert page["conversations"][0]["message_count"] == 5


async def test_its_events_come_only_where_they_are_enabled(client, memory):
    await attach(client, await create_tool(client, tool(memory.url)))
    for enabled in (False, True):
        if enabled:
            events = ["agent_tool_request", "agent_tool_response", "agent_response"]
            changes = {"conversation_config": {"conversation": {"client_events": events}}}
            await client.ask("PATCH", AGENT, json=changes)
        async with client.conversation() as talk:
            await talk.answer()
            await talk.socket.send_json({"type": "user_message", "text": "What do you remember?"})
            kinds = []
            while not kinds or kinds[-1] != "agent_response":
                kinds.append((await talk.next())["type"])
        assert ("agent_tool_request" in kinds and "agent_tool_response" in kinds) is enabled


@pytest.mark.parametrize("trouble", ["status", "nobody", "fault"])
async def test_a_tool_that_fails_is_told_as_an_error_and_the_call_goes_on(client, clock, memory, trouble):
    memory.status = 500 if trouble == "status" else 200
    url = "http://127.0.0.1:9/nobody" if trouble == "nobody" else memory.url
    await attach(client, await create_tool(client, tool(url)))
    if trouble == "fault":
        await client.ask("POST", "/sandbox/faults", json={"operation": "recall", "fault": "failure"})
    async with client.conversation() as talk:
        await talk.answer()
        assert "I looked, and found nothing." in await talk.say("What do you remember?")
        assert await talk.say("Never mind.")
    detail = await client.finished(talk.conversation_id, clock)
    assert detail["transcript"][3]["tool_results"][0]["is_error"] is True


async def test_recall_can_be_switched_off_by_a_fault(client, memory):
    await attach(client, await create_tool(client, tool(memory.url)))
    await client.ask("POST", "/sandbox/faults", json={"operation": "recall", "fault": "no_recall"})
    async with client.conversation() as talk:
        await talk.answer()
        assert "I looked" not in await talk.say("What do you remember?")
        assert "I looked it up" in await talk.say("What do you remember?")
    assert len(memory.asked) == 1


async def test_the_telephone_asks_the_tool_as_well(client, memory):
    await attach(client, await create_tool(client, tool(memory.url)))
    data = {key: value for key, value in initiation().items() if key != "type"}
    body = {
        "agent_id": "agent_sandbox",
        "agent_phone_number_id": "phnum_sandbox",
        "to_number": "+4915112345678",
        "conversation_initiation_client_data": data,
    }
    _, placed = await client.ask("POST", "/v1/convai/twilio/outbound-call", json=body)
    sid = placed["callSid"]
    await client.ask("POST", f"/sandbox/calls/{sid}/answer")
    _, said = await client.ask("POST", f"/sandbox/calls/{sid}/say", json={"text": "Do you remember me?"})
    assert "Alda" in said["words"][0]


async def test_a_variable_that_only_a_tool_needs_is_missed_and_its_placeholder_is_not_enough(client):
    config = tool(request_headers={"Authorization": {"variable_name": "secret__recall_token"}})
    config["dynamic_variables"] = {"dynamic_variable_placeholders": {"secret__recall_token": "preview"}}
    await attach(client, await create_tool(client, config))
    async with client.session.ws_connect(await client.signed_url()) as socket:
        await socket.send_json(initiation())
        reason = "Missing required dynamic variables in tools: {'secret__recall_token'}"
        assert await closed(socket) == (1008, reason)


async def test_a_secret_is_never_shown_again(client):
    _, secret = await client.ask(
        "POST", "/v1/convai/secrets", json={"type": "new", "name": "k", "value": "s3"}
    )
    await create_tool(client, tool(request_headers={"X-Key": {"secret_id": secret["secret_id"]}}))
    _, listed = await client.get("/v1/convai/secrets")
    assert "s3" not in json.dumps(listed)
    assert listed["secrets"][0]["used_by"]["tools"][0]["name"] == "recall_memory"
    status, answer = await client.ask("POST", "/v1/convai/secrets", json={"type": "new", "name": "k"})
    assert (status, answer["detail"][0]["loc"]) == (422, ["body", "value"])


async def test_tools_and_secrets_outlive_a_restart(open_client):
    async with open_client() as client:
        tool_id = await create_tool(client, tool())
    async with open_client() as client:
        await asyncio.sleep(0)
        assert (await client.get(f"{TOOLS}/{tool_id}"))[0] == 200


async def test_the_agent_has_a_recall_tool_and_detects_voicemail_from_the_start(client):
    _, agent = await client.get(AGENT)
    prompt = agent["conversation_config"]["agent"]["prompt"]
    assert [one["name"] for one in prompt["tools"]] == ["recall_memory"]
    assert set(prompt["built_in_tools"]) == {"end_call", "voicemail_detection"}


async def test_without_an_address_the_sandbox_answers_its_recall_tool_from_the_context(client, clock):
    async with client.conversation() as talk:
        await talk.answer()
        assert "Mira keeps a cat named Fig." in await talk.say("What do you remember?")
    detail = await client.finished(talk.conversation_id, clock)
    (result,) = detail["transcript"][3]["tool_results"]
    assert json.loads(result["result_value"]) == {"text": "Mira keeps a cat named Fig."}
    assert result["is_error"] is False


async def test_its_recall_tool_asks_the_address_that_it_is_given(client, memory):
    _, shown = await client.get(f"{TOOLS}/tool_sandbox_recall")
    config = shown["tool_config"]
    config["api_schema"]["url"] = f"{memory.url}/tools/recall"
    assert (await client.ask("PATCH", f"{TOOLS}/tool_sandbox_recall", json={"tool_config": config}))[0] == 200
    async with client.conversation() as talk:
        await talk.answer()
        assert "Alda" in await talk.say("What do you remember?")
    assert memory.asked[0][1]["conversation_id"] == talk.conversation_id


async def test_a_conversation_without_any_variable_of_the_tools_can_start(client):
    prompt = {"agent": {"prompt": {"prompt": "Be brief."}, "first_message": "Hello"}}
    async with client.conversation(dynamic_variables={}, conversation_config_override=prompt) as talk:
        assert await talk.answer() == "Hello"


async def test_its_recall_tool_stays_away_once_it_was_deleted(open_client):
    async with open_client() as client:
        assert (await client.ask("DELETE", f"{TOOLS}/tool_sandbox_recall?force=true"))[0] == 200
    async with open_client() as client:
        assert (await client.get(f"{TOOLS}/tool_sandbox_recall"))[0] == 404
        async with client.conversation() as talk:
            assert await talk.answer()
