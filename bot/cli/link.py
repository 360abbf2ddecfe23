"""``troupe link``: a personalised talk link in one line, from context that somebody already has."""

import asyncio
import json
from pathlib import Path
from typing import Any

import click

from bot.calls import importing, placing
from bot.calls.first_call import has_answered
from bot.calls.installation import Installation, find_account, find_person
from bot.cli.past import is_confirmed
from bot.cli.whereabouts import Whereabouts, find_bot
from bot.config import read_settings
from bot.domain.caller import Caller
from bot.domain.errors import CallerError, ProviderError
from bot.domain.words import import_text
from bot.house import open_cast, open_installation


@click.command()
@click.argument("character")
@click.option(
    "--as", "account", required=True, metavar="ACCOUNT", help="For whom, such as discord:123 or alice."
)
@click.option("--name", default="", help="What the character calls them.")
@click.option(
    "--context",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A JSON conversation, or profile, that this person already has; shown, and kept for this character "
    "once that is confirmed.",
)
@click.option("--topic", default="", help="What the call is about.")
@click.option("--yes", is_flag=True, help="Keep the context without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print link, context and initiation as JSON.")
def link(
    character: str,
    account: str,
    name: str,
    context: Path | None,
    topic: str,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Print a private link that starts a call with CHARACTER.

    It is good for 15 minutes, for one person, in one browser.
    """
    settings = read_settings()
    whereabouts = find_bot(settings)

    async def place() -> dict[str, Any]:
        cast = await open_cast(settings)
        async with open_installation(settings, whereabouts.provider, cast, whereabouts.public_url) as house:
            caller = Caller(await find_account(house, account), name)
            if context is not None:
                await _keep(house, caller, character, context, yes=yes)
            return await _place(house, caller, character, topic, whereabouts)

    placed = asyncio.run(place())
    click.echo(json.dumps(placed, ensure_ascii=False, indent=2) if as_json else placed["url"])
    if whereabouts.public_url and not whereabouts.is_running:
        click.echo("Troupe does not run at the moment; the link opens once it does (make run).", err=True)


async def _keep(house: Installation, caller: Caller, character: str, context: Path, *, yes: bool) -> None:
    """Show what a file holds, and keep it once that is confirmed. Raises CallerError where it is not."""
    preview = await importing.preview_import(house, caller, context, character)
    if not is_confirmed(preview, yes=yes, aside=True, default=False):
        raise CallerError("Nothing was saved, and no link was made.")
    saved = await importing.save_import(house, caller, preview)
    told = import_text(
        saved.new, saved.known, saved.profile_fields, saved.facts, saved.grown, saved.new_lines
    )
    click.echo(f"{context}: {told}", err=True)


async def _place(
    house: Installation, caller: Caller, character: str, topic: str, whereabouts: Whereabouts
) -> dict[str, Any]:
    placed = await placing.place(house, caller, character, placing.Wish(topic), card_comes_later=True)
    if placed is None:
        raise RuntimeError("a call whose card comes later is always placed")
    person = await find_person(house, caller)
    allowed = None
    if whereabouts.can_be_asked:
        try:
            allowed = await house.agents.fetch_allowed_overrides()
        except ProviderError as error:
            click.echo(f"The agent could not be asked what it allows: {error}", err=True)
    prepared = await placing.prepare(
        house,
        person,
        placed.persona,
        platform=caller.account.platform,
        call=placed.call,
        allowed=allowed,
    )
    return {
        "url": placed.url,
        "expires_at": placed.expires_at.isoformat() if placed.expires_at else None,
        "call_id": placed.call.id,
        "first_call_card": not has_answered(house, person),
        "context": prepared.context,
        "initiation": prepared.initiation.as_message(),
        "left_out": list(prepared.initiation.left_out),
    }
