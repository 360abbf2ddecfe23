"""The conversation WebSocket (ElevenLabs: Agent WebSockets), in text.

A conversation that does not ask for `text_only` is a voice conversation: text messages work in it as well,
its answers come as text, and audio that is sent is not listened to.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from aiohttp import ClientConnectionResetError, WSCloseCode, WSMsgType, web

from bot.sandbox.clock import Time
from bot.sandbox.initiation import SOURCES, initiation_problems
from bot.sandbox.reading import Json, parse_object
from bot.sandbox.refusals import StartError
from bot.sandbox.state import State, new_id
from bot.sandbox.talk import Said, Talk
from bot.sandbox.talks import Origin, Talks
from bot.sandbox.tasks import Tasks
from bot.sandbox.tools import Lookup

log = logging.getLogger(__name__)

PING_SECONDS = 10
SILENT_SECONDS = 60
SILENCE = "No input was received for 60 seconds"
LARGEST_MESSAGE_BYTES = 256 * 1024
LARGEST_FRAME_BYTES = 4 * 1024 * 1024
CLOSE_WAIT_SECONDS = 1.0
CLOSE_REASON_BYTES = 123  # RFC 6455, 5.5
INPUTS = ("user_message", "multimodal_message", "user_activity")
EVENT_IDS = range(2**31)


class ClosedError(Exception):
    """The connection is to end; `code` is 1008 when it is the client's doing.

    `error_type` is one of the documented names; empty where none of them fits.
    """

    def __init__(
        self, reason: str, code: int = WSCloseCode.POLICY_VIOLATION, error_type: str = "invalid_message"
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.error_type = error_type


class Door:
    """Lets clients in and relays between their sockets and the conversations."""

    def __init__(self, talks: Talks, state: State, time: Time, tasks: Tasks) -> None:
        self._talks = talks
        self._state = state
        self._time = time
        self._tasks = tasks
        self._open: set[web.WebSocketResponse] = set()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            protocols=("convai",), max_msg_size=LARGEST_FRAME_BYTES, timeout=CLOSE_WAIT_SECONDS
        )
        await socket.prepare(request)
        self._open.add(socket)
        try:
            origin = await self._admit(request.query)
            talk = await self._start(socket, origin)
            if talk is not None:
                await Visit(socket, talk, self._talks, self._time).run(self._tasks)
        except (ClosedError, StartError) as refusal:
            code = refusal.code if isinstance(refusal, ClosedError) else WSCloseCode.POLICY_VIOLATION
            if wants_errors(self._talks.agent):
                with suppress(ConnectionError):
                    await socket.send_json(error_event(code, refusal.error_type, refusal.reason))
            await socket.close(code=code, message=close_reason(refusal.reason))
        except ConnectionError:
            pass  # the client left in the middle of a word
        except Exception:
            log.exception("a conversation failed")
            await socket.close(code=WSCloseCode.INTERNAL_ERROR, message=b"An internal error of the sandbox")
        finally:
            self._open.discard(socket)
        return socket

    async def close(self) -> None:
        for socket in list(self._open):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"The sandbox was stopped")

    async def _admit(self, query: Mapping[str, str]) -> Origin:
        """Check who wants to come in. Raises ClosedError."""
        agent = self._talks.agent
        if query.get("agent_id") != agent["agent_id"]:
            raise ClosedError("The AI agent you are trying to reach does not exist.", error_type="")
        source = query.get("source", "unknown")
        source = source if source in SOURCES else "unknown"
        version = query.get("version")
        text = query.get("conversation_signature") or query.get("token")
        if text:
            signature = await self._state.use_signature(text, self._time.unix())
            if signature is None:
                raise ClosedError(
                    "The signed URL is invalid, has expired, or was used before.", error_type=""
                )
            return Origin(signature.conversation_id or new_id("conv"), source, "signed_url", version)
        if agent["platform_settings"]["auth"]["enable_auth"]:
            raise ClosedError("This agent requires authentication: use a signed URL.", error_type="")
        return Origin(new_id("conv"), source, "public", version)

    async def _start(self, socket: web.WebSocketResponse, origin: Origin) -> Talk | None:
        """Wait for the initiation and begin; None when the client left. Raises ClosedError, StartError."""
        first = await _receive(socket)
        if first is None:
            return None
        if first.get("type") != "conversation_initiation_client_data":
            raise ClosedError("The first message must be conversation_initiation_client_data")
        data = {name: value for name, value in first.items() if name != "type"}
        info = first.get("source_info")
        if isinstance(info, dict) and not initiation_problems({"source_info": info}):
            origin = replace(
                origin,
                source=info.get("source") or origin.source,
                source_version=info.get("version") or origin.source_version,
            )
        return await self._talks.begin(data, origin)


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
        self._wants_errors = wants_errors(talks.agent)
        self._wanted = frozenset(talks.agent["conversation_config"]["conversation"]["client_events"])

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
            while (message := await _receive(self._socket)) is not None:
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
        text = _text(message)
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
        await self._talk.note(_text(message), context_id if isinstance(context_id, str) else None)

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
            await self._send_lookup(said.lookup, said.event_id)
        if self._talk.settings.text_only:
            for kind, part in (("start", ""), ("delta", said.text), ("stop", "")):
                event = {"type": kind, "text": part, "event_id": said.event_id}
                await self._send("agent_chat_response_part", "text_response_part", event)
        answer = {"agent_response": said.text, "event_id": said.event_id}
        await self._send("agent_response", "agent_response_event", answer)

    async def _send_lookup(self, lookup: Lookup, event_id: int) -> None:
        used = {
            "tool_name": lookup.tool_name,
            "tool_call_id": lookup.request_id,
            "tool_type": "webhook",
            "event_id": event_id,
        }
        await self._send("agent_tool_request", "agent_tool_request", used)
        result = {**used, "is_error": lookup.is_error, "is_called": True}
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


def wants_errors(agent: Json) -> bool:
    return "client_error" in agent["conversation_config"]["conversation"]["client_events"]


def error_event(code: int, error_type: str, reason: str) -> Json:
    """What is told before a close, with `client_error` switched on."""
    event: Json = {"code": int(code), "message": reason, "reason": reason}
    if error_type:
        event["error_type"] = error_type
    return {"type": "error", "error_event": event}


def close_reason(text: str) -> bytes:
    """As much of a text as fits into a close frame, in whole characters."""
    return text.encode()[:CLOSE_REASON_BYTES].decode(errors="ignore").encode()


def _text(message: Json) -> str:
    text = message.get("text")
    if not isinstance(text, str):
        raise ClosedError(f"{message.get('type')} needs a text")
    return text


async def _receive(socket: web.WebSocketResponse) -> Json | None:
    """The next message; None when the connection is closed. Raises ClosedError for what is not one."""
    frame = await socket.receive()
    if frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
        return None
    if frame.type is not WSMsgType.TEXT:
        raise ClosedError("Only JSON text messages are understood")
    if len(frame.data) > LARGEST_MESSAGE_BYTES:
        raise ClosedError("The message is too large")
    try:
        return parse_object(frame.data)
    except ValueError as error:
        raise ClosedError("The message is not valid JSON") from error
