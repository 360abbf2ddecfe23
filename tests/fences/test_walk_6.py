"""Whatever people do, nobody is told a word that is not theirs: sixth of eight walks."""

import pytest

from tests.fences.run import WALK, nothing_is_wrong


@pytest.mark.timeout(300)
def test_nobody_is_told_what_is_not_theirs_and_everybody_what_is():
    assert nothing_is_wrong(6, WALK)
