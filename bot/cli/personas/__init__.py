"""``troupe personas``: for the authors of characters, one module a command."""

import click

from bot.cli.personas.cards import export_card, import_card
from bot.cli.personas.diff import diff
from bot.cli.personas.lint import lint
from bot.cli.personas.new import new
from bot.cli.personas.preview import preview
from bot.cli.personas.schema import schema
from bot.cli.personas.show import show
from bot.cli.personas.trying import try_
from bot.cli.personas.versions import versions


@click.group()
def personas() -> None:
    """Write characters, and look at them."""


personas.add_command(new)
personas.add_command(lint)
personas.add_command(schema)
personas.add_command(show)
personas.add_command(diff)
personas.add_command(preview)
personas.add_command(versions)
personas.add_command(try_)
personas.add_command(import_card)
personas.add_command(export_card)
