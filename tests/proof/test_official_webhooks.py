"""Webhooks as the official client's `construct_event` takes them."""

import asyncio
import time
from datetime import UTC, datetime

import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.unchecked_base_model import construct_type
from elevenlabs.errors import BadRequestError
from elevenlabs.types import GetConversationResponseModel

from tests.sandbox.test_phone import place

from .exactness import differences, invalid

pytestmark = pytest.mark.anyio


@pytest.fixture
def webhooks():
    return ElevenLabs(api_key="sandbox").webhooks


async def deliver(client, clock, receiver) -> tuple[str, bytes]:
    """One signed transcription. The package reads the real time, so ours stands where that is."""
    clock.now = datetime.fromtimestamp(int(time.time()), UTC)
    client.sandbox.deliver_webhooks_to(receiver.url)
    async with client.conversation() as talk:
        await talk.answer()
        await talk.say("My aunt Zoë lives in Tarn.")
    await client.finished(talk.conversation_id, clock)
    return await asyncio.wait_for(receiver.deliveries.get(), 10)


async def test_a_transcription_is_genuine_and_its_data_is_a_detail(client, clock, receiver, webhooks):
    header, body = await deliver(client, clock, receiver)
    event = webhooks.construct_event(body.decode(), header, client.sandbox.webhook_secret)
    assert set(event) == {"type", "event_timestamp", "data"}
    parsed = construct_type(type_=GetConversationResponseModel, object_=event["data"])
    assert differences(event["data"], parsed) + invalid(event["data"], parsed) == []
    assert parsed.user_id == "person_1"


async def test_a_changed_body_or_another_secret_is_not_genuine(client, clock, receiver, webhooks):
    header, body = await deliver(client, clock, receiver)
    for text, secret in (
        (body.decode().replace("Tarn", "Turn"), client.sandbox.webhook_secret),
        (body.decode(), "wsec_other"),
    ):
        with pytest.raises(BadRequestError):
            webhooks.construct_event(text, header, secret)


async def test_a_failed_dial_is_genuine_and_has_the_documented_fields(client, clock, receiver, webhooks):
    clock.now = datetime.fromtimestamp(int(time.time()), UTC)
    client.sandbox.deliver_webhooks_to(receiver.url)
    await place(client, 1)
    clock.move(seconds=1)
    header, body = await asyncio.wait_for(receiver.deliveries.get(), 10)
    event = webhooks.construct_event(body.decode(), header, client.sandbox.webhook_secret)
    assert event["type"] == "call_initiation_failure"
    assert set(event["data"]) == {"agent_id", "conversation_id", "failure_reason", "metadata"}
    assert set(event["data"]["metadata"]) == {"type", "body"}
