"""The Slack part of the bench with little of everything: there are figures, and nothing is refused."""

import math

import pytest

from tests.bench.slack.figures import MODES, Size, measure, show_figures

pytestmark = pytest.mark.anyio

LITTLE = Size(people=40, turns=400, members=12, blocks=1, calls=3)


async def test_both_modes_of_the_slack_bench_have_figures_and_nothing_is_refused(capsys):
    figures = await measure(LITTLE)

    assert figures.refused == []
    assert set(figures.ways) == set(MODES)
    for way in [one for ways in figures.ways.values() for one in ways]:
        for blocks in (way.latency.acknowledged, way.latency.answered):
            assert all(0 < seconds < math.inf for block in blocks for seconds in block)
    show_figures(LITTLE, figures)
    shown = capsys.readouterr().out
    for words in ("acknowledgement", "final answer", "by socket", "by HTTP", "Troupe", "bare bot"):
        assert words in shown
