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


def chaos(*arguments: str) -> tuple[int, dict]:
    """Run it as a program: lives are forked from a process that has no threads, which a test run has."""
    command = [sys.executable, "-m", "tests.chaos", "--seed", SEED, "--json", *arguments]
    done = subprocess.run(
        command, check=False, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_nothing_is_lost_whenever_the_process_is_killed():
    code, result = chaos("--kills", "135", "--recovery-kills", "15")
    assert not result["faults"]
    assert code == 0
    assert result["kills"] >= 135
    assert result["recovery_kills"] >= 15


@pytest.mark.parametrize(("bug", "world"), [("answer-before-storing", "webhook")])
def test_a_deliberate_bug_is_found(bug: str, world: str):
    code, result = chaos("--bug", bug, "--world", world, "--kills", "400", "--recovery-kills", "0", "--stop")
    assert code == 1
    assert result["faults"]
    assert all(fault["plan"].startswith(world) for fault in result["faults"])


def test_every_deliberate_bug_is_tried():
    assert set(BUGS) - {""} == {"answer-before-storing"}
