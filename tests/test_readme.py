"""The README says what the program does."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli import troupe
from bot.cli.running import welcome
from bot.config import Settings
from bot.domain.caller import Caller, parse_account
from bot.fronts.commands import HELP
from bot.fronts.console import ConsoleFront
from tests.scenarios.stage import open_stage

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
START = (ROOT / "docs" / "start.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_setting_is_in_the_readme_with_its_default_and_its_description():
    written = {row[0].strip("`"): row[1:] for row in rows("Settings")}
    assert set(written) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default = field.default if isinstance(field.default, str | int | Path) else ""
        default = str(default).lower() if isinstance(default, bool) else default
        shown = f"`{default}`" if default != "" else ""
        assert written[name.upper()] == [shown, field.description]


def test_every_command_is_in_the_readme():
    assert [tuple(row) for row in rows("Commands")] == [(f"`{usage}`", does) for usage, does in HELP]


def test_every_program_is_in_the_documents():
    pages = [README, *(page.read_text() for page in (ROOT / "docs").glob("*.md"))]
    named = set(re.findall(r"(?:\.venv/bin/|(?<![/\w]))troupe ([a-z]+(?:-[a-z]+)*)", "\n".join(pages)))
    commands = troupe.load()
    shown = {name for name, command in commands.items() if not command.hidden}
    assert shown <= named, shown - named


@pytest.mark.anyio
async def test_the_first_minutes_are_shown_as_they_are(tmp_path):
    (written,) = re.findall(r"```\n(Troupe\. You are Mira\..*?)```", START, re.DOTALL)
    typed = re.findall(r"^Mira> (.+)$", written, re.MULTILINE)
    paper, mira = io.StringIO(), Caller(parse_account("mira"), "Mira", may_manage=True)
    out = Console(file=paper, width=max(map(len, written.splitlines()[2:14])), color_system=None)
    async with open_stage(tmp_path) as stage:
        front = ConsoleFront(stage.app.house, mira, out, nudge=stage.app.followup.nudge)
        out.print(welcome(mira, stage.sandbox), soft_wrap=True)
        for line in typed:
            out.print(f"Mira> {line}")
            await front.take(line)
    assert steady(paper.getvalue()) == steady(written)
    assert typed == ["/call wizard", "1"]


def steady(shown: str) -> list[str]:
    """Return the lines of what was shown, without what is another each time."""
    shown = re.sub(r"http://[0-9.:]+/t/[\w-]{43}", "http://…", re.sub(r"\d\d:\d\d UTC", "00:00 UTC", shown))
    return [line.rstrip() for line in shown.splitlines()]
