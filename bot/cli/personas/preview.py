"""``troupe personas preview``: what a pull request changes, as Markdown for its job summary."""

from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cast.comparing import compare
from bot.cast.previewing import preview as preview_of
from bot.cli.personas.diff import read_both
from bot.cli.personas.folder import folder_of_cast, folder_option
from bot.config import Settings
from bot.domain.rehearsing import sample_occasion


@click.command()
@click.option("--base", required=True, metavar="REV", help="What to compare with, such as origin/main.")
@folder_option
def preview(base: str, folder: Path | None) -> None:
    """Print Markdown that says what changes since REV, for those who write characters and not programs.

    Made for a pull request's job summary: it needs no network, no settings and no secret with --dir, and
    whatever stands in a file is shown as words. A broken file is part of the preview; lint's exit code says
    so.
    """
    before, after = read_both(folder_of_cast(folder), base)
    crisis_line, community = (
        Settings.model_fields[name].default for name in ("crisis_line", "community_name")
    )
    occasion = sample_occasion(datetime.now(UTC), "UTC", crisis_line=crisis_line, community=community)
    click.echo(preview_of(compare(before, after), after, occasion), nl=False)
