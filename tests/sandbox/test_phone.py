"""Outbound calls: placed, ringing, answered or not, and the carrier's own truth."""

import asyncio

import pytest

from bot.sandbox import NotRingingError, Ring

from .client import Client, Clock, initiation

pytestmark = pytest.mark.anyio

CALL = "/v1/convai/twilio/outbound-call"
NUMBER = "+4915112345678"
DETECTION = ["body", "telephony_call_config", "twilio_machine_detection"]


def machine_detection(**given):
    return {"telephony_call_config": {"twilio_machine_detection": given}}


async def place(client: Client, seconds: int | None = None, **data):
    first = {name: value for name, value in {**initiation(), **data}.items() if name != "type"}
    body = {
        "agent_id": "agent_sandbox",
        "agent_phone_number_id": "phnum_sandbox",
        "to_number": NUMBER,
        "conversation_initiation_client_data": first,
    }
    if seconds is not None:
        body["telephony_call_config"] = {"ringing_timeout_secs": seconds}
    status, answer = await client.ask("POST", CALL, json=body)
    assert (status, answer["success"]) == (200, True)
    return answer


async def next_ring(client: Client) -> Ring:
    async with asyncio.timeout(10):
        async for ring in client.sandbox.phone.ringing():
            return ring
    raise AssertionError("it never rang")


async def calls(client: Client) -> dict:
    async with client.session.get(f"{client.sandbox.url}/sandbox/calls") as answer:
        return await answer.json()


async def test_a_call_rings_is_answered_talked_and_hung_up(client, clock: Clock):
    placed = await place(client)
    ring = await next_ring(client)
    assert (ring.number, ring.call_sid, ring.conversation_id) == (
        NUMBER,
        placed["callSid"],
        placed["conversation_id"],
    )
    line = await ring.answer()
    assert line.first_words == ["Well met, Mira!"]
    clock.move(seconds=30)
    assert "Fig" in (await line.say("What do you remember?"))[0]
    assert (await calls(client))["calls"][0]["state"] == "in-progress"
    await line.hang_up()
    assert await line.say("Anybody there?") == []
    detail = await client.finished(ring.conversation_id, clock)
    assert detail["metadata"]["termination_reason"] == "Call ended by remote party"
    assert detail["metadata"]["call_duration_secs"] == 30
    assert detail["metadata"]["phone_call"] == {
        "type": "twilio",
        "direction": "outbound",
        "phone_number_id": "phnum_sandbox",
        "agent_number": "+15005550006",
        "external_number": NUMBER,
        "call_result": "answered",
        "stream_sid": "",
        "call_sid": placed["callSid"],
    }
    variables = detail["conversation_initiation_client_data"]["dynamic_variables"]
    assert variables["system__called_number"] == NUMBER
    said = [turn["role"] for turn in detail["transcript"] if turn["message"]]
    assert said == ["agent", "user", "agent"]
    assert (await calls(client))["calls"][0]["state"] == "completed"


async def test_a_call_that_waits_for_an_answer_is_initiated(client):
    placed = await place(client)
    _, detail = await client.get(f"/v1/convai/conversations/{placed['conversation_id']}")
    assert detail["status"] == "initiated"
    assert detail["user_id"] == "person_1"


async def test_who_listens_later_hears_what_still_rings(client):
    first, second = await place(client), await place(client)
    rings = []
    async for ring in client.sandbox.phone.ringing():
        rings.append(ring.call_sid)
        if len(rings) == 2:
            break
    assert rings == [first["callSid"], second["callSid"]]


async def test_who_listens_already_hears_it_ring(client):
    listening = asyncio.create_task(next_ring(client))
    await asyncio.sleep(0)
    placed = await place(client)
    assert (await listening).call_sid == placed["callSid"]


@pytest.mark.parametrize(("seconds", "waited"), [(None, 60), (20, 20)])
async def test_a_call_that_nobody_answers_fails_after_its_ringing_time(
    client, clock, receiver, seconds, waited
):
    client.sandbox.deliver_webhooks_to(receiver.url)
    placed = await place(client, seconds)
    clock.move(seconds=waited - 1)
    await asyncio.sleep(0.05)
    assert (await calls(client))["calls"][0]["state"] == "ringing"
    clock.move(seconds=1)
    event = await receiver.next_event()
    assert event["type"] == "call_initiation_failure"
    assert event["data"]["conversation_id"] == placed["conversation_id"]
    assert event["data"]["failure_reason"] == "no-answer"
    assert event["data"]["metadata"]["type"] == "twilio"
    assert event["data"]["metadata"]["body"]["CallSid"] == placed["callSid"]
    detail = await client.finished(placed["conversation_id"], clock)
    assert (detail["status"], detail["analysis"]) == ("failed", None)
    assert detail["metadata"]["phone_call"]["call_result"] == "no_answer"
    assert (await calls(client))["calls"][0]["state"] == "no-answer"


async def test_a_declined_call_is_busy(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    placed = await place(client)
    await (await next_ring(client)).decline()
    assert (await receiver.next_event())["data"]["failure_reason"] == "busy"
    detail = await client.finished(placed["conversation_id"], clock)
    assert detail["metadata"]["phone_call"]["call_result"] == "busy"


async def test_only_one_of_two_can_answer(client):
    await place(client)
    ring = await next_ring(client)
    await ring.answer()
    with pytest.raises(NotRingingError):
        await ring.answer()
    with pytest.raises(NotRingingError):
        await ring.decline()
    assert (await calls(client))["calls"][0]["state"] == "in-progress"


async def test_deleting_its_conversation_stops_the_ringing(client, clock):
    placed = await place(client)
    ring = await next_ring(client)
    await client.ask("DELETE", f"/v1/convai/conversations/{placed['conversation_id']}")
    with pytest.raises(NotRingingError):
        await ring.answer()
    assert (await calls(client))["calls"][0]["state"] == "failed"


async def test_a_refused_override_surfaces_as_a_failed_conversation(client, clock):
    placed = await place(client, custom_llm_extra_body={"a": 1})
    line = await (await next_ring(client)).answer()
    assert (line.first_words, line.open) == ([], False)
    assert await line.say("Hello?") == []
    await line.hang_up()
    detail = await client.finished(placed["conversation_id"], clock)
    assert detail["status"] == "failed"
    assert detail["metadata"]["error"]["reason"] == line.failure
    assert (await calls(client))["calls"][0]["state"] == "completed"


async def test_the_longest_duration_ends_a_phone_call(client, clock):
    await place(client, conversation_config_override={"conversation": {"max_duration_seconds": 60}})
    ring = await next_ring(client)
    line = await ring.answer()
    clock.move(seconds=60)
    detail = await client.finished(ring.conversation_id, clock)
    assert detail["metadata"]["termination_reason"] == "max_duration_exceeded"
    assert not line.open


async def test_the_carrier_counts_who_was_rung_and_how_often(client):
    await place(client)
    await place(client)
    told = await calls(client)
    assert told["rung"] == {NUMBER: 2}
    assert [call["to_number"] for call in told["calls"]] == [NUMBER, NUMBER]


async def test_a_telephone_rings_on_after_a_restart(open_client, clock: Clock):
    async with open_client() as client:
        placed = await place(client)
    clock.move(seconds=30)
    async with open_client() as client:
        ring = await next_ring(client)
        assert ring.call_sid == placed["callSid"]
        assert (await ring.answer()).first_words == ["Well met, Mira!"]


async def test_a_telephone_that_rang_too_long_ago_is_not_answered_after_a_restart(
    open_client, clock, receiver
):
    async with open_client() as client:
        await place(client)
    clock.move(minutes=5)
    async with open_client() as client:
        client.sandbox.deliver_webhooks_to(receiver.url)
        assert (await receiver.next_event())["data"]["failure_reason"] == "no-answer"


async def test_all_missing_fields_are_named_at_once(client):
    status, body = await client.ask("POST", CALL, json={"agent_id": 7})
    assert status == 422
    assert [(problem["loc"], problem["type"]) for problem in body["detail"]] == [
        (["body", "agent_id"], "string_type"),
        (["body", "agent_phone_number_id"], "missing"),
        (["body", "to_number"], "missing"),
    ]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"agent_id": "agent_other"}, 404, "agent_not_found"),
        ({"agent_phone_number_id": "phnum_other"}, 404, "phone_number_not_found"),
        ({"to_number": "015112345678"}, 400, "invalid_parameters"),
        ({"to_number": "+49 151 12345678"}, 400, "invalid_parameters"),
        ({"to_number": f"{NUMBER}\n"}, 400, "invalid_parameters"),
        ({"conversation_initiation_client_data": []}, 422, ["body", "conversation_initiation_client_data"]),
        ({"telephony_call_config": {"ringing_timeout_secs": 0}}, 422, None),
        (
            {"conversation_initiation_client_data": {"dynamic_variables": {"a": None}}},
            422,
            ["body", "conversation_initiation_client_data", "dynamic_variables", "a"],
        ),
        (
            {"conversation_initiation_client_data": {"source_info": {"source": {}}}},
            422,
            ["body", "conversation_initiation_client_data", "source_info", "source"],
        ),
        (
            {"conversation_initiation_client_data": {"branch_id": 7}},
            422,
            ["body", "conversation_initiation_client_data", "branch_id"],
        ),
        ({"call_recording_enabled": {}}, 422, ["body", "call_recording_enabled"]),
        ({"to_numbr": NUMBER}, 422, ["body", "to_numbr"]),
        ({"telephony_call_config": {"ringing_timeout_secs": 10**400}}, 422, None),
        (machine_detection(mode="sometimes"), 422, [*DETECTION, "mode"]),
        (machine_detection(actions=[{"answered_by": ["ghost"]}]), 422, [*DETECTION, "actions"]),
        (machine_detection(actions=[{"answered_by": [{}]}]), 422, [*DETECTION, "actions"]),
        (machine_detection(actions=[{"answered_by": ["fax"]}] * 2), 422, [*DETECTION, "actions"]),
    ],
)
async def test_a_wrong_request_rings_nobody(client, change, status, code):
    body = {
        "agent_id": "agent_sandbox",
        "agent_phone_number_id": "phnum_sandbox",
        "to_number": NUMBER,
        **change,
    }
    answered, answer = await client.ask("POST", CALL, json=body)
    assert answered == status
    found = answer["detail"][0]["loc"] if status == 422 else answer["detail"]["code"]
    assert found == (code or ["body", "telephony_call_config", "ringing_timeout_secs"])
    assert (await calls(client))["calls"] == []


async def test_a_documented_machine_detection_is_taken(client):
    rule = {"action": "hang_up", "answered_by": ["machine_start", "fax"]}
    body = {"agent_id": "agent_sandbox", "agent_phone_number_id": "phnum_sandbox", "to_number": NUMBER}
    detection = machine_detection(mode="enable", actions=[rule])
    assert (await client.ask("POST", CALL, json={**body, **detection}))[0] == 200


async def test_a_number_that_is_too_large_is_no_json_over_rest_either(client):
    body = '{"conversation_initiation_client_data": {"dynamic_variables": {"x": 1e400}}}'
    status, answer = await client.ask("POST", CALL, data=body)
    assert (status, answer["detail"][0]["type"]) == (422, "json_invalid")
