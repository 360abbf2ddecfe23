"""Fixtures for the ElevenLabs room."""

from datetime import UTC, datetime

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.elevenlabs.client import open_elevenlabs
from bot.sandbox import open_sandbox
from tests.elevenlabs.provider import Provider, opened


@pytest.fixture
async def provider():
    provider = Provider()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", provider.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield provider
    await runner.cleanup()


@pytest.fixture
def naps():
    """How long the client wanted to sleep, in seconds."""
    return []


@pytest.fixture
async def client(provider, naps):
    async with opened(provider.url, naps) as client:
        yield client


class Clock:
    """Moves only when told to."""

    def __init__(self):
        self.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def sandbox(tmp_path):
    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db") as sandbox:
        yield sandbox


@pytest.fixture
async def elevenlabs(sandbox, clock):
    async with open_elevenlabs(
        api_url=sandbox.url, api_key=SecretStr(sandbox.api_key), agent_id=sandbox.agent_id, clock=clock
    ) as client:
        yield client
