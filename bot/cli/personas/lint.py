"""``troupe personas lint``: what is wrong with the files of the cast, all at once."""

import json
import sys
from pathlib import Path

import click

from bot.cast import read_cast
from bot.config import read_settings
from bot.domain.words import plural


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def lint(folder: Path | None, *, as_json: bool) -> None:
    """Say what is wrong with the files in DIR (PERSONAS_DIR), as file:line:column, all at once."""
    cast = read_cast(folder or read_settings().personas_dir)
    if as_json:
        problems = [
            {"path": str(one.path), "line": one.line, "column": one.column, "reason": one.reason}
            for one in cast.problems
        ]
        click.echo(json.dumps({"characters": sorted(cast.personas), "problems": problems}, indent=2))
    else:
        for problem in cast.problems:
            click.echo(str(problem))
        count = plural(len(cast.personas), "character")
        click.echo(f"{count} fine, {plural(len(cast.problems), 'problem')}.", err=True)
    sys.exit(1 if cast.problems else 0)
