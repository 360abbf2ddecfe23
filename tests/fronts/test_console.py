"""The terminal front: what people type, well and badly."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.domain.errors import CallerError
from bot.domain.reply import Card, Choice, Reply
from bot.fronts.rendering import render
from bot.fronts.typed import parse_arguments


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        (("call", "wizard"), {"character": "wizard", "via": "", "topic": ""}),
        (
            ("call", "wizard about the lost ring"),
            {"character": "wizard", "via": "", "topic": "the lost ring"},
        ),
        (
            ("call", "Ambrose Pell about all about bees"),
            {"character": "Ambrose Pell", "via": "", "topic": "all about bees"},
        ),
        (
            ("call", "wizard by chat about a ring by the sea"),
            {"character": "wizard", "via": "chat", "topic": "a ring by the sea"},
        ),
        (("call", ""), {}),
        (("memory", "wizard"), {"character": "wizard"}),
        (("forget", "everything"), {"what": "everything"}),
        (("import", "past.json"), {"file": "past.json", "character": ""}),
        (("import", '"my past.json" wizard'), {"file": "my past.json", "character": "wizard"}),
        (("import", "“my past.json” Ambrose Pell"), {"file": "my past.json", "character": "Ambrose Pell"}),
    ],
)
def test_a_typed_command_becomes_its_arguments(line, arguments):
    assert parse_arguments(*line) == arguments


def test_an_open_quotation_mark_is_answered_in_words():
    with pytest.raises(CallerError, match="quotation mark is left open"):
        parse_arguments("import", '"past.json')


@given(st.sampled_from(["call", "import", "memory", "forget", "history", "x"]), st.text())
def test_whatever_is_typed_is_arguments_or_a_sentence(name, rest):
    try:
        arguments = parse_arguments(name, rest)
    except CallerError:
        assert name == "import"
        arguments = {}
    assert all(isinstance(value, str) for value in arguments.values())


def shown(reply: Reply, width: int = 60) -> str:
    paper = io.StringIO()
    render(Console(file=paper, width=width, color_system="truecolor", force_terminal=True), reply)
    return paper.getvalue()


def test_an_address_is_never_broken_over_lines():
    url = "http://127.0.0.1:8080/t/" + "x" * 200
    assert url in shown(Reply(choices=(Choice("Talk", url=url),)))


def test_words_of_others_cannot_steer_the_terminal_or_the_markup():
    text = shown(Reply("[bold]hi[/bold]\x1b[2J", cards=(Card("t\x1b]0;x\x07", "\x9b31m[link=x]y[/link]"),)))
    assert "[bold]hi[/bold]" in text
    assert "[link=x]y[/link]" in text
    for bad in ("\x1b[2J", "\x1b]0;", "\x9b", "\x07"):
        assert bad not in text


def test_choices_are_numbered_from_one():
    text = shown(Reply(choices=(Choice("Yes", "a"), Choice("No", "b"))))
    assert "1" in text.splitlines()[0]
    assert "No" in text.splitlines()[1]
