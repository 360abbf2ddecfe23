"""Fences that are broken on purpose: each can be, and the walk finds what that tells."""

import subprocess
import sys

import pytest

from tests.fences.breaking import ROOT, path_of
from tests.fences.bugs import BUGS
from tests.fences.run import WALK


@pytest.mark.parametrize("name", BUGS)
def test_every_fence_that_can_be_broken_stands_where_it_stood(name: str):
    bug = BUGS[name]
    text = path_of(bug).read_text(encoding="utf-8")
    assert bug.applied(text) != text


@pytest.mark.parametrize(
    "name",
    [
        "recall-of-all",
        "own-facts-are-read-by-sharers",
        "everything-is-for-everyone",
        "held-is-told",
        "learned-survive-their-call",
    ],
)
def test_a_fence_that_is_broken_is_found(name: str):
    command = [sys.executable, "-m", "tests.fences", "--bug", name, "--no-shorten"]
    done = subprocess.run(
        [*command, "--steps", str(WALK), "--seed", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "World " in done.stdout
