"""``troupe personas diff``: what members notice of what changed in the folder since a git revision."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from bot.cast.comparing import Change, Changed, Difference, Reading, compare, read_folder
from bot.cast.revision import open_revision
from bot.cli.personas.folder import folder_of_cast, folder_option, problems_as_json
from bot.domain.errors import CallerError, PersonaFileError
from bot.domain.initiation import build_prompt
from bot.domain.linewise import diff_lines
from bot.domain.tokens import HOW_ESTIMATED, estimate_tokens
from bot.domain.variables import strip_control

_COLORS = {"+": "green", "-": "red", "@": "cyan"}


@click.command()
@click.argument("rev")
@click.argument("slugs", nargs=-1, metavar="[SLUG ...]")
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@folder_option
def diff(rev: str, slugs: tuple[str, ...], folder: Path | None, *, as_json: bool) -> None:
    """Compare the characters with those of the git revision REV, such as HEAD or origin/main.

    What concerns members' privacy stands first: who reads what they say. Exit code 1 if a file is broken now.
    """
    before, after = read_both(folder_of_cast(folder), rev)
    known = before.cast.slugs_on_disk | after.cast.slugs_on_disk
    for slug in slugs:
        if slug not in known:
            raise CallerError(f"There is no {strip_control(slug)[:40]!r}, neither now nor at {rev}.")
    found = compare(before, after, slugs)
    if as_json:
        click.echo(json.dumps(_as_json(rev, found, before, after), ensure_ascii=False, indent=2))
    else:
        _print(Console(highlight=False), rev, found)
    sys.exit(1 if found.problems or any(one.problems for one in found.characters) else 0)


def read_both(folder: Path, rev: str) -> tuple[Reading, Reading]:
    """Read the cast as it was at a revision, and as it is in the folder now. Raises CallerError."""
    with open_revision(folder, rev) as then:
        return read_folder(then), read_folder(folder)


def _as_json(rev: str, found: Difference, before: Reading, after: Reading) -> dict[str, Any]:
    return {
        "base": rev,
        "privacy": [
            {"slug": one.slug, **_change(change)}
            for one in found.characters
            for change in one.changes
            if change.is_privacy
        ],
        "characters": [
            {
                "slug": one.slug,
                "name": one.name,
                "kind": one.kind,
                "version": {
                    "before": one.before.version if one.before else None,
                    "after": one.after.version if one.after else None,
                },
                "changes": [_change(change) for change in one.changes],
                "prompt": _prompts(one, before, after),
                "problems": problems_as_json(one.problems),
            }
            for one in found.characters
        ],
        "house_rules": _change(found.house_rules) if found.house_rules else None,
        "voices": [_change(change) for change in found.voices],
        "problems": problems_as_json(found.problems),
    }


def _change(change: Change) -> dict[str, Any]:
    lines = {"diff": diff_lines(change.before, change.after)} if change.is_text else {}
    return {**asdict(change), **lines}


def _prompts(one: Changed, before: Reading, after: Reading) -> dict[str, Any]:
    """Return the whole system prompt then and now, its placeholders in it, and how much it is."""
    then = build_prompt(one.before, before.cast.house_rules) if one.before else ""
    now = build_prompt(one.after, after.cast.house_rules) if one.after else ""
    tokens = {"before": estimate_tokens(then), "after": estimate_tokens(now), "estimated": HOW_ESTIMATED}
    return {"before": then, "after": now, "tokens": tokens}


def _print(out: Console, rev: str, found: Difference) -> None:
    if found.is_empty:
        out.print(f"Nothing has changed since {strip_control(rev)}.")
    _problems(out, found.problems)
    for one in found.characters:
        out.print(
            Text.assemble(
                (strip_control(one.name), "bold"), f" ({strip_control(one.slug)}): {_KINDS[one.kind]}"
            )
        )
        _problems(out, one.problems)
        for change in one.changes:
            _print_change(out, change)
        if one.kind == "changed" and not one.changes:
            out.print("  Only the form of the file is another; members notice nothing.")
    if found.house_rules:
        out.print(Text(f"House rules: changed. {found.house_rules.meaning}", style="bold"))
        _print_lines(out, diff_lines(found.house_rules.before, found.house_rules.after))
    for change in found.voices:
        out.print(
            Text.assemble(("Voice ", "bold"), (strip_control(change.what), "bold"), f": {change.meaning}")
        )
        _print_both(out, change)


_KINDS = {
    "added": "is new",
    "changed": "is changed",
    "removed": "is removed",
    "broken": "cannot be called as its file is now; Troupe keeps the last good one while it runs",
}


def _print_change(out: Console, change: Change) -> None:
    if change.is_privacy:
        style = "bold white on red" if change.is_wider else "bold"
        words = strip_control(f" {change.reach}. {change.meaning}")
        out.print(Text.assemble("  ", ("PRIVACY", style), words))
    elif change.is_text:
        tokens = " to ".join(f"{estimate_tokens(text):,}" for text in (change.before, change.after))
        out.print(f"  {change.what}, about {tokens} tokens without the house rules ({HOW_ESTIMATED}):")
        _print_lines(out, diff_lines(change.before, change.after))
    else:
        out.print(Text(f"  {change.what}:"))
        _print_both(out, change)


def _print_both(out: Console, change: Change) -> None:
    for sign, text in (("-", change.before), ("+", change.after)):
        _print_lines(out, [f"{sign}{line}" for line in text.split("\n") if text])


def _print_lines(out: Console, lines: Sequence[str]) -> None:
    for line in lines:
        out.print(Text(f"    {strip_control(line)}", style=_COLORS.get(line[:1], "")), soft_wrap=True)


def _problems(out: Console, problems: Sequence[PersonaFileError]) -> None:
    for problem in problems:
        out.print(Text(f"  {strip_control(str(problem))}", style="red"), soft_wrap=True)
