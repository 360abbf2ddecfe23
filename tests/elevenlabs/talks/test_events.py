"""What we send, and what we make of theirs."""

import asyncio

import pytest

from bot.domain.errors import ProviderUnavailable
from bot.domain.talk import Corrected, Ended, Part, Said
from bot.elevenlabs.socket import open_talk
from tests.elevenlabs.talks.scripted import (
    INITIATION,
    METADATA,
    all_events,
    never,
    running,
    said,
    talking,
    until,
)

pytestmark = pytest.mark.anyio


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


async def test_every_other_event_of_theirs_is_passed_over(stage):
    events = [{"type": kind, name: payload} for kind, (name, payload) in OTHERS.items()]
    async with talking(stage, *events, said("Here."), (1000, "")) as talk:
        assert await all_events(talk) == [Said("Here.", 1), Ended()]
    assert stage.received == [INITIATION]


async def test_a_null_text_is_an_empty_one(stage):
    async with talking(stage, said(None), (1000, "")) as talk:
        assert await all_events(talk) == [Said("", 1), Ended()]


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
