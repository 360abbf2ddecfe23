"""Faults on demand, and what a caller sees of each."""

import asyncio

import aiohttp
import pytest

from .client import Client, Clock, closed, initiation
from .test_phone import calls, next_ring

pytestmark = pytest.mark.anyio

SIGNED_URL = "/v1/convai/conversation/get-signed-url"
CONVERSATIONS = "/v1/convai/conversations"
CALL = "/v1/convai/twilio/outbound-call"
BODY = {
    "agent_id": "agent_sandbox",
    "agent_phone_number_id": "phnum_sandbox",
    "to_number": "+4915112345678",
}


async def order(client: Client, **fault):
    status, answer = await client.ask("POST", "/sandbox/faults", json=fault)
    assert status == 201, answer
    return answer


async def hold(client: Client, clock: Clock) -> str:
    async with client.conversation() as talk:
        await talk.answer()
        await talk.say("I keep bees.")
    await client.finished(talk.conversation_id, clock)
    return talk.conversation_id


async def test_a_status_comes_in_the_documented_body_with_retry_after(client):
    await order(client, operation="list_conversations", fault="status", status=429, retry_after=7)
    async with client.session.get(
        client.sandbox.url + CONVERSATIONS, headers={"xi-api-key": "sandbox"}
    ) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")
        detail = (await answer.json())["detail"]
    assert (detail["type"], detail["code"]) == ("rate_limit_error", "rate_limit_exceeded")
    assert (await client.get(CONVERSATIONS))[0] == 200


async def test_a_422_has_its_array(client):
    await order(client, operation=f"POST {CALL}", fault="status", status=422)
    status, answer = await client.ask("POST", CALL, json=BODY)
    assert (status, answer["detail"][0]["loc"]) == (422, ["body"])


async def test_a_fault_happens_as_often_as_it_was_ordered_after_those_it_lets_pass(client):
    await order(client, operation="list_conversations", fault="status", status=500, times=2, skip=1)
    assert [(await client.get(CONVERSATIONS))[0] for _ in range(5)] == [200, 500, 500, 200, 200]
    _, listed = await client.get("/sandbox/faults")
    assert [(fault["times"], fault["happened"]) for fault in listed["faults"]] == [(0, 2)]


async def test_a_fault_without_an_end_lasts_until_it_is_deleted(client):
    await order(client, operation="*", fault="status", status=503, times=None)
    assert [(await client.get(CONVERSATIONS))[0] for _ in range(3)] == [503, 503, 503]
    assert (await client.get(SIGNED_URL, agent_id="agent_sandbox"))[0] == 503
    await client.ask("DELETE", "/sandbox/faults")
    assert (await client.get(CONVERSATIONS))[0] == 200


async def test_a_wrong_key_is_refused_before_any_fault(client):
    await order(client, operation="*", fault="status", status=503, times=None)
    assert (await client.ask("GET", CONVERSATIONS, key="wrong"))[0] == 401


@pytest.mark.parametrize(("when", "rung"), [("before", 0), ("after", 1)])
async def test_a_connection_breaks_before_or_after_the_telephone_rings(client, when, rung):
    await order(client, operation="*_outbound_call", fault="drop", when=when)
    with pytest.raises(aiohttp.ClientError):
        await client.ask("POST", CALL, json=BODY)
    assert len((await calls(client))["calls"]) == rung


@pytest.mark.parametrize(("when", "rung"), [("before", 0), ("after", 1)])
async def test_a_delay_lasts_by_the_clock_before_or_after_the_effect(client, clock, when, rung):
    await order(client, operation="twilio_outbound_call", fault="delay", seconds=45, when=when)
    asking = asyncio.create_task(client.ask("POST", CALL, json=BODY))
    await asyncio.sleep(0.1)
    assert (await client.get("/sandbox/faults"))[1]["faults"][0]["happened"] == 1
    clock.move(seconds=44)
    await asyncio.sleep(0.05)
    assert not asking.done()
    assert len((await calls(client))["calls"]) == rung
    clock.move(seconds=1)
    assert (await asking)[0] == 200
    assert len((await calls(client))["calls"]) == 1


async def test_garbage_is_no_json_although_it_happened(client):
    await order(client, operation="twilio_outbound_call", fault="garbage")
    with pytest.raises(aiohttp.ContentTypeError):
        await client.ask("POST", CALL, json=BODY)
    assert len((await calls(client))["calls"]) == 1


async def test_an_unsuccessful_call_rings_nobody(client):
    await order(client, operation="twilio_outbound_call", fault="unsuccessful")
    status, answer = await client.ask("POST", CALL, json=BODY)
    assert (status, answer["success"], answer["callSid"]) == (200, False, None)
    assert (await calls(client))["calls"] == []


async def test_a_call_without_a_conversation_id_rings(client):
    await order(client, operation="twilio_outbound_call", fault="null_id")
    _, answer = await client.ask("POST", CALL, json=BODY)
    assert (answer["success"], answer["conversation_id"]) == (True, None)
    assert (await next_ring(client)).call_sid == answer["callSid"]


@pytest.mark.parametrize(
    ("fault", "state", "result"),
    [
        ("voicemail", "completed", "voicemail"),
        ("busy", "busy", "busy"),
        ("no_answer", "no-answer", "no_answer"),
    ],
)
async def test_who_is_rung_next_does_as_it_was_ordered(client, clock, fault, state, result):
    await order(client, operation="call", fault=fault)
    _, answer = await client.ask("POST", CALL, json={**BODY, "conversation_initiation_client_data": data()})
    detail = await client.finished(answer["conversation_id"], clock)
    assert detail["metadata"]["phone_call"]["call_result"] == result
    assert (detail["transcript"], detail["status"] == "done") == ([], fault == "voicemail")
    assert (await calls(client))["calls"][0]["state"] == state


async def test_a_lost_webhook_never_comes(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    await order(client, operation="webhook", fault="lose")
    await hold(client, clock)
    kept = await hold(client, clock)
    assert (await receiver.next_event())["data"]["conversation_id"] == kept
    assert receiver.deliveries.empty()


async def test_a_doubled_webhook_comes_twice_with_the_same_body(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    await order(client, operation="webhook", fault="twice")
    await hold(client, clock)
    first, second = [await asyncio.wait_for(receiver.deliveries.get(), 10) for _ in range(2)]
    assert first[1] == second[1]
    last = await hold(client, clock)
    assert (await receiver.next_event())["data"]["conversation_id"] == last


async def test_a_late_webhook_comes_when_its_time_has_come(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    await order(client, operation="webhook", fault="late", seconds=600)
    late, punctual = await hold(client, clock), await hold(client, clock)
    assert (await receiver.next_event())["data"]["conversation_id"] == punctual
    clock.move(minutes=10)
    assert (await receiver.next_event())["data"]["conversation_id"] == late


async def test_a_webhook_out_of_order_comes_after_the_next_one(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    await order(client, operation="webhook", fault="out_of_order")
    held = [await hold(client, clock) for _ in range(2)]
    came = [(await receiver.next_event())["data"]["conversation_id"] for _ in range(2)]
    assert came == held[::-1]


async def test_a_socket_closes_with_the_code_that_was_ordered(client, clock):
    await order(client, operation="socket", fault="close", status=1011, reason="Internal")
    async with client.conversation() as talk:
        await talk.answer()
        await talk.socket.send_json({"type": "user_message", "text": "Hello"})
        assert await closed(talk.socket) == (1011, "Internal")
    detail = await client.finished(talk.conversation_id, clock)
    assert [turn["role"] for turn in detail["transcript"]] == ["agent"]


@pytest.mark.parametrize("kind", ["correction", "interruption"])
async def test_an_answer_is_followed_by_the_event_that_was_ordered(client, kind):
    name = "agent_response_correction" if kind == "correction" else kind
    await order(client, operation="socket", fault=kind)
    async with client.conversation() as talk:
        await talk.answer()
        answer = await talk.say("Hello")
        event = (await talk.next(name))[f"{name}_event"]
        assert event["event_id"] == 2
        if kind == "correction":
            assert event["original_agent_response"] == answer
            assert answer.startswith(event["corrected_agent_response"].removesuffix("…"))
        assert await talk.say("Go on.")


async def test_an_answer_waits_for_the_result_of_the_clients_tool(client):
    await order(client, operation="socket", fault="tool_call")
    async with client.conversation() as talk:
        await talk.answer()
        await talk.socket.send_json({"type": "user_message", "text": "Hello"})
        call = (await talk.next("client_tool_call", "agent_response"))["client_tool_call"]
        result = {"tool_call_id": call["tool_call_id"], "result": "42", "is_error": False}
        await talk.socket.send_json({"type": "client_tool_result", **result, "tool_call_id": "another"})
        await talk.socket.send_json({"type": "feedback", "event_id": 1, "score": None})
        await talk.socket.send_json(initiation())
        assert (await talk.next("error", "agent_response"))["type"] == "error"
        await talk.socket.send_json({"type": "client_tool_result", **result})
        assert await talk.answer()
        await talk.socket.send_json({"type": "client_tool_result", **result, "is_error": "no"})
        assert (await closed(talk.socket))[0] == 1008


async def test_silence_can_be_ordered(client):
    await order(client, operation="socket", fault="silence")
    async with client.conversation() as talk:
        await talk.answer()
        await talk.socket.send_json({"type": "user_message", "text": "Hello"})
        event = (await talk.next("error"))["error_event"]
        assert event["error_type"] == "transport_receive_timeout"
        assert (await closed(talk.socket))[0] == 1002


async def test_data_collection_can_find_nothing(client, clock):
    await order(client, operation="analysis", fault="no_collection")
    for found in (None, "I keep bees"):
        _, detail = await client.get(f"{CONVERSATIONS}/{await hold(client, clock)}")
        assert detail["analysis"]["data_collection_results"]["new_facts"]["value"] == found


async def test_there_can_be_neither_a_title_nor_a_summary(client, clock):
    await order(client, operation="analysis", fault="no_summary")
    for there in (False, True):
        _, detail = await client.get(f"{CONVERSATIONS}/{await hold(client, clock)}")
        analysis = detail["analysis"]
        assert bool(analysis["transcript_summary"]) == bool(analysis["call_summary_title"]) == there
        assert analysis["data_collection_results"]["new_facts"]["value"] == "I keep bees"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"fault": "drop"}, "'operation' is needed, as text."),
        ({"operation": "webhook"}, "'fault' is needed, as text."),
        ({"operation": "get_sined_url", "fault": "drop"}, "There is no operation 'get_sined_url'; there are"),
        ({"operation": "webhook", "fault": "drop"}, "'webhook' can have lose, twice, late, out_of_order,"),
        (
            {"operation": "get_agent", "fault": "null_id"},
            "'get_agent' can have delay, status, drop, garbage,",
        ),
        ({"operation": "get_agent", "fault": "status"}, "'status' must be a status from 400 to 599."),
        ({"operation": "get_agent", "fault": "status", "status": True}, "'status' must be"),
        ({"operation": "get_agent", "fault": "delay"}, "'seconds' must be a number from 0."),
        ({"operation": "get_agent", "fault": "drop", "when": "later"}, "'when' is 'before' or 'after'"),
        ({"operation": "get_agent", "fault": "drop", "times": 0}, "'times' must be a whole number from 1."),
        ({"operation": "get_agent", "fault": "drop", "skip": "1"}, "'skip' must be a whole number from 0."),
        ({"operation": "get_agent", "fault": "drop", "code": 1}, "'code' must be text."),
        ({"operation": "socket", "fault": "close", "status": 999}, "'status' must be a close code:"),
        (
            {"operation": "get_agent", "fault": "drop", "count": 1},
            "There is no field 'count'; the fields are",
        ),
    ],
)
async def test_an_order_that_makes_no_sense_is_answered_with_one_sentence(client, fault, words):
    status, answer = await client.ask("POST", "/sandbox/faults", json=fault)
    assert (status, answer["error"].startswith(words), answer["error"][-1]) == (400, True, ".")
    assert (await client.get("/sandbox/faults"))[1]["faults"] == []


async def test_an_order_must_be_json(client):
    status, answer = await client.ask("POST", "/sandbox/faults", data=b"[")
    assert (status, answer) == (400, {"error": "Send one JSON object."})


def data():
    return {name: value for name, value in initiation().items() if name != "type"}


async def test_an_error_can_come_after_the_effect(client):
    await order(client, operation="twilio_outbound_call", fault="status", status=504, when="after")
    assert (await client.ask("POST", CALL, json=BODY))[0] == 504
    assert len((await calls(client))["calls"]) == 1
