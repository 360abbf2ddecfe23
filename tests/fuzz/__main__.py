"""`make fuzz`: 200,000 inputs that no program wrote, read without a crash, in little memory.

Prints the slowest one and the most memory; a crash prints its input, and the exit code is 1.
"""

import argparse
import heapq
import os
import random
import resource
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.counting import count_from
from tests.fuzz.inputs import drawn, mutations
from tests.fuzz.reading import read, read_as_many

AIM_SECONDS = 0.25
MOST_MEGABYTES = 256
SLOWEST = 3
EVERY = 10
"""One input in so many is also read as an operator's, as is each that names an account."""


@dataclass
class Found:
    """What a part of a run found; the slowest are (seconds of a core, length, beginning)."""

    inputs: int = 0
    refused: int = 0
    formats: Counter[str] = field(default_factory=Counter)
    """Records by the format that they were read in, and what was good of an operator's."""
    megabytes: float = 0.0
    slowest: list[tuple[float, int, bytes]] = field(default_factory=list)
    crashes: list[tuple[bytes, str]] = field(default_factory=list)


def run(count: int, number: int) -> Found:
    """Read so many inputs, half of them samples that were changed and half drawn."""
    found = Found()
    half = count // 2
    for source in (mutations(count - half, random.Random(number)), drawn(half, number)):
        for data in source:
            _try(data, found)
    found.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def _try(data: bytes, found: Found) -> None:
    found.inputs += 1
    began = time.process_time()
    try:
        formats = read(data)
        took = time.process_time() - began
        if found.inputs % EVERY == 0 or b"account" in data:
            found.formats += read_as_many(data)
    except Exception:  # noqa: BLE001  whatever it is, that is what is looked for
        found.crashes.append((data, traceback.format_exc()))
        return
    found.formats += formats
    found.refused += not formats
    keep = heapq.heappush if len(found.slowest) < SLOWEST else heapq.heappushpop
    keep(found.slowest, (took, len(data), data[:200]))


def main() -> None:
    """Run in as many processes as there are cores, and print what was found."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument(
        "--inputs", type=count_from(1), default=200_000, help="how many are read (default: %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=random.SystemRandom().randrange(1 << 30),
        help="where its chances begin; the same again (default: another one each time)",
    )
    parser.add_argument("--keep", type=Path, help="a folder for inputs that crash")
    asked = parser.parse_args()
    workers = os.cpu_count() or 1
    began = time.perf_counter()
    with ProcessPoolExecutor(workers) as pool:
        shares = [asked.inputs // workers + (one < asked.inputs % workers) for one in range(workers)]
        parts = list(pool.map(run, shares, [asked.seed * workers + one for one in range(workers)]))
    inputs, crashes = sum(one.inputs for one in parts), [crash for one in parts for crash in one.crashes]
    slowest = max(one for part in parts for one in part.slowest)
    megabytes = max(one.megabytes for one in parts)
    formats = sum((one.formats for one in parts), Counter[str]())
    print(f"seed {asked.seed}: {inputs:,} inputs in {time.perf_counter() - began:.0f} s")
    print(f"{sum(one.refused for one in parts):,} refused in a sentence, {len(crashes):,} crashes")
    print("read:", ", ".join(f"{count:,} {form}" for form, count in formats.most_common()))
    print(f"most memory of a process: {megabytes:.0f} MB (at most {MOST_MEGABYTES})")
    print(f"slowest: {slowest[0] * 1000:.0f} ms for {slowest[1]:,} bytes (aim {AIM_SECONDS * 1000:.0f} ms)")
    print(f"it begins with {slowest[2][:80]!r}")
    for at, (data, trace) in enumerate(crashes):
        if asked.keep:
            asked.keep.mkdir(parents=True, exist_ok=True)
            (asked.keep / f"{at}.bin").write_bytes(data)
        print(f"{data[:300]!r}\n{trace}", file=sys.stderr)
    sys.exit(1 if crashes or megabytes > MOST_MEGABYTES else 0)


if __name__ == "__main__":
    main()
