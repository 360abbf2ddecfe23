"""Commands are imported once they are typed, so that what needs little starts at once."""

import subprocess
import sys

import click
import pytest

from bot.cli import troupe
from bot.cli.later import LateGroup
from tests.program import ROOT, kept_environment

HEAVY = ("aiohttp", "discord", "httpx", "prometheus_client", "prompt_toolkit", "slack_bolt", "sqlite_utils")
_RUN = f"""
import sys
from bot.cli import main
try:
    main()
finally:
    print("imported:", *(name for name in {HEAVY} if name in sys.modules))
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["personas", "--help"],
        ["personas", "lint", str(ROOT / "personas")],
        ["personas", "new", "--help"],
        ["personas", "preview", "--base", "HEAD", "--help"],
        ["personas", "diff", "--help"],
        ["personas", "schema"],
        ["personas", "import-card", "--help"],
    ],
    ids=" ".join,
)
def test_what_looks_at_files_alone_imports_no_front_and_no_server(tmp_path, arguments):
    environment = {**kept_environment(), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("imported:\n")


def groups(group: LateGroup):
    yield group
    for command in group.load().values():
        if isinstance(command, LateGroup):
            yield from groups(command)


def test_every_command_of_the_tables_is_there_under_its_name():
    for group in groups(troupe):
        assert group.load().keys() == group.later.keys()
        for name, command in group.load().items():
            assert command.name == name
            assert command.hidden == (not group.later[name].summary)


def test_help_lists_what_is_not_hidden_each_in_one_line():
    for group in groups(troupe):
        with click.Context(group, max_content_width=100, terminal_width=80) as ctx:
            listed = group.get_help(ctx).partition("Commands:\n")[2].splitlines()
        shown = {name: later.summary for name, later in group.later.items() if later.summary}
        assert [line.split(maxsplit=1) for line in listed] == [[name, shown[name]] for name in sorted(shown)]


def test_a_command_that_is_not_there_is_refused(tmp_path):
    environment = {**kept_environment(), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chekc"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "No such command 'chekc'" in done.stderr
