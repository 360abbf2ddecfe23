"""A client that says exactly what a test wants said to the fake Discord."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.fakes.discord import Asked, FakeDiscord

INTENTS = 1 << 0 | 1 << 12


@dataclass(frozen=True)
class Answer:
    """What Discord said."""

    status: int
    body: Any

    @property
    def code(self) -> int:
        return int(self.body["code"])

    @property
    def faults(self) -> list[str]:
        """The fields at fault, as dotted paths."""
        return sorted(_faults(self.body.get("errors", {})))


@dataclass(eq=False)
class Ear:
    """A connection to the gateway."""

    socket: aiohttp.ClientWebSocketResponse
    seq: int = 0

    async def says(self, op: int, data: Any) -> None:
        """Say something."""
        await self.socket.send_json({"op": op, "d": data})

    async def hears(self, what: str | int) -> Any:
        """Wait for an event by its name, or for an opcode, and return what comes with it."""
        while True:
            frame = json.loads(await self.socket.receive_str(timeout=5))
            self.seq = frame["s"] or self.seq
            if what in (frame["t"], frame["op"]):
                return frame["d"]

    async def close_code(self) -> int | None:
        """Wait until the gateway hangs up, and return why."""
        async with asyncio.timeout(5):
            async for _ in self.socket:
                pass
        return self.socket.close_code


@dataclass(eq=False)
class Wire:
    """Bare HTTP and bare sockets."""

    discord: FakeDiscord
    http: aiohttp.ClientSession

    async def asks(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: dict[str, bytes] | None = None,
        token: str | None = None,
    ) -> Answer:
        """Ask the API."""
        headers = {"Authorization": f"Bot {token or self.discord.token}"}
        data: Any = None
        if files is not None:
            data = aiohttp.FormData({"payload_json": json.dumps(body)})
            for index, (name, content) in enumerate(files.items()):
                data.add_field(f"files[{index}]", io.BytesIO(content), filename=name)
        elif body is not None:
            headers["Content-Type"] = "application/json"
            data = body if isinstance(body, bytes) else json.dumps(body)
        url = f"{self.discord.api_url}{path}"
        async with self.http.request(method, url, data=data, headers=headers) as answer:
            text = await answer.text()
            return Answer(answer.status, json.loads(text) if text else None)

    async def registers(self, *commands: dict[str, Any]) -> Answer:
        """Register commands."""
        return await self.asks("PUT", f"/applications/{self.discord.application_id}/commands", list(commands))

    async def calls_back(
        self, asked: Asked, kind: int, data: Any = None, *, files: dict[str, bytes] | None = None
    ) -> Answer:
        """Give an interaction its first answer."""
        act = asked.interaction
        body = {"type": kind} if data is None else {"type": kind, "data": data}
        return await self.asks(
            "POST", f"/interactions/{act.id}/{act.token}/callback?with_response=1", body, files=files
        )

    async def follows_up(
        self, asked: Asked, body: Any, method: str = "POST", message: str = "", **more: Any
    ) -> Answer:
        """Use the token of an interaction, for a new message or for one that is there."""
        path = f"/webhooks/{self.discord.application_id}/{asked.interaction.token}"
        return await self.asks(method, f"{path}/messages/{message}" if message else path, body, **more)

    @asynccontextmanager
    async def connects(self, query: str = "v=10&encoding=json") -> AsyncIterator[Ear]:
        """Connect to the gateway."""
        async with self.http.ws_connect(f"{self.discord.gateway_url}?{query}") as socket:
            yield Ear(socket)

    @asynccontextmanager
    async def identified(self, intents: int = INTENTS, **more: Any) -> AsyncIterator[Ear]:
        """Connect to the gateway and get ready."""
        async with self.connects() as ear:
            await ear.says(2, {"token": self.discord.token, "properties": {}, "intents": intents, **more})
            yield ear


def _faults(errors: dict[str, Any], path: str = "") -> list[str]:
    found = [path] if "_errors" in errors else []
    for key, inner in errors.items():
        if key != "_errors":
            found += _faults(inner, f"{path}.{key}".lstrip("."))
    return found
