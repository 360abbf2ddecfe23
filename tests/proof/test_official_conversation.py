"""The official `Conversation` class in text, and every frame of both directions against the event tables."""

import asyncio
import json
import threading
import warnings
from typing import Any

import httpx
import pytest
import websockets
from elevenlabs.client import ElevenLabs

from tests.sandbox.client import VARIABLES
from tests.sandbox.test_tools import attach, create_tool, memory, tool

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # the package names a class that websockets retires
    from elevenlabs.conversational_ai.conversation import Conversation, ConversationInitiationData

__all__ = ["memory"]
pytestmark = pytest.mark.anyio

# ElevenLabs: Agent WebSockets, client to server. `?` marks what may be left out, `*` any object.
SENT: dict[str | None, dict[str, type | tuple[type, ...]]] = {
    "conversation_initiation_client_data": {
        "conversation_config_override?": dict,
        "custom_llm_extra_body?": dict,
        "dynamic_variables?": dict,
        "user_id?": str,
        "source_info?": dict,
        "tool_mock_config?": dict,
    },
    None: {"user_audio_chunk": str},
    "pong": {"event_id": int},
    "user_message": {"text": str, "rich_content_id?": str},
    "user_activity": {},
    "contextual_update": {"text": str, "context_id?": str},
    "client_tool_result": {"tool_call_id": str, "result": str, "is_error": bool},
    "feedback": {"event_id": int, "score": (str, type(None))},
    "mcp_tool_approval_result": {"tool_call_id": str, "is_approved": bool},
    "multimodal_message": {"text?": dict, "file?": dict, "files?": list},
}
# Server to client: the name of the payload, and its fields.
RECEIVED: dict[str, tuple[str, dict[str, type | tuple[type, ...]]]] = {
    "conversation_initiation_metadata": (
        "conversation_initiation_metadata_event",
        {"conversation_id": str, "agent_output_audio_format": str, "user_input_audio_format": str},
    ),
    "ping": ("ping_event", {"event_id": int, "ping_ms": (int, type(None))}),
    "audio": ("audio_event", {"audio_base_64": str, "event_id": int, "alignment?": dict}),
    "user_transcript": ("user_transcription_event", {"user_transcript": str, "event_id": int}),
    "agent_response": (
        "agent_response_event",
        {"agent_response": str, "event_id": int, "attachments?": list},
    ),
    "agent_chat_response_part": ("text_response_part", {"type": str, "text": str, "event_id": int}),
    "agent_response_correction": (
        "agent_response_correction_event",
        {"original_agent_response": str, "corrected_agent_response": str, "event_id": int},
    ),
    "interruption": ("interruption_event", {"event_id": int}),
    "client_tool_call": (
        "client_tool_call",
        {"tool_name": str, "tool_call_id": str, "parameters": dict, "event_id": int},
    ),
    "agent_tool_request": (
        "agent_tool_request",
        {"tool_name": str, "tool_call_id": str, "tool_type": str, "event_id": int},
    ),
    "agent_tool_response": (
        "agent_tool_response",
        {
            "tool_name": str,
            "tool_call_id": str,
            "tool_type": str,
            "is_error": bool,
            "is_called": bool,
            "event_id": int,
        },
    ),
}


def misfits(fields: dict[str, Any], table: dict[str, Any]) -> list[str]:
    known = {name.removesuffix("?"): kind for name, kind in table.items()}
    needed = {name for name in table if not name.endswith("?")}
    found = [f"{name} is not in the table" for name in sorted(set(fields) - set(known))]
    found += [f"{name} is missing" for name in sorted(needed - set(fields))]
    wrong = (name for name in fields if name in known and not isinstance(fields[name], known[name]))
    return found + [f"{name} has a wrong type" for name in wrong]


def check_sent(frame: dict[str, Any]) -> list[str]:
    kind = frame.get("type")
    rest = {name: value for name, value in frame.items() if name != "type"}
    return misfits(rest, SENT[kind]) if kind in SENT else [f"{kind} is not in the table"]


def check_received(frame: dict[str, Any]) -> list[str]:
    kind = frame["type"]
    if kind not in RECEIVED:
        return [f"{kind} is not in the table"]
    payload, table = RECEIVED[kind]
    if set(frame) != {"type", payload}:
        return [f"{kind} carries {sorted(frame)}"]
    return misfits(frame[payload], table)


class Wiretap:
    """Passes frames between a client and the sandbox, and keeps them."""

    def __init__(self, target: str) -> None:
        self.target, self.url = target, ""
        self.sent: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []

    async def handle(self, client: Any) -> None:
        async with websockets.connect(self.target) as server:
            upward = asyncio.create_task(self._pass(client, server, self.sent))
            await self._pass(server, client, self.received)
            await client.close(server.close_code or 1000, server.close_reason or "")
            await upward

    async def _pass(self, source: Any, sink: Any, kept: list[dict[str, Any]]) -> None:
        try:
            async for message in source:
                kept.append(json.loads(message))
                await sink.send(message)
        except websockets.ConnectionClosed:
            return
        await sink.close()


class Talker:
    """The official class, driven from a thread, as a program would."""

    def __init__(self, client, *, requires_auth=True, **settings):
        config = ConversationInitiationData(
            dynamic_variables=VARIABLES,
            conversation_config_override={"conversation": {"text_only": True}},
        )
        self.said: list[str] = []
        self.parts: list[tuple[str, str]] = []
        self.ended: list[Any] = []
        self.heard = threading.Semaphore(0)
        self.over = threading.Event()
        self.http = httpx.Client()
        self.conversation = Conversation(
            ElevenLabs(base_url=client.sandbox.url, api_key="sandbox", httpx_client=self.http),
            "agent_sandbox",
            user_id="person_1",
            requires_auth=requires_auth,
            audio_interface=None,
            config=config,
            callback_agent_response=self._hear,
            callback_agent_chat_response_part=lambda text, kind: self.parts.append((kind.value, text)),
            callback_disconnect=self._leave,
            **settings,
        )

    def _hear(self, text):
        self.said.append(text)
        self.heard.release()

    def _leave(self, details):
        self.ended.append(details)
        self.over.set()

    async def start(self):
        await asyncio.to_thread(self.conversation.start_session)

    async def answer(self) -> str:
        assert await asyncio.to_thread(self.heard.acquire, timeout=10)
        return self.said[-1]

    async def say(self, text) -> str:
        await asyncio.to_thread(self.conversation.send_user_message, text)
        return await self.answer()

    async def leave(self) -> str:
        await asyncio.to_thread(self.conversation.end_session)
        self.http.close()
        return await asyncio.to_thread(self.conversation.wait_for_session_end)


async def test_the_official_class_talks_in_text(client, clock):
    talker = Talker(client)
    await talker.start()
    assert await talker.answer() == "Well met, Mira!"
    await asyncio.to_thread(talker.conversation.send_contextual_update, "It rains.")
    await asyncio.to_thread(talker.conversation.register_user_activity)
    assert "“It rains.”" in await talker.say("I have a cat.")
    conversation_id = await talker.leave()
    assert [kind for kind, _ in talker.parts] == ["start", "delta", "stop"] * 2
    assert "".join(text for _, text in talker.parts[:3]) == talker.said[0]
    detail = await client.finished(conversation_id, clock)
    assert (detail["user_id"], detail["metadata"]["text_only"]) == ("person_1", True)
    assert detail["metadata"]["conversation_initiation_source"] == "python_sdk"
    assert detail["metadata"]["authorization_method"] == "signed_url"


async def test_the_official_class_hears_why_it_is_closed(client, clock):
    fault = {"operation": "socket", "fault": "close", "status": 1011, "reason": "Internal"}
    await client.ask("POST", "/sandbox/faults", json=fault)
    talker = Talker(client)
    await talker.start()
    await talker.answer()
    await asyncio.to_thread(talker.conversation.send_user_message, "Hello")
    assert await asyncio.to_thread(talker.over.wait, 10)
    await talker.leave()
    assert (talker.ended[0].close_code, talker.ended[0].close_reason) == (1011, "Internal")


async def test_the_official_class_hears_that_time_is_up_as_the_agents_doing(client, clock):
    talker = Talker(client)
    await talker.start()
    await talker.answer()
    clock.move(seconds=600)
    assert await asyncio.to_thread(talker.over.wait, 10)
    await talker.leave()
    assert (talker.ended[0].reason, talker.ended[0].close_code) == ("agent", 1000)


async def test_every_frame_of_both_directions_is_in_the_documented_tables(open_client, clock, memory):
    everything = {"conversation_config": {"conversation": {"client_events": list(RECEIVED)}}}
    async with open_client(public_agent=True, agent=everything) as client:
        await attach(client, await create_tool(client, tool(memory.url)))
        target = client.sandbox.url.replace("http", "ws") + "/v1/convai/conversation?agent_id=agent_sandbox"
        tap = Wiretap(target)
        async with websockets.serve(tap.handle, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            talker = Talker(client, requires_auth=False)
            talker.conversation._get_wss_url = lambda: f"ws://127.0.0.1:{port}/"
            await talker.start()
            await talker.answer()
            await talker.say("I have a cat.")
            await talker.say("What do you remember?")
            await asyncio.to_thread(talker.conversation.send_contextual_update, "It rains.")
            await asyncio.to_thread(talker.conversation.register_user_activity)
            clock.move(seconds=10)
            await talker.say("Goodbye")
            await talker.leave()
    assert [problem for frame in tap.received for problem in check_received(frame)] == []
    assert [problem for frame in tap.sent for problem in check_sent(frame)] == []
    assert {frame["type"] for frame in tap.received} == {
        "conversation_initiation_metadata",
        "ping",
        "agent_response",
        "agent_chat_response_part",
        "agent_tool_request",
        "agent_tool_response",
    }
    assert {"pong", "user_message", "contextual_update", "user_activity"} <= {f["type"] for f in tap.sent}


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "ping", "ping_event": {"event_id": "1", "ping_ms": 0}},
        {"type": "ping", "ping_event": {"event_id": 1}},
        {"type": "ping", "event_id": 1},
        {"type": "agent_says", "agent_says_event": {}},
    ],
)
def test_a_frame_that_is_not_as_documented_is_found(frame):
    assert check_received(frame)


@pytest.mark.parametrize("kind", [kind for kind in SENT if kind])
async def test_every_documented_message_of_a_client_is_taken(client, kind):
    samples = {str: "x", dict: {}, list: [], int: 1, bool: True}
    table = SENT[kind]
    message: dict[str, Any] = {
        name: samples[table[name]] if isinstance(table[name], type) else None
        for name in table
        if not name.endswith("?")
    }
    async with client.conversation() as talk:
        await talk.answer()
        if kind != "conversation_initiation_client_data":
            await talk.socket.send_json({"type": kind, **message})
        assert await talk.say("Still there?")
