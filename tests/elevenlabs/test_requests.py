"""What exactly we ask, how far we follow, and what we take for an answer."""

import asyncio
import base64
import json
from datetime import UTC, datetime

import httpx
import pytest

from bot.domain.conversation import Listed
from bot.domain.errors import ConversationGone, ProviderChanged
from tests.elevenlabs.provider import Network, answer, opened, refusal, ring

pytestmark = pytest.mark.anyio


async def test_a_phone_call_says_what_they_answered(provider, client):
    provider.answers = [answer({"success": False, "message": "Busy", "conversation_id": None})]
    said = await ring(client)
    assert (said.success, said.message, said.conversation_id, said.call_sid) == (False, "Busy", "", "")
    body = json.loads(provider.requests[0][3])
    assert body == {
        "agent_id": "agent_a",
        "agent_phone_number_id": "phnum_a",
        "to_number": "+4915112345678",
        "conversation_initiation_client_data": {
            "conversation_config_override": {},
            "dynamic_variables": {"user_name": "Zoë"},
            "user_id": "p1",
        },
        "telephony_call_config": {
            "ringing_timeout_secs": 45,
            "twilio_machine_detection": {
                "mode": "enable",
                "actions": [
                    {
                        "action": "hang_up",
                        "answered_by": [
                            "machine_start",
                            "machine_end_beep",
                            "machine_end_silence",
                            "machine_end_other",
                            "fax",
                        ],
                    }
                ],
            },
        },
    }


@pytest.mark.parametrize("number", ["phnum_b", "phnum_c"])
async def test_only_twilio_is_asked_to_know_a_machine(provider, client, number):
    provider.answers = [answer({"success": True, "message": "", "conversation_id": "conv_x"})]
    await ring(client, number)
    body = json.loads(provider.requests[0][3])
    assert body["telephony_call_config"] == {"ringing_timeout_secs": 45}


@pytest.mark.parametrize(
    "body", [{"detail": "Not Found"}, b"<html>404</html>", b"", {"detail": {}}, {"message": "no Route"}]
)
async def test_a_404_in_other_words_than_theirs_does_not_mean_that_a_conversation_is_gone(
    provider, client, body
):
    provider.answers = [answer(body, 404)]
    with pytest.raises(ProviderChanged):
        await client.fetch_conversation("conv_x")
    with pytest.raises(ProviderChanged):
        await client.delete_conversation("conv_x")


@pytest.mark.parametrize(
    "body", [{"detail": {"status": "conversation_not_found"}}, {"detail": "Conversation conv_x not found"}]
)
async def test_a_404_in_their_words_means_that_a_conversation_is_gone(provider, client, body):
    provider.answers = [answer(body, 404)]
    with pytest.raises(ConversationGone):
        await client.fetch_conversation("conv_x")
    await client.delete_conversation("conv_x")


@pytest.mark.parametrize("conversation_id", ["", ".", "..", "a/b", "%2e%2e", "a?b", "a#b", "ä", "a b", "a\n"])
async def test_what_cannot_be_an_id_leads_to_no_other_address(provider, client, conversation_id):
    with pytest.raises(ConversationGone):
        await client.fetch_conversation(conversation_id)
    await client.delete_conversation(conversation_id)
    assert provider.requests == []


def page(*items, cursor=None):
    conversations = [{"conversation_id": name, "start_time_unix_secs": at} for name, at in items]
    return answer(
        {"conversations": conversations, "next_cursor": cursor, "has_more": cursor is not None},
    )


async def test_every_page_is_followed_and_the_newest_comes_first(provider, client):
    provider.answers = [page(("a", 5), ("b", 9), cursor="p2"), page(("c", 7), cursor="p3"), page(("d", 1))]
    assert await client.find_conversation_ids("c_71f0") == ("b", "c", "a", "d")
    queries = [query for _, _, query, _ in provider.requests]
    assert [query.get("cursor") for query in queries] == [None, "p2", "p3"]
    assert {query["dynamic_variable_params"] for query in queries} == {"call_ref:eq:c_71f0"}
    assert {(query["agent_id"], query["page_size"]) for query in queries} == {("agent_a", "100")}


async def test_the_list_says_what_it_was_asked_for_and_when_each_began(provider, client):
    items = [
        {
            "conversation_id": "a",
            "status": "done",
            "start_time_unix_secs": 1793577600,
            "call_duration_secs": 61,
        },
        {"conversation_id": "b", "status": "in-progress", "start_time_unix_secs": None},
    ]
    provider.answers = [answer({"conversations": items, "next_cursor": "unused", "has_more": False})]
    found = await client.list_conversations(
        user_id="p1",
        variables={"call_ref": "c:1"},
        started_after=datetime(2026, 11, 1, 0, 0, 0, 900_000, UTC),
        started_before=datetime(2026, 11, 2, 0, 0, 0, 100_000, UTC),
    )
    assert found == (
        Listed("a", "done", datetime(2026, 11, 2, tzinfo=UTC), 61),
        Listed("b", "in-progress", None, 0),
    )
    ((method, path, query, _),) = provider.requests
    assert (method, path) == ("GET", "/v1/convai/conversations")
    assert query == {
        "agent_id": "agent_a",
        "page_size": "100",
        "user_id": "p1",
        "dynamic_variable_params": "call_ref:eq:c:1",
        "call_start_after_unix": "1793491200",
        "call_start_before_unix": "1793577601",
    }


@pytest.mark.parametrize(
    "nobody",
    [
        {"user_id": ""},
        {"user_id": "p\ud83d"},
        {"variables": {"call_ref": ""}},
        {"user_id": "p1", "variables": {"call_ref": "\udc80"}},
    ],
)
async def test_nobody_in_particular_finds_nothing_rather_than_everything(provider, client, nobody):
    assert await client.list_conversations(**nobody) == ()
    assert provider.requests == []


async def test_a_token_is_asked_for_our_agent_and_not_shown(provider, client):
    provider.answers = [answer({"token": "jwt_secret", "conversation_id": "conv_x"})]
    token = await client.fetch_token()
    assert (token.token, token.conversation_id) == ("jwt_secret", "conv_x")
    assert "jwt_secret" not in repr(token)
    assert provider.requests[0][:3] == ("GET", "/v1/convai/conversation/token", {"agent_id": "agent_a"})


def room_token(claims) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.sig"


@pytest.mark.parametrize(
    "token", ["jwt", "a.b.c", "e30.W10.sig", room_token({"video": {"room": 7}}), room_token({"video": []})]
)
async def test_a_token_without_a_conversation_is_one_as_well(provider, client, token):
    provider.answers = [answer({"token": token})]
    assert (await client.fetch_token()).conversation_id == ""


async def test_a_token_names_its_conversation_where_the_answer_does_not(provider, client):
    token = room_token({"video": {"room": "room_agent_a_conv_01x9"}})
    provider.answers = [answer({"token": token})]
    assert (await client.fetch_token()).conversation_id == "conv_01x9"


@pytest.mark.parametrize(("liked", "word"), [(True, "like"), (False, "dislike")])
async def test_a_conversation_is_rated_in_one_word(provider, client, liked, word):
    provider.answers = [answer({})]
    await client.rate_conversation("conv_x", liked=liked)
    ((method, path, _, body),) = provider.requests
    assert (method, path) == ("POST", "/v1/convai/conversations/conv_x/feedback")
    assert json.loads(body) == {"feedback": word}


async def test_a_conversation_that_is_gone_cannot_be_rated(provider, client):
    provider.answers = [refusal(404, "conversation_not_found")]
    with pytest.raises(ConversationGone):
        await client.rate_conversation("conv_x", liked=True)
    with pytest.raises(ConversationGone):
        await client.rate_conversation("../x", liked=True)
    assert len(provider.requests) == 1


async def test_a_list_without_an_end_is_not_followed_for_ever(provider, client):
    provider.answers = [page(("a", 1), cursor=f"p{number}") for number in range(60)]
    with pytest.raises(ProviderChanged, match="list conversations"):
        await client.find_conversation_ids("c_71f0")
    assert len(provider.requests) == 50


@pytest.mark.parametrize("circle", [["p1", "p1"], ["p1", "p2", "p1"]])
async def test_a_list_that_goes_round_in_a_circle_is_left_at_once(provider, client, circle):
    provider.answers = [page(("a", 1), cursor=cursor) for cursor in [*circle, "p9"]]
    with pytest.raises(ProviderChanged, match="circle"):
        await client.find_conversation_ids("c_71f0")
    assert len(provider.requests) == len(circle)


async def test_half_a_character_in_a_cursor_does_not_stop_us(provider, client):
    provider.answers = [page(("a", 1), cursor="p\ud83d"), page(("b", 0))]
    assert await client.find_conversation_ids("c_71f0") == ("a", "b")


async def test_at_most_four_conversations_are_fetched_at_once():
    release = asyncio.Event()

    async def hold(request):
        await release.wait()
        conversation = {"conversation_id": "conv_x", "status": "done", "transcript": []}
        return httpx.Response(200, json=conversation)

    network = Network(hold)
    async with opened("http://api.test", transport=network) as client, asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(client.fetch_conversation("conv_x"))
        for _ in range(200):
            await asyncio.sleep(0)
        assert len(network.requests) == 4
        release.set()
    assert len(network.requests) == 10
