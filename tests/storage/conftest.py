"""One store per engine; the contract is tested on each of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import Store
from storage import open_store
from tests.databases import database_in, keys_of


@pytest.fixture(params=["file", "memory", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "postgres":
        emptied: str = request.getfixturevalue("server").emptied_database()
        return emptied
    return "sqlite:///:memory:" if request.param == "memory" else database_in(tmp_path / "data")


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """The address of an empty database in a file."""
    return f"sqlite:///{tmp_path}/data/troupe.db"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with open_store(url, keys_of(url)) as opened:
        yield opened
