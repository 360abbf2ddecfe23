"""Upgrades, small: no command fails before, while and after, and nothing is missing afterwards."""

from tests.upgrade.drill import upgrade_file, upgrade_server


def tell(words: str) -> None:
    pass


def test_members_ask_while_a_file_of_the_first_release_is_upgraded():
    outcome = upgrade_file(200, 40, tell)

    assert outcome.wrong_with(200) == []
    assert len(outcome.seconds) >= 40
    assert "0 failed, 0 refused" in str(outcome)


def test_members_ask_processes_of_one_release_while_the_next_one_upgrades_their_database():
    outcome = upgrade_server(200, 80, 2, tell)

    assert outcome.wrong_with(200) == []
    before, meanwhile, after = outcome.older
    assert before >= 80
    assert meanwhile > 0
    assert after >= 80
    assert "0 failed, 0 refused" in str(outcome)
    assert "the next release was ready beside them" in str(outcome)
