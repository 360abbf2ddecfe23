"""The REST routes: what they answer, and what they refuse."""

import base64
import io
import json

import pytest

from .client import Clock, closed, initiation

pytestmark = pytest.mark.anyio

CONVERSATIONS = "/v1/convai/conversations"
SIGNED_URL = "/v1/convai/conversation/get-signed-url"


@pytest.mark.parametrize(("key", "code"), [("wrong", "invalid_api_key"), ("ключ", "invalid_api_key")])
async def test_a_wrong_key_is_refused_on_every_route(client, key, code):
    for path in (CONVERSATIONS, "/v1/convai/agents/agent_sandbox", "/v1/convai/phone-numbers", SIGNED_URL):
        status, body = await client.ask("GET", path, key=key.encode().decode("latin-1"))
        assert status == 401
        assert body["detail"]["type"] == "authentication_error"
        assert body["detail"]["code"] == body["detail"]["status"] == code
        assert body["detail"]["request_id"]


async def test_a_missing_key_has_a_code_of_its_own(client):
    async with client.session.get(client.sandbox.url + CONVERSATIONS) as answer:
        body = await answer.json()
        assert answer.status == 401
        assert body["detail"]["code"] == "missing_api_key"
        assert answer.headers["request-id"] == body["detail"]["request_id"]


async def test_an_unknown_route_is_not_found_and_a_wrong_method_is_not_allowed(client):
    assert await client.get("/v1/convai/nothing") == (404, {"detail": "Not Found"})
    assert await client.ask("POST", CONVERSATIONS) == (405, {"detail": "Method Not Allowed"})


async def test_a_signed_url_needs_an_agent_that_exists(client):
    status, body = await client.get(SIGNED_URL)
    assert status == 422
    assert body == {"detail": [{"type": "missing", "loc": ["query", "agent_id"], "msg": "Field required"}]}
    status, body = await client.get(SIGNED_URL, agent_id="agent_other")
    assert (status, body["detail"]["code"], body["detail"]["param"]) == (404, "agent_not_found", "agent_id")


async def test_a_flag_in_the_query_must_be_a_boolean(client):
    status, body = await client.get(SIGNED_URL, agent_id="agent_sandbox", include_conversation_id="maybe")
    assert (status, body["detail"][0]["type"]) == (422, "bool_parsing")


async def test_the_agent_shows_its_flags_and_what_was_merged_over_it(open_client):
    changes = {
        "platform_settings": {"overrides": {"conversation_config_override": {"tts": {"voice_id": False}}}},
        "name": "Mine",
    }
    async with open_client(agent=changes, public_agent=True) as client:
        status, agent = await client.get("/v1/convai/agents/agent_sandbox")
    assert status == 200
    flags = agent["platform_settings"]["overrides"]["conversation_config_override"]
    assert flags["tts"]["voice_id"] is False
    assert flags["tts"]["model_id"] is True
    assert flags["asr"]["keywords"] is False
    assert agent["name"] == "Mine"
    assert agent["platform_settings"]["auth"]["enable_auth"] is False


async def test_phone_numbers_are_an_array_with_their_provider(client):
    status, numbers = await client.get("/v1/convai/phone-numbers")
    assert status == 200
    assert [(number["provider"], number["phone_number_id"]) for number in numbers] == [
        ("twilio", "phnum_sandbox"),
        ("sip_trunk", "phnum_sandbox_sip"),
        ("exotel", "phnum_sandbox_exotel"),
    ]
    _, numbers = await client.get("/v1/convai/phone-numbers", provider="exotel")
    assert [number["phone_number_id"] for number in numbers] == ["phnum_sandbox_exotel"]


async def test_a_detail_carries_what_was_sent_and_said(client, clock: Clock):
    async with client.conversation() as talk:
        await talk.answer()
        clock.move(seconds=5)
        await talk.say("I have a dog called Rex.")
        await talk.socket.send_json(
            {"type": "contextual_update", "text": "It is late.", "context_id": "time"}
        )
        await talk.say("Goodnight!")
        clock.move(seconds=4)
    detail = await client.finished(talk.conversation_id, clock)
    assert [(turn["role"], turn["time_in_call_secs"]) for turn in detail["transcript"]] == [
        ("agent", 0),
        ("user", 5),
        ("agent", 5),
        ("user", 5),
        ("user", 5),
        ("agent", 5),
    ]
    assert detail["transcript"][3]["contextual_update_info"] == {"context_id": "time", "is_superseded": False}
    assert detail["transcript"][1]["message"] == "I have a dog called Rex."
    assert detail["user_id"] == "person_1"
    assert detail["metadata"]["text_only"] is True
    assert detail["metadata"]["call_duration_secs"] == 9
    assert detail["metadata"]["authorization_method"] == "signed_url"
    assert detail["metadata"]["termination_reason"] == "Client disconnected: 1000"
    sent = detail["conversation_initiation_client_data"]
    assert sent["conversation_config_override"] == {"conversation": {"text_only": True}}
    assert sent["dynamic_variables"]["call_ref"] == "c_71f0"
    assert sent["dynamic_variables"]["system__conversation_id"] == talk.conversation_id
    assert sent["dynamic_variables"]["system__call_duration_secs"] == 9
    assert detail["analysis"]["transcript_summary"] == "Mira told Merlin: I have a dog called Rex; Goodnight!"
    assert detail["analysis"]["data_collection_results"]["new_facts"]["value"] == "I have a dog called Rex"
    assert detail["analysis"]["data_collection_results"]["do_not_call"]["value"] is None


async def test_analysis_is_null_until_the_conversation_is_done(client, clock: Clock):
    async with client.conversation() as talk:
        await talk.answer()
        detail = await client.detail_after(talk.conversation_id)
        assert (detail["status"], detail["analysis"]) == ("in-progress", None)
    detail = await client.detail_after(talk.conversation_id, "in-progress")
    assert (detail["status"], detail["analysis"]) == ("processing", None)
    clock.move(seconds=1)
    assert (await client.finished(talk.conversation_id, clock))["status"] == "done"


async def test_a_deleted_conversation_is_not_found_any_more(client, clock: Clock):
    async with client.conversation() as talk:
        await talk.answer()
    path = f"{CONVERSATIONS}/{talk.conversation_id}"
    await client.finished(talk.conversation_id, clock)
    assert (await client.ask("DELETE", path))[0] == 200
    for method in ("GET", "DELETE"):
        status, body = await client.ask(method, path)
        assert (status, body["detail"]["code"]) == (404, "conversation_not_found")
    assert (await client.get(CONVERSATIONS))[1]["conversations"] == []


async def test_nothing_that_was_said_in_a_deleted_conversation_is_left_on_disk(client, clock, tmp_path):
    for canary in ("Zanzibar", "Timbuktu"):
        async with client.conversation(**initiation(topic=f"{canary} again")) as talk:
            await talk.answer()
            for number in range(40):
                await talk.say(f"I went to {canary} on trip {number}.")
        await client.finished(talk.conversation_id, clock)
    assert (await client.ask("DELETE", f"{CONVERSATIONS}/{talk.conversation_id}"))[0] == 200
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Zanzibar" in kept
    assert b"Timbuktu" not in kept


async def test_deleting_a_running_conversation_ends_it(client):
    async with client.conversation() as talk:
        await talk.answer()
        await client.ask("DELETE", f"{CONVERSATIONS}/{talk.conversation_id}")
        assert await closed(talk.socket) == (1000, "The conversation was deleted")
    assert (await client.get(f"{CONVERSATIONS}/{talk.conversation_id}"))[0] == 404


async def hold(client, clock: Clock, **variables):
    """Hold a short conversation and return its id."""
    async with client.conversation(**initiation(**variables)) as talk:
        await talk.answer()
    await client.finished(talk.conversation_id, clock)
    clock.move(minutes=1)
    return talk.conversation_id


async def listed(client, **params):
    status, body = await client.get(CONVERSATIONS, **params)
    assert status == 200
    return [item["conversation_id"] for item in body["conversations"]]


async def test_the_list_is_newest_first_in_pages_and_tells_nobody_who_called(client, clock: Clock):
    held = [await hold(client, clock) for _ in range(3)]
    _, page = await client.get(CONVERSATIONS, page_size="2")
    assert [item["conversation_id"] for item in page["conversations"]] == [held[2], held[1]]
    assert page["has_more"]
    assert not {"user_id", "dynamic_variables"} & set(page["conversations"][0])
    assert page["conversations"][0]["transcript_summary"] is None
    _, rest = await client.get(
        CONVERSATIONS, page_size="2", cursor=page["next_cursor"], summary_mode="include"
    )
    assert [item["conversation_id"] for item in rest["conversations"]] == [held[0]]
    assert rest["conversations"][0]["transcript_summary"] == "Mira said nothing."
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)


async def test_the_list_is_filtered_by_person_agent_and_time(client, clock: Clock):
    start = int(clock.now.timestamp())
    held = await hold(client, clock)
    assert await listed(client, user_id="person_1", agent_id="agent_sandbox") == [held]
    assert await listed(client, user_id="person_2") == []
    assert await listed(client, agent_id="agent_other") == []
    assert await listed(client, call_start_after_unix=str(start)) == [held]
    assert await listed(client, call_start_after_unix=str(start + 1)) == []
    assert await listed(client, call_start_before_unix=str(start - 1)) == []


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ("call_ref:eq:c_1", True),
        ("call_ref:eq:c_2", False),
        ("call_ref:neq:c_2", True),
        ("call_ref:in:c_2|c_1", True),
        ("count:gte:3", True),
        ("count:gt:3", False),
        ("call_ref:gt:3", False),
        ("nothing:eq:", True),
        ("call_ref:eq:", False),
        ("time:eq:12:30", True),
        ("flag:eq:true", True),
    ],
)
async def test_the_list_is_filtered_by_dynamic_variables(client, clock: Clock, test, found):
    held = await hold(client, clock, call_ref="c_1", count=3, time="12:30", flag=True)
    assert await listed(client, dynamic_variable_params=test) == ([held] if found else [])


async def test_several_variable_filters_must_all_fit(client, clock: Clock):
    await hold(client, clock, call_ref="c_1")
    query = "dynamic_variable_params=call_ref:eq:c_1&dynamic_variable_params=user_name:eq:Nora"
    assert (await client.get(f"{CONVERSATIONS}?{query}"))[1]["conversations"] == []


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"page_size": "101"}, 422),
        ({"page_size": "0"}, 422),
        ({"page_size": "many"}, 422),
        ({"call_start_after_unix": "²"}, 422),
        ({"dynamic_variable_params": "call_ref"}, 422),
        ({"dynamic_variable_params": "call_ref:like:c"}, 422),
        ({"dynamic_variable_params": "count:gt:three"}, 422),
        ({"call_successful": "perhaps"}, 422),
        ({"cursor": "nonsense"}, 400),
        ({"cursor": base64.urlsafe_b64encode(b"after:x").decode()}, 400),
        ({"search": "cat"}, 501),
    ],
)
async def test_nonsense_in_a_filter_is_refused(client, params, status):
    answered, body = await client.get(CONVERSATIONS, **params)
    assert answered == status
    assert body["detail"][0]["loc"] == ["query", *params] if status == 422 else body["detail"]["code"]


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"a": NaN}', b'{"a": "\\ud800"}', b"\xff", b"[]"])
async def test_a_body_that_is_no_json_object_is_a_schema_violation(client, body):
    status, answer = await client.ask("POST", "/v1/convai/twilio/outbound-call", data=body)
    assert status == 422
    assert answer["detail"][0]["loc"] == ["body"]


async def test_a_huge_body_is_refused_in_the_documented_shape(client):
    body = io.BytesIO(json.dumps({"agent_id": "x" * 2_000_000}).encode())
    status, answer = await client.ask("POST", "/v1/convai/twilio/outbound-call", data=body)
    assert (status, answer["detail"]["code"]) == (400, "request_too_large")


async def test_feedback_that_says_nothing_is_refused(client):
    async with client.conversation() as talk:
        await talk.answer()
        path = f"/v1/convai/conversations/{talk.conversation_id}/feedback"
        status, answer = await client.ask("POST", path, json={})
    assert (status, answer["detail"][0]["loc"]) == (422, ["body", "feedback"])


async def test_a_status_that_there_is_not_cannot_be_left_out(client):
    status, answer = await client.get("/v1/convai/conversations", exclude_statuses="bogus")
    assert (status, answer["detail"][0]["loc"]) == (422, ["query", "exclude_statuses"])


async def test_a_wrong_key_is_refused_even_for_the_token_of_a_public_agent(open_client):
    async with open_client(public_agent=True) as client:
        path = "/v1/convai/conversation/token?agent_id=agent_sandbox"
        assert (await client.ask("GET", path, key="wrong"))[0] == 401
