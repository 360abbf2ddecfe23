"""Socket Mode: who is connected, and what they are handed."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack.delivery import EVENTS, Courier, Delivery
from tests.fakes.slack.world import World

MOST_LINES = 10


@dataclass(eq=False)
class Line:
    """One connection."""

    socket: web.WebSocketResponse
    request: web.Request
    outbox: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    is_retiring: bool = False
    handed: int = 0

    def send(self, frame: dict[str, Any]) -> None:
        """Say something."""
        self.outbox.put_nowait(json.dumps(frame))

    def drop(self) -> None:
        """Tear the connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()

    async def write(self) -> None:
        """Send what is to be sent."""
        while True:
            frame = await self.outbox.get()
            try:
                await self.socket.send_str(frame)
            except ConnectionError:
                return


class Sockets:
    """Takes connections and hands envelopes to one of them."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier
        self._tickets: set[str] = set()
        self.lines: list[Line] = []
        self.opened = 0
        self.not_understood: list[str] = []

    def new_url(self) -> str:
        """Return an address that takes one connection."""
        ticket = self._world.new_id("ticket-")
        self._tickets.add(ticket)
        host = self._world.url.replace("http", "ws", 1)
        return f"{host}/link?ticket={ticket}&app_id={self._world.app_id}"

    def hand(self, delivery: Delivery) -> bool:
        """Hand an envelope to the connection that had the fewest."""
        if not self.lines:
            return False
        line = min(self.lines, key=lambda one: (one.is_retiring, one.handed))
        line.handed += 1
        envelope: dict[str, Any] = {
            "envelope_id": delivery.id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != EVENTS,
        }
        if delivery.kind == EVENTS:
            envelope |= {"retry_attempt": delivery.retry, "retry_reason": delivery.reason}
        line.send(envelope)
        return True

    def disconnect(self, reason: str) -> None:
        """Ask every connection to make place for a new one."""
        for line in self.lines:
            line.is_retiring = True
            line.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Talk with one connection until either hangs up."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(reason="the ticket is used or unknown")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        line = Line(socket, request)
        writer = asyncio.create_task(line.write())
        self._welcome(line)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._hear(frame.data)
        finally:
            if line in self.lines:
                self.lines.remove(line)
            self._world.bell.ring()
            writer.cancel()
        return socket

    def _welcome(self, line: Line) -> None:
        if len(self.lines) >= MOST_LINES:
            line.send({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {"host": "fake"}})
            return
        self.lines.append(line)
        self.opened += 1
        line.send(
            {
                "type": "hello",
                "num_connections": len(self.lines),
                "connection_info": {"app_id": self._world.app_id},
                "debug_info": {"host": "fake", "approximate_connection_time": 18060},
            }
        )
        self._world.bell.ring()

    def _hear(self, text: str) -> None:
        try:
            frame = json.loads(text)
            envelope_id = frame["envelope_id"]
        except (ValueError, TypeError, KeyError):
            self.not_understood.append(text)
            self._world.bell.ring()
            return
        self._courier.acked(envelope_id, frame.get("payload"))
