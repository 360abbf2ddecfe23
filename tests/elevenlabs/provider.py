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
NUMBERS_PATH = "/v1/convai/phone-numbers"
NUMBERS = [
    {"phone_number_id": f"phnum_{letter}", "phone_number": "+4930123456", "provider": provider, "label": None}
    for letter, provider in (("a", "twilio"), ("b", "sip_trunk"), ("c", "exotel"), ("d", "pigeon"))
]
INITIATION = Initiation({}, {"user_name": "Zoë"}, "p1")


class Provider:
    """Answers with what was laid out, the last of it for ever, and keeps what was asked.

    What phone numbers there are is laid out, and counted, apart.
    """

    def __init__(self):
        self.answers = [answer(SIGNED)]
        self.numbers = answer(NUMBERS)
        self.numbers_read = 0
        self.requests = []
        self.url = ""

    async def handle(self, request):
        if request.path == NUMBERS_PATH:
            self.numbers_read += 1
            return self.respond(request, self.numbers)
        self.requests.append((request.method, request.path, dict(request.query), await request.read()))
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return self.respond(request, given)

    def respond(self, request, given):
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


def ring(client, phone_number_id="phnum_a", before=None):
    return client.place_phone_call(
        phone_number_id=phone_number_id, to_number="+4915112345678", initiation=INITIATION, before=before
    )


def unread(response):
    """Return an answer as a network gives it: its body is still to be read."""
    if not response.is_closed:
        return response
    return httpx.Response(
        response.status_code, headers=response.headers, stream=httpx.ByteStream(response.content)
    )


class Network(httpx.AsyncBaseTransport):
    """A network that does what one function says, and knows the numbers."""

    def __init__(self, handle):
        self.handle = handle
        self.requests = []
        self.closed = False

    async def handle_async_request(self, request):
        if request.url.path == NUMBERS_PATH:
            return unread(httpx.Response(200, json=NUMBERS))
        self.requests.append(request)
        return unread(await self.handle(request))

    async def aclose(self):
        self.closed = True
