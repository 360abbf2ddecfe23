"""Fixtures for the ElevenLabs room."""

import pytest
from aiohttp import web

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
