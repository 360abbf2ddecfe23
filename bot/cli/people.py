"""``troupe people``: what an operator keeps of somebody, hands out, and erases."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import click

from bot.calls.installation import find_account
from bot.calls.moving import set_profile
from bot.cli.on_request import export, forget
from bot.cli.whereabouts import find_bot
from bot.config import read_settings
from bot.domain.errors import CallerError
from bot.house import open_cast, open_installation


@click.group()
def people() -> None:
    """What is kept of people: profile fields that characters may use, all of it as a file, none of it."""


people.add_command(export)
people.add_command(forget)


@people.command("set")
@click.argument("account")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE ...")
@click.option("--json", "as_json", is_flag=True, help="Print the whole profile as JSON.")
def set_(account: str, fields: tuple[str, ...], *, as_json: bool) -> None:
    """Set profile fields of ACCOUNT, such as discord:123 guild_rank=captain; FIELD= alone erases one.

    A value is a text, or JSON: level=7, is_bard=true, pets=["Fig"].
    """
    given = dict(map(_field, fields))
    settings = read_settings()
    whereabouts = find_bot(settings)

    async def keep() -> Mapping[str, Any]:
        cast = await open_cast(settings)
        async with open_installation(settings, whereabouts.provider, cast, whereabouts.public_url) as house:
            return await set_profile(house, await find_account(house, account), given)

    profile = asyncio.run(keep())
    if as_json:
        click.echo(json.dumps(profile, ensure_ascii=False, sort_keys=True))
        return
    known = ", ".join(f"{name} = {_shown(value)}" for name, value in sorted(profile.items()))
    click.echo(f"{account}: {known or 'no profile fields'}.")


def _field(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    name = name.strip()
    if not sign or not name:
        raise CallerError(f"{text!r} sets nothing: write FIELD=VALUE, such as guild_rank=captain.")
    if not value.strip():
        return name, None
    try:
        read = json.loads(value, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return name, value
    return name, value if read is None else read


def _no_number(name: str) -> float:
    raise ValueError(name)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
