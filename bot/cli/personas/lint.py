"""``troupe personas lint``: what is wrong with the files of the cast, and what could be better."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from bot.cast import Cast, read_cast
from bot.cast.admin_files import HOUSE_RULES, VOICES
from bot.cast.misplaced import find_misplaced
from bot.cli.personas.findings import Finding, build_findings
from bot.cli.personas.folder import suggest_file
from bot.config import read_settings
from bot.domain.errors import PersonaFileError, ProviderError, SettingsError
from bot.domain.persona import Persona, Slug
from bot.domain.tokens import HOW_ESTIMATED, estimate_tokens
from bot.domain.words import plural

_Answer = tuple[Sequence[PersonaFileError], Sequence[PersonaFileError], str]
_NOT_ASKED = "Voices and models were not looked up at ElevenLabs, {}."
FORMATS = ("text", "json", "github")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[DIR | FILE...]")
@click.option("--strict", is_flag=True, help="Take advice as errors.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True,
    help="How to print: for people, for scripts, or as annotations of a pull request.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--online/--offline", default=None,
    help="Ask ElevenLabs for the voices, speech models and language models. Asked if a key is set.",
)  # fmt: skip
def lint(paths: tuple[Path, ...], *, strict: bool, form: str, as_json: bool, online: bool | None) -> None:
    """Say what is wrong with the characters in DIR (PERSONAS_DIR), and what would make them better.

    Everything is said at once, as file:line:column. With FILEs only these are spoken about, and voices.yaml
    and house-rules.md, on which they depend. Advice begins with "advice:" and fails nothing.

    With a key, ElevenLabs is asked whether it has what the files name. That it does not answer is said, and
    fails nothing.

    Exit code 0: nothing has to be mended; 1: something has, in a file; 2: command or settings are wrong.
    """
    folder, only = _what_to_read(paths)
    cast = read_cast(folder)
    missing, unfit, note = _ask(folder, cast, wanted=online, is_needed=not paths)
    gone = list(_missing(paths))
    is_there = not paths or len(gone) < len(paths)
    problems = [*cast.problems, *find_misplaced(folder), *missing] if is_there else []
    advice = [*cast.advice, *unfit] if is_there else []
    findings = build_findings([*_about(problems, only), *gone], _about(advice, only), is_strict=strict)
    cast = replace(cast, personas=_asked_about(cast, only))
    if as_json or form == "json":
        _print_json(cast, findings, note)
    elif form == "github":
        for finding in findings:
            click.echo(finding.as_workflow_command())
    else:
        for finding in findings:
            click.echo(str(finding))
    click.echo(f"{_summary(cast, findings)}\n{note}", err=True)
    sys.exit(1 if any(finding.severity == "error" for finding in findings) else 0)


def _what_to_read(paths: Sequence[Path]) -> tuple[Path, Sequence[Path]]:
    """Return the folder of the cast, and the files that are wanted; none: all of them."""
    if not paths:
        return read_settings().personas_dir, ()
    files = [path for path in paths if not path.is_dir()]
    folders = {path.parent for path in files} | {path for path in paths if path not in files}
    if len(folders) > 1:
        named = ", ".join(str(folder) for folder in sorted(folders))
        raise click.UsageError(f"Name files of one folder, or one folder; these are {named}.")
    return folders.pop(), files


def _ask(folder: Path, cast: Cast, *, wanted: bool | None, is_needed: bool) -> _Answer:
    """Return the problems and the advice that ElevenLabs' lists give, and a sentence about the asking.

    Unless they are needed, settings that cannot be used do not matter: whoever names a folder may have none.
    """
    if wanted is False:
        return (), (), _NOT_ASKED.format("as you wished (--offline)")
    try:
        settings = read_settings()
    except SettingsError as error:
        if wanted or is_needed:
            raise
        return (), (), _NOT_ASKED.format(f"because the settings cannot be used: {error}")
    if settings.is_sandbox and not wanted:
        return (), (), _NOT_ASKED.format("because no ELEVENLABS_API_KEY is set")
    from bot.cli.personas.looking_up import look_up  # loaded only where it is asked for
    from bot.cli.whereabouts import find_bot

    whereabouts = find_bot(settings)
    if wanted and not whereabouts.can_be_asked:
        raise SettingsError("Set ELEVENLABS_API_KEY and ELEVENLABS_AGENT_ID first, or leave --online out.")
    try:
        problems, advice = look_up(folder, cast, whereabouts)
    except ProviderError as error:
        return (), (), _NOT_ASKED.format(f"because that failed: {error}")
    return problems, advice, "Voices and models were looked up at ElevenLabs."


def _about(found: Iterable[PersonaFileError], only: Sequence[Path]) -> Iterable[PersonaFileError]:
    """Keep what is about the wanted files, or about what they depend on."""
    names = {HOUSE_RULES, VOICES, *(path.name for path in only)}
    return [one for one in found if not only or one.path.name in names or one.path.is_dir()]


def _asked_about(cast: Cast, only: Sequence[Path]) -> Mapping[Slug, Persona]:
    names = {path.name for path in only}
    return {slug: one for slug, one in cast.personas.items() if not only or f"{slug}.md" in names}


def _missing(paths: Iterable[Path]) -> Iterable[PersonaFileError]:
    for path in paths:
        if not os.path.lexists(path):
            what = "file" if path.suffix else "file or folder"
            yield PersonaFileError(path, 1, 1, f"this {what} is not there; {suggest_file(path)}")


def _print_json(cast: Cast, findings: Sequence[Finding], note: str) -> None:
    problems = [finding.as_json() for finding in findings if finding.severity == "error"]
    advice = [finding.as_json() for finding in findings if finding.severity == "advice"]
    told = {
        "characters": sorted(cast.personas),
        "problems": problems,
        "advice": advice,
        "prompt_tokens": dict(sorted(_prompt_tokens(cast).items())),
        "note": note,
    }
    click.echo(json.dumps(told, indent=2))


def _prompt_tokens(cast: Cast) -> dict[str, int]:
    """Return about how many tokens each character's whole prompt has, without what is remembered."""
    rules = estimate_tokens(cast.house_rules)
    return {slug: rules + estimate_tokens(persona.body) for slug, persona in cast.personas.items()}


def _summary(cast: Cast, findings: Sequence[Finding]) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    advised = len(findings) - errors
    wrong = {finding.path.name for finding in findings if finding.severity == "error"}
    fine = sum(f"{slug}.md" not in wrong for slug in cast.personas)
    counts = [plural(fine, "character") + " fine", plural(errors, "problem")]
    if advised:
        counts.append(plural(advised, "piece of advice", "pieces of advice"))
    tokens = _prompt_tokens(cast)
    longest = max(tokens, key=lambda slug: tokens[slug], default=None)
    return f"{', '.join(counts)}." + (
        f" The longest prompt, {longest}'s with the house rules, is about {tokens[longest]:,} tokens a turn "
        f"({HOW_ESTIMATED})."
        if longest
        else ""
    )
