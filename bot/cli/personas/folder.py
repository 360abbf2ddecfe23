"""Which folder of personas a command looks at, and which of its characters."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.cast import LiveCast, read_cast
from bot.cast.admin_files import HOUSE_RULES, VOICES
from bot.cli.personas.findings import build_findings
from bot.config import read_settings
from bot.domain.errors import PersonaFileError, SettingsError
from bot.domain.nearest import nearest
from bot.domain.persona import Persona

_Command = TypeVar("_Command", bound=Callable[..., Any])


def folder_option(command: _Command) -> _Command:
    """Let a command take ``--dir``; without it the settings say where the cast is."""
    return click.option(
        "--dir",
        "folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The folder of the cast; PERSONAS_DIR unless you say otherwise.",
    )(command)


def folder_of_cast(folder: Path | None) -> Path:
    """Return the folder that was named; settings are read only where none was."""
    return folder or read_settings().personas_dir


def suggest_file(path: Path) -> str:
    """Return what to do about a file that is not there: the one that was meant, or that the name is wrong."""
    try:
        cast = folder_of_cast(None)
    except SettingsError:
        cast = path.parent
    for folder in dict.fromkeys((path.parent, cast)):
        files = {file.stem: file for file in folder.glob("*.md")}
        meant = files.get(path.stem) or files.get(nearest(path.stem, files) or "")
        if meant:
            return f"did you mean {meant}?"
    return "correct the name"


def find_persona(folder: Path, slug: str, *, as_json: bool) -> tuple[LiveCast, Persona]:
    """Return the cast and the character that was named, by slug or name.

    A character that is broken, or lacks the files that all have in common, ends the program with exit code 1
    and what is wrong. Raises UnknownPersona, SettingsError.
    """
    cast = read_cast(folder)
    if slug in cast.slugs_on_disk and not (slug in cast.personas and cast.house_rules):
        wanted = {f"{slug}.md", HOUSE_RULES, VOICES}
        leave_with_problems(slug, [one for one in cast.problems if one.path.name in wanted], as_json=as_json)
    live = LiveCast(folder)
    return live, live.get(slug)


def leave_with_problems(slug: str, problems: Iterable[PersonaFileError], *, as_json: bool) -> None:
    """Say what is wrong with a character as lint does, and end with exit code 1."""
    if as_json:
        click.echo(json.dumps({"slug": slug, "problems": problems_as_json(problems)}, indent=2))
    else:
        for finding in build_findings(problems, (), is_strict=False):
            click.echo(str(finding))
    sys.exit(1)


def problems_as_json(problems: Iterable[PersonaFileError]) -> list[dict[str, object]]:
    """Return what is wrong as lint tells it to scripts."""
    return [finding.as_json() for finding in build_findings(problems, (), is_strict=False)]
