"""A stand-in for what the sandbox never does: refuse at will, break off, talk nonsense."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.domain.initiation import Initiation
from bot.elevenlabs.client import open_elevenlabs

KEY = "sk_0123456789abcdef_very_secret"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SIGNED = {"signed_url": "wss://api.test/v1/convai/conversation?conversation_id=conv_x"}
DROP = "drop the connection"
INITIATION = Initiation({}, {"user_name": "Zoë"}, "p1")


class Provider:
    """Answers with what was laid out, the last of it for ever, and keeps what was asked."""

    def __init__(self):
        self.answers = [answer(SIGNED)]
        self.requests = []
        self.url = ""

    async def handle(self, request):
        self.requests.append((request.method, request.path, dict(request.query), await request.read()))
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if given == DROP:
            request.transport.abort()
            return web.Response()
        status, body, headers = given
        return web.Response(body=body, status=status, headers=headers)


def answer(body, status=200, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, raw, {name.replace("_", "-"): value for name, value in headers.items()}


def refusal(status, code="some_code", **headers):
    return answer({"detail": {"code": code, "message": "No.", "request_id": "req_1"}}, status, **headers)


def opened(url, naps=None, transport=None):
    async def sleep(seconds):
        if naps is None:
            pytest.fail("it must not sleep")
        naps.append(seconds)

    return open_elevenlabs(
        api_url=url,
        api_key=SecretStr(KEY),
        agent_id="agent_a",
        clock=lambda: NOW,
        sleep=sleep,
        transport=transport,
    )


def ring(client):
    return client.place_phone_call(
        phone_number_id="phnum_a", to_number="+4915112345678", initiation=INITIATION
    )


class Network(httpx.AsyncBaseTransport):
    """A network that does what one function says."""

    def __init__(self, handle):
        self.handle = handle
        self.requests = []
        self.closed = False

    async def handle_async_request(self, request):
        self.requests.append(request)
        return await self.handle(request)

    async def aclose(self):
        self.closed = True
