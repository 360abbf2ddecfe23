"""``troupe import``: bring somebody's JSON conversation, or those of many at once."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from bot.calls import importing
from bot.calls.installation import Installation, find_account
from bot.cli.many import Report, bring_many, bring_theirs, show
from bot.cli.whereabouts import find_bot
from bot.config import read_settings
from bot.domain.caller import Caller
from bot.domain.errors import CallerError, SettingsError
from bot.domain.words import import_text
from bot.house import open_cast, open_installation


@click.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--as", "account", default="", metavar="ACCOUNT", help="Whose it is, such as discord:123.")
@click.option("--name", default="", help="What the character calls them, and who they are in the file.")
@click.option(
    "--character", default="", help="Keep it for one character; otherwise every character knows it."
)
@click.option(
    "--map",
    "map_file",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Whose records these are: theirs,account,character,name. FILE is a folder then, or JSON lines.",
)
@click.option("--from-elevenlabs", is_flag=True, help="Bring what ElevenLabs has of --user-id.")
@click.option("--user-id", default="", metavar="THEIRS", help="Their user id at ElevenLabs.")
@click.option("--dry-run", is_flag=True, help="Show what would be saved, and save nothing.")
@click.option("--yes", is_flag=True, help="Save without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print what was understood and saved as JSON.")
def import_(
    file: Path | None,
    account: str,
    name: str,
    character: str,
    map_file: Path | None,
    user_id: str,
    *,
    from_elevenlabs: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Import a JSON conversation from FILE: show what was understood, and save it once that is confirmed.

    Understood are exports of Troupe, ChatGPT, Character.AI, SillyTavern, Slack and Discord, ElevenLabs
    conversations and webhooks, lists of role and content (OpenAI style), and JSON lines of these.

    Without --as, FILE holds records of many: a folder with --map, or lines of {"account", "character",
    "conversation", "profile"}. What is there already is not saved twice. Exit code 1 if anything was bad.
    """
    if from_elevenlabs:
        if file is not None or not user_id or not account:
            raise CallerError("Write troupe import --from-elevenlabs --user-id THEIRS --as discord:123.")
        _many(
            lambda house, report: _theirs(house, account, user_id, character, report),
            dry_run=dry_run,
            as_json=as_json,
        )
    elif file is None:
        raise CallerError("Name the file: troupe import past.json --as discord:123.")
    elif account:
        if map_file is not None:
            raise CallerError("Either --as for one person, or --map for many.")
        _one(file, account, name, character, dry_run=dry_run, yes=yes, as_json=as_json)
    else:
        _many(
            lambda house, report: bring_many(house, file, map_file, report), dry_run=dry_run, as_json=as_json
        )


async def _theirs(house: Installation, account: str, user_id: str, character: str, report: Report) -> None:
    if not find_bot(read_settings()).can_be_asked:
        raise SettingsError(
            "The built-in sandbox plays ElevenLabs, and it does not run at the moment: start Troupe first "
            "(make run)."
        )
    await bring_theirs(house, await find_account(house, account), user_id, character, report)


def _many(work: Callable[[Installation, Report], Awaitable[None]], *, dry_run: bool, as_json: bool) -> None:
    """Bring what many have, and say what became of it; whatever is saved when it is stopped stays."""
    settings = read_settings()
    whereabouts = find_bot(settings)
    report = Report(is_dry=dry_run, is_for_program=as_json)

    async def bring() -> None:
        cast = await open_cast(settings)
        async with open_installation(settings, whereabouts.provider, cast, whereabouts.public_url) as house:
            await work(house, report)

    try:
        asyncio.run(bring())
    except KeyboardInterrupt:
        show(report)
        click.echo("Stopped. What is told here was saved whole; the same again brings the rest.", err=True)
        sys.exit(130)
    show(report)
    sys.exit(1 if report.bad else 0)


def _one(
    file: Path, account: str, name: str, character: str, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    settings = read_settings()
    whereabouts = find_bot(settings)

    async def bring() -> importing.Imported | None:
        cast = await open_cast(settings)
        async with open_installation(settings, whereabouts.provider, cast, whereabouts.public_url) as house:
            caller = Caller(await find_account(house, account), name)
            preview = await importing.preview_import(house, caller, file, character)
            if dry_run:
                show_preview(preview, aside=as_json)
                return None
            if not is_confirmed(preview, yes=yes, aside=as_json, default=True):
                return None
            return await importing.save_import(house, caller, preview)

    saved = asyncio.run(bring())
    if as_json:
        facts = (
            {
                "new": saved.new,
                "known": saved.known,
                "grown": saved.grown,
                "new_lines": saved.new_lines,
                "profile_fields": saved.profile_fields,
            }
            if saved
            else None
        )
        click.echo(json.dumps({"saved": facts}))
    elif saved is None:
        click.echo("Nothing was saved.")
    else:
        click.echo(
            import_text(
                saved.new, saved.known, saved.profile_fields, saved.facts, saved.grown, saved.new_lines
            )
        )


def is_confirmed(preview: importing.Preview, *, yes: bool, aside: bool, default: bool) -> bool:
    """Show what was understood and ask whether it is to be kept; with ``yes`` it is.

    With ``aside`` standard output is left alone. Raises CallerError where nobody can be asked.
    """
    show_preview(preview, aside=aside)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise CallerError("Nothing was saved: add --yes to save it where nobody can be asked.")
    whom = preview.persona.name if preview.persona else "every character"
    return click.confirm(f"Save this for {whom}?", default=default, err=aside)


def show_preview(preview: importing.Preview, *, aside: bool) -> None:
    """Show what was understood; with ``aside`` standard output is left alone."""
    for sentence in preview.sentences:
        click.echo(sentence, err=aside)
