"""The part of the bench about characters with few of them: there are figures, and nothing to mend."""

from bot.cast import read_cast
from tests.bench.personas import fronts, measure, write_characters


def test_the_lint_bench_has_figures_and_its_characters_are_fine(tmp_path):
    write_characters(tmp_path, 12)
    cast = read_cast(tmp_path)
    assert (len(cast.personas), cast.problems, cast.advice) == (12, (), ())
    assert len(fronts(tmp_path)) == 12
    assert all(0 < seconds < 60 for seconds in measure(tmp_path).values())
