"""``troupe talk-client``: what lets members talk aloud on the talk page."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli.npm import fetch_files, missing
from bot.config import read_settings
from bot.web.talk_client import LICENCES, SERVED, PinnedFile

_ALL = (*SERVED, *LICENCES)


@click.group("talk-client")
def talk_client() -> None:
    """What lets members talk aloud on the talk page: ElevenLabs' browser client, served by Troupe itself."""


@talk_client.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def fetch(*, as_json: bool) -> None:
    """Have npm fetch the browser client, check it by hash, and put it into TALK_CLIENT_DIR.

    npm's own configuration says where from. Nothing is fetched that is there already.
    """
    folder = read_settings().talk_client_dir
    lacking = missing(_ALL, folder)
    if lacking and not as_json:
        click.echo("Having npm fetch " + " and ".join(_packages(lacking)) + " …", err=True)
    size = fetch_files(lacking, folder) if lacking else 0
    done = {"folder": str(folder), "fetched": [file.name for file in lacking], "bytes": size}
    click.echo(json.dumps(done) if as_json else _sentence(folder, size))


def _packages(files: Sequence[PinnedFile]) -> list[str]:
    return list(dict.fromkeys(file.package for file in files))


def _sentence(folder: Path, size: int) -> str:
    if not size:
        return f"{folder} has everything already; nothing was fetched."
    return (
        f"{size / 1e6:.1f} MB are in {folder}, as they should be. Members talk aloud once Troupe was "
        "started again."
    )
