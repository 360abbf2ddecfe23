"""The recall part of the bench with little of everything: there are figures, and all was found."""

import math

import pytest

from tests.bench.recalling import Size, measure, show_figures

pytestmark = pytest.mark.anyio

LITTLE = Size(others=400, own=(40, 200), searches=3)


async def test_the_recall_bench_has_figures_at_each_size(tmp_path, capsys):
    figures = await measure(tmp_path, LITTLE)

    assert figures.turns == 640
    assert figures.index_bytes > 50
    for seconds in figures.seconds.values():
        assert len(seconds) == 3
        assert all(0 < one < math.inf for one in seconds)
    show_figures(LITTLE, figures)
    shown = capsys.readouterr().out
    for words in ("recall", "hits", "said", "between", "bytes a turn", "erase a talk"):
        assert words in shown
