"""The web part of the bench with little of everything: there are figures, and nothing went wrong."""

import math

import pytest

from tests.bench.web.figures import Size, measure, show_figures

pytestmark = pytest.mark.anyio

LITTLE = Size(people=40, turns=400, members=12, events=40, hands=(4,), look_ups=20, seconds=1.0, share=0.1)


async def test_the_web_bench_has_figures_and_nothing_went_wrong(capsys):
    figures = await measure(LITTLE)

    assert figures.refused == []
    assert len(figures.events) == 3
    for load in (*figures.events.values(), *figures.look_ups.values(), *figures.at_once.values()):
        assert load.errors == 0
        assert load.seconds
        assert all(0 < one < math.inf for one in load.seconds)
    assert [len(load.seconds) for load in figures.at_once.values()] == [15, 3, 3]
    assert figures.megabytes[-1] > 10
    show_figures(LITTLE, figures)
    shown = capsys.readouterr().out
    for words in ("bare SQLite commit", "bare aiohttp", "over HTTP", "commands on Discord", "MB a minute"):
        assert words in shown
