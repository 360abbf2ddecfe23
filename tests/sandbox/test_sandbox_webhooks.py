"""Post-call webhooks: signed, repeated until they are taken, and never lost."""

import asyncio
import hashlib
import hmac

import pytest

from bot.sandbox.webhooks import signature_header

from .client import Client, Clock, initiation

pytestmark = pytest.mark.anyio


async def hold(client: Client, clock: Clock) -> str:
    async with client.conversation() as talk:
        await talk.answer()
    await client.finished(talk.conversation_id, clock)
    return talk.conversation_id


def test_the_signature_agrees_with_the_documented_vector():
    body = (
        b'{"type":"post_call_transcription","event_timestamp":1793577600,"data":{"conversation_id":"conv_x"}}'
    )
    digest = "9248315f207200e0a6749a5a02088bcdef05ba1c8a4bab86d4d494aad4f06dd0"
    assert signature_header("wsec_example_0123456789abcdef", body, 1793577600) == f"t=1793577600,v0={digest}"


async def test_a_finished_conversation_is_delivered_as_its_detail_and_signed(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    conversation_id = await hold(client, clock)
    header, body = await asyncio.wait_for(receiver.deliveries.get(), 10)
    moment, digest = header.split(",v0=")
    expected = hmac.new(
        client.sandbox.webhook_secret.encode(), moment[2:].encode() + b"." + body, hashlib.sha256
    )
    assert digest == expected.hexdigest()
    assert moment == f"t={int(clock.now.timestamp())}"
    receiver.deliveries.put_nowait((header, body))
    event = await receiver.next_event()
    assert event["type"] == "post_call_transcription"
    assert event["data"] == (await client.get(f"/v1/convai/conversations/{conversation_id}"))[1]
    assert event["data"]["status"] == "done"


async def test_what_is_not_taken_comes_again_with_growing_pauses(client, clock, receiver):
    receiver.status = 503
    client.sandbox.deliver_webhooks_to(receiver.url)
    conversation_id = await hold(client, clock)
    first = (await asyncio.wait_for(receiver.deliveries.get(), 10))[1]
    pauses = []
    for _ in range(3):
        waited = 0.0
        while receiver.deliveries.empty():
            clock.move(seconds=0.1)
            waited += 0.1
            await asyncio.sleep(0.02)
        pauses.append(waited)
        assert receiver.deliveries.get_nowait()[1] == first
    assert pauses[0] < pauses[1] < pauses[2]
    receiver.status = 200
    clock.move(seconds=5)
    assert (await receiver.next_event())["data"]["conversation_id"] == conversation_id
    clock.move(hours=1)
    await asyncio.sleep(0.05)
    assert receiver.deliveries.empty()


async def test_without_an_address_they_wait_and_go_out_at_once_when_there_is_one(client, clock, receiver):
    held = [await hold(client, clock) for _ in range(2)]
    client.sandbox.deliver_webhooks_to(receiver.url)
    assert [(await receiver.next_event())["data"]["conversation_id"] for _ in range(2)] == held


async def test_a_new_address_does_not_wait_for_the_pause_of_the_old_one(client, clock, receiver):
    client.sandbox.deliver_webhooks_to("http://127.0.0.1:9/nobody")
    conversation_id = await hold(client, clock)
    clock.move(minutes=5)
    await asyncio.sleep(0.05)
    client.sandbox.deliver_webhooks_to(receiver.url)
    assert (await receiver.next_event())["data"]["conversation_id"] == conversation_id


async def test_a_webhook_that_is_refused_for_good_is_not_repeated(client, clock, receiver):
    receiver.status = 401
    client.sandbox.deliver_webhooks_to(receiver.url)
    await hold(client, clock)
    await receiver.next_event()
    for _ in range(5):
        clock.move(minutes=1)
        await asyncio.sleep(0.02)
    assert receiver.deliveries.empty()


async def test_those_left_over_by_an_earlier_process_are_delivered(open_client, clock, receiver):
    async with open_client() as client:
        secret = client.sandbox.webhook_secret
        conversation_id = await hold(client, clock)
    async with open_client() as client:
        assert client.sandbox.webhook_secret == secret
        client.sandbox.deliver_webhooks_to(receiver.url)
        assert (await receiver.next_event())["data"]["conversation_id"] == conversation_id


async def test_a_conversation_that_cannot_start_sends_none(client, clock, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    async with client.session.ws_connect(await client.signed_url()) as socket:
        await socket.send_json({**initiation(), "dynamic_variables": {}})
        await socket.receive(timeout=10)
    conversation_id = await hold(client, clock)
    assert (await receiver.next_event())["data"]["conversation_id"] == conversation_id
    assert receiver.deliveries.empty()


async def test_deleting_a_conversation_takes_its_waiting_webhook_back(client, clock, receiver):
    gone, kept = await hold(client, clock), await hold(client, clock)
    await client.ask("DELETE", f"/v1/convai/conversations/{gone}")
    client.sandbox.deliver_webhooks_to(receiver.url)
    assert (await receiver.next_event())["data"]["conversation_id"] == kept
    assert receiver.deliveries.empty()
