"""`make shuffle`: 5,000 conversations, twenty deliveries each, and the same with three in ten lost."""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.counting import count_from
from tests.shuffle.holding import prepare
from tests.shuffle.plan import count_calls, plan
from tests.shuffle.posting import Sort
from tests.shuffle.proving import wrong_with_lost, wrong_with_order, wrong_with_shuffled
from tests.shuffle.run import Outcome
from tests.shuffle.running import deliver_in_order, deliver_shuffled, lose_three_in_ten

MOST_SHOWN = 20
FEWEST = 20
"""Fewer conversations have nothing of which some part could be lost or cut off."""
_SORTS = tuple(Sort)


def main() -> None:
    """Run, print what happened, and exit with 1 if anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="make shuffle", description=__doc__)
    parser.add_argument(
        "--conversations",
        type=count_from(FEWEST),
        default=5000,
        help="how many are held (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=random.SystemRandom().randrange(10**6),
        help="where its chances begin; the same again (default: another one each time)",
    )
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="troupe-shuffle-") as folder:
        wrong = asyncio.run(shuffle(options.conversations, options.seed, Path(folder)))
    if wrong:
        again = f"--conversations {options.conversations} --seed {options.seed}"
        print(f"\n{len(wrong)} things are wrong ({again}):")
        print("\n".join(wrong[:MOST_SHOWN]))
        sys.exit(1)


async def shuffle(conversations: int, seed: int, folder: Path) -> list[str]:
    """Make the three runs; return what is wrong."""
    begun = time.monotonic()

    def note(words: str) -> None:
        print(f"{time.monotonic() - begun:7.1f} s  {words}", flush=True)

    people = plan(conversations, random.Random(seed))
    note(
        f"seed {seed}: {len(people):,} people, {count_calls(people):,} calls, {conversations:,} conversations"
    )
    start = await prepare(people, folder / "start")
    note(f"held, {len(start.events):,} events")
    ordered = await deliver_in_order(start, note)
    wrong = wrong_with_order(start, ordered)
    note(_told("in order and once", ordered))
    shuffled = await deliver_shuffled(start, seed, note)
    wrong += wrong_with_shuffled(start, ordered, shuffled)
    note(_told("shuffled", shuffled))
    outcome, lost, before = await lose_three_in_ten(start, seed, note)
    wrong += wrong_with_lost(start, ordered, outcome, lost)
    note(_told(f"{len(lost):,} events lost", outcome))
    after = sum(outcome.everything["conversations"].values())
    note(f"transcripts before the sweep {before:,}, after it {after:,}")
    note(
        "all databases are the same, however events came; those that were lost were lost on purpose"
        if not wrong
        else "THE DATABASES DIFFER, or something else is wrong; events were lost on purpose, but not this"
    )
    return wrong


def _told(what: str, outcome: Outcome) -> str:
    sent = sum(outcome.counts[sort] for sort in _SORTS)
    counts = ", ".join(f"{name} {count:,}" for name, count in sorted(outcome.counts.items()))
    return (
        f"{what}: {sent:,} deliveries in {outcome.seconds:.1f} s, {sent / outcome.seconds:,.0f} a second; "
        f"{outcome.restarts} restarts, {outcome.cuts} power cuts; {counts}"
    )


main()
