"""A conversation in text: what we send, what we make of theirs, how it ends, and that nothing is left."""

import asyncio
import json
import socket as network
from contextlib import ExitStack, asynccontextmanager, suppress

import pytest
from aiohttp import WSCloseCode, WSMsgType, web

from bot.domain.conversation import SignedUrl
from bot.domain.errors import ProviderChanged, ProviderError, ProviderRefused, ProviderUnavailable
from bot.domain.talk import Corrected, Ended, Part, Said
from bot.elevenlabs import line, socket
from bot.elevenlabs.socket import open_talk

pytestmark = pytest.mark.anyio

INITIATION = {"type": "conversation_initiation_client_data", "user_id": "p1"}
METADATA = {
    "type": "conversation_initiation_metadata",
    "conversation_initiation_metadata_event": {
        "conversation_id": "conv_x",
        "agent_output_audio_format": "pcm_16000",
        "user_input_audio_format": "pcm_16000",
    },
}
ABORT = "abort the connection"
SECRET = "cvtkn_very_secret"


def said(text, event_id=1):
    event = {"agent_response": text, "event_id": event_id}
    return {"type": "agent_response", "agent_response_event": event}


class Stage:
    """The other side: one script for each connection, and all that it was sent.

    A script is a list of frames to send, of types to wait for, and at last of a close, as (code, reason).
    """

    def __init__(self):
        self.scripts = []
        self.received = []
        self.connections = 0
        self.closes = []
        self.url = ""

    async def handle(self, request):
        socket = web.WebSocketResponse(timeout=1)
        await socket.prepare(request)
        script = self.scripts[self.connections]
        self.connections += 1
        for step in script:
            if isinstance(step, dict):
                await socket.send_json(step)
            elif isinstance(step, bytes):
                await socket.send_bytes(step)
            elif isinstance(step, tuple):
                await socket.close(code=step[0], message=step[1].encode())
                return socket
            elif step == ABORT:
                request.transport.abort()
                return socket
            elif step.startswith("raw "):
                await socket.send_str(step[4:])
            else:
                await self._wait_for(socket, step)
        await self._wait_for(socket, "nothing more")
        return socket

    async def _wait_for(self, socket, kind):
        while True:
            message = await socket.receive()
            if message.type is not WSMsgType.TEXT:
                self.closes.append(socket.close_code)
                return
            self.received.append(json.loads(message.data))
            if self.received[-1]["type"] == kind:
                return


INITIATED = [INITIATION["type"], METADATA]


@asynccontextmanager
async def serving(handle):
    """Yield the address where one handler answers."""
    app = web.Application()
    app.router.add_get("/talk", handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"ws://127.0.0.1:{runner.addresses[0][1]}/talk"
    await runner.cleanup()


@pytest.fixture
async def stage():
    stage = Stage()
    async with serving(stage.handle) as url:
        stage.url = f"{url}?conversation_signature={SECRET}"
        yield stage


@pytest.fixture(autouse=True)
async def nothing_is_left_behind(stage):
    before = asyncio.all_tasks()
    yield
    ours = {task for task in asyncio.all_tasks() - before if task.get_name().startswith("talk:")}
    assert ours == set()


async def until(condition):
    async with asyncio.timeout(20):
        while True:
            if condition():
                return
            await asyncio.sleep(0.001)


def running(name):
    return any(task.get_name() == name for task in asyncio.all_tasks())


async def never(_seconds):
    await asyncio.Event().wait()


@asynccontextmanager
async def talking(stage, *script, **options):
    stage.scripts.append([*INITIATED, *script])
    async with asyncio.timeout(20), open_talk(stage.url, INITIATION, **{"sleep": never} | options) as talk:
        yield talk


async def all_events(talk):
    return [event async for event in talk.events()]


async def test_the_initiation_goes_first_and_the_metadata_names_the_conversation(stage):
    async with talking(stage, (1000, "")) as talk:
        assert talk.conversation_id == "conv_x"
        assert await all_events(talk) == [Ended()]
    assert stage.received == [INITIATION]


async def test_an_answer_comes_in_parts_and_then_in_full(stage):
    parts = [
        {
            "type": "agent_chat_response_part",
            "text_response_part": {"type": kind, "text": text, "event_id": 4},
        }
        for kind, text in (("start", ""), ("delta", "Fig, "), ("delta", "of course."), ("stop", ""))
    ]
    async with talking(stage, "user_message", *parts, said("Fig, of course.", 4), (1000, "bye")) as talk:
        await talk.say("Do you remember my cat?")
        assert await all_events(talk) == [
            Part("start", "", 4),
            Part("delta", "Fig, ", 4),
            Part("delta", "of course.", 4),
            Part("stop", "", 4),
            Said("Fig, of course.", 4),
            Ended("bye"),
        ]
    assert stage.received[1:] == [{"type": "user_message", "text": "Do you remember my cat?"}]


async def test_an_interrupted_answer_is_corrected(stage):
    correction = {
        "type": "agent_response_correction",
        "agent_response_correction_event": {
            "original_agent_response": "Once upon a time",
            "corrected_agent_response": "Once",
            "event_id": 7,
        },
    }
    async with talking(stage, correction, (1000, "")) as talk:
        assert await all_events(talk) == [Corrected("Once", "Once upon a time", 7), Ended()]


async def test_a_ping_is_answered_while_nobody_listens(stage):
    ping = {"type": "ping", "ping_event": {"event_id": 12, "ping_ms": 50}}
    early = {"type": "ping", "ping_event": {"event_id": 11, "ping_ms": None}}
    stage.scripts.append(
        [INITIATION["type"], early, "pong", METADATA, ping, "pong", said("Hello."), (1000, "")]
    )
    async with asyncio.timeout(20), open_talk(stage.url, INITIATION, sleep=never) as talk:
        await until(lambda: len(stage.received) == 3)
        assert await all_events(talk) == [Said("Hello.", 1), Ended()]
    assert stage.received[1:] == [{"type": "pong", "event_id": 11}, {"type": "pong", "event_id": 12}]


async def test_context_is_added_without_a_word(stage):
    async with talking(stage, "contextual_update", "contextual_update", (1000, "")) as talk:
        await talk.add_context("It rains.")
        await talk.add_context("It stopped.", context_id="weather")
        await all_events(talk)
    assert stage.received[1:] == [
        {"type": "contextual_update", "text": "It rains."},
        {"type": "contextual_update", "text": "It stopped.", "context_id": "weather"},
    ]


async def test_half_a_character_and_a_nul_do_not_leave_us(stage):
    async with talking(stage, "user_message", (1000, "")) as talk:
        await talk.say("a\0b \ud83d c")
        await all_events(talk)
    assert stage.received[1]["text"] == "ab \ufffd c"


async def test_every_30_seconds_we_say_that_somebody_is_there(stage):
    naps = []

    async def sleep(seconds):
        naps.append(seconds)
        if len(naps) > 2:
            await never(seconds)

    async with talking(stage, "user_activity", "user_activity", (1000, ""), sleep=sleep) as talk:
        await all_events(talk)
    assert stage.received[1:] == [{"type": "user_activity"}] * 2
    assert naps == [30, 30, 30]


async def test_the_keep_alive_stops_when_the_conversation_is_over(stage):
    async def sleep(_seconds):
        await asyncio.sleep(0)

    async with talking(stage, (1000, ""), sleep=sleep) as talk:
        await all_events(talk)
        await until(lambda: not running("talk: keep alive"))


async def test_a_tool_that_we_do_not_have_is_answered_rather_than_waited_for(stage):
    call = {
        "type": "client_tool_call",
        "client_tool_call": {"tool_name": "dance", "tool_call_id": "t1", "parameters": {}, "event_id": 2},
    }
    async with talking(stage, call, "client_tool_result", (1000, "")) as talk:
        await all_events(talk)
    assert (stage.received[1]["tool_call_id"], stage.received[1]["is_error"]) == ("t1", True)


NONSENSE = [
    "raw ",
    "raw {",
    "raw null",
    "raw []",
    "raw 7",
    "raw " + "[" * 100_000,
    b"\x00\xff",
    {"type": None},
    {"type": ["agent_response"]},
    {"type": "agent_response"},
    {"type": "agent_response", "agent_response_event": None},
    {"type": "agent_response", "agent_response_event": {"agent_response": {"a": 1}}},
    {"type": "agent_chat_response_part", "text_response_part": {"type": "dance", "text": "x"}},
    {"type": "ping", "ping_event": {"event_id": "soon"}},
    {"type": "ping"},
    {"type": "conversation_initiation_metadata"},
    {"type": "error", "error_event": "broken"},
    {"type": "something_new", "something_new_event": {}},
    {"type": "audio", "audio_event": {"audio_base_64": "AAAA", "event_id": 1}},
    {"type": "vad_score", "vad_score_event": {"vad_score": 0.5}},
]


async def test_what_we_do_not_know_and_what_is_nonsense_is_passed_over(stage):
    stage.scripts.append([INITIATION["type"], *NONSENSE, METADATA, *NONSENSE, said("Here."), (1000, "")])
    async with asyncio.timeout(20), open_talk(stage.url, INITIATION, sleep=never) as talk:
        assert await all_events(talk) == [Said("Here.", 1), Ended()]


OTHERS = {
    "audio": ("audio_event", {"audio_base_64": "AAAA", "event_id": 1, "alignment": None}),
    "user_transcript": ("user_transcription_event", {"user_transcript": "Hello.", "event_id": 1}),
    "tentative_user_transcript": (
        "tentative_user_transcription_event",
        {"user_transcript": "Hel", "event_id": 1},
    ),
    "agent_response_complete": ("agent_response_complete_event", {"event_id": 1}),
    "interruption": ("interruption_event", {"event_id": 1}),
    "agent_tool_request": ("agent_tool_request", {"tool_name": "recall", "tool_call_id": "t1"}),
    "agent_tool_response": ("agent_tool_response", {"tool_name": "recall", "is_error": False}),
    "mcp_tool_call": ("mcp_tool_call", {"state": "loading"}),
    "mcp_connection_status": ("mcp_connection_status", {}),
    "vad_score": ("vad_score_event", {"vad_score": 0.5}),
    "context_usage": ("context_usage_event", {"event_id": 1, "context_tokens": 7}),
    "queue_status": ("queue_status_event", {"status": "waiting"}),
    "guardrail_triggered": ("guardrail_triggered_event", {}),
    "rich_content": ("rich_content_event", {}),
    "agent_typing": ("agent_typing_event", {}),
    "external_agent_connected": ("external_agent_connected_event", {}),
    "asr_initiation_metadata": ("asr_initiation_metadata_event", {}),
    "agent_reasoning_response_part": ("agent_reasoning_response_part", {"text": "Hm."}),
    "internal_vad_score": ("internal_vad_score_event", {}),
}
"""Their documented events that a conversation in text has no use for, each with its payload."""


async def test_every_other_event_of_theirs_is_passed_over(stage):
    events = [{"type": kind, name: payload} for kind, (name, payload) in OTHERS.items()]
    async with talking(stage, *events, said("Here."), (1000, "")) as talk:
        assert await all_events(talk) == [Said("Here.", 1), Ended()]
    assert stage.received == [INITIATION]


async def test_a_null_text_is_an_empty_one(stage):
    async with talking(stage, said(None), (1000, "")) as talk:
        assert await all_events(talk) == [Said("", 1), Ended()]


CLOSES = [
    (1008, "Override for field 'voice_id' is not allowed by config", ProviderRefused, "override_error"),
    (
        1008,
        "Missing required dynamic variables in first message: {'user_name'}",
        ProviderRefused,
        "missing_dynamic_variable",
    ),
    (1008, "The signed URL is invalid, has expired, or was used before.", ProviderRefused, "closed_1008"),
    (1008, "Invalid message received", ProviderChanged, "invalid_message"),
    (1002, "LLM timed out", ProviderUnavailable, "closed_1002"),
    (1011, "", ProviderUnavailable, "closed_1011"),
    (4300, "Queue wait timed out", ProviderUnavailable, "queue_timed_out"),
    (4999, "new", ProviderUnavailable, "closed_4999"),
    (1001, "going", ProviderUnavailable, "closed_1001"),
]


@pytest.mark.parametrize(("code", "reason", "kind", "name"), CLOSES)
async def test_a_close_in_mid_talk_is_an_error_after_what_was_said(stage, code, reason, kind, name):
    async with talking(stage, said("Wait."), (code, reason), sign=no_more) as talk:
        events = talk.events()
        assert await anext(events) == Said("Wait.", 1)
        with pytest.raises(ProviderError) as caught:
            await anext(events)
    assert type(caught.value) is kind
    assert caught.value.code == name
    assert caught.value.reason == (reason or "no reason given")
    assert stage.connections == 1


async def no_more():
    pytest.fail("it must not ask for another URL")


@pytest.mark.parametrize(("code", "reason", "kind", "name"), CLOSES)
async def test_a_close_at_the_start_is_an_error_of_the_same_kind(stage, code, reason, kind, name):
    stage.scripts = [[INITIATION["type"], (code, reason)]]
    with pytest.raises(ProviderError) as caught:
        async with open_talk(stage.url, INITIATION):
            pytest.fail("started")
    assert type(caught.value) is kind
    assert caught.value.code == name
    assert_hidden(caught.value)


async def test_what_they_say_at_the_end_is_on_one_line_and_has_no_phone_number(stage):
    async with talking(stage, (1000, "Call +49 151 1234-5678\r\nINFO forged")) as talk:
        assert await all_events(talk) == [Ended("Call [number] INFO forged")]


async def test_a_proxy_from_the_environment_does_not_stand_between_us_and_loopback(stage, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "ws_proxy", "WS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with talking(stage, (1000, "")) as talk:
        assert await all_events(talk) == [Ended()]


async def test_their_error_says_which_kind_a_close_is(stage):
    event = {"error_type": "missing_fields", "message": "text is missing", "code": 1008}
    async with talking(stage, {"type": "error", "error_event": event}, (1008, "")) as talk:
        with pytest.raises(ProviderChanged, match="text is missing") as caught:
            await all_events(talk)
    assert caught.value.code == "missing_fields"


async def test_their_error_counts_at_the_start_as_well(stage):
    event = {"error_type": "override_error", "reason": "voice_id", "code": 1008}
    stage.scripts = [[INITIATION["type"], {"type": "client_error", "error_event": event}, (1008, "")]]
    with pytest.raises(ProviderRefused, match="voice_id") as caught:
        async with open_talk(stage.url, INITIATION):
            pytest.fail("started")
    assert caught.value.code == "override_error"


@pytest.mark.parametrize("code", [1002, 1011])
async def test_a_start_that_fails_on_their_side_is_tried_once_more_with_a_fresh_url(stage, code):
    fresh = stage.url + "&fresh=1"
    stage.scripts = [[INITIATION["type"], (code, "")], [*INITIATED, said("Hello."), (1000, "")]]

    async def sign():
        return SignedUrl(fresh, "conv_x")

    async with asyncio.timeout(20), open_talk(stage.url, INITIATION, sign=sign) as talk:
        assert await all_events(talk) == [Said("Hello.", 1), Ended()]
    assert stage.received == [INITIATION, INITIATION]


async def test_a_second_start_that_fails_is_the_last(stage):
    stage.scripts = [[INITIATION["type"], (1011, "first")], [INITIATION["type"], (1011, "second")]]

    async def sign():
        return SignedUrl(stage.url, "conv_x")

    with pytest.raises(ProviderUnavailable, match="second"):
        async with open_talk(stage.url, INITIATION, sign=sign):
            pytest.fail("started")
    assert stage.connections == 2


@pytest.mark.parametrize("code", [1008, 4300, 1000])
async def test_no_other_close_at_the_start_is_tried_again(stage, code):
    stage.scripts = [[INITIATION["type"], (code, "no")]]
    with pytest.raises(ProviderError, match="no"):
        async with open_talk(stage.url, INITIATION, sign=no_more):
            pytest.fail("started")


async def test_a_connection_that_breaks_is_not_a_conversation_that_ended(stage):
    async with talking(stage, said("Wait."), ABORT) as talk:
        with pytest.raises(ProviderUnavailable) as caught:
            await all_events(talk)
        assert caught.value.code == "connection_lost"
        with pytest.raises(ProviderUnavailable):
            await all_events(talk)
        with pytest.raises(ProviderUnavailable):
            await talk.say("Are you there?")


async def test_a_frame_beyond_all_measure_ends_it_with_an_error(stage):
    async with talking(stage, "raw " + "x" * 5_000_000) as talk:
        with pytest.raises(ProviderUnavailable):
            await all_events(talk)


async def test_a_server_that_says_nothing_is_given_up(stage):
    stage.scripts = [[]]
    with pytest.raises(ProviderUnavailable) as caught:
        async with open_talk(stage.url, INITIATION, start_seconds=0.05):
            pytest.fail("started")
    assert caught.value.code == "timeout"
    assert_hidden(caught.value)


@pytest.mark.parametrize(
    ("url", "kind", "name"),
    [
        ("ws://127.0.0.1:1/talk", ProviderUnavailable, "not_connected"),
        ("nonsense", ProviderChanged, ""),
        ("ws://[", ProviderChanged, ""),
        ("", ProviderChanged, ""),
    ],
)
async def test_an_address_where_nobody_is_says_so(url, kind, name):
    with pytest.raises(ProviderError) as caught:
        async with open_talk(url, INITIATION):
            pytest.fail("started")
    assert type(caught.value) is kind
    assert caught.value.code == name


async def test_a_handshake_that_is_refused_carries_its_status_and_not_the_signature(stage):
    with pytest.raises(ProviderChanged) as caught:
        async with open_talk(stage.url.replace("/talk?", "/elsewhere?"), INITIATION):
            pytest.fail("started")
    assert caught.value.status == 404
    assert_hidden(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_nothing_is_sent(stage, status):
    async def send_away(_request):
        return web.Response(status=status, headers={"Location": stage.url.replace("ws://", "http://")})

    stage.scripts = [[*INITIATED, (1000, "")]]
    async with serving(send_away) as url:
        with pytest.raises(ProviderChanged) as caught:
            async with asyncio.timeout(20), open_talk(f"{url}?conversation_signature={SECRET}", INITIATION):
                pytest.fail("started")
    assert caught.value.status == status
    assert_hidden(caught.value)
    assert (stage.connections, stage.received) == (0, [])


def assert_hidden(error):
    assert SECRET not in f"{error!r} {error} {vars(error)}"
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_hanging_up_ends_the_events_and_closes_normally(stage):
    async with talking(stage, said("Hello.")) as talk:
        events = talk.events()
        assert await anext(events) == Said("Hello.", 1)
        await talk.end()
        await talk.end()
        assert [event async for event in events] == [Ended(by_us=True)]
        assert await all_events(talk) == [Ended(by_us=True)]
        with pytest.raises(ProviderUnavailable):
            await talk.say("Hello?")
    assert stage.closes == [WSCloseCode.OK]


@pytest.mark.parametrize("reason", ["", "bye"])
async def test_hanging_up_after_them_does_not_make_it_our_end(stage, reason):
    async with talking(stage, (1000, reason)) as talk:
        assert await all_events(talk) == [Ended(reason, by_us=False)]
        await talk.end()
        assert await all_events(talk) == [Ended(reason, by_us=False)]


async def test_leaving_closes_the_socket(stage):
    async with talking(stage):
        pass
    assert stage.closes == [WSCloseCode.OK]


async def test_an_error_of_the_one_who_talks_comes_out_as_it_is(stage):
    with pytest.raises(KeyError, match="mine"):
        async with talking(stage):
            raise KeyError("mine")
    assert stage.closes == [WSCloseCode.OK]


async def test_what_nobody_listened_to_is_no_error_when_leaving(stage):
    async with talking(stage, (1011, "broken")):
        await until(lambda: not running("talk: listening"))
    assert stage.connections == 1


async def test_a_listener_elsewhere_hears_the_end_when_the_context_is_left(stage):
    async with asyncio.TaskGroup() as group, talking(stage) as talk:
        listening = group.create_task(all_events(talk))
        await asyncio.sleep(0)
    assert listening.result() == [Ended(by_us=True)]


@pytest.mark.parametrize("moment", ["connecting", "starting", "listening", "talking"])
async def test_cancelling_leaves_nothing_behind(stage, moment):
    stage.scripts = [[INITIATION["type"]] if moment == "starting" else INITIATED]
    reached = asyncio.Event()

    async def hold():
        if moment == "connecting":
            reached.set()
        async with open_talk(stage.url, INITIATION, sleep=never) as talk:
            reached.set()
            if moment == "listening":
                await all_events(talk)
            await asyncio.Event().wait()

    before = asyncio.all_tasks()
    task = asyncio.create_task(hold())
    await until(lambda: reached.is_set() or (moment == "starting" and stage.received))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait((task,))
    assert task.cancelled()
    ours = {task for task in asyncio.all_tasks() - before if task.get_name().startswith("talk:")}
    assert ours == set()
    await until(lambda: stage.closes or moment == "connecting")


def deafening(*, starts):
    """Return a handler that takes the initiation, and from then on sends without end and never reads."""
    call = {
        "type": "client_tool_call",
        "client_tool_call": {"tool_name": "dance", "tool_call_id": "t" * 1_000_000},
    }

    async def handle(request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        request.transport.pause_reading()
        if starts:
            await socket.send_json(METADATA)
        with suppress(ConnectionError):
            while True:
                await socket.send_json(call)
        return socket

    return handle


async def test_one_who_sends_without_end_and_never_reads_can_be_left(monkeypatch):
    monkeypatch.setattr(line, "CLOSE_SECONDS", 0.1)
    async with (
        serving(deafening(starts=True)) as url,
        asyncio.timeout(10),
        open_talk(url, INITIATION, sleep=never) as talk,
    ):
        await asyncio.sleep(0.5)
        await talk.end()
        assert await all_events(talk) == [Ended(by_us=True)]


async def test_one_who_never_reads_can_be_given_up_before_it_started(monkeypatch):
    monkeypatch.setattr(line, "CLOSE_SECONDS", 0.1)
    async with serving(deafening(starts=False)) as url, asyncio.timeout(10):
        with pytest.raises(ProviderUnavailable) as caught:
            async with open_talk(url, INITIATION, start_seconds=0.5):
                pytest.fail("started")
    assert caught.value.code == "timeout"


async def test_what_is_listened_to_may_come_in_any_number(stage):
    async with talking(stage, *[said("Hm.")] * 5_000, (1000, "")) as talk:
        assert len(await all_events(talk)) == 5_001


async def test_what_nobody_listens_to_is_not_kept_without_end(stage):
    async with talking(stage, *[said("Hm.")] * 1_001) as talk:
        await until(lambda: not running("talk: listening"))
        events = talk.events()
        for _ in range(1_000):
            assert await anext(events) == Said("Hm.", 1)
        with pytest.raises(ProviderUnavailable) as caught:
            await anext(events)
        assert caught.value.code == "connection_lost"
        with pytest.raises(ProviderUnavailable):
            await talk.say("Are you there?")


async def test_of_reason_and_message_the_reason_counts(stage):
    event = {"error_type": "override_error", "reason": "voice_id", "message": "Something went wrong"}
    async with talking(stage, {"type": "error", "error_event": event}, (1008, "")) as talk:
        with pytest.raises(ProviderRefused) as caught:
            await all_events(talk)
    assert caught.value.reason == "voice_id"


async def test_a_host_that_lets_nobody_in_is_no_connection(monkeypatch):
    monkeypatch.setattr(line, "CONNECT_SECONDS", 0.1)
    with ExitStack() as stack:
        full = stack.enter_context(network.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(network.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        async with asyncio.timeout(20):
            with pytest.raises(ProviderUnavailable) as caught:
                async with open_talk(f"ws://127.0.0.1:{full.getsockname()[1]}", INITIATION):
                    pytest.fail("started")
    assert caught.value.code == "not_connected"


async def test_one_who_does_not_answer_a_heartbeat_is_lost(monkeypatch):
    monkeypatch.setattr(socket, "HEARTBEAT_SECONDS", 0.05)

    async def lie_still(request):
        server = web.WebSocketResponse(autoping=False)
        await server.prepare(request)
        await server.receive()
        await server.send_json(METADATA)
        while not server.closed:
            await server.receive()
        return server

    async with (
        serving(lie_still) as url,
        asyncio.timeout(20),
        open_talk(url, INITIATION, sleep=never) as talk,
    ):
        with pytest.raises(ProviderUnavailable) as caught:
            await all_events(talk)
    assert caught.value.code == "connection_lost"


async def test_a_mistake_of_our_own_while_listening_is_not_kept_quiet(stage, caplog):
    def refuse(_record):
        raise RuntimeError("the log is full")

    caplog.set_level("INFO", socket.log.name)
    socket.log.addFilter(refuse)
    try:
        with pytest.raises(RuntimeError, match="the log is full"):
            async with talking(stage, {"type": "error", "error_event": {"error_type": "x"}}):
                await until(lambda: not running("talk: listening"))
    finally:
        socket.log.removeFilter(refuse)
