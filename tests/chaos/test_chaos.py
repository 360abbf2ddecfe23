"""The kill test, a small part of it; `make chaos` is the whole. And: does it notice what it is there for?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chaos.bugs import BUGS

ROOT = Path(__file__).parents[2]
SEED = "4"
WHERE = {
    "answer-before-storing": ("webhook", "page_left", "after an answer was written"),
    "redial": ("dial", "ring_answered", "POST"),
    "read-then-write": ("allowance", "use_up", "COMMIT of place_call"),
}
"""Where each bug does its harm: the world, the act, and the points at which a kill brings it to light."""


def chaos(*arguments: str) -> tuple[int, dict]:
    """Run it as a program: lives are forked from a process that has no threads, which a test run has."""
    command = [sys.executable, "-m", "tests.chaos", "--seed", SEED, "--json", *arguments]
    done = subprocess.run(
        command, check=False, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.timeout(300)
def test_nothing_is_lost_whenever_the_process_is_killed():
    code, result = chaos("--kills", "135", "--recovery-kills", "15", "--processes", "2")
    assert not result["faults"], json.dumps(result["faults"], indent=2)
    assert code == 0
    assert result["kills"] >= 135
    assert result["recovery_kills"] >= 15


@pytest.mark.parametrize("bug", WHERE)
def test_a_deliberate_bug_is_found(bug: str):
    world, act, at = WHERE[bug]
    aimed = ("--world", world, "--act", act, "--at", at, "--stop", "--jobs", "1")
    code, result = chaos("--bug", bug, "--kills", "100", "--recovery-kills", "0", "--processes", "0", *aimed)
    assert code == 1
    assert result["faults"]


def test_every_deliberate_bug_is_tried():
    assert set(WHERE) == set(BUGS) - {""}
