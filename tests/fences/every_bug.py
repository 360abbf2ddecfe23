"""Breaks every fence, one after the other, each in a process of its own."""

import re
import subprocess
import sys
from pathlib import Path

from tests.fences.bugs import BUGS

ROOT = Path(__file__).parents[2]
_STEPS = re.compile(r"^([\d,]+) steps", re.MULTILINE)


def find_bug(name: str, steps: int, seed: int) -> tuple[bool, str]:
    """Look for one bug; return whether it was found, and after how much or what was said."""
    command = [sys.executable, "-m", "tests.fences", "--bug", name, "--no-shorten"]
    done = subprocess.run(
        [*command, "--steps", str(steps), "--seed", str(seed)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = _STEPS.search(done.stdout)
    lines = done.stdout.splitlines()
    begins = next((place for place, line in enumerate(lines) if line.startswith("World ")), None)
    why = lines[begins + 1] if begins is not None and begins + 1 < len(lines) else ""
    if told is None:
        return False, done.stderr[-300:]
    return bool(done.returncode and why), f"{told[1]:>7} steps: {why[:150]}"


def try_every_bug(steps: int, seed: int) -> int:
    """Print for each bug whether it is found; return 1 if one is not."""
    missed = 0
    for name in BUGS:
        is_found, how = find_bug(name, steps, seed)
        missed += not is_found
        print(f"{'found' if is_found else 'MISSED':6} {name:34} {how}", flush=True)
    print(f"{len(BUGS) - missed} of {len(BUGS)} are found.")
    return int(missed > 0)
