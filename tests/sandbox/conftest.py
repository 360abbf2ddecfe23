"""A sandbox of one's own for every test."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox import open_sandbox

from .client import Client, Clock, Receiver

Open = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_client(tmp_path: Path, clock: Clock) -> Open:
    """Opens a sandbox on one and the same file; what is given goes to `open_sandbox`."""

    @asynccontextmanager
    async def open_one(**settings: Any) -> AsyncIterator[Client]:
        settings = {"file": tmp_path / "sandbox.db", "clock": clock, **settings}
        async with open_sandbox(**settings) as sandbox, aiohttp.ClientSession() as session:
            clock.sandbox = sandbox
            yield Client(sandbox, session)

    return open_one


@pytest.fixture
async def client(open_client: Open) -> AsyncIterator[Client]:
    async with open_client() as one:
        yield one


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    hooks = Receiver()
    app = web.Application()
    app.router.add_post("/webhook", hooks.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hooks.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    yield hooks
    await runner.cleanup()
