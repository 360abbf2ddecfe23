"""`make together`: processes on one Postgres are stopped and killed; prints counts, seed and wall time."""

import argparse
import json
import sys
from pathlib import Path

from tests.counting import count_from
from tests.together.drill import Drill, drill
from tests.together.worker import WORKERS_BUGS

SHOWN = 40


def main() -> None:
    """Drill, tell what came of it, and fail if anything was wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.together",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--calls", type=count_from(1), default=20_000, help="how many calls are placed")
    parser.add_argument(
        "--processes", type=count_from(2), default=4, help="how many processes share the work"
    )
    parser.add_argument("--minutes", type=count_from(1), default=600, help="place no more calls after these")
    parser.add_argument("--seed", type=int, default=1, help="where its chances begin")
    parser.add_argument(
        "--bug", choices=WORKERS_BUGS, default="", help="lay a deliberate bug into the processes"
    )
    parser.add_argument("--keep", type=Path, help="keep the files of a drill that failed in this folder")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    asked = parser.parse_args()

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    told = drill(
        asked.calls,
        asked.processes,
        asked.seed,
        minutes=asked.minutes,
        bug=asked.bug,
        keep=asked.keep,
        tell=tell,
    )
    print(json.dumps(vars(told), indent=1) if asked.json else as_text(told))
    sys.exit(1 if told.faults else 0)


def as_text(told: Drill) -> str:
    """Return the report: one page."""
    deeds = ", ".join(f"{number:,} × {name}" for name, number in sorted(told.deeds.items()))
    lines = [
        f"{told.placed:,} calls in {told.processes} processes on one Postgres, seed {told.seed}",
        f"{told.lives:,} lives; {deeds}; {told.stopped_seconds:,.0f} s stopped in all",
        f"{len(told.faults)} faults; {told.busy_seconds:,.0f} s of calls, {told.seconds:,.0f} s in all",
        f"{told.cpu_seconds:,.0f} s of CPU",
        "",
        *(f"  {number:>9,}  {name}" for name, number in sorted(told.counts.items())),
        "",
        *(f"  {fault}" for fault in told.faults[:SHOWN]),
    ]
    return "\n".join(lines).rstrip()


if __name__ == "__main__":
    main()
