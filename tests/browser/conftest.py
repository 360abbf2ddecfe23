"""A whole Troupe on loopback, and people with a real browser: Chromium without a window."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.packages import find_chromium, is_ci, not_run
from tests.browser.people import FLAGS, House, open_house

collect_ignore = list(not_run())
if collect_ignore and is_ci():
    raise pytest.UsageError(f"These cannot run: {not_run()}")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for all tests here, as one browser serves them."""
    return "asyncio"


@pytest.fixture(scope="session")
async def chromium(anyio_backend: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
async def troupe(chromium: Browser, tmp_path_factory, request) -> AsyncIterator[House]:
    """One Troupe for all tests of a file, with the official client in the folder that it calls ``CLIENT``."""
    folder = tmp_path_factory.mktemp("troupe")
    async with AsyncExitStack() as stack:
        yield await open_house(stack, chromium, folder, getattr(request.module, "CLIENT", None))


@pytest.fixture
async def house(troupe: House) -> AsyncIterator[House]:
    """The same, with browsers that are closed when the test is over."""
    async with AsyncExitStack() as stack:
        yield replace(troupe, stack=stack)
