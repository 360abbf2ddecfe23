"""How we end a conversation, whenever that is, and that nothing is left of it."""

import asyncio
from contextlib import suppress

import pytest
from aiohttp import WSCloseCode, web

from bot.domain.errors import ProviderUnavailable
from bot.domain.talk import Ended, Said
from bot.elevenlabs import line, socket
from bot.elevenlabs.socket import open_talk
from tests.elevenlabs.talks.scripted import (
    INITIATED,
    INITIATION,
    METADATA,
    all_events,
    never,
    running,
    said,
    serving,
    talking,
    until,
)

pytestmark = pytest.mark.anyio


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
