"""Fixtures for every room."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Tests marked ``anyio`` run on asyncio, as the bot does."""
    return "asyncio"
