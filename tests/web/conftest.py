"""A real house behind a real server: sandbox, client, cast and store, all on loopback."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from web_house import House, open_house, write_cast


@pytest.fixture
def cast_folder(tmp_path: Path) -> Path:
    return write_cast(tmp_path / "personas")


@pytest.fixture
async def house(tmp_path: Path, cast_folder: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield await open_house(stack, tmp_path, cast_folder)
