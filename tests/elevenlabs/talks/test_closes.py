"""How a conversation ends that we did not end, and one that never begins."""

import asyncio
import socket as network
from contextlib import ExitStack

import pytest
from aiohttp import web

from bot.domain.conversation import SignedUrl
from bot.domain.errors import ProviderChanged, ProviderError, ProviderRefused, ProviderUnavailable
from bot.domain.talk import Ended, Said
from bot.elevenlabs import line, socket
from bot.elevenlabs.socket import open_talk
from tests.elevenlabs.talks.scripted import (
    ABORT,
    INITIATED,
    INITIATION,
    METADATA,
    SECRET,
    all_events,
    never,
    said,
    serving,
    talking,
)

pytestmark = pytest.mark.anyio

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
