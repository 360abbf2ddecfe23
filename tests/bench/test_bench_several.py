"""The bench of several processes, small: it measures what it says it does."""

import pytest

from tests.bench.several.figures import Size, measure, show_figures
from tests.bench.several.handing import measure as measure_handed
from tests.bench.several.handing import show_handed
from tests.bench.several.worker import Acts


def test_every_process_does_its_share_on_a_community_that_was_multiplied(capsys):
    acts = {"call": 8, "webhook": 8, "transcript": 8, "recall": 8}

    figures = measure(Size(thousands=(2,), processes=(2,), acts=acts, turns=3))

    assert [(one.where, one.processes, one.act, len(one.seconds)) for one in figures] == [
        (where, processes, act, 8)
        for where, processes in (("the file, 1,000 people", 1), ("2,000 people, 6,000 turns", 2))
        for act in acts
    ]
    assert all(one.rate > 0 and one.megabytes > 10 for one in figures)
    assert all(hasattr(Acts, act) for act in acts)
    show_figures(figures)
    assert "2,000 people, 6,000 turns: " in capsys.readouterr().out


@pytest.mark.anyio
@pytest.mark.timeout(300)
async def test_what_one_process_begins_and_another_ends_is_measured_between_them(capsys):
    handed = await measure_handed(2)

    assert (len(handed.rung), len(handed.told)) == (2, 2)
    assert all(0 < seconds < 60 for seconds in (*handed.rung, *handed.told))
    show_handed(handed)
    assert "begun in one process, ended by another" in capsys.readouterr().out
