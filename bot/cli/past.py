"""``troupe import``: bring somebody's JSON conversation."""

import asyncio
import json
import sys
from pathlib import Path

import click

from bot.app import open_cast, open_installation
from bot.calls import importing
from bot.calls.installation import find_account
from bot.cli.whereabouts import find_bot
from bot.config import read_settings
from bot.domain.caller import Caller
from bot.domain.errors import CallerError
from bot.domain.words import import_text


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as", "account", required=True, metavar="ACCOUNT", help="Whose it is, such as discord:123 or alice."
)
@click.option("--name", default="", help="What the character calls them, and who they are in the file.")
@click.option(
    "--character", default="", help="Keep it for one character; otherwise every character knows it."
)
@click.option("--yes", is_flag=True, help="Save without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print what was understood and saved as JSON.")
def import_(file: Path, account: str, name: str, character: str, *, yes: bool, as_json: bool) -> None:
    """Import a JSON conversation from FILE: show what was understood, and save it once that is confirmed.

    Understood are ElevenLabs conversations and webhooks, lists of role and content (OpenAI style), a ChatGPT
    data export, and JSON lines of these.
    """
    settings = read_settings()
    whereabouts = find_bot(settings)

    async def bring() -> importing.Imported | None:
        cast = await open_cast(settings)
        async with open_installation(settings, whereabouts.provider, cast, whereabouts.public_url) as house:
            caller = Caller(await find_account(house, account), name)
            preview = await importing.preview_import(house, caller, file, character)
            if not is_confirmed(preview, yes=yes, aside=as_json, default=True):
                return None
            return await importing.save_import(house, caller, preview)

    saved = asyncio.run(bring())
    if as_json:
        facts = (
            {"new": saved.new, "known": saved.known, "profile_fields": saved.profile_fields}
            if saved
            else None
        )
        click.echo(json.dumps({"saved": facts}))
    elif saved is None:
        click.echo("Nothing was saved.")
    else:
        click.echo(import_text(saved.new, saved.known, saved.profile_fields))


def is_confirmed(preview: importing.Preview, *, yes: bool, aside: bool, default: bool) -> bool:
    """Show what was understood and ask whether it is to be kept; with ``yes`` it is.

    With ``aside`` standard output is left alone. Raises CallerError where nobody can be asked.
    """
    for sentence in preview.sentences:
        click.echo(sentence, err=aside)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise CallerError("Nothing was saved: add --yes to save it where nobody can be asked.")
    whom = preview.persona.name if preview.persona else "every character"
    return click.confirm(f"Save this for {whom}?", default=default, err=aside)
