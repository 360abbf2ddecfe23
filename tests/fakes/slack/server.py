"""The HTTP side: every request is read, recorded, and answered as Slack would."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.fakes.slack.faults import Faults
from tests.fakes.slack.message_rules import texts_of
from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.world import World

API = "/api/"
MOST_BYTES = 64 * 1024 * 1024
NESTED = ("blocks", "view", "files", "metadata", "attachments")


@dataclass(eq=False)
class Request:
    """A request as it came in, or an acknowledgement, and the answer it got."""

    method: str
    path: str
    headers: dict[str, str]
    at: datetime
    body: dict[str, Any] = field(default_factory=dict)
    data: bytes = b""
    status: int = 0
    answer: Any = None
    was_fault: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path} {json.dumps(self.body)[:300]} → {self.status} {self.answer}"

    @property
    def token(self) -> str:
        """The token that came with it."""
        return self.headers.get("Authorization", "").removeprefix("Bearer ") or self.body.get("token", "")

    @property
    def error(self) -> str:
        """Slack's word for why it was refused."""
        told = self.answer if isinstance(self.answer, dict) else {}
        return str(told.get("error", "")) or (str(self.status) if self.status >= 400 else "")

    @property
    def complaints(self) -> list[str]:
        """The spots at fault, as Slack names them."""
        told = self.answer if isinstance(self.answer, dict) else {}
        return list(told.get("response_metadata", {}).get("messages", ()))


ASKED = web.RequestKey("asked", Request)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """Stands before every route."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self.requests: list[Request] = []
        self.acks: list[Request] = []
        self.unrouted: list[Request] = []
        self.broken: list[Exception] = []

    def saying(self, sign: re.Pattern[str]) -> list[tuple[Request, str]]:
        """Return what was taken with a sign in it that Slack would read, and the sign."""
        taken = [one for one in (*self.requests, *self.acks) if not one.error]
        return [
            (one, found[0])
            for one in taken
            for text in texts_of(one.body.get("view", one.body))
            for found in sign.finditer(text)
        ]

    @web.middleware
    async def open(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Record a request, let it through, and word what became of it."""
        if request.path == "/link":
            return await handler(request)
        path = request.path.removeprefix(API)
        asked = Request(request.method, path, dict(request.headers), self._world.clock())
        request[ASKED] = asked
        self.requests.append(asked)
        await _read(request, asked)
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

    def note_ack(self, kind: str, body: Any, refusal: Refusal | None) -> None:
        """Record an acknowledgement that said something."""
        told = body if isinstance(body, dict) else {"text": body}
        noted = Request("ACK", kind, {}, self._world.clock(), told, status=200, answer={"ok": True})
        if refusal is not None:
            noted.answer = refusal.body
        self.acks.append(noted)

    async def _answer(self, request: web.Request, asked: Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except Refusal as refusal:
            if refusal.error == "unknown_method":
                self.unrouted.append(asked)
            return _worded(asked, refusal.status, refusal.body)
        except web.HTTPException as error:
            self.unrouted.append(asked)
            return _worded(asked, error.status, {"ok": False, "error": error.reason})
        except Exception as error:  # noqa: BLE001  a fault of the fake's own, told when it is closed
            self.broken.append(error)
            return _worded(asked, 418, {"ok": False, "error": f"the fake is broken: {error!r}"})
        asked.status = response.status
        return response


async def _read(request: web.Request, asked: Request) -> None:
    asked.body = dict(request.query)
    if request.content_type.startswith("multipart/") or request.content_type.endswith("urlencoded"):
        for key, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                asked.data = value.file.read()
            else:
                asked.body[key] = value.decode() if isinstance(value, bytes | bytearray) else value
    elif request.can_read_body:
        asked.data = await request.read()
        if request.content_type == "application/json":
            try:
                told = json.loads(asked.data)
            except ValueError:
                told = None
            asked.body = asked.body | told if isinstance(told, dict) else {"invalid_json": True}
    for key, value in asked.body.items():
        if key in NESTED and isinstance(value, str):
            try:
                asked.body[key] = json.loads(value)
            except ValueError:
                continue  # the rules refuse what is no list or object


def worded(request: web.Request, body: Any, status: int = 200) -> web.Response:
    """Return an answer: JSON, or plain words."""
    return _worded(request[ASKED], status, body)


def _worded(asked: Request, status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    asked.status, asked.answer = status, body
    if isinstance(body, str):
        kind = "text/html" if body.startswith("<") else "text/plain"
        return web.Response(status=status, text=body, content_type=kind, headers=headers)
    return web.json_response(body, status=status, headers=headers)
