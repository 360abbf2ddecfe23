"""What the long tests say to whoever types their options."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def typed(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a long test as a program."""
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.parametrize(
    ("program", "option", "number"),
    [
        ("chaos", "--kills", "-1"),
        ("chaos", "--recovery-kills", "-1"),
        ("chaos", "--processes", "some"),
        ("chaos", "--jobs", "0"),
        ("races", "--rounds", "-3"),
        ("races", "--at-once", "0"),
        ("together", "--calls", "0"),
        ("together", "--processes", "1"),
        ("shuffle", "--conversations", "0"),
        ("shuffle", "--conversations", "19"),
        ("fences", "--steps", "0"),
        ("fences", "--steps", "many"),
        ("fuzz", "--inputs", "0"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_in_a_sentence(program, option, number):
    done = typed(f"tests.{program}", f"{option}={number}")
    assert done.returncode == 2
    assert option in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_the_races_explain_their_options_with_their_defaults():
    told = " ".join(typed("tests.races", "--help").stdout.split())
    for words in ("how many times they race (default: 500)", "(default: 64)", "(default: 20261122)"):
        assert words in told


def test_the_soak_explains_its_options_and_names_what_it_can_break():
    told = " ".join(typed("tests.fences", "--help").stdout.split())
    for words in ("(default: 500,000, and 10,000 for each with --bugs)", "recall-of-all", "held-is-told"):
        assert words in told


def test_fewer_kills_are_fewer_of_each_sort():
    told = " ".join(typed("tests.chaos", "--help").stdout.split())
    assert "(a tenth of the kills)" in told
    done = typed("tests.chaos", "--kills", "0")
    assert done.returncode == 0, done.stderr
    assert "0 kills at work and 0 while recovering" in done.stdout
