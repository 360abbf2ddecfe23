"""Who may open the conversation WebSocket, and how a conversation starts on it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from aiohttp import WSCloseCode, web

from bot.sandbox.clock import Time
from bot.sandbox.frames import ClosedError, close_reason, error_event, receive, wants_errors
from bot.sandbox.initiation import SOURCES, initiation_problems
from bot.sandbox.reading import Json
from bot.sandbox.refusals import StartError
from bot.sandbox.state import State, new_id
from bot.sandbox.talk import Talk
from bot.sandbox.talks import Origin, Talks
from bot.sandbox.tasks import Tasks
from bot.sandbox.websocket import Visit

log = logging.getLogger(__name__)

LARGEST_FRAME_BYTES = 4 * 1024 * 1024
CLOSE_WAIT_SECONDS = 1.0


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
            if wants_errors(self._agent(request.query)):
                with suppress(ConnectionError):
                    await socket.send_json(error_event(code, refusal.error_type, refusal.reason))
            await socket.close(code=code, message=close_reason(refusal.reason))
        except ConnectionError:
            log.debug("a client left in the middle of a word")
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
        agent_id = query.get("agent_id", "")
        agent = self._talks.workspace.agents.get(agent_id)
        if agent is None:
            raise ClosedError("The AI agent you are trying to reach does not exist.", error_type="")
        source = query.get("source", "unknown")
        source = source if source in SOURCES else "unknown"
        version = query.get("version")
        text = query.get("conversation_signature") or query.get("token")
        if text:
            signature = await self._state.use_signature(text, self._time.unix())
            if signature is None or signature.agent_id != agent_id:
                raise ClosedError(
                    "The signed URL is invalid, has expired, or was used before.", error_type=""
                )
            conversation_id = signature.conversation_id or new_id("conv")
            return Origin(conversation_id, source, "signed_url", version, agent_id=agent_id)
        if agent["platform_settings"]["auth"]["enable_auth"]:
            raise ClosedError("This agent requires authentication: use a signed URL.", error_type="")
        return Origin(new_id("conv"), source, "public", version, agent_id=agent_id)

    def _agent(self, query: Mapping[str, str]) -> Json:
        """Whom a client asked for, or the first one."""
        return self._talks.workspace.agents.get(query.get("agent_id", "")) or self._talks.agent()

    async def _start(self, socket: web.WebSocketResponse, origin: Origin) -> Talk | None:
        """Wait for the initiation and begin; None when the client left. Raises ClosedError, StartError."""
        first = await receive(socket)
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
