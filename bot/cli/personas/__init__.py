"""``troupe personas``: for the authors of characters, one module a command."""

import click

from bot.cli.later import LateGroup, Later

_HERE = "bot.cli.personas"
_COMMANDS = {
    "diff": Later(f"{_HERE}.diff:diff", "What members notice of a change since a git revision."),
    "export-card": Later(f"{_HERE}.cards:export_card", "Write a character as a character card."),
    "import-card": Later(f"{_HERE}.cards:import_card", "Make a character of a character card, PNG or JSON."),
    "lint": Later(f"{_HERE}.lint:lint", "Say what is wrong with the files, and what could be better."),
    "new": Later(f"{_HERE}.new:new", "Write a character's file to begin with, after a few questions."),
    "preview": Later(f"{_HERE}.preview:preview", "What a pull request changes, as Markdown for its summary."),
    "schema": Later(f"{_HERE}.schema:schema", "Print the JSON schema of a character's data, for editors."),
    "show": Later(f"{_HERE}.show:show", "The whole prompt with everything in its place, and greetings."),
    "try": Later(f"{_HERE}.trying:try_", "Talk with a character in text, here and now."),
    "versions": Later(f"{_HERE}.versions:versions", "Each text that calls were played from."),
}


@click.group(cls=LateGroup, later=_COMMANDS)
def personas() -> None:
    """Write characters, and look at them."""
