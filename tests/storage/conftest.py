"""One store per backend; the contract is tested on each of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import Store
from storage import open_store
from tests.databases import database_in


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    return "sqlite:///:memory:" if request.param == "memory" else database_in(tmp_path / "data")


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """The address of an empty database in a file."""
    return f"sqlite:///{tmp_path}/data/troupe.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url) as opened:
        yield opened
