"""What programs do that no person at a terminal does: answer telephones, and move the clock."""

import pytest

from .client import closed, initiation
from .test_phone import NUMBER, calls, next_ring, place

pytestmark = pytest.mark.anyio


async def do(client, call_sid, deed, **body):
    more = {"json": body} if body else {}
    return await client.ask("POST", f"/sandbox/calls/{call_sid}/{deed}", **more)


async def test_a_program_answers_talks_and_hangs_up(client, clock):
    placed = await place(client)
    sid = placed["callSid"]
    assert await do(client, sid, "answer") == (
        200,
        {"words": ["Well met, Mira!"], "open": True, "failure": None},
    )
    status, said = await do(client, sid, "say", text="What do you remember?")
    assert (status, said["open"]) == (200, True)
    assert "Fig" in said["words"][0]
    assert await do(client, sid, "hang-up") == (200, {})
    detail = await client.finished(placed["conversation_id"], clock)
    assert len([turn for turn in detail["transcript"] if turn["message"]]) == 3
    assert (await calls(client))["calls"][0]["answered_by"] == "human"


async def test_a_program_takes_over_a_call_that_a_person_answered(client):
    placed = await place(client)
    await (await next_ring(client)).answer()
    assert (await do(client, placed["callSid"], "say", text="Hello"))[0] == 200


async def test_a_program_declines(client, clock):
    placed = await place(client)
    assert await do(client, placed["callSid"], "decline") == (200, {})
    assert (await calls(client))["calls"][0]["state"] == "busy"


async def test_a_machine_takes_the_call_and_not_a_word_is_said(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    placed = await place(client)
    assert await do(client, placed["callSid"], "voicemail") == (200, {})
    detail = await client.finished(placed["conversation_id"], clock)
    assert (detail["status"], detail["transcript"]) == ("done", [])
    assert detail["metadata"]["phone_call"]["call_result"] == "voicemail"
    assert (await receiver.next_event())["type"] == "post_call_transcription"
    assert receiver.deliveries.empty()
    told = (await calls(client))["calls"][0]
    assert (told["state"], told["answered_by"], told["to_number"]) == ("completed", "machine", NUMBER)


@pytest.mark.parametrize("deed", ["answer", "decline", "voicemail"])
async def test_a_telephone_that_does_not_ring_any_more_cannot_be_taken(client, deed):
    placed = await place(client)
    await do(client, placed["callSid"], "decline")
    assert await do(client, placed["callSid"], deed) == (409, {"error": "It does not ring any more."})


@pytest.mark.parametrize("deed", ["answer", "hang-up"])
async def test_a_call_that_never_was_is_not_found(client, deed):
    assert await do(client, "CA0", deed) == (404, {"error": "There is no call CA0."})


async def test_on_a_dead_line_nobody_hears(client):
    sid = (await place(client))["callSid"]
    assert await do(client, sid, "say", text="Hello") == (409, {"error": "Nobody is on this line."})
    assert await do(client, sid, "say", words="Hello") == (
        400,
        {"error": 'Send {"text": "…"} with what you say.'},
    )


async def test_moving_the_clock_makes_a_signature_expire(client):
    url = await client.signed_url()
    before = (await client.get("/sandbox/clock"))[1]["now_unix_secs"]
    status, told = await client.ask("POST", "/sandbox/clock", json={"advance_seconds": 900})
    assert (status, told) == (200, {"now_unix_secs": before + 900, "offset_seconds": 900})
    async with client.session.ws_connect(url) as socket:
        await socket.send_json(initiation())
        assert (await closed(socket))[0] == 1008


async def test_what_waits_looks_at_the_moved_clock_at_once(client, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    await place(client, 45)
    await client.ask("POST", "/sandbox/clock", json={"advance_seconds": 45})
    assert (await receiver.next_event())["data"]["failure_reason"] == "no-answer"


async def test_a_signature_of_a_webhook_stays_with_the_clock_outside(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    await client.ask("POST", "/sandbox/clock", json={"advance_seconds": 86_400})
    await place(client, 1)
    clock.move(seconds=1)
    header, _ = await receiver.deliveries.get()
    assert header.startswith(f"t={int(clock.now.timestamp())},")


@pytest.mark.parametrize("seconds", [-1, True, "900", None, 1e12])
async def test_the_clock_does_not_go_back_or_wild(client, seconds):
    status, answer = await client.ask("POST", "/sandbox/clock", json={"advance_seconds": seconds})
    assert (status, answer) == (
        400,
        {"error": 'Send {"advance_seconds": N} with a number from 0 to ten years.'},
    )
    assert (await client.get("/sandbox/clock"))[1]["offset_seconds"] == 0


@pytest.mark.parametrize("how", ["fault", "agent"])
async def test_a_machine_that_is_not_detected_is_greeted_like_a_person(client, clock, how):
    if how == "fault":
        await client.ask("POST", "/sandbox/faults", json={"operation": "voicemail", "fault": "undetected"})
    else:
        off = {"agent": {"prompt": {"built_in_tools": {"voicemail_detection": None}}}}
        changes = {"conversation_config": off}
        assert (await client.ask("PATCH", "/v1/convai/agents/agent_sandbox", json=changes))[0] == 200
    placed = await place(client)
    assert await do(client, placed["callSid"], "voicemail") == (200, {})
    detail = await client.finished(placed["conversation_id"], clock)
    assert [turn["message"] for turn in detail["transcript"]] == ["Well met, Mira!"]
    assert detail["metadata"]["phone_call"]["call_result"] == "answered"


async def test_a_moved_clock_stays_moved_after_a_restart(open_client):
    async with open_client() as client:
        url = await client.signed_url()
        await client.ask("POST", "/sandbox/clock", json={"advance_seconds": 900})
    async with open_client() as client:
        assert (await client.get("/sandbox/clock"))[1]["offset_seconds"] == 900
        signed = url.partition("/v1/")[2]
        async with client.session.ws_connect(f"{client.sandbox.url}/v1/{signed}") as socket:
            await socket.send_json(initiation())
            assert await closed(socket) == (
                1008,
                "The signed URL is invalid, has expired, or was used before.",
            )
