"""A sandbox, and the official client in front of it, which keeps every body that it reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from elevenlabs.client import AsyncElevenLabs

from tests.sandbox.client import Client
from tests.sandbox.conftest import client, clock, open_client, receiver

from .exactness import differences, invalid

__all__ = ["client", "clock", "open_client", "receiver"]


class Official:
    """The official asynchronous client; `exact` compares its last answer with the body that came."""

    def __init__(self, url: str, key: str = "sandbox") -> None:
        self.bodies: list[Any] = []
        self.requests: list[httpx.Request] = []
        self.http = httpx.AsyncClient(event_hooks={"response": [self._keep]})
        self.client = AsyncElevenLabs(base_url=url, api_key=key, httpx_client=self.http)
        self.convai = self.client.conversational_ai

    async def _keep(self, response: httpx.Response) -> None:
        await response.aread()
        self.requests.append(response.request)
        self.bodies.append(response.json())

    def exact(self, parsed: Any) -> Any:
        raw = self.bodies[-1]
        found = differences(raw, parsed)
        pairs = zip(raw, parsed, strict=True) if isinstance(raw, list) else [(raw, parsed)]
        found += [problem for one, model in pairs for problem in invalid(one, model)]
        assert not found, "\n".join(found)
        return raw


@asynccontextmanager
async def official_of(client: Client, key: str = "sandbox") -> AsyncIterator[Official]:
    one = Official(client.sandbox.url, key)
    yield one
    await one.http.aclose()


@pytest.fixture
async def official(client: Client) -> AsyncIterator[Official]:
    async with official_of(client) as one:
        yield one
