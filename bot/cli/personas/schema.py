"""``troupe personas schema``: the form of a persona file's data, for editors."""

import json

import click

from bot.cast.schema import persona_schema


@click.command()
def schema() -> None:
    """Print the JSON schema of a character's data; personas/persona.schema.json is that."""
    click.echo(json.dumps(persona_schema(), indent=2, ensure_ascii=False))
