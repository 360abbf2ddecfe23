"""The reload part of the bench with little of everything: there are figures, and no command fails."""

import pytest

from tests.bench.reloading import Size, measure, show_figures

pytestmark = pytest.mark.anyio

LITTLE = Size(characters=12, commands_a_second=20, seconds=1.0, changes=2)


async def test_the_reload_bench_has_figures_and_no_command_fails(capsys):
    figures = await measure(LITTLE)
    assert figures.failed == []
    assert [len(seconds) for seconds in figures.commands.values()] == [20, 20]
    assert min(figures.first, figures.all_of_them, *figures.one, *figures.none) > 0
    show_figures(LITTLE, figures)
    assert "Failed commands: 0." in capsys.readouterr().out
