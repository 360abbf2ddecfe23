"""Settings, webhooks, tools and secrets: what is asked, and what is made of the answers."""

import json

import httpx
import pytest
from pydantic import SecretStr

from bot.domain.errors import ProviderChanged, ProviderError, ProviderUnavailable
from tests.elevenlabs.provider import Network, answer, opened, refusal

pytestmark = pytest.mark.anyio

SETTINGS = {
    "webhooks": {"post_call_webhook_id": "wh_1", "events": ["transcript"]},
    "can_use_mcp_servers": True,
}
TOOL = {"id": "tool_1", "tool_config": {"type": "webhook", "name": "recall_memory"}, "usage_stats": {}}
STORED = {"type": "stored", "secret_id": "sec_1", "name": "recall"}
VALUE = "the_value_of_the_secret_0123"


def asked(provider):
    return [
        (method, path, query, json.loads(body) if body else None)
        for method, path, query, body in provider.requests
    ]


async def test_settings_are_read_and_changed(provider, client):
    provider.answers = [answer(SETTINGS)]
    assert (await client.workspace.fetch_settings()).webhooks.events == ("transcript",)
    changed = await client.workspace.patch_settings({"webhooks": {"post_call_webhook_id": "wh_2"}})
    assert changed.document == SETTINGS
    body = {"webhooks": {"post_call_webhook_id": "wh_2"}}
    assert asked(provider) == [
        ("GET", "/v1/convai/settings", {}, None),
        ("PATCH", "/v1/convai/settings", {}, body),
    ]


async def test_settings_that_say_nothing_name_no_webhook(provider, client):
    provider.answers = [answer({"webhooks": None})]
    settings = await client.workspace.fetch_settings()
    assert settings.webhooks.post_call_webhook_id == ""


async def test_webhooks_say_what_uses_them_and_how_they_fared(provider, client):
    hook = {
        "webhook_id": "wh_1",
        "name": "troupe",
        "webhook_url": "https://bot.example.com/webhooks",
        "is_disabled": False,
        "is_auto_disabled": True,
        "usage": [{"usage_type": "ConvAI Settings"}],
        "most_recent_failure_error_code": 503,
    }
    provider.answers = [answer({"webhooks": [hook]})]
    (found,) = await client.workspace.list_webhooks()
    assert (found.is_auto_disabled, found.most_recent_failure_error_code) == (True, 503)
    assert [one.usage_type for one in found.usage] == ["ConvAI Settings"]
    assert asked(provider) == [("GET", "/v1/workspace/webhooks", {"include_usages": "true"}, None)]


async def test_a_webhook_is_made_and_its_secret_is_not_shown(provider, client):
    provider.answers = [answer({"webhook_id": "wh_1", "webhook_secret": "wsec_very_secret"})]
    made = await client.workspace.create_webhook(name="troupe", url="https://bot.example.com/webhooks")
    assert made.webhook_secret.get_secret_value() == "wsec_very_secret"
    assert "wsec" not in f"{made!r} {made}"
    settings = {"auth_type": "hmac", "name": "troupe", "webhook_url": "https://bot.example.com/webhooks"}
    assert asked(provider) == [("POST", "/v1/workspace/webhooks", {}, {"settings": settings})]


async def test_a_webhook_is_set_to_retry(provider, client):
    provider.answers = [answer({"status": "ok"})]
    await client.workspace.patch_webhook("wh_1", name="troupe", is_disabled=False, retry_enabled=True)
    body = {"is_disabled": False, "name": "troupe", "retry_enabled": True}
    assert asked(provider) == [("PATCH", "/v1/workspace/webhooks/wh_1", {}, body)]


async def test_all_tools_are_listed_page_by_page(provider, client):
    provider.answers = [
        answer({"tools": [TOOL], "next_cursor": "p2", "has_more": True}),
        answer({"tools": [TOOL | {"id": "tool_2"}], "next_cursor": "p3", "has_more": False}),
    ]
    found = await client.workspace.list_tools("recall")
    assert [(tool.id, tool.name) for tool in found] == [
        ("tool_1", "recall_memory"),
        ("tool_2", "recall_memory"),
    ]
    assert [query for _, _, query, _ in asked(provider)] == [
        {"page_size": "100", "search": "recall"},
        {"page_size": "100", "search": "recall", "cursor": "p2"},
    ]


async def test_a_list_of_tools_without_an_end_is_not_followed_for_ever(provider, client):
    provider.answers = [answer({"tools": [], "next_cursor": "again", "has_more": True})]
    with pytest.raises(ProviderChanged, match="list tools"):
        await client.workspace.list_tools()
    assert len(provider.requests) == 50


async def test_a_tool_is_made_replaced_and_read(provider, client):
    provider.answers = [answer(TOOL)]
    config = {"type": "webhook", "name": "recall_memory"}
    for made in (
        await client.workspace.create_tool(config),
        await client.workspace.patch_tool("tool_1", config),
        await client.workspace.fetch_tool("tool_1"),
    ):
        assert (made.id, made.tool_config) == ("tool_1", TOOL["tool_config"])
    assert asked(provider) == [
        ("POST", "/v1/convai/tools", {}, {"tool_config": config}),
        ("PATCH", "/v1/convai/tools/tool_1", {}, {"tool_config": config}),
        ("GET", "/v1/convai/tools/tool_1", {}, None),
    ]


@pytest.mark.parametrize(
    ("tool_id", "step"),
    [("../agents/x?y#z", "%2E%2E%2Fagents%2Fx%3Fy%23z"), ("..", "%2E%2E"), ("ä b", "%C3%A4%20b")],
)
async def test_an_id_is_one_step_of_a_path_whatever_is_in_it(tool_id, step):
    async def agree(request):
        return httpx.Response(200, json=TOOL)

    network = Network(agree)
    async with opened("http://api.test", transport=network) as client:
        await client.workspace.fetch_tool(tool_id)
    assert network.requests[0].url.raw_path.decode() == f"/v1/convai/tools/{step}"


async def test_secrets_are_listed_by_name(provider, client):
    provider.answers = [
        answer({"secrets": [STORED | {"used_by": {}}], "next_cursor": "p2"}),
        answer({"secrets": [], "next_cursor": None}),
    ]
    assert [secret.name for secret in await client.workspace.list_secrets()] == ["recall"]
    assert len(provider.requests) == 2


async def test_a_secret_is_stored(provider, client):
    provider.answers = [answer(STORED)]
    assert (await client.workspace.create_secret("recall", SecretStr(VALUE))).secret_id == "sec_1"
    body = {"type": "new", "name": "recall", "value": VALUE}
    assert asked(provider) == [("POST", "/v1/convai/secrets", {}, body)]


@pytest.mark.parametrize("status", [400, 403, 422, 500])
async def test_a_secret_is_in_no_error_even_if_they_send_it_back(provider, client, status):
    detail = {"code": f"bad_{VALUE}", "message": "x" * 190 + VALUE, "request_id": VALUE}
    provider.answers = [answer({"detail": detail}, status)]
    with pytest.raises(ProviderError) as caught:
        await client.workspace.create_secret("recall", SecretStr(VALUE))
    assert VALUE[:12] not in f"{caught.value} {vars(caught.value)}"


async def test_no_change_is_sent_twice(provider, client, naps):
    provider.answers = [refusal(503)]
    workspace = client.workspace
    changes = [
        workspace.patch_settings({}),
        workspace.create_webhook(name="troupe", url="https://bot.example.com"),
        workspace.patch_webhook("wh_1", name="troupe", is_disabled=False, retry_enabled=True),
        workspace.create_tool({}),
        workspace.patch_tool("tool_1", {}),
        workspace.create_secret("recall", SecretStr(VALUE)),
        client.agent.patch({}),
        client.rate_conversation("conv_x", liked=True),
    ]
    for change in changes:
        with pytest.raises(ProviderUnavailable):
            await change
    assert len(provider.requests) == len(changes)
    assert naps == []


@pytest.mark.parametrize(("extension", "left"), [(0, 90), (50, 140), ("unlimited", None), (None, 90)])
async def test_the_plan_says_what_is_left_of_it(provider, client, extension, left):
    plan = {"character_count": 10, "character_limit": 100, "max_credit_limit_extension": extension}
    provider.answers = [answer(plan)]
    assert (await client.fetch_credit()).left == left
    assert asked(provider) == [("GET", "/v1/user/subscription", {}, None)]
