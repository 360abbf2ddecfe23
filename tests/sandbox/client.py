"""A client, a clock that moves when it is told to, and a receiver of webhooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

from bot.sandbox import Sandbox

VARIABLES = {
    "first_message": "Well met, Mira!",
    "character_name": "Merlin",
    "user_name": "Mira",
    "context": "Mira keeps a cat named Fig.",
    "call_ref": "c_71f0",
}


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.sandbox: Sandbox | None = None

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)
        if self.sandbox is not None:
            self.sandbox.clock_moved()


class Receiver:
    """Takes webhooks like a bot; answers with `status` and keeps what came."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.deliveries: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def handle(self, request: web.Request) -> web.Response:
        self.deliveries.put_nowait((request.headers["ElevenLabs-Signature"], await request.read()))
        return web.Response(status=self.status)

    async def next_event(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            _, body = await self.deliveries.get()
        event: dict[str, Any] = json.loads(body)
        return event


class Client:
    """Talks to one sandbox with its key."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session

    async def get(self, path: str, **params: str) -> tuple[int, Any]:
        return await self.ask("GET", path, params=params)

    async def ask(self, method: str, path: str, key: str = "sandbox", **more: Any) -> tuple[int, Any]:
        url = self.sandbox.url + path
        async with self.session.request(method, url, headers={"xi-api-key": key}, **more) as answer:
            return answer.status, await answer.json()

    async def signed_url(self, **params: str) -> str:
        query = {"agent_id": self.sandbox.agent_id, **params}
        status, body = await self.get("/v1/convai/conversation/get-signed-url", **query)
        assert status == 200
        return str(body["signed_url"])

    @asynccontextmanager
    async def conversation(self, **data: Any) -> AsyncIterator[Conversation]:
        """A text conversation that has started; what is given is laid over the usual initiation."""
        async with self.session.ws_connect(await self.signed_url()) as socket:
            await socket.send_json({**initiation(), **data})
            talk = Conversation(socket)
            metadata = await talk.next("conversation_initiation_metadata")
            talk.conversation_id = metadata["conversation_initiation_metadata_event"]["conversation_id"]
            yield talk

    async def detail_after(self, conversation_id: str, *statuses: str) -> dict[str, Any]:
        """The detail of a conversation as soon as its status is none of these."""
        async with asyncio.timeout(10):
            while True:
                _, detail = await self.get(f"/v1/convai/conversations/{conversation_id}")
                if detail["status"] not in statuses:
                    return dict(detail)
                await asyncio.sleep(0.01)

    async def finished(self, conversation_id: str, clock: Clock) -> dict[str, Any]:
        """The detail of a conversation that was left, once it is done."""
        path = f"/v1/convai/conversations/{conversation_id}"
        async with asyncio.timeout(10):
            while True:
                _, detail = await self.get(path)
                if detail["status"] in ("done", "failed"):
                    return dict(detail)
                clock.move(seconds=1)
                await asyncio.sleep(0.01)


class Conversation:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.conversation_id = ""

    async def next(self, *kinds: str) -> dict[str, Any]:
        """The next event, or the next one of these kinds."""
        async with asyncio.timeout(10):
            while True:
                event: dict[str, Any] = await self.socket.receive_json()
                if not kinds or event["type"] in kinds:
                    return event

    async def answer(self) -> str:
        event = await self.next("agent_response")
        return str(event["agent_response_event"]["agent_response"])

    async def say(self, text: str) -> str:
        await self.socket.send_json({"type": "user_message", "text": text})
        return await self.answer()


def initiation(**variables: Any) -> dict[str, Any]:
    return {
        "type": "conversation_initiation_client_data",
        "user_id": "person_1",
        "dynamic_variables": {**VARIABLES, **variables},
        "conversation_config_override": {"conversation": {"text_only": True}},
    }


async def closed(socket: aiohttp.ClientWebSocketResponse) -> tuple[int, str]:
    """Code and reason of the close that follows, whatever comes before it."""
    async with asyncio.timeout(10):
        while True:
            message = await socket.receive()
            if message.type is aiohttp.WSMsgType.CLOSE:
                return int(message.data), str(message.extra)
            assert message.type is aiohttp.WSMsgType.TEXT, message
