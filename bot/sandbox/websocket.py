"""The conversation WebSocket (ElevenLabs: Agent WebSockets), in text.

A conversation that does not ask for `text_only` is a voice conversation: text messages work in it as well,
its answers come as text, and audio that is sent is not listened to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

from aiohttp import ClientConnectionResetError, WSCloseCode, web

from bot.sandbox.clock import Time
from bot.sandbox.frames import ClosedError, close_reason, error_event, receive, text_of, wants_errors
from bot.sandbox.manners import END_CALL, ENDED
from bot.sandbox.reading import Json
from bot.sandbox.state import new_id
from bot.sandbox.talk import Said, Talk
from bot.sandbox.talks import Talks
from bot.sandbox.tasks import Tasks

PING_SECONDS = 10
SILENT_SECONDS = 60
SILENCE = "No input was received for 60 seconds"
INPUTS = ("user_message", "multimodal_message", "user_activity")
EVENT_IDS = range(2**31)


class Visit:
    """One client in one conversation."""

    def __init__(self, socket: web.WebSocketResponse, talk: Talk, talks: Talks, time: Time) -> None:
        self._socket = socket
        self._talk = talk
        self._time = time
        self._faults = talks.faults
        self._last_input = time.unix()
        self._close_code: int = WSCloseCode.OK
        self._tool_call_id: str | None = None
        self._held: list[Json] = []
        agent = talks.agent(talk.agent_id)
        self._wants_errors = wants_errors(agent)
        self._wanted = frozenset(agent["conversation_config"]["conversation"]["client_events"])

    async def run(self, tasks: Tasks) -> None:
        """Until the client leaves, the conversation ends, or the client breaks the protocol."""
        helpers: list[asyncio.Task[None]] = []
        reason = ""
        try:
            await self._send_metadata()
            workers = (self._ping(), self._close_when_over(), self._end_when_silent())
            helpers = [tasks.start(worker) for worker in workers]
            greeting = await self._talk.greet()
            if greeting is not None:
                await self._send_answer(greeting)
            while (message := await receive(self._socket)) is not None:
                await self._take(message)
        except ClosedError as error:
            reason = str(error)
            raise
        except ClientConnectionResetError:
            reason = "Client disconnected: 1006"
        finally:
            for helper in helpers:
                helper.cancel()
            await self._talk.finish(reason or f"Client disconnected: {self._socket.close_code or 1006}")

    async def _take(self, message: Json) -> None:
        kind = message.get("type")
        if kind in INPUTS or "user_audio_chunk" in message:
            self._last_input = self._time.unix()
            self._time.nudge()
        handler = self._handlers().get(kind) if isinstance(kind, str) else None
        if handler is not None:  # other types, and audio (which has none), are ignored
            await handler(message)

    def _handlers(self) -> Mapping[str, Callable[[Json], Coroutine[Any, Any, None]]]:
        return {
            "user_message": self._hear,
            "multimodal_message": self._hear_part,
            "contextual_update": self._note,
            "feedback": self._rate,
            "client_tool_result": self._take_result,
            "conversation_initiation_client_data": self._refuse_second_start,
        }

    async def _hear(self, message: Json) -> None:
        text = text_of(message)
        if self._tool_call_id is not None:
            self._held.append(message)
            return
        fault = self._faults.take("socket")
        kind = "" if fault is None else fault.fault
        if fault is not None and kind == "close":
            raise ClosedError(fault.reason, fault.status, "")
        if kind == "silence":
            raise ClosedError(SILENCE, WSCloseCode.PROTOCOL_ERROR, "transport_receive_timeout")
        if kind == "tool_call" and "client_tool_call" in self._wanted:
            await self._call_tool(message)
            return
        answer = await self._talk.hear(text)
        if answer is None:
            return
        await self._send_answer(answer)
        if kind == "interruption":
            await self._send("interruption", "interruption_event", {"event_id": answer.event_id})
        elif kind == "correction":
            heard = answer.text[: len(answer.text) // 2].rstrip() + "…"
            texts = {"original_agent_response": answer.text, "corrected_agent_response": heard}
            event = {**texts, "event_id": answer.event_id}
            await self._send("agent_response_correction", "agent_response_correction_event", event)
        if answer.ends:
            await self._talk.finish(ENDED)

    async def _call_tool(self, message: Json) -> None:
        """Ask for a tool of the client's; the message is answered when its result is there."""
        self._tool_call_id = new_id("toolu")
        self._held.append(message)
        call = {"tool_name": "client_tool", "tool_call_id": self._tool_call_id, "parameters": {}}
        await self._send("client_tool_call", "client_tool_call", {**call, "event_id": 0})

    async def _take_result(self, message: Json) -> None:
        """What a tool of the client's came to; one that was not asked for is ignored."""
        fields = (message.get("tool_call_id"), message.get("result"), message.get("is_error"))
        if not all(isinstance(*pair) for pair in zip(fields, (str, str, bool), strict=True)):
            raise ClosedError("client_tool_result needs tool_call_id, result and is_error")
        if message["tool_call_id"] != self._tool_call_id:
            return
        held, self._held, self._tool_call_id = self._held, [], None
        for one in held:
            await self._hear(one)

    async def _refuse_second_start(self, _message: Json) -> None:
        if self._wants_errors:
            reason = "The conversation has started already"
            await self._socket.send_json(error_event(WSCloseCode.POLICY_VIOLATION, "invalid_message", reason))

    async def _hear_part(self, message: Json) -> None:
        """The text of a message with a file; files themselves are not looked at."""
        inner = message.get("text")
        if inner is None:
            return
        if not isinstance(inner, dict) or not str(inner.get("text") or "").strip():
            raise ClosedError("The text of a multimodal_message is a user_message that says something")
        await self._hear({"type": "multimodal_message", **inner})

    async def _note(self, message: Json) -> None:
        context_id = message.get("context_id")
        await self._talk.note(text_of(message), context_id if isinstance(context_id, str) else None)

    async def _rate(self, message: Json) -> None:
        event_id, score = message.get("event_id"), message.get("score", "")
        if isinstance(event_id, bool) or not isinstance(event_id, int) or event_id not in EVENT_IDS:
            raise ClosedError("feedback needs an event_id, and a score of like, dislike or null")
        if score not in ("like", "dislike", None):
            raise ClosedError("feedback needs an event_id, and a score of like, dislike or null")
        await self._talk.rate(event_id, score)

    async def _send_metadata(self) -> None:
        formats = {"agent_output_audio_format": "pcm_16000", "user_input_audio_format": "pcm_16000"}
        event = {"conversation_id": self._talk.conversation_id, **formats}
        kind = "conversation_initiation_metadata"
        await self._socket.send_json({"type": kind, f"{kind}_event": event})

    async def _send_answer(self, said: Said) -> None:
        """What the agent has enabled in its `client_events`, and nothing else."""
        if said.lookup is not None:
            await self._send_tool(said.lookup.tool_name, said.lookup.request_id, "webhook", said)
        if self._talk.settings.text_only:
            for kind, part in (("start", ""), ("delta", said.text), ("stop", "")):
                event = {"type": kind, "text": part, "event_id": said.event_id}
                await self._send("agent_chat_response_part", "text_response_part", event)
        answer = {"agent_response": said.text, "event_id": said.event_id}
        await self._send("agent_response", "agent_response_event", answer)
        if said.ends:
            await self._send_tool(END_CALL, said.end_call_id, "system", said)

    async def _send_tool(self, name: str, call_id: str, kind: str, said: Said) -> None:
        used = {"tool_name": name, "tool_call_id": call_id, "tool_type": kind, "event_id": said.event_id}
        await self._send("agent_tool_request", "agent_tool_request", used)
        is_error = kind == "webhook" and said.lookup is not None and said.lookup.is_error
        result = {**used, "is_error": is_error, "is_called": True}
        await self._send("agent_tool_response", "agent_tool_response", result)

    async def _send(self, kind: str, key: str, event: Json) -> None:
        if kind in self._wanted:
            await self._socket.send_json({"type": kind, key: event})

    async def _ping(self) -> None:
        due, event_id = self._time.unix(), 0
        while not self._socket.closed:
            await self._time.sleep_until(due)
            due, event_id = self._time.unix() + PING_SECONDS, event_id + 1
            try:
                await self._socket.send_json(
                    {"type": "ping", "ping_event": {"event_id": event_id, "ping_ms": 0}}
                )
            except ClientConnectionResetError:
                return  # the reader notices as well, and ends the conversation

    async def _close_when_over(self) -> None:
        await self._talk.over.wait()
        reason = close_reason(self._talk.ending or "")
        await self._socket.close(code=self._close_code, message=reason)

    async def _end_when_silent(self) -> None:
        """Neither pongs nor background information count as input."""
        while not self._talk.over.is_set():
            bell, now = self._time.bell(), self._time.unix()
            if now >= self._talk.deadline or self._talk.ending is not None:
                return  # it ends for another reason
            if now < self._last_input + SILENT_SECONDS:
                await self._time.nap(bell, self._last_input + SILENT_SECONDS)
                continue
            self._close_code = WSCloseCode.PROTOCOL_ERROR
            if self._wants_errors:
                with suppress(ConnectionError):
                    await self._socket.send_json(
                        error_event(self._close_code, "transport_receive_timeout", SILENCE)
                    )
            await self._talk.finish(SILENCE)
            return
