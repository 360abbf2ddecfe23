"""The README says what the program does."""

import re
from pathlib import Path

from bot.cli import troupe
from bot.config import Settings
from bot.fronts.commands import HELP

README = (Path(__file__).parents[1] / "README.md").read_text()


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


def test_every_program_that_the_readme_names_exists():
    named = set(re.findall(r"(?:\.venv/bin/|(?<![/\w]))troupe ([a-z]+)", README))
    assert named <= set(troupe.commands), named - set(troupe.commands)
    assert set(troupe.commands) <= named, set(troupe.commands) - named
