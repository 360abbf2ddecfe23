"""The fixed part of `make fuzz`, and that it finds what is wrong."""

import pytest

from bot.records import sillytavern
from bot.records.gathering import Gathering
from bot.records.reading import FORMATS
from tests.fuzz.__main__ import MOST_MEGABYTES, run


@pytest.mark.parametrize("seed", [1, 2])
def test_inputs_that_no_program_wrote_are_read_or_refused(seed):
    found = run(1_500, seed)
    assert found.inputs >= 1_500
    assert not found.crashes, found.crashes[0]
    assert {form.NAME for form in FORMATS} | {"line", "row", "file"} <= found.formats.keys(), found.formats
    assert found.formats.total() > 500
    assert 100 < found.refused < found.inputs


def test_a_crash_is_found(monkeypatch):
    def broken(value, gathering: Gathering):
        gathering.add(gathering.running(), "user", "", value["mes"].nonsense)

    monkeypatch.setattr(sillytavern, "read", broken)
    assert run(100, 1).crashes


def test_the_most_memory_is_told():
    assert 10 < run(10, 1).megabytes < 4 * MOST_MEGABYTES
