"""Fixtures for every room."""

import gc
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from bot.__main__ import SELDOM

if TYPE_CHECKING:
    from tests.postgres_server import Server

settings.register_profile("troupe", settings(), deadline=None)  # no test depends on time
settings.load_profile("troupe")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage, of which there is none yet: a quarter of the time went there.

    Afterwards it is looked for as seldom as in the program.
    """
    gc.disable()
    gc.set_threshold(*SELDOM)
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def server() -> "Iterator[Server]":
    """A Postgres server of this test process's own."""
    from tests.postgres_server import run_server

    with run_server() as running:
        yield running


@pytest.fixture
def anyio_backend() -> str:
    """Tests marked ``anyio`` run on asyncio, as the bot does."""
    return "asyncio"
