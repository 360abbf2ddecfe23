"""An upgrade from the first release, small: no command fails, and nothing is missing afterwards."""

import pytest

from tests.upgrade.drill import Outcome, upgrade_file, upgrade_server


def upgrade(where: str) -> Outcome:
    def tell(words: str) -> None:
        pass

    return upgrade_file(200, 40, tell) if where == "file" else upgrade_server(200, 40, 2, tell)


@pytest.mark.parametrize("where", ["file", "server"])
def test_members_ask_while_a_database_of_the_first_release_is_upgraded(where: str):
    outcome = upgrade(where)

    assert outcome.wrong_with(200) == []
    assert len(outcome.seconds) == 40
    assert "0 failed, 0 refused" in str(outcome)
