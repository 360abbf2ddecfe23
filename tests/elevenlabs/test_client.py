"""Our client against the stand-in, over loopback: what it asks for is what the other side has."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.domain.conversation import Turn
from bot.domain.errors import ConversationGone, ProviderRefused
from bot.domain.initiation import Initiation
from bot.elevenlabs.client import open_elevenlabs
from bot.elevenlabs.webhook import TranscriptionEvent, event_key, read_event, verify
from bot.ports import Agents

pytestmark = pytest.mark.anyio

INITIATION = Initiation(
    override={"agent": {"first_message": "Well met!"}, "conversation": {"text_only": True}},
    variables={
        "call_ref": "c_71f0",
        "character": "wizard",
        "character_name": "Merlin",
        "context": "Zoë has a cat.",
        "first_message": "Hello.",
    },
    user_id="p1",
)


async def talk(elevenlabs, *lines, initiation=INITIATION):
    """Hold a conversation in text and return its id."""
    signed = await elevenlabs.sign_url()
    async with aiohttp.ClientSession() as session, session.ws_connect(signed.url) as socket:
        await socket.send_json(initiation.as_message())
        await _answer(socket)
        for line in lines:
            await socket.send_json({"type": "user_message", "text": line})
            await _answer(socket)
    return signed.conversation_id


async def _answer(socket):
    async for message in socket:
        if message.json()["type"] == "agent_response":
            return
    pytest.fail(f"the sandbox closed the conversation: {socket.close_code}")


async def finished(elevenlabs, conversation_id):
    """Poll a conversation until nothing more is added to it."""
    async with asyncio.timeout(20):
        while True:
            conversation = await elevenlabs.fetch_conversation(conversation_id)
            if conversation.is_final:
                return conversation
            await asyncio.sleep(0.02)


@asynccontextmanager
async def inbox(sandbox):
    """Receive the sandbox's webhooks, as (header, raw body)."""
    received = asyncio.Queue()

    async def receive(request):
        received.put_nowait((request.headers.get("ElevenLabs-Signature"), await request.read()))
        return web.Response()

    async with AsyncExitStack() as stack:
        app = web.Application()
        app.router.add_post("/webhook", receive)
        runner = web.AppRunner(app)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sandbox.deliver_webhooks_to(f"http://127.0.0.1:{runner.addresses[0][1]}/webhook")
        yield received
        sandbox.deliver_webhooks_to(None)


async def test_the_client_is_what_the_use_cases_ask_for(elevenlabs):
    agents: Agents = elevenlabs
    assert await agents.fetch_allowed_overrides()


async def test_the_agent_says_which_overrides_it_allows(elevenlabs):
    allowed = await elevenlabs.fetch_allowed_overrides()
    assert {"agent.prompt.prompt", "agent.first_message", "tts.voice_id", "conversation.text_only"} <= allowed
    assert "agent.prompt.knowledge_base" not in allowed


async def test_a_signed_url_names_a_conversation_that_does_not_exist_yet(elevenlabs, sandbox):
    signed = await elevenlabs.sign_url()
    assert signed.url.startswith(sandbox.url.replace("http", "ws", 1))
    assert signed.conversation_id.startswith("conv_")
    with pytest.raises(ConversationGone):
        await elevenlabs.fetch_conversation(signed.conversation_id)


async def test_a_finished_conversation_comes_with_all_that_was_said(elevenlabs):
    conversation_id = await talk(elevenlabs, "My name is Zoë.", "I lost my key.")
    found = await finished(elevenlabs, conversation_id)
    assert found.conversation_id == conversation_id
    assert found.status == "done"
    assert found.call_ref == "c_71f0"
    turns = found.transcript.turns
    assert turns[0].role == "agent"
    assert turns[0].text.startswith("Well met!")
    said = [turn.text for turn in turns if turn.role == "user"]
    assert said == ["My name is Zoë.", "I lost my key."]
    assert found.transcript.started_at is not None
    assert found.transcript.summary
    assert found.transcript.title
    assert found.transcript.ended_badly == ""


async def test_a_conversation_is_found_by_its_call(elevenlabs):
    first = await talk(elevenlabs, "Hello.")
    second = await talk(elevenlabs, "Hello again.")
    other = Initiation(INITIATION.override, {**INITIATION.variables, "call_ref": "c_other"}, "p2")
    third = await talk(elevenlabs, initiation=other)
    assert set(await elevenlabs.find_conversation_ids("c_71f0")) == {first, second}
    assert await elevenlabs.find_conversation_ids("c_other") == (third,)
    assert await elevenlabs.find_conversation_ids("c_nobody") == ()


async def test_an_empty_reference_finds_nothing_rather_than_everything_without_one(elevenlabs):
    variables = {name: value for name, value in INITIATION.variables.items() if name != "call_ref"}
    await talk(elevenlabs, initiation=Initiation(INITIATION.override, variables, "p1"))
    assert await elevenlabs.find_conversation_ids("") == ()


async def test_a_deleted_conversation_is_gone_and_may_be_deleted_again(elevenlabs):
    conversation_id = await talk(elevenlabs, "Hello.")
    await finished(elevenlabs, conversation_id)
    await elevenlabs.delete_conversation(conversation_id)
    with pytest.raises(ConversationGone):
        await elevenlabs.fetch_conversation(conversation_id)
    await elevenlabs.delete_conversation(conversation_id)


async def test_the_webhook_says_what_the_api_says(elevenlabs, sandbox):
    async with inbox(sandbox) as received:
        conversation_id = await talk(elevenlabs, "Hello.")
        async with asyncio.timeout(20):
            header, raw = await received.get()
    verify(raw, header, [sandbox.webhook_secret], datetime.now(UTC))
    assert event_key(raw).key == f"post_call_transcription:{conversation_id}"
    event = read_event(raw)
    assert isinstance(event, TranscriptionEvent)
    assert event.conversation == await elevenlabs.fetch_conversation(conversation_id)


async def test_a_phone_call_carries_the_whole_initiation(elevenlabs, sandbox):
    answer = await elevenlabs.place_phone_call(
        phone_number_id=sandbox.phone_number_id,
        to_number="+4915112345678",
        initiation=INITIATION,
        ringing_timeout_seconds=45,
    )
    assert answer.success
    assert answer.call_sid
    async for ring in sandbox.phone.ringing():
        line = await ring.answer()
        break
    assert ring.number == "+4915112345678"
    assert ring.call.ring_until - ring.call.placed_at == 45
    assert line.first_words[0].startswith("Well met!")
    await line.say("I have a cat.")
    await line.hang_up()
    found = await finished(elevenlabs, answer.conversation_id)
    assert found.call_ref == "c_71f0"
    assert Turn("user", "I have a cat.") in [Turn(turn.role, turn.text) for turn in found.transcript.turns]


async def test_a_phone_call_that_is_declined_ends_badly(elevenlabs, sandbox):
    answer = await elevenlabs.place_phone_call(
        phone_number_id=sandbox.phone_number_id, to_number="+4915112345678", initiation=INITIATION
    )
    async for ring in sandbox.phone.ringing():
        await ring.decline()
        break
    found = await finished(elevenlabs, answer.conversation_id)
    assert found.status == "failed"
    assert found.transcript.ended_badly == "The call was declined"


async def test_the_numbers_say_whose_they_are(elevenlabs, sandbox):
    numbers = await elevenlabs.fetch_phone_numbers()
    (number,) = [number for number in numbers if number.phone_number_id == sandbox.phone_number_id]
    assert number.phone_number_id == sandbox.phone_number_id
    assert number.phone_number == "+15005550006"
    assert number.provider == "twilio"
    assert number.assigned_agent.agent_id == sandbox.agent_id


async def test_a_wrong_key_and_a_wrong_agent_are_for_the_operator(sandbox, clock):
    for key, agent_id, code in [
        ("wrong", sandbox.agent_id, "invalid_api_key"),
        (sandbox.api_key, "agent_gone", "agent_not_found"),
    ]:
        async with open_elevenlabs(
            api_url=sandbox.url, api_key=SecretStr(key), agent_id=agent_id, clock=clock
        ) as client:
            with pytest.raises(ProviderRefused) as caught:
                await client.sign_url()
            assert caught.value.code == code
            assert caught.value.operation == "get signed URL"
            assert caught.value.request_id


async def test_a_number_that_is_not_theirs_is_for_the_operator(elevenlabs):
    with pytest.raises(ProviderRefused) as caught:
        await elevenlabs.place_phone_call(
            phone_number_id="phnum_gone", to_number="+4915112345678", initiation=INITIATION
        )
    assert caught.value.code == "phone_number_not_found"


async def test_what_the_agent_allows_is_asked_once_in_ten_minutes(elevenlabs, sandbox, clock, caplog):
    def asked():
        return sum("/v1/convai/agents/" in record.getMessage() for record in caplog.records)

    caplog.set_level("INFO", "httpx")
    await asyncio.gather(*(elevenlabs.fetch_allowed_overrides() for _ in range(5)))
    clock.now += timedelta(minutes=9, seconds=59)
    await elevenlabs.fetch_allowed_overrides()
    assert asked() == 1
    clock.now += timedelta(seconds=1)
    await elevenlabs.fetch_allowed_overrides()
    assert asked() == 2
    elevenlabs.forget_agent()
    await elevenlabs.fetch_allowed_overrides()
    assert asked() == 3
