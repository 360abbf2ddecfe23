"""The conversation WebSocket: who gets in, how one talks, and how it ends."""

import aiohttp
import pytest

from .client import Clock, closed, initiation

pytestmark = pytest.mark.anyio


async def refused(client, url: str, first: object = None) -> tuple[int, str]:
    async with client.session.ws_connect(url) as socket:
        await socket.send_json(initiation() if first is None else first)
        return await closed(socket)


def websocket(client, query: str) -> str:
    return client.sandbox.url.replace("http", "ws") + f"/v1/convai/conversation?{query}"


async def admitted(client, url: str) -> str:
    """The id of the conversation that a URL opens."""
    async with client.session.ws_connect(url) as socket:
        await socket.send_json(initiation())
        event = await socket.receive_json(timeout=10)
        return event["conversation_initiation_metadata_event"]["conversation_id"]


async def test_metadata_comes_first_and_then_the_greeting(client):
    async with client.session.ws_connect(await client.signed_url()) as socket:
        await socket.send_json(initiation())
        metadata = (await socket.receive_json())["conversation_initiation_metadata_event"]
        assert metadata["conversation_id"].startswith("conv_")
        assert metadata["agent_output_audio_format"] == metadata["user_input_audio_format"] == "pcm_16000"
        kinds = [(await socket.receive_json())["type"] for _ in range(5)]
    assert kinds.count("agent_chat_response_part") == 3
    assert kinds.count("agent_response") == 1
    assert kinds.count("ping") == 1


@pytest.mark.parametrize("protocols", [(), ("convai",)])
async def test_the_subprotocol_of_the_browser_client_is_taken_and_none_as_well(client, protocols):
    async with client.session.ws_connect(await client.signed_url(), protocols=protocols) as socket:
        assert socket.protocol == (protocols[0] if protocols else None)


async def test_a_signature_with_a_conversation_id_is_good_for_one_conversation_only(client):
    url = await client.signed_url(include_conversation_id="true")
    assert url.endswith(f"&conversation_id={await admitted(client, url)}")
    code, reason = await refused(client, url)
    assert code == 1008
    assert "used before" in reason


async def test_a_signature_without_one_opens_a_new_conversation_each_time(client):
    url = await client.signed_url()
    assert await admitted(client, url) != await admitted(client, url)


@pytest.mark.parametrize("for_one", ["true", "false"])
async def test_a_signature_expires_after_fifteen_minutes(client, clock: Clock, for_one):
    url = await client.signed_url(include_conversation_id=for_one)
    clock.move(minutes=15)
    assert (await refused(client, url))[0] == 1008


async def test_a_signature_is_good_until_the_fifteenth_minute_is_over(client, clock: Clock):
    url = await client.signed_url(include_conversation_id="true")
    clock.move(minutes=14, seconds=59)
    assert await admitted(client, url)


async def test_an_open_conversation_outlives_its_signature(client, clock: Clock):
    url = await client.signed_url()
    async with client.conversation(
        conversation_config_override={"conversation": {"text_only": True, "max_duration_seconds": 3600}}
    ) as talk:
        await talk.answer()
        for _ in range(17):
            clock.move(seconds=58)
            assert await talk.say("Still there?")
    assert (await refused(client, url))[0] == 1008


async def test_a_private_agent_lets_nobody_in_without_a_signature(client):
    assert await refused(client, websocket(client, "agent_id=agent_sandbox")) == (
        1008,
        "This agent requires authentication: use a signed URL.",
    )
    forged = websocket(client, "agent_id=agent_sandbox&conversation_signature=cvtkn_guess")
    assert (await refused(client, forged))[0] == 1008


async def test_a_public_agent_lets_anybody_in(open_client):
    async with open_client(public_agent=True) as client:
        assert await admitted(client, websocket(client, "agent_id=agent_sandbox"))


async def test_an_unknown_agent_does_not_exist(client):
    code, reason = await refused(client, websocket(client, "agent_id=agent_other"))
    assert (code, reason) == (1008, "The AI agent you are trying to reach does not exist.")


@pytest.mark.parametrize(
    "first",
    [{"type": "user_message", "text": "Hello"}, {}, {"type": ["conversation_initiation_client_data"]}],
)
async def test_the_initiation_must_come_first(client, first):
    code, reason = await refused(client, await client.signed_url(), first)
    assert (code, reason) == (1008, "The first message must be conversation_initiation_client_data")


async def test_a_missing_variable_ends_it_and_is_named(client):
    first = {"type": "conversation_initiation_client_data", "dynamic_variables": {"first_message": "Hello"}}
    assert await refused(client, await client.signed_url(), first) == (
        1008,
        "Missing required dynamic variables in prompt: {'character_name', 'context'}",
    )


async def test_an_override_that_is_not_enabled_ends_it_and_is_named(open_client):
    flags = {"conversation_config_override": {"tts": {"voice_id": False}}}
    async with open_client(agent={"platform_settings": {"overrides": flags}}) as client:
        first = {**initiation(), "conversation_config_override": {"tts": {"voice_id": "v"}}}
        reason = "Override for field 'voice_id' is not allowed by config"
        url = await client.signed_url(include_conversation_id="true")
        assert await refused(client, url, first) == (1008, reason)
        conversation_id = url.rpartition("=")[2]
        _, detail = await client.get(f"/v1/convai/conversations/{conversation_id}")
    assert detail["status"] == "failed"
    assert detail["metadata"]["error"] == {"code": 1008, "reason": reason}


async def test_a_close_reason_is_cut_to_what_a_frame_can_carry(client):
    prompt = "".join(f"{{{{größe_{number}}}}}" for number in range(30))
    first = {**initiation(), "conversation_config_override": {"agent": {"prompt": {"prompt": prompt}}}}
    code, reason = await refused(client, await client.signed_url(), first)
    assert code == 1008
    assert reason.startswith("Missing required dynamic variables in prompt: {'größe_0', ")
    assert 120 <= len(reason.encode()) <= 123


@pytest.mark.parametrize(
    "message",
    [
        "{",
        "[" * 200_000,
        '"text"',
        '{"type": "user_message"}',
        '{"type": "user_message", "text": "\\ud800"}',
        "x" * 300_000,
    ],
)
async def test_what_is_not_a_message_ends_the_conversation(client, clock: Clock, message):
    async with client.conversation() as talk:
        await talk.answer()
        await talk.socket.send_str(message)
        code, reason = await closed(talk.socket)
    assert code == 1008
    detail = await client.finished(talk.conversation_id, clock)
    assert (detail["status"], detail["metadata"]["termination_reason"]) == ("done", reason)


async def test_binary_frames_are_refused(client):
    async with client.conversation() as talk:
        await talk.socket.send_bytes(b"audio")
        assert (await closed(talk.socket))[0] == 1008


async def test_what_it_does_not_know_is_ignored(client):
    async with client.conversation() as talk:
        for message in (
            {"type": "pong", "event_id": 1},
            {"type": "new"},
            {"user_audio_chunk": "AAAA"},
            {"type": 7},
        ):
            await talk.socket.send_json(message)
        await talk.socket.send_json({"type": "user_activity"})
        await talk.answer()
        assert await talk.say("Hello")


async def test_a_turn_can_be_liked(client, clock: Clock):
    async with client.conversation() as talk:
        await talk.answer()
        await talk.socket.send_json({"type": "feedback", "event_id": 1, "score": "like"})
        await talk.say("Hello")
    detail = await client.finished(talk.conversation_id, clock)
    assert detail["transcript"][0]["feedback"] == {"score": "like", "time_in_call_secs": 0}
    assert detail["metadata"]["feedback"]["likes"] == 1


async def test_an_agent_without_greeting_waits_for_the_caller(client):
    first = {"agent": {"first_message": ""}, "conversation": {"text_only": True}}
    async with client.conversation(conversation_config_override=first) as talk:
        await talk.socket.send_json({"type": "user_message", "text": "Hello"})
        assert "Hello, Mira!" in await talk.answer()


async def test_text_works_in_a_voice_conversation_without_streamed_parts(client):
    async with client.conversation(conversation_config_override={}) as talk:
        kinds = {(await talk.next())["type"] for _ in range(2)}
        assert kinds == {"ping", "agent_response"}
        await talk.socket.send_json({"type": "user_message", "text": "Hello"})
        assert (await talk.next())["type"] == "agent_response"


async def test_streamed_parts_come_only_when_the_agent_has_them_enabled(open_client):
    events = ["conversation_initiation_metadata", "ping", "agent_response"]
    agent = {"conversation_config": {"conversation": {"client_events": events}}}
    async with open_client(agent=agent) as client, client.conversation() as talk:
        kinds = {(await talk.next())["type"] for _ in range(2)}
    assert kinds == {"ping", "agent_response"}


async def test_it_pings_by_its_clock(client, clock: Clock):
    async with client.conversation() as talk:
        assert (await talk.next("ping"))["ping_event"]["event_id"] == 1
        clock.move(seconds=10)
        assert (await talk.next("ping"))["ping_event"]["event_id"] == 2


async def test_the_longest_duration_ends_it(client, clock: Clock):
    override = {"conversation": {"text_only": True, "max_duration_seconds": 120}}
    async with client.conversation(conversation_config_override=override) as talk:
        await talk.answer()
        for seconds in (59, 59, 1):
            clock.move(seconds=seconds)
            assert await talk.say("Not yet")
        clock.move(seconds=1)
        assert await closed(talk.socket) == (1000, "max_duration_exceeded")
    detail = await client.finished(talk.conversation_id, clock)
    assert detail["metadata"]["termination_reason"] == "max_duration_exceeded"
    assert detail["metadata"]["call_duration_secs"] == 120


async def test_a_client_that_vanishes_ends_the_conversation(client, clock: Clock):
    async with client.conversation() as talk:
        await talk.answer()
        talk.socket._response.connection.transport.abort()
    detail = await client.finished(talk.conversation_id, clock)
    assert detail["metadata"]["termination_reason"] == "Client disconnected: 1006"


async def test_closing_the_sandbox_ends_its_conversations(open_client, clock: Clock):
    async with aiohttp.ClientSession() as session:
        async with open_client() as client:
            url = await client.signed_url(include_conversation_id="true")
            socket = await session.ws_connect(url)
            await socket.send_json(initiation())
            await socket.receive_json(timeout=10)
        assert await closed(socket) == (1001, "The sandbox was stopped")
    async with open_client() as client:
        detail = await client.finished(url.rpartition("=")[2], clock)
    assert detail["status"] == "done"


@pytest.mark.parametrize("source", [{}, [1], 7, "discord"])
async def test_a_source_that_nobody_knows_is_refused(client, source):
    first = {**initiation(), "source_info": {"source": source}}
    code, reason = await refused(client, await client.signed_url(), first)
    assert (code, reason) == (1008, "source_info.source is not one that is known")


@pytest.mark.parametrize(
    "feedback",
    [
        {"event_id": 10**30, "score": "like"},
        {"event_id": True, "score": "like"},
        {"event_id": -1, "score": "like"},
        {"score": "like"},
        {"event_id": 1},
        {"event_id": 1, "score": ["like"]},
    ],
)
async def test_feedback_that_rates_no_answer_is_refused(client, feedback):
    async with client.conversation() as talk:
        await talk.answer()
        await talk.socket.send_json({"type": "feedback", **feedback})
        reason = "feedback needs an event_id, and a score of like, dislike or null"
        assert await closed(talk.socket) == (1008, reason)


async def test_a_number_that_is_too_large_is_no_json(client):
    async with client.session.ws_connect(await client.signed_url()) as socket:
        await socket.send_str(
            '{"type": "conversation_initiation_client_data", "dynamic_variables": {"x": 1e400}}'
        )
        assert await closed(socket) == (1008, "The message is not valid JSON")


async def test_what_it_did_not_expect_is_told_at_both_doors_and_logged(client, caplog):
    client.sandbox._workspace._agents["agent_sandbox"] = {"platform_settings": {"auth": {}}}
    status, answer = await client.get("/v1/convai/agents/agent_sandbox")
    assert (status, answer["detail"]["code"]) == (500, "internal_server_error")
    socket_url = websocket(client, "agent_id=agent_sandbox")
    assert await refused(client, socket_url) == (1011, "An internal error of the sandbox")
    assert [record.message for record in caplog.records if record.exc_info] == [
        "GET /v1/convai/agents/agent_sandbox failed",
        "a conversation failed",
    ]


async def test_a_refusal_is_told_as_an_error_event_before_the_close(client):
    async with client.session.ws_connect(await client.signed_url()) as socket:
        await socket.send_json({"type": "conversation_initiation_client_data"})
        event = await socket.receive_json(timeout=10)
        reason = "Missing required dynamic variables in first message: {'first_message'}"
        told = {"code": 1008, "message": reason, "reason": reason, "error_type": "missing_dynamic_variable"}
        assert event == {"type": "error", "error_event": told}
        assert await closed(socket) == (1008, reason)


async def test_no_error_event_comes_where_it_is_not_enabled(open_client):
    events = {"conversation_config": {"conversation": {"client_events": ["ping"]}}}
    async with open_client(agent=events) as client:
        socket = await client.session.ws_connect(await client.signed_url())
        await socket.send_json({"type": "conversation_initiation_client_data"})
        assert (await socket.receive(timeout=10)).type is aiohttp.WSMsgType.CLOSE


async def test_a_second_initiation_is_an_error_and_the_conversation_goes_on(client):
    async with client.conversation() as talk:
        await talk.answer()
        await talk.socket.send_json(initiation())
        assert (await talk.next("error"))["error_event"]["error_type"] == "invalid_message"
        assert await talk.say("Still there?")


async def test_sixty_seconds_without_input_end_it(client, clock: Clock):
    async with client.conversation() as talk:
        await talk.answer()
        for kind in ("user_activity", "user_message"):
            clock.move(seconds=59)
            await talk.socket.send_json({"type": kind, "text": "Hello"})
            await talk.say("Still there?")
        await talk.socket.send_json({"type": "contextual_update", "text": "It rains."})
        await talk.socket.send_json({"type": "pong", "event_id": 1})
        clock.move(seconds=60)
        event = (await talk.next("error"))["error_event"]
        assert (event["code"], event["error_type"]) == (1002, "transport_receive_timeout")
        assert await closed(talk.socket) == (1002, "No input was received for 60 seconds")
    detail = await client.finished(talk.conversation_id, clock)
    assert detail["metadata"]["termination_reason"] == "No input was received for 60 seconds"


@pytest.mark.parametrize("text", ["Hello", {}, {"type": "user_message", "text": " "}])
async def test_a_message_with_a_file_says_something_or_nothing_at_all(client, text):
    async with client.conversation() as talk:
        await talk.answer()
        await talk.socket.send_json({"type": "multimodal_message"})
        assert await talk.say("Still there?")
        await talk.socket.send_json({"type": "multimodal_message", "text": text})
        assert (await closed(talk.socket))[0] == 1008


async def test_a_frame_of_more_than_256_kilobytes_is_too_large(client):
    async with client.conversation() as talk:
        await talk.answer()
        bare = len('{"type": "user_message", "text": ""}')
        for size in (256 * 1024, 256 * 1024 + 1):
            await talk.socket.send_str('{"type": "user_message", "text": "%s"}' % ("x" * (size - bare)))
            if size == 256 * 1024:
                assert await talk.answer()
        assert await closed(talk.socket) == (1008, "The message is too large")
