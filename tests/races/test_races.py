"""A small part of the races, and that they would notice."""

from pathlib import Path

from tests.postgres_server import Server
from tests.races.racing import race


def test_of_64_at_once_in_two_processes_exactly_as_many_are_accepted_as_there_are(tmp_path: Path) -> None:
    told = race(f"sqlite:///{tmp_path}/races.db", rounds=10, at_once=64, seed=7)
    assert told.faults == []
    assert (told.rounds, told.asked, set(told.by_ceiling)) == (10, 640, {"calls", "person", "place", "all"})
    assert min(told.accepted) > 0


def test_on_a_server_as_well(server: Server) -> None:
    told = race(server.new_database(), rounds=4, at_once=12, seed=7)
    assert told.faults == []
    assert told.asked == 4 * 12
    assert len(told.by_ceiling) > 1
    assert sum(told.accepted) > 0


def test_a_reservation_that_reads_and_then_writes_is_found_out(tmp_path: Path) -> None:
    told = race(f"sqlite:///{tmp_path}/races.db", rounds=3, at_once=16, seed=7, bug="read-then-write")
    assert any("were accepted and not" in fault for fault in told.faults)
    assert any("pass" in fault for fault in told.faults)
