"""``troupe people export`` and ``forget``: what somebody asks an operator for, by mail for instance."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.calls import erasing, linking, remembering
from bot.calls.exporting import export_everything
from bot.calls.installation import Installation, find_account
from bot.cli.replacing import confirm, refuse_target, telling_of_files
from bot.cli.whereabouts import Whereabouts, find_bot
from bot.config import Settings, read_settings
from bot.domain.caller import Caller
from bot.domain.errors import CallerError
from bot.domain.linking import LinkedAccount, account_in_words
from bot.fronts.past import what_it_erases
from bot.house import now, open_cast, open_installation
from storage.parts import part_beside
from storage.url import is_postgres

_STDOUT = "-"


@click.command()
@click.argument("account")
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--yes", is_flag=True, help="Do not ask before a file is replaced.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON what was written.")
def export(account: str, file: Path | None, *, yes: bool, as_json: bool) -> None:
    """Write everything that is kept of ACCOUNT, such as discord:123 or slack:T1:U7, to FILE.

    It is what they get themselves with /account, Export everything, linked accounts that share memory
    included. Without FILE it gets a name of its own; - is standard output. Troupe may run.
    """
    settings = read_settings()
    path = file or Path(f"troupe-export-{account.replace(':', '-').replace('/', '-')}-{now():%Y-%m-%d}.json")
    is_printed = str(path) == _STDOUT
    if file and not is_printed:
        refuse_target(path, settings)

    async def write() -> int:
        async with _open_house(settings, find_bot(settings)) as house:
            caller = await _find_caller(house, account)
            if is_printed:
                async for piece in export_everything(house, caller):
                    click.echo(piece, nl=False)
                return 0
            if path.exists():
                confirm(f"{path} is there already. Replace it?", yes=yes, aside=as_json)
            return await _write(house, caller, path)

    with telling_of_files(path):
        size = asyncio.run(write())
    if is_printed:
        return
    if as_json:
        click.echo(json.dumps({"file": str(path), "bytes": size}))
    else:
        click.echo(f"{path}: everything that is kept of {account}, {size:,} bytes, readable by you alone.")


async def _find_caller(house: Installation, text: str) -> Caller:
    """Read an account as the operator wrote it, of whom something is kept. Raises CallerError."""
    account = await find_account(house, text)
    if await house.store.find_person(account) is None:
        raise CallerError(
            f"Nobody is known as {text}: they never came from that account, or they are erased already."
        )
    return Caller(account, "")


async def _write(house: Installation, caller: Caller, path: Path) -> int:
    """Write an export beside its place, rename it, and return its size; half of one is never there."""
    with part_beside(path) as part:
        with part.open("wb") as out:
            async for piece in export_everything(house, caller):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
        part.replace(path)
    return size


@click.command()
@click.argument("account")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
def forget(account: str, *, yes: bool, as_json: bool) -> None:
    """Erase everything that is kept of ACCOUNT, such as discord:123 or slack:T1:U7, and print the receipt.

    It is what they get themselves with /forget everything: here, at ElevenLabs, and what was posted about
    their calls. It is shown first what goes. Troupe may run; what it has to do besides waits for it if not.
    """
    settings = read_settings()
    whereabouts = find_bot(settings)

    async def erase() -> None:
        async with _open_house(settings, whereabouts) as house:
            caller = await _find_caller(house, account)
            linked = await linking.see_linked(house, caller)
            if not yes:
                await _confirm(house, caller, account, linked.sharing, aside=as_json)
            receipt, confirmed = await erasing.erase_everything(house, caller, linked.sharing)
            if as_json:
                found = asdict(receipt)
                kept: dict[str, Any] = {
                    name: found[name]
                    for name in ("calls", "conversations", "turns", "facts", "profile_fields")
                }
                linked_too = [str(one.account) for one in linked.sharing]
                click.echo(
                    json.dumps(
                        {
                            "account": str(caller.account),
                            "linked": linked_too,
                            "erased": kept,
                            "elevenlabs": asdict(confirmed),
                        }
                    )
                )
                return
            reply = erasing.in_words(house, caller, receipt, confirmed, is_everything=True)
            click.echo(reply.text)
            for one in linked.sharing:
                click.echo(f"With it went {_named(one)}, with whom memory was shared.")
            click.echo("\nThe receipt, as you can send it to them:")
            for title, text in (field for card in reply.cards for field in card.fields):
                click.echo(f"  {title}: {'; '.join(text.splitlines()).replace('.; ', '. ')}")
            click.echo(f"\n{_who_does_the_rest(settings, whereabouts)}")

    asyncio.run(erase())


async def _confirm(
    house: Installation, caller: Caller, account: str, sharing: tuple[LinkedAccount, ...], *, aside: bool
) -> None:
    """Show what will be lost, and ask. Raises CallerError where nobody can be asked, and click.Abort."""
    what = f"everything of {account}"
    if sharing:
        what += f", and of {' and '.join(map(_named, sharing))}, with whom memory is shared"
    past = await remembering.see_history(house, caller, limit=100_000)
    click.echo(f"{what_it_erases(what, past.talks)} It cannot be undone.", err=aside)
    if not sys.stdin.isatty():
        raise CallerError("Nothing was erased: add --yes to erase it where nobody can be asked.")
    click.confirm("Erase it?", abort=True, err=aside)


def _named(one: LinkedAccount) -> str:
    return f"{account_in_words(one)} ({one.account})"


def _who_does_the_rest(settings: Settings, whereabouts: Whereabouts) -> str:
    rest = "what ElevenLabs has not confirmed yet is erased there, and what was posted is taken back"
    if is_postgres(settings.database_url):
        return f"The rest is queued: {rest}, by whichever Troupe works on this database."
    if whereabouts.is_running:
        return f"The rest is done by the Troupe that runs: {rest}."
    return f"Troupe does not run. The rest is queued and done once it does: {rest}."


@asynccontextmanager
async def _open_house(settings: Settings, whereabouts: Whereabouts) -> AsyncIterator[Installation]:
    cast = await open_cast(settings)
    async with open_installation(settings, whereabouts.provider, cast, whereabouts.public_url) as house:
        yield house
