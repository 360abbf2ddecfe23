"""`make soak`: 500,000 steps of all that people do, and nobody is told a word that is not theirs."""

import argparse
import random
import sys
import time

from tests.counting import count_from
from tests.fences.breaking import lay
from tests.fences.bugs import BUGS
from tests.fences.every_bug import try_every_bug

EACH = 250
"""How much is done in one world."""
STEPS, STEPS_FOR_A_BUG = 500_000, 10_000


def main() -> None:
    """Run, print what happened, and exit with 1 if anybody was told what is not theirs, or not what is."""
    options = _read_options()
    if options.bugs:
        sys.exit(try_every_bug(options.steps, options.seed))
    if options.bug:
        lay(BUGS[options.bug])
    from tests.fences import run  # only now: a bug is laid before what it is in is loaded

    if options.only:
        steps = range(EACH) if options.only == "all" else [int(one) for one in options.only.split(",")]
        failure = run.play_again(options.seed, options.world, steps)
        print(failure or "Nothing is wrong.")
        sys.exit(failure is not None)
    print(f"seed {options.seed}: {options.steps:,} steps in worlds of {EACH}", flush=True)
    is_shown = time.monotonic()

    def note(outcome: run.Outcome) -> None:
        nonlocal is_shown
        if time.monotonic() - is_shown > options.every or outcome.failures:
            is_shown = time.monotonic()
            print(outcome.progress(options.steps), flush=True)

    outcome = run.run(options.seed, options.steps, each=EACH, first=options.world, note=note)
    print(outcome.summary)
    for failure in outcome.failures:
        print(f"\n{run.shorten(failure) if options.shorten else failure}")
    sys.exit(bool(outcome.failures))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make soak", description=__doc__, epilog=f"A BUG is one of {', '.join(BUGS)}."
    )
    parser.add_argument(
        "--steps",
        type=count_from(1),
        help=f"how much is done (default: {STEPS:,}, and {STEPS_FOR_A_BUG:,} for each with --bugs)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=random.SystemRandom().randrange(10**6),
        help="where its chances begin; the same again (default: another one each time)",
    )
    parser.add_argument("--world", type=int, default=0, help="the first world (default: %(default)s)")
    parser.add_argument(
        "--only",
        default="",
        metavar="STEPS",
        help="only these steps of that world, such as 3,17,40, or all; what was asked is printed",
    )
    parser.add_argument(
        "--bug", choices=BUGS, default="", metavar="BUG", help="break this fence, to see it found"
    )
    parser.add_argument(
        "--bugs", action="store_true", help="break one fence after the other; each has to be found"
    )
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two lines of progress")
    parser.add_argument(
        "--no-shorten", dest="shorten", action="store_false", help="show a failure as it came"
    )
    options = parser.parse_args()
    options.steps = options.steps or (STEPS_FOR_A_BUG if options.bugs else STEPS)
    return options


if __name__ == "__main__":
    main()
