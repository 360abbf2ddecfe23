"""The Discord part of the bench with little of everything: there are figures, and nothing is refused."""

import math

import pytest

from tests.bench.discord.figures import Figures, Size, measure, show_figures

pytestmark = pytest.mark.anyio

LITTLE = Size(
    people=40, turns=400, members=12, starts=1, blocks=1, calls=3, far_blocks=1, far_calls=1, commands=30,
    load_seconds=0.1, load_steps=1,
    away_seconds=0.01,
)  # fmt: skip


async def test_every_part_of_the_discord_bench_has_figures_and_nothing_is_refused(capsys):
    figures = await measure(LITTLE)

    assert figures.refused == []
    assert all(seconds > 0 for some in figures.starts.values() for seconds in some)
    for way in [*figures.ways, *figures.far]:
        seconds = [one for block in way.latency.answered for one in block]
        assert seconds
        assert all(0 < one < math.inf for one in seconds)
    assert set(figures.memory) == {"bare bot", "Troupe"}
    assert all(any(step.is_held for step in steps) for steps in figures.rates.values())
    assert_is_shown(figures, capsys)


def assert_is_shown(figures: Figures, capsys: pytest.CaptureFixture[str]) -> None:
    show_figures(LITTLE, figures)
    shown = capsys.readouterr().out
    for words in ("acknowledgement", "final answer", "Calls a second", "MB at rest", "Troupe", "bare bot"):
        assert words in shown
