import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.conversation import ImportedRecord
from bot.records import read_record

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def sample() -> Callable[[str], ImportedRecord]:
    return lambda name: read_record(SAMPLES / name)


@pytest.fixture
def read() -> Callable[..., ImportedRecord]:
    def read_value(value: Any, member_name: str | None = None) -> ImportedRecord:
        return read_record(json.dumps(value).encode(), "past.json", (member_name,) if member_name else ())

    return read_value
