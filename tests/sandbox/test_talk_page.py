"""The hosted talk-to page."""

import base64
import json
import re

import pytest

from .client import closed

pytestmark = pytest.mark.anyio

TALK = "/app/talk-to"


@pytest.fixture
async def public(open_client):
    async with open_client(public_agent=True) as client:
        yield client


async def page(client, **query):
    assert client.sandbox.talk_url == client.sandbox.url + TALK
    query = {"agent_id": "agent_sandbox", **query}
    async with client.session.get(client.sandbox.talk_url, params=query) as answer:
        return answer.status, await answer.text(), answer.headers


def start_data(text: str) -> dict:
    return json.loads(re.search(r'id="start-data"[^>]*>(.*?)</script>', text)[1])


async def test_the_page_gets_the_variables_of_the_link(public):
    documented = "eyJjaGFyYWN0ZXIiOiJ3aXphcmQiLCJ1c2VyX25hbWUiOiJab1x1MDBlYiIsImNhbGxfcmVmIjoiY183MWYwIn0="
    status, text, _ = await page(public, vars=documented)
    assert status == 200
    assert start_data(text) == {
        "agent_id": "agent_sandbox",
        "dynamic_variables": {"character": "wizard", "user_name": "Zoë", "call_ref": "c_71f0"},
    }
    assert "Troupe's stand-in for ElevenLabs" in text


async def test_a_single_variable_wins_over_the_packed_ones(public):
    packed = base64.b64encode(b'{"user_name": "Zoe", "count": 3}').decode()
    _, text, _ = await page(public, vars=packed, var_user_name="Mira Ñ", var_topic="a&b")
    assert start_data(text)["dynamic_variables"] == {"user_name": "Mira Ñ", "count": 3, "topic": "a&b"}


@pytest.mark.parametrize(
    "packed",
    [
        "nonsense",
        base64.b64encode(b"[1]").decode(),
        base64.b64encode('{"user_name": "Zoë"}'.encode()).decode(),
        base64.b64encode(b'{"user_name": null}').decode(),
        base64.b64encode(b'{"system__time": "now"}').decode(),
        base64.urlsafe_b64encode(b'{"user_name": "\xff\xfe?>"}').decode(),
    ],
)
async def test_a_damaged_link_says_so(public, packed):
    status, text, _ = await page(public, vars=packed)
    assert status == 400
    assert "This link is damaged" in text


async def test_a_private_agent_has_no_talk_page(client):
    status, text, _ = await page(client)
    assert status == 401
    assert "This agent is private" in text


async def test_an_unknown_agent_has_no_talk_page(public):
    assert (await page(public, agent_id="agent_other"))[0] == 404


async def test_a_variable_cannot_break_out_of_the_page(public):
    status, text, headers = await page(public, var_user_name="</script><script>alert(1)</script>")
    assert status == 200
    assert "<script>alert" not in text
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_loading_the_page_starts_no_conversation(public):
    await page(public)
    assert (await public.get("/v1/convai/conversations"))[1]["conversations"] == []


async def test_a_link_without_every_variable_fails_when_it_starts(public):
    url = public.sandbox.url.replace("http", "ws") + "/v1/convai/conversation?agent_id=agent_sandbox"
    async with public.session.ws_connect(url, protocols=("convai",)) as socket:
        await socket.send_json({"type": "conversation_initiation_client_data", "dynamic_variables": {}})
        assert (await closed(socket))[0] == 1008
