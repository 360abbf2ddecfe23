"""The HTTP side: every request is read, recorded, and answered as Discord would."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.fakes.discord.faults import Faults
from tests.fakes.discord.message_rules import Upload, Uploads
from tests.fakes.discord.refusals import Refusal
from tests.fakes.discord.world import World

API = "/api/v10"
TOKENLESS = ("/interactions/", "/webhooks/")
MOST_BYTES = 64 * 1024 * 1024


@dataclass(eq=False)
class Request:
    """A request as it came in, and the answer it got."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: datetime
    body: Any = None
    uploads: Uploads = field(default_factory=dict)
    status: int = 0
    answer: Any = None
    was_fault: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path} {json.dumps(self.body)[:300]} → {self.status} {self.answer}"


ASKED = web.RequestKey("asked", Request)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """Stands before every route."""

    def __init__(self, world: World, faults: Faults, token: str) -> None:
        self._world = world
        self._faults = faults
        self._token = token
        self.requests: list[Request] = []
        self.unrouted: list[Request] = []
        self.broken: list[Exception] = []

    @web.middleware
    async def open(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Record a request, let it through, and word what became of it."""
        if request.path.startswith("/gw"):
            return await handler(request)
        path = request.path.removeprefix(API)
        asked = Request(request.method, path, dict(request.query), dict(request.headers), self._world.clock())
        request[ASKED] = asked
        self.requests.append(asked)
        await self._read(request, asked)
        self._world.bell.ring()
        await self._faults.wait(path)
        fault = self._faults.next_for(request.method, path)
        response = None
        if fault is None or fault.takes_effect:
            response = await self._answer(request, asked, handler)
        if fault is not None:
            asked.was_fault = True
            if not fault.status and request.transport is not None:
                request.transport.abort()
            status, body, headers = fault.answer()
            response = _worded(asked, status or 500, body, headers)
        assert response is not None
        return response

    async def _answer(self, request: web.Request, asked: Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.path.startswith(API):
                self._check(request, asked)
            response = await handler(request)
        except Refusal as refusal:
            return _worded(asked, refusal.status, refusal.body)
        except web.HTTPException as error:
            self.unrouted.append(asked)
            return _worded(asked, error.status, {"message": f"{error.status}: {error.reason}", "code": 0})
        except Exception as error:  # noqa: BLE001  a fault of the fake's own, told when it is closed
            self.broken.append(error)
            return _worded(asked, 418, {"message": f"the fake is broken: {error!r}", "code": 0})
        asked.status = response.status
        return response

    def _check(self, request: web.Request, asked: Request) -> None:
        needs_token = not asked.path.startswith(TOKENLESS)
        if needs_token and request.headers.get("Authorization") != f"Bot {self._token}":
            refusal = Refusal(0, status=401)
            refusal.body["message"] = "401: Unauthorized"
            raise refusal
        if isinstance(asked.body, bytes):
            raise Refusal(50109)

    async def _read(self, request: web.Request, asked: Request) -> None:
        if request.content_type.startswith("multipart/"):
            async for part in await request.multipart():
                data = bytes(await part.read())
                if part.name == "payload_json":
                    asked.body = json.loads(data)
                elif part.name and part.name.startswith("files[") and part.name[6:-1].isdigit():
                    kind = part.headers.get("Content-Type", "")
                    asked.uploads[int(part.name[6:-1])] = Upload(part.filename or "", data, kind)
        elif request.can_read_body:
            data = await request.read()
            try:
                asked.body = json.loads(data)
            except ValueError:
                asked.body = data


def worded(request: web.Request, body: Any, status: int = 200) -> web.Response:
    """Return an answer in the one content type that Discord's clients take for JSON."""
    return _worded(request[ASKED], status, body)


def _worded(asked: Request, status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    asked.status, asked.answer = status, body
    if status == 204:
        return web.Response(status=204)
    if isinstance(body, str):  # as a proxy on the way words it
        return web.Response(status=status, text=body, content_type="text/html", headers=headers)
    payload = json.dumps(body).encode()
    return web.Response(
        status=status, body=payload, headers={"Content-Type": "application/json", **(headers or {})}
    )
