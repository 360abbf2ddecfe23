"""What is left out of the browser tests is named, and nothing is left out in CI."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of Python's modules where there is no browser."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={"PATH": "", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_without_a_browser_the_last_line_names_what_was_not_run():
    done = run("tests.browser.packages", "missing")
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert line.startswith("Not run in tests/browser: test_accessibility.py, ")
    assert "apt-get install chromium" in line


@pytest.mark.parametrize("ci", ["1", "true"])
def test_in_ci_a_missing_browser_fails(ci):
    assert run("tests.browser.packages", "missing", CI=ci).returncode == 1
    collected = run("pytest", "--collect-only", "-p", "no:cacheprovider", "tests/browser", CI=ci)
    assert collected.returncode not in {0, 5}
    assert "apt-get install chromium" in collected.stdout + collected.stderr


def test_elsewhere_the_other_tests_run_without_one():
    collected = run("pytest", "--collect-only", "-p", "no:cacheprovider", "tests/browser")
    assert collected.returncode == 5, "nothing is collected, and nothing breaks"
