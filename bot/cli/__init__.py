"""The program ``troupe``: parses, calls, prints. Errors that somebody can act on become one sentence."""

import json
import logging
import os
import signal
import sys
from io import TextIOWrapper
from pathlib import Path

import click

from bot.cli.later import LateGroup, Later
from bot.domain.errors import CallerError, OperatorError, SettingsError, TroupeError

DISK_FULL = "There is no room left on the disk, or in your share of it: make some, then run this again."

_COMMANDS = {
    "agent": Later("bot.cli.agent:agent", "Make the ElevenLabs agent what this cast and installation need."),
    "backup": Later("bot.cli.backing_up:backup", "Back up everything that is kept, while Troupe runs."),
    "bench-recall": Later("bot.cli.bench_recall:bench_recall", ""),
    "check": Later("bot.cli.check:check", "Say what is missing of all that Troupe needs, and the fix."),
    "console": Later("bot.cli.running:console", "Talk with Troupe in this terminal."),
    "import": Later("bot.cli.past:import_", "Bring conversations that somebody already has."),
    "link": Later("bot.cli.link:link", "Print a private link that starts a call, from data of your own."),
    "migrate-to": Later(
        "bot.cli.migrating:migrate_to", "Copy the database file to a Postgres server, and compare both."
    ),
    "people": Later(
        "bot.cli.people:people", "Set what characters may know of a person; export it, forget it."
    ),
    "personas": Later("bot.cli.personas:personas", "Write characters, and look at them."),
    "reindex": Later(
        "bot.cli.check_index:reindex", "Build anew what is wrong in the index of what was said."
    ),
    "restore": Later(
        "bot.cli.restoring:restore", "Put a backup back, and erase again what was erased since."
    ),
    "run": Later("bot.cli.running:run", "Run Troupe without a terminal, until SIGTERM."),
    "sandbox": Later("bot.cli.sandbox:sandbox", "Play ElevenLabs on this machine, for Troupe or others."),
    "setup": Later("bot.cli.setup:setup", "Set everything up: ElevenLabs with its agent, Discord, Slack."),
    "slack": Later("bot.cli.slack:slack", "Make the Slack app: print its manifest."),
    "stats": Later("bot.cli.stats:stats", "Show how much Troupe is used, in nobody's name."),
    "sync": Later("bot.cli.sync:sync", "Bring home conversations that ElevenLabs has and we do not."),
    "talk-client": Later(
        "bot.cli.talk_client:talk_client", "Fetch what lets members talk aloud on the page."
    ),
}


@click.group(
    cls=LateGroup,
    later=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="troupe")
def troupe() -> None:
    """One voice agent, a whole cast of characters, and it remembers you.

    Settings are read from the environment and from .env; README.md lists them. With none at all a built-in
    stand-in plays ElevenLabs.
    """


def main() -> None:
    """Run ``troupe``; exit code 1 when the one who typed can mend it, 2 when the operator has to.

    With ``--json`` or ``--format json`` there is one JSON object on standard output whatever happens:
    ``{"error": …}`` then.
    """
    _settle_streams()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGTERM, _as_ctrl_c)
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
        from storage.full import tells_of_a_full_disk  # brings the whole store along

        if not tells_of_a_full_disk(group):
            raise
        _drop_what_cannot_be_printed()
        _leave(ExceptionGroup("", [SettingsError(DISK_FULL)]), 2, as_json=as_json)


def _as_ctrl_c(_number: int, _frame: object) -> None:
    """Clear away what is unfinished, people's words in it, when the system ends a command."""
    signal.raise_signal(signal.SIGINT)


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
        from bot.logs import say  # brings what the log needs along

        say(sentence, logging.ERROR)
    sys.exit(code)
