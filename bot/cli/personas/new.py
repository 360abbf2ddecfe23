"""``troupe personas new``: a character's file to begin with."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import TypeAdapter, ValidationError

from bot.cast import Cast, read_cast
from bot.cast.template import Answers, Memory, build_template, editor_link
from bot.cli.personas.folder import folder_of_cast, folder_option
from bot.domain.errors import CallerError
from bot.domain.persona import FrontMatter, is_slug, suggest_slug
from bot.domain.unseen import find_unseen
from bot.domain.voice import Voice

T = TypeVar("T")
_UNSAID = Answers()
_TAKEN = frozenset({"readme", "house-rules"})
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_MEMORIES: Mapping[Memory, str] = {
    "own": "remembers what was said to it",
    "shared": "also reads what was said to other shared characters",
    "none": "remembers nobody",
}


class NotWritten(CallerError):
    """A character's file cannot be made as it was asked for."""


@click.command()
@click.argument("slug", required=False)
@click.option("--name", help="The name that members see and say.")
@click.option("--tagline", help="One line that makes somebody want to call.")
@click.option("--author", help="Who wrote it, such as @mira.")
@click.option("--language", help="The language of the first words: en, de, pt-br.")
@click.option("--voice", help="A name from voices.yaml.")
@click.option("--memory", type=click.Choice(list(_MEMORIES)), help="What it remembers of members.")
@folder_option
@click.option(
    "--yes", "is_silent", is_flag=True, help="Ask nothing; what is not said stays as in the template."
)
@click.option("--link", "repository", metavar="OWNER/REPO", help="Print a link to GitHub's editor instead.")
@click.option("--branch", default="main", show_default=True, help="With --link: the branch to begin from.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written, or the link, as JSON.")
def new(
    slug: str | None,
    *,
    folder: Path | None,
    is_silent: bool,
    repository: str | None,
    branch: str,
    as_json: bool,
    **said: Any,
) -> None:
    """Write SLUG.md, a character to begin with, after a few questions; never over a file that is there.

    SLUG is the file's name and the word that members type: small letters, digits and -.

    With --link nothing is written: the link opens the editor of your repository on GitHub with the same file,
    for authors who have nothing but a browser. --dir is then the folder in the repository ("." for its root).
    """
    if repository is not None:
        link = _link(repository, branch, folder)
        click.echo(json.dumps({"link": link}) if as_json else link)
        return
    where = folder_of_cast(folder)
    cast = _cast(where)
    can_ask = not (is_silent or as_json) and sys.stdin.isatty()
    if slug is None and can_ask:
        slug = _ask("The file's name, which members type", None, lambda said: _checked_slug(said, where))
    path = where / f"{_checked_slug(slug, where)}.md"
    given = {name: value for name, value in said.items() if value is not None}
    if not is_silent and not can_ask and len(given) < len(said):
        missing = ", ".join(f"--{name}" for name in said if name not in given)
        raise NotWritten(f"Nobody can be asked here: add {missing}, or --yes to fill them in later.")
    answers = _answers(slug or "", cast, given, is_silent=is_silent)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(build_template(answers))
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror}.") from None
    if as_json:
        told = {"slug": path.stem, "file": str(path), **asdict(answers)}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(
        f"Wrote {path}. Next:\n"
        f"  1. Put your own words where it says “Write here”, and a picture beside it if you like.\n"
        f"     Until then lint complains, and nobody can call the character.\n"
        f"  2. troupe personas lint {path}\n"
        f"  3. troupe personas try {path.stem}\n"
        f"  4. Commit it and open a pull request; {where / 'README.md'} says what reviewers look at."
    )


def _link(repository: str, branch: str, folder: Path | None) -> str:
    if not _REPOSITORY.fullmatch(repository):
        raise NotWritten(
            f"{repository!r} is no repository on GitHub; write OWNER/REPO, such as mira/characters."
        )
    cast = _cast(folder_of_cast(None))
    text = build_template(_answers("my-character", cast, {}, is_silent=True))
    inside = "personas" if folder is None else folder.as_posix()
    return editor_link(repository, text, branch=branch, folder="" if inside == "." else inside)


def _cast(folder: Path) -> Cast:
    """Return the cast that the character joins; its voices are needed. Raises the first problem with them."""
    cast = read_cast(folder)
    if not cast.voices:
        raise next((one for one in cast.problems if one.path.name != "house-rules.md"), cast.problems[0])
    return cast


def _checked_slug(slug: str | None, folder: Path) -> str:
    if slug is None:
        raise NotWritten("Name the file: troupe personas new my-character.")
    name = slug.removesuffix(".md")
    if not is_slug(name) or name in _TAKEN:
        better = suggest_slug(name)
        advice = f", such as {better}" if better and better not in _TAKEN else ""
        taken = "stands for another file" if name in _TAKEN else "cannot be a character's file name"
        raise NotWritten(f"{slug!r} {taken}; use 1 to 32 small letters, digits and -{advice}.")
    if (folder / f"{name}.md").exists():
        raise NotWritten(f"{folder / f'{name}.md'} is there already; choose another name, or edit that file.")
    return name


def _answers(slug: str, cast: Cast, given: Mapping[str, Any], *, is_silent: bool) -> Answers:
    """Return the answers, each given, asked for, or as in the template."""

    def answer(name: str, text: str, default: str, check: Callable[[str], T]) -> T:
        if name in given:
            return check(given[name])
        if is_silent:
            return check(default)
        return _ask(text, default, check)

    title = slug.removesuffix(".md").replace("-", " ").capitalize()
    name = answer("name", "Its name", title, lambda said: _free_name(said, cast))
    tagline = answer("tagline", "One line about it", _UNSAID.tagline, lambda said: _fits("tagline", said))
    author = answer("author", "Your name", _UNSAID.author, lambda said: _fits("author", said))
    language = answer("language", "Its language", _usual_language(cast), lambda said: _spoken(said, cast))
    voices = {name: one for name, one in sorted(cast.voices.items()) if not one.refusal(language)}
    if not is_silent and "voice" not in given:
        _show_voices(voices)
    voice = answer(
        "voice", "Its voice, by number or name", next(iter(voices)), lambda said: _voice(said, voices)
    )
    if not is_silent and "memory" not in given:
        click.echo("\n".join(f"  {memory}: {what}" for memory, what in _MEMORIES.items()))
    memory = answer("memory", "Its memory", "own", lambda said: _fits("memory", said))
    return Answers(name, tagline, author, language, voice, memory)


def _ask(text: str, default: str | None, check: Callable[[str], T]) -> T:
    """Ask until the answer can be; without a default there has to be one."""
    while True:
        try:
            return check(click.prompt(text, default=default))
        except NotWritten as error:
            click.echo(str(error), err=True)


def _fits(key: str, said: str) -> Any:
    """Return a value that may stand under a key. Raises NotWritten."""
    field = FrontMatter.model_fields[key]
    try:
        value = TypeAdapter(field.rebuild_annotation()).validate_python(said)
    except ValidationError as error:
        raise NotWritten(_why_not(key, error)) from None
    if find_unseen(value):
        raise NotWritten(f"The {key} has an invisible character in it; type it anew.")
    return value


def _why_not(key: str, error: ValidationError) -> str:
    problem = error.errors()[0]
    limits = problem.get("ctx", {})
    if problem["type"] == "string_too_long":
        return f"The {key} is too long; use at most {limits['max_length']} characters."
    if problem["type"] == "string_too_short":
        return f"The {key} is empty; write something."
    if problem["type"] == "literal_error":
        return f"The {key} is one of {limits['expected']}."
    return f"The {key} {problem['msg']}."


def _free_name(said: str, cast: Cast) -> str:
    name: str = _fits("name", said)
    for other in cast.personas.values():
        if name.casefold() in {other.slug, other.name.casefold()}:
            raise NotWritten(f"{other.slug}.md answers to {name!r} already; choose another name.")
    return name


def _usual_language(cast: Cast) -> str:
    spoken = {language for voice in cast.voices.values() for language in voice.languages}
    return "en" if "en" in spoken else min(spoken)


def _spoken(said: str, cast: Cast) -> str:
    language: str = _fits("language", said)
    if all(voice.refusal(language) for voice in cast.voices.values()):
        spoken = sorted({one for voice in cast.voices.values() for one in voice.languages})
        raise NotWritten(f"No voice of voices.yaml speaks {language!r}; they speak {', '.join(spoken)}.")
    return language


def _voice(said: str, voices: Mapping[str, Voice]) -> str:
    names = list(voices)
    if said.isascii() and said.isdecimal() and 1 <= int(said) <= len(names):
        return names[int(said) - 1]
    if said not in voices:
        raise NotWritten(f"There is no voice {said!r} for this language; there are {', '.join(names)}.")
    return said


def _show_voices(voices: Mapping[str, Voice]) -> None:
    for number, (name, voice) in enumerate(voices.items(), 1):
        click.echo(f"  {number}. {name} ({', '.join(voice.languages)})")
    if any(voice.preview for voice in voices.values()):
        click.echo("  To hear one, open the address that stands under it in voices.yaml as 'preview'.")
