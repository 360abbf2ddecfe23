"""Outbound calls: placed, ringing, answered or not, and the carrier's own truth."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from bot.sandbox import NotRingingError, Ring

from .client import Client, Clock, initiation

pytestmark = pytest.mark.anyio

CALL = "/v1/convai/twilio/outbound-call"
NUMBER = "+4915112345678"
DETECTION = ["body", "telephony_call_config", "twilio_machine_detection"]


def machine_detection(**given):
    return {"telephony_call_config": {"twilio_machine_detection": given}}


async def place(client: Client, seconds: int | None = None, config=None, number=NUMBER, **data):
    first = {name: value for name, value in {**initiation(), **data}.items() if name != "type"}
    body = {
        "agent_id": "agent_sandbox",
        "agent_phone_number_id": "phnum_sandbox",
        "to_number": number,
        "conversation_initiation_client_data": first,
        **(config or {}),
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


HANGS_UP = {"action": "hang_up", "answered_by": ["machine_start", "machine_end_beep", "fax"]}
NO_TOOL = {"conversation_config": {"agent": {"prompt": {"built_in_tools": {"voicemail_detection": None}}}}}


async def voicemail(client, clock, config, number="phnum_sandbox", path=CALL):
    """The detail of a call that a voicemail box took."""
    body = {"agent_id": "agent_sandbox", "agent_phone_number_id": number, "to_number": NUMBER}
    data = {"conversation_initiation_client_data": {"dynamic_variables": initiation()["dynamic_variables"]}}
    status, placed = await client.ask("POST", path, json={**body, **data, **config})
    assert status == 200
    await (await next_ring(client)).answer_by_machine()
    return await client.finished(placed["conversation_id"], clock)


@pytest.mark.parametrize("mode", [{}, {"mode": "enable"}, {"mode": "detect_message_end"}])
async def test_machine_detection_ends_a_call_without_a_word_also_where_the_agent_has_no_tool(
    open_client, clock, mode
):
    async with open_client(agent=NO_TOOL) as client:
        detail = await voicemail(client, clock, machine_detection(actions=[HANGS_UP], **mode))
    assert detail["metadata"]["phone_call"]["call_result"] == "voicemail"
    assert detail["transcript"] == []


@pytest.mark.parametrize(
    "config",
    [
        {},
        machine_detection(mode="enable"),
        machine_detection(mode="enable", actions=[{"answered_by": ["fax", "machine_end_beep"]}]),
        machine_detection(mode="detect_message_end", actions=[{"answered_by": ["machine_start"]}]),
    ],
)
async def test_without_a_rule_for_its_verdict_and_without_the_tool_a_voicemail_box_is_greeted(
    open_client, clock, config
):
    async with open_client(agent=NO_TOOL) as client:
        detail = await voicemail(client, clock, config)
    assert detail["metadata"]["phone_call"]["call_result"] == "answered"
    assert [turn["message"] for turn in detail["transcript"]] == ["Well met, Mira!"]


async def test_machine_detection_is_twilio_s_alone(open_client, clock):
    config = machine_detection(mode="enable", actions=[HANGS_UP])
    path = "/v1/convai/sip-trunk/outbound-call"
    async with open_client(agent=NO_TOOL) as client:
        detail = await voicemail(client, clock, config, "phnum_sandbox_sip", path)
    assert detail["metadata"]["phone_call"]["call_result"] == "answered"


async def test_nobody_notices_a_machine_while_that_fault_is_laid_out(client, clock):
    await client.ask("POST", "/sandbox/faults", json={"operation": "voicemail", "fault": "undetected"})
    detail = await voicemail(client, clock, machine_detection(mode="enable", actions=[HANGS_UP]))
    assert detail["metadata"]["phone_call"]["call_result"] == "answered"


async def test_who_lets_it_hang_up_on_people_gets_that(client, clock):
    rule = {"action": "hang_up", "answered_by": ["human", "machine_start"]}
    await place(client, config=machine_detection(mode="enable", actions=[rule]))
    assert not (await (await next_ring(client)).answer()).open


async def test_machine_detection_lets_people_through(client):
    await place(client, config=machine_detection(mode="enable", actions=[HANGS_UP]))
    assert (await (await next_ring(client)).answer()).open


async def test_each_finished_call_has_a_cost_and_one_that_nobody_took_is_free(client, clock):
    placed = await place(client, conversation_config_override={})
    line = await (await next_ring(client)).answer()
    clock.move(seconds=29.2)
    _, running = await client.get(f"/v1/convai/conversations/{placed['conversation_id']}")
    await line.hang_up()
    spoken = await client.finished(placed["conversation_id"], clock)
    written = await place(client)
    await (await (await next_ring(client)).answer()).hang_up()
    text = await client.finished(written["conversation_id"], clock)
    missed = await place(client)
    await (await next_ring(client)).decline()
    free = await client.finished(missed["conversation_id"], clock)
    costs = [one["metadata"]["cost"] for one in (running, spoken, text, free)]
    assert costs == [0, 30 * 11, 3, 0]
    assert spoken["metadata"]["cost_fiat"] == 0.0495
    _, page = await client.get("/v1/convai/conversations")
    listed = {item["conversation_id"]: item["cost"] for item in page["conversations"]}
    assert [listed[one["conversation_id"]] for one in (placed, written, missed)] == [330, 3, 0]


async def _count_ringing(client):
    return [call["state"] for call in (await calls(client))["calls"]].count("ringing")


async def test_telephones_stop_ringing_each_in_its_own_time(client, clock):
    for seconds in (50, 20, 35):
        await place(client, seconds)
    for waited, still in [(19, 3), (1, 2), (15, 1), (15, 0)]:
        clock.move(seconds=waited)
        async with asyncio.timeout(10):
            while still != await _count_ringing(client):
                clock.move(seconds=0)


async def test_a_telephone_stops_ringing_while_nothing_else_happens(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    placed = await place(client, 1)
    clock.now += timedelta(seconds=1)  # without a word to the sandbox, as a real clock goes
    event = await receiver.next_event()
    assert event["data"]["conversation_id"] == placed["conversation_id"]


OTHER = "+4915112345679"


async def test_the_log_is_asked_by_number_and_by_reference(client):
    for number, ref in [(NUMBER, "c_1"), (OTHER, "c_2"), (NUMBER, "c_2")]:
        await place(client, number=number, **initiation(call_ref=ref))
    for query, found, rung in [
        ({}, [(NUMBER, "c_1"), (OTHER, "c_2"), (NUMBER, "c_2")], {NUMBER: 2, OTHER: 1}),
        ({"to_number": NUMBER}, [(NUMBER, "c_1"), (NUMBER, "c_2")], {NUMBER: 2}),
        ({"call_ref": "c_2"}, [(OTHER, "c_2"), (NUMBER, "c_2")], {OTHER: 1, NUMBER: 1}),
        ({"call_ref": "c_2", "to_number": NUMBER}, [(NUMBER, "c_2")], {NUMBER: 1}),
        ({"call_ref": "c_3"}, [], {}),
    ]:
        _, told = await client.get("/sandbox/calls", **query)
        assert [(call["to_number"], call["call_ref"]) for call in told["calls"]] == found
        assert (told["rung"], told["after"]) == (rung, None)


async def test_the_log_comes_in_pages(client):
    for _ in range(5):
        await place(client)
    read, after = [], 0
    while after is not None:
        _, told = await client.get("/sandbox/calls", limit="2", after=str(after))
        assert told["rung"] == {NUMBER: len(told["calls"])}
        read.append([call["position"] for call in told["calls"]])
        after = told["after"]
    assert read == [[1, 2], [3, 4], [5]]


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "x"}, {"after": "-1"}, {"after": "9" * 30}, {"number": NUMBER}]
)
async def test_a_question_to_the_log_that_makes_no_sense_is_one_sentence(client, query):
    status, told = await client.get("/sandbox/calls", **query)
    assert status == 400
    assert told["error"].endswith(".")


async def test_a_call_outlives_its_conversation_in_the_log(client):
    placed = await place(client)
    await client.ask("DELETE", f"/v1/convai/conversations/{placed['conversation_id']}")
    _, told = await client.get("/sandbox/calls", call_ref="c_71f0")
    assert told["rung"] == {NUMBER: 1}


async def test_a_call_is_on_the_disk_before_it_is_answered_for(client, tmp_path):
    """Another process reads the file as a crash would leave it."""
    placed = await place(client)
    for name in ("sandbox.db", "sandbox.db-wal"):
        (tmp_path / f"crashed-{name}").write_bytes((tmp_path / name).read_bytes())
    with closing(sqlite3.connect(tmp_path / "crashed-sandbox.db")) as left:
        assert left.execute("SELECT call_sid FROM calls").fetchall() == [(placed["callSid"],)]


async def test_a_number_that_is_too_large_is_no_json_over_rest_either(client):
    body = '{"conversation_initiation_client_data": {"dynamic_variables": {"x": 1e400}}}'
    status, answer = await client.ask("POST", CALL, data=body)
    assert (status, answer["detail"][0]["type"]) == (422, "json_invalid")
