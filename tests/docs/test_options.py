"""Every option that stands alone in a sentence is one of a command that is named right there."""

import re
from collections.abc import Iterator

import click
import pytest

from bot.cli import troupe
from tests.docs.pages import PAGES, ROOT, Page
from tests.docs.test_programs import words_of

_NAMED = re.compile(r"\btroupe ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)|`([a-z]+)`")
_OPTION = re.compile(r"`(--[a-z][^`\n]*)`")
_EVERYWHERE = ("-h", "--help")
_OF_OUR_TESTS = "docs/working.md"
"""Its options are those of our tests' programs, which are no commands of ``troupe``."""


def pieces(page: Page) -> Iterator[str]:
    """Yield paragraphs, blocks of code, and each row of a table with its whole command."""
    for piece in re.split(r"\n\s*\n", page.text):
        if not piece.startswith("|"):
            yield piece
            continue
        head = re.match(r"\| `(troupe [a-z]+) …` \|", piece)
        for row in piece.splitlines()[2:]:
            yield row.replace("| `", f"| `{head[1]} ", 1) if head else row


def commands_in(piece: str, under: click.Group | None) -> list[click.Command]:
    """Return the commands that a piece names, whole (``troupe personas new``) or by a word of a group's."""
    found: list[click.Command] = []
    context = click.Context(troupe)
    for whole, alone in _NAMED.findall(piece):
        command: click.Command | None = troupe if whole else under
        for word in (whole or alone).split():
            inner = command.get_command(context, word) if isinstance(command, click.Group) else None
            command = inner or (command if command not in (troupe, under) else None)
        if command is not None:
            found.append(command)
    return found


def takes(command: click.Command, option: str) -> bool:
    """Whether a command takes an option with what is written behind it, or one of its own commands does."""
    if isinstance(command, click.Group):
        return any(takes(one, option) for one in command.commands.values())
    if option.split(maxsplit=1)[0] in _EVERYWHERE:
        return True
    if len(option.split()) == 1:
        return any(option in (*one.opts, *one.secondary_opts) for one in command.params)
    try:
        _, rest, _ = command.make_parser(click.Context(command)).parse_args(words_of(option))
    except click.UsageError:
        return False
    return not rest


def is_of_others(page: Page, option: str) -> bool:
    """Whether an option is shown in a line of another program on the page, or belongs to our tests'."""
    name = option.split(maxsplit=1)[0]
    if page.name == _OF_OUR_TESTS:
        return any(f'"{name}"' in path.read_text() for path in (ROOT / "tests").glob("*/__main__.py"))
    return any(name in line.split() for line in page.lines if "troupe " not in line.split(" --")[0])


def not_taken(page: Page) -> list[str]:
    """Return the options on a page that no command takes which is named beside them, or just before."""
    wrong, before = [], []
    under = troupe.load()["personas"] if page.name.startswith("personas/") else None
    assert under is None or isinstance(under, click.Group)
    for piece in pieces(page):
        here = commands_in(piece, under)
        wrong += [
            option
            for option in _OPTION.findall(piece)
            if not any(takes(one, option) for one in (*here, *before)) and not is_of_others(page, option)
        ]
        before = here or before
    return wrong


class Written(Page):
    """A page that says what a test writes on it."""

    def __init__(self, text: str) -> None:
        super().__init__("docs/running.md")
        self.__dict__["text"] = text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_in_a_sentence_is_one_of_a_command_that_is_named_there(page: Page):
    assert not_taken(page) == []


def test_an_option_that_the_named_command_does_not_take_is_found():
    for right in (
        "`troupe stats` counts; `--days 90` goes back.",
        "`troupe stats` counts.\n\n`--json`: figures.",
    ):
        assert not_taken(Written(right)) == []
    for wrong in (
        "`troupe stats` counts; `--weeks 90` goes back.",
        "`troupe stats` counts; `--keep 7` is another command's.",
    ):
        assert len(not_taken(Written(wrong))) == 1, wrong


def test_options_in_sentences_are_found():
    found = [option for page in PAGES for option in _OPTION.findall(page.text)]
    assert {"--days 90", "--link OWNER/REPO", "--keep 7", "--only", "--offline"} <= set(found)
