"""`make races`: two processes race for one person's allowance; prints counts, seed and wall time."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.counting import count_from
from tests.postgres_server import run_server
from tests.races.racing import race
from tests.races.worker import BUGS

SHOWN = 20


def main() -> None:
    """Race, tell what came of it, and fail if anything was wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.races",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--rounds", type=count_from(1), default=500, help="how many times they race")
    parser.add_argument(
        "--at-once", type=count_from(1), default=64, help="how many calls are asked for in a round"
    )
    parser.add_argument(
        "--seed", type=int, default=20261122, help="where the rounds' chances begin; the same again"
    )
    parser.add_argument(
        "--bug", choices=sorted(BUGS), default="", help="lay a deliberate bug into the workers"
    )
    parser.add_argument("--on", choices=("file", "postgres"), default="file", help="what keeps the data")
    asked = parser.parse_args()
    with _database(asked.on) as url:
        told = race(url, rounds=asked.rounds, at_once=asked.at_once, seed=asked.seed, bug=asked.bug)
    ceilings = ", ".join(f"{count} {name}" for name, count in sorted(told.by_ceiling.items()))
    one, other = told.accepted
    print(f"{told.rounds} rounds of {asked.at_once} at once, seed {told.seed}; by ceiling: {ceilings}")
    print(f"{told.asked:,} asked, {one + other:,} accepted ({one:,} and {other:,} by process)")
    print(f"{len(told.faults)} faults, {told.seconds:.1f} s")
    for fault in told.faults[:SHOWN]:
        print(f"  {fault}")
    sys.exit(1 if told.faults else 0)


@contextmanager
def _database(engine: str) -> Iterator[str]:
    """Make a new database and yield its address."""
    if engine == "postgres":
        with run_server() as server:
            yield server.new_database()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/races.db"


if __name__ == "__main__":
    main()
