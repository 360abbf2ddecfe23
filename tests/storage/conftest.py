"""One store per engine; the contract is tested on each of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from backup_places import Place, place_of

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


@pytest.fixture(params=["file", "postgres"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where alice and bob said something."""
    place = place_of(request.param, request, tmp_path / "here")
    place.brings("alice", "Quuxlena")
    place.brings("bob", "Quuxlena")
    return place


@pytest.fixture(params=["file", "postgres"])
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A new place, with nothing in it."""
    return place_of(request.param, request, tmp_path / "there")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that was backed up, and lost alice since."""
    folder = tmp_path_factory.mktemp("made")
    place = Place(folder)
    place.brings("alice", "Quuxlena")
    place.brings("bob", "Quuxlena")
    place.backs_up()
    place.forgets("alice")
    return folder
