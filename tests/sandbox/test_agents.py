"""More agents than the first: made, listed, talked with, and gone."""

import pytest

from .client import closed

pytestmark = pytest.mark.anyio

CREATE = "/v1/convai/agents/create"
SAYING = {"agent": {"first_message": "Hello.", "prompt": {"prompt": "You are Orvin."}}}


async def make(client, **more):
    status, made = await client.ask("POST", CREATE, json={"conversation_config": {}, **more})
    assert status == 200
    return made["agent_id"]


async def agent(client, agent_id):
    return await client.get(f"/v1/convai/agents/{agent_id}")


async def test_a_new_agent_has_nothing_set_and_is_changed_alone(client):
    made = await make(client, name="Characters")
    _, first = await agent(client, client.sandbox.agent_id)
    _, second = await agent(client, made)
    assert (second["name"], second["conversation_config"]["agent"]["first_message"]) == ("Characters", "")
    assert not second["platform_settings"]["auth"]["enable_auth"]
    flags = second["platform_settings"]["overrides"]["conversation_config_override"]
    assert not flags["agent"]["prompt"]["prompt"]
    await client.ask("PATCH", f"/v1/convai/agents/{made}", json={"name": "Mine"})
    assert (await agent(client, made))[1]["name"] == "Mine"
    assert (await agent(client, client.sandbox.agent_id))[1] == first


async def test_agents_are_listed_by_name_page_by_page(client):
    for number in range(3):
        await make(client, name=f"Cast {number}")
    _, page = await client.get("/v1/convai/agents", page_size="2", search="cast")
    _, rest = await client.get("/v1/convai/agents", page_size="2", search="cast", cursor=page["next_cursor"])
    assert [one["name"] for one in page["agents"] + rest["agents"]] == ["Cast 0", "Cast 1", "Cast 2"]
    assert (page["has_more"], rest["has_more"]) == (True, False)


async def test_a_conversation_is_with_the_agent_that_was_asked_for(client, clock):
    made = await make(client, name="Mine", conversation_config=SAYING)
    async with client.session.ws_connect(await client.signed_url(agent_id=made)) as socket:
        await socket.send_json({"type": "conversation_initiation_client_data"})
        metadata = (await socket.receive_json(timeout=10))["conversation_initiation_metadata_event"]
    detail = await client.finished(metadata["conversation_id"], clock)
    assert (detail["agent_id"], detail["agent_name"]) == (made, "Mine")
    assert detail["transcript"][0]["message"] == "Hello."
    url = (await client.signed_url()).replace(client.sandbox.agent_id, made)
    async with client.session.ws_connect(url) as socket:
        assert (await closed(socket))[0] == 1008


async def test_an_agent_tells_of_its_calls_by_its_own_webhook(client, clock, receiver):
    settings = {"auth_type": "hmac", "name": "own", "webhook_url": receiver.url}
    _, hook = await client.ask("POST", "/v1/workspace/webhooks", json={"settings": settings})
    wanted = {"webhooks": {"post_call_webhook_id": hook["webhook_id"], "events": ["transcript"]}}
    more = {"conversation_config": SAYING, "platform_settings": {"workspace_overrides": wanted}}
    made = await make(client, **more)
    async with client.session.ws_connect(await client.signed_url(agent_id=made)) as socket:
        await socket.send_json({"type": "conversation_initiation_client_data"})
        metadata = (await socket.receive_json(timeout=10))["conversation_initiation_metadata_event"]
    await client.finished(metadata["conversation_id"], clock)
    assert (await receiver.next_event())["data"]["agent_id"] == made


async def test_an_agent_outlives_a_restart_until_it_is_deleted(open_client):
    async with open_client() as client:
        made = await make(client, name="Mine")
    async with open_client() as client:
        assert (await agent(client, made))[1]["name"] == "Mine"
        assert (await client.ask("DELETE", f"/v1/convai/agents/{made}"))[0] == 200
        assert (await agent(client, made))[0] == 404
        assert (await client.ask("DELETE", f"/v1/convai/agents/{client.sandbox.agent_id}"))[0] == 403


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": "x"}, ["conversation_config"]),
        ({"conversation_config": {"x": 1}}, ["conversation_config", "x"]),
    ],
)
async def test_what_is_no_agent_is_not_made(client, body, place):
    status, answer = await client.ask("POST", CREATE, json=body)
    assert (status, answer["detail"][0]["loc"]) == (422, ["body", *place])
    _, listed = await client.get("/v1/convai/agents")
    assert len(listed["agents"]) == 1
