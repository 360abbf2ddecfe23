"""Every command line in the documents is one that the program takes, and every make target is there."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from bot.cli import troupe
from tests.docs.pages import EVERYBODYS, PAGES, ROOT, Page

_OURS = re.compile(r"(?:^|&& |[|] |\S*/bin/)troupe (?=[a-z-])(?P<rest>[^|>;&]*)")
_HOLE = re.compile(r"\s…$|\s\[[^\]]*\]")
"""What a reader is to put there: nothing of it is looked at, but for the options in brackets."""


def typed(page: Page) -> Iterator[tuple[str, bool]]:
    """Yield what stands after ``troupe`` in each command line, and whether it is meant to be copied whole."""
    under = ""
    for line in page.prose.splitlines():
        if head := re.match(r"\| `troupe ([a-z]+) …` \|", line):
            under = head[1]
        elif not line.startswith("|"):
            under = ""
        elif under:
            rows = re.findall(r"`([a-z].*?)`", line.replace("\\|", "/").split(" | ")[0])
            yield from ((f"{under} {row}", False) for row in rows)
    for line in page.lines:
        yield from ((found["rest"], True) for found in _OURS.finditer(line.split(" #")[0]))
    for piece in page.inline:
        if found := _OURS.match(piece):
            yield found["rest"], False


def parse(words: list[str], *, whole: bool) -> None:
    """Parse a command line as the program would, without running it. Raises click.UsageError."""
    command: click.Command = troupe
    context = click.Context(troupe, info_name="troupe")
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, *words = words
        found = command.get_command(context, name)
        if found is None:
            raise click.NoSuchOption(name)
        command, context = found, click.Context(found, context, info_name=name)
    values, rest, _ = command.make_parser(context).parse_args(list(words))
    if rest and not isinstance(command, click.Group):
        raise click.UsageError(f"more than it takes: {rest}")
    for parameter in command.params:
        value = values.get(parameter.name or "")
        if isinstance(value, str) and isinstance(parameter.type, click.Choice):
            parameter.type.convert(value, parameter, context)
        is_given = isinstance(value, str | tuple) and bool(value)
        if whole and parameter.required and not is_given:
            raise click.MissingParameter(ctx=context, param=parameter)


def words_of(line: str) -> list[str]:
    """Return a line's words; options in brackets count, what stands for a file or a name does too."""
    optional = " ".join(re.findall(r"\[(-[^\]]*)\]", line))
    return shlex.split(f"{_HOLE.sub('', line.rstrip())} {optional}".replace("…", "X"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_is_one_that_the_program_takes(page: Page):
    for line, whole in typed(page):
        try:
            parse(words_of(line), whole=whole)
        except click.UsageError as error:
            pytest.fail(f"troupe {line}: {error.format_message()}")


def test_command_lines_are_found_in_blocks_in_prose_and_in_tables():
    found = {line.strip() for page in EVERYBODYS for line, _ in typed(page)}
    assert {
        "console --as alice --yes", "check", "people set discord:123 guild_rank=captain level=7",
        "personas preview --base origin/main", "migrate-to postgresql://…",
    } <= found  # fmt: skip


def test_a_command_line_that_the_program_does_not_take_is_found():
    for wrong in ("chekc", "check --jsn", "personas lnt", "personas lint --format yaml", "sync 30"):
        with pytest.raises(click.UsageError):
            parse(words_of(wrong), whole=False)
    with pytest.raises(click.UsageError):
        parse(["people", "set"], whole=True)


def targets() -> set[str]:
    """Return what make can be asked for."""
    text = (ROOT / "Makefile").read_text().replace("$(VENV)", ".venv")
    return set(re.findall(r"^([\w./-]+):(?!=)", text, re.MULTILINE)) - {".PHONY"}


def test_every_make_target_that_a_page_names_is_there():
    asked = {
        target
        for page in PAGES
        for code in (*page.lines, *page.inline)
        for target in re.findall(r"(?:^|\s)make(?: -s| -C \S+)? ([\w./-]+)", code.split(" #")[0])
    }
    assert {"run", "test", ".venv/.ready", "bench"} <= asked
    assert asked <= targets(), asked - targets()


def test_every_make_target_for_people_is_named():
    asked = " ".join(code for page in EVERYBODYS for code in (*page.lines, *page.inline))
    for target in targets() - {"lint", "types", "lock", "clean", ".venv/.ready"}:
        assert f"make {target}" in asked, target
