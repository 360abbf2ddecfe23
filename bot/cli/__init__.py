"""The program ``troupe``: parses, calls, prints. Errors that somebody can act on become one sentence."""

import json
import os
import sys
from io import TextIOWrapper
from pathlib import Path

import click

from bot.cli.agent import agent
from bot.cli.bench_recall import bench_recall
from bot.cli.check import check
from bot.cli.check_index import reindex
from bot.cli.link import link
from bot.cli.past import import_
from bot.cli.people import people
from bot.cli.personas import personas
from bot.cli.running import console, run
from bot.cli.sandbox import sandbox
from bot.cli.setup import setup
from bot.cli.slack import slack
from bot.cli.sync import sync
from bot.cli.talk_client import talk_client
from bot.domain.errors import CallerError, OperatorError, SettingsError, TroupeError
from storage.full import tells_of_a_full_disk

DISK_FULL = "There is no room left on the disk, or in your share of it: make some, then run this again."


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="troupe")
def troupe() -> None:
    """One voice agent, a whole cast of characters, and it remembers you.

    Settings are read from the environment and from .env; README.md lists them. With none at all a built-in
    stand-in plays ElevenLabs.
    """


troupe.add_command(console)
troupe.add_command(run)
troupe.add_command(setup)
troupe.add_command(slack)
troupe.add_command(link)
troupe.add_command(import_)
troupe.add_command(people)
troupe.add_command(personas)
troupe.add_command(check)
troupe.add_command(agent)
troupe.add_command(reindex)
troupe.add_command(sync)
troupe.add_command(talk_client)
troupe.add_command(sandbox)
troupe.add_command(bench_recall)


def main() -> None:
    """Run ``troupe``; exit code 1 when the one who typed can mend it, 2 when the operator has to.

    With ``--json`` or ``--format json`` there is one JSON object on standard output whatever happens:
    ``{"error": …}`` then.
    """
    _settle_streams()
    typed = " ".join(sys.argv[1:]).replace("=", " ")
    as_json = "--json" in sys.argv[1:] or "--format json" in typed
    try:
        troupe(standalone_mode=not as_json)
    except* click.ClickException as group:
        _leave(group, 2, as_json=as_json)
    except* click.Abort as group:
        _leave(group, 1, as_json=as_json)
    except* CallerError as group:
        _leave(group, 1, as_json=as_json)
    except* OperatorError as group:
        _leave(group, 2, as_json=as_json)
    except* TroupeError as group:
        _leave(group, 1, as_json=as_json)
    except* Exception as group:
        if not tells_of_a_full_disk(group):
            raise
        _drop_what_cannot_be_printed()
        _leave(ExceptionGroup("", [SettingsError(DISK_FULL)]), 2, as_json=as_json)


def _settle_streams() -> None:
    """Take a stream that was closed for an empty one, and write letters that a terminal lacks as numbers."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115  # for as long as we run
        elif mode == "w" and isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _drop_what_cannot_be_printed() -> None:
    """Print nothing more where the disk that is full is the one that standard output is written to."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave(group: BaseExceptionGroup[Exception], code: int, *, as_json: bool) -> None:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    sentence = error.format_message() if isinstance(error, click.ClickException) else str(error)
    if as_json:
        click.echo(json.dumps({"error": sentence or "Nothing was done."}, ensure_ascii=False))
    else:
        click.echo(sentence, err=True)
    sys.exit(code)
