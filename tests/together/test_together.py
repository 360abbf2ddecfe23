"""A small part of the drill, as a program: processes are forked from one that has no threads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(600)
def test_in_processes_that_are_stopped_and_killed_nothing_is_lost_or_done_twice() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.together",
        "--calls",
        "12",
        "--processes",
        "2",
        "--seed",
        "3",
        "--json",
    ]
    done = subprocess.run(
        command, check=False, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True
    )
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    assert told["faults"] == [], done.stderr
    assert done.returncode == 0
    assert told["placed"] >= 12
    assert told["lives"] > 2
