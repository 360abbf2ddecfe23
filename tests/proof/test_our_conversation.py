"""Our own client in text, and what it makes of the rarer events."""

import asyncio

import pytest

from bot.domain.errors import ProviderRefused, ProviderUnavailable
from bot.domain.talk import Corrected, Said
from bot.elevenlabs.socket import open_talk
from tests.sandbox.client import initiation

pytestmark = pytest.mark.anyio


async def never(_seconds: float) -> None:
    """Keeps nobody alive."""
    await asyncio.Event().wait()


async def order(client, kind):
    status, _ = await client.ask("POST", "/sandbox/faults", json={"operation": "socket", "fault": kind})
    assert status == 201


async def next_of(events, kind):
    async with asyncio.timeout(10):
        async for event in events:
            if isinstance(event, kind):
                return event
    raise AssertionError(f"no {kind.__name__} came")


@pytest.mark.parametrize("kind", ["correction", "interruption", "tool_call"])
async def test_our_client_goes_on_talking_after_every_event(client, kind):
    await order(client, kind)
    async with open_talk(await client.signed_url(), initiation(), sleep=never) as talk:
        events = talk.events()
        await next_of(events, Said)
        await talk.say("Hello")
        answer = await next_of(events, Said)
        if kind == "correction":
            corrected = await next_of(events, Corrected)
            assert answer.text.startswith(corrected.text.removesuffix("…"))
        await talk.say("Go on.")
        assert await next_of(events, Said)


@pytest.mark.parametrize("ordered", [True, False])
async def test_our_client_is_told_that_nobody_spoke_for_too_long(client, clock, ordered):
    if ordered:
        await order(client, "silence")
    async with open_talk(await client.signed_url(), initiation(), sleep=never) as talk:
        events = talk.events()
        await next_of(events, Said)
        if ordered:
            await talk.say("Hello")
        else:
            clock.move(seconds=60)
        with pytest.raises(ProviderUnavailable) as lost:
            await next_of(events, Corrected)
        assert lost.value.code == "transport_receive_timeout"


async def test_our_client_is_told_the_type_of_a_refusal(client):
    first = {"type": "conversation_initiation_client_data"}
    with pytest.raises(ProviderRefused) as refusal:
        async with open_talk(await client.signed_url(), first, sleep=never):
            raise AssertionError("it started")
    assert refusal.value.code == "missing_dynamic_variable"
