"""``troupe import`` for many people at once: a progress bar, and what became of whose records."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.calls.installation import Installation
from bot.calls.moving import Loss, bring, bring_from_elevenlabs
from bot.domain.caller import Account
from bot.domain.errors import CallerError, ImportRejected
from bot.domain.words import import_text, plural
from bot.records.many import Bad, Entry, Owners, files_in, read_folder, read_lines, read_map
from bot.records.reasons import words_for


class Report:
    """What became of each person's records, and what could not be read."""

    def __init__(self, *, is_dry: bool, is_for_program: bool) -> None:
        self.is_dry = is_dry
        self.is_for_program = is_for_program
        self._people: dict[str, Loss] = defaultdict(Loss)
        self.bad: list[Bad] = []

    def add(self, account: Account, loss: Loss) -> None:
        """Count what came of one record."""
        total = self._people[str(account)]
        for one in fields(Loss):
            setattr(total, one.name, getattr(total, one.name) + getattr(loss, one.name))

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "dry_run": self.is_dry,
            "people": {account: loss.as_json() for account, loss in self._people.items()},
            "bad": [{"where": one.where, "why": one.why} for one in self.bad],
        }

    def sentences(self) -> Iterator[str]:
        """Yield it for people: a sentence or two of each."""
        for account, loss in sorted(self._people.items()):
            saved = import_text(
                loss.new, loss.known, loss.profile_fields, loss.facts, loss.grown, loss.new_lines
            )
            if self.is_dry:
                saved = saved.replace("Saved", "Would save", 1)
            left = ", ".join(
                f"{count:,} {words_for(what, count)}" for what, count in sorted(loss.dropped.items())
            )
            out = f" Left out: {left}." if left else ""
            yield f"{account}: {saved} {plural(loss.lines, 'line')} in all.{out}"
        if not self._people:
            yield "Nothing was found to import."


async def bring_many(house: Installation, source: Path, map_file: Path | None, report: Report) -> None:
    """Bring a folder or a file of lines; what is bad is told and the others go on. Raises CallerError."""
    owners = None
    if map_file is not None:
        owners, bad = read_map(map_file)
        for one in bad:
            _tell(report, one)
    total, entries = _open(source, owners)
    with _progress() as progress:
        task = progress.add_task("", total=total)
        for entry in entries:
            await _bring_one(house, entry, report)
            progress.update(task, completed=entry.end)
    for one in owners.unfitted() if owners else ():
        _tell(report, one)


def _open(source: Path, owners: Owners | None) -> tuple[int, Iterator[Entry | Bad]]:
    """Return how much there is, in files or bytes, and what it holds."""
    if source.is_file():
        return source.stat().st_size, read_lines(source, owners)
    if not source.is_dir():
        raise ImportRejected(f"{source} does not exist: check the path.")
    if owners is None:
        raise CallerError("Say whose files these are: --map accounts.csv, with theirs,account in it.")
    return len(files_in(source)), read_folder(source, owners)


async def _bring_one(house: Installation, entry: Entry | Bad, report: Report) -> None:
    if isinstance(entry, Bad):
        _tell(report, entry)
        return
    try:
        account, loss = await bring(house, entry, is_dry=report.is_dry)
    except CallerError as error:
        _tell(report, Bad(entry.where, str(error)))
    else:
        report.add(account, loss)


async def bring_theirs(
    house: Installation, account: Account, user_id: str, character: str, report: Report
) -> None:
    """Bring what ElevenLabs has under a user id."""
    with _progress() as progress:
        task = progress.add_task("", total=None)
        found = bring_from_elevenlabs(house, account, user_id, character, is_dry=report.is_dry)
        async for one in found:
            progress.advance(task)
            if isinstance(one, Bad):
                _tell(report, one)
            else:
                report.add(account, one)


def show(report: Report) -> None:
    """Print what became of everything."""
    if report.is_for_program:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    for sentence in report.sentences():
        click.echo(sentence)
    if report.bad:
        click.echo(f"{plural(len(report.bad), 'entry', 'entries')} could not be read; see above.", err=True)


def _tell(report: Report, bad: Bad) -> None:
    report.bad.append(bad)
    if not report.is_for_program:
        click.echo(f"{bad.where}: {bad.why}", err=True)


def _progress() -> Progress:
    out = Console(stderr=True)
    columns = (TextColumn("Records"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=out, disable=not out.is_terminal)
