"""The terminal front: what people type, well and badly."""

import io
import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from rich.console import Console

from bot.domain.errors import CallerError
from bot.domain.reply import Card, Choice, Reply
from bot.domain.words import bar
from bot.fronts.arguments import parse_arguments
from bot.fronts.rendering import render
from bot.fronts.typed import CommandCompleter

WORDS = ["by", "at", "about", "phone", "via:", "at:", "calls", "minutes", "remove", "9", "x"]


def call(character, via="", topic="", at=""):
    return {"character": character, "via": via, "topic": topic, "at": at}


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        (("call", "wizard"), call("wizard")),
        (("call", "wizard about the lost ring"), call("wizard", topic="the lost ring")),
        (("call", "Ambrose Pell about all about bees"), call("Ambrose Pell", topic="all about bees")),
        (
            ("call", "wizard by chat about a ring by the sea"),
            call("wizard", via="chat", topic="a ring by the sea"),
        ),
        (("call", "wizard by the sea"), call("wizard", via="the sea")),
        (("call", "wizard by phone by chat"), call("wizard", via="phone", at="by chat")),
        (("call", "wizard about lunch at 12"), call("wizard", topic="lunch at 12")),
        (("call", "wizard about noon: at last"), call("wizard", topic="noon: at last")),
        (
            ("call", "wizard by phone about a meal at 7 Main Street"),
            call("wizard", via="phone", topic="a meal at 7 Main Street"),
        ),
        (("call", "wizard by phone tomorrow 9am"), call("wizard", via="phone", at="tomorrow 9am")),
        (("call", "wizard by phone tomorrow at 9am"), call("wizard", via="phone", at="tomorrow at 9am")),
        (("call", "wizard by chat abuot bees"), call("wizard", via="chat", topic="bees")),
        (("call", "wizard by chat bees and honey"), call("wizard", via="chat", topic="bees and honey")),
        (("call", "wizard by link abuot bees"), call("wizard", via="link", topic="bees")),
        (("call", "wizard by chat tomorrow 9am"), call("wizard", via="chat", at="tomorrow 9am")),
        (("call", "wizard by chat by phone"), call("wizard", via="chat", at="by phone")),
        (("call", "wizard by phone abuot bees"), call("wizard", via="phone", topic="bees")),
        (
            ("call", "wizard by phone abuot bees at 18:30"),
            call("wizard", via="phone", topic="bees", at="18:30"),
        ),
        (("call", "wizard by phone tomorow"), call("wizard", via="phone", at="tomorow")),
        (("call", "wizard by phone in 2 hours"), call("wizard", via="phone", at="in 2 hours")),
        (("call", "wizard by phone at 8 at night"), call("wizard", via="phone", at="8 at night")),
        (
            ("call", "character:Ambrose Pell via:phone at:18:30 topic:the lost ring"),
            call("Ambrose Pell", via="phone", at="18:30", topic="the lost ring"),
        ),
        (("call", "wizard by:phone about:bees"), call("wizard", via="phone", topic="bees")),
        (("call", "wizard via:phone about bees"), call("wizard", via="phone", topic="bees")),
        (("call", "via:phone wizard"), call("wizard", via="phone")),
        (
            ("call", "wizard at:in 2 hours by phone about bees"),
            call("wizard", via="phone", topic="bees", at="in 2 hours"),
        ),
        (
            ("call", "wizard continue:fresh about bees"),
            call("wizard", topic="bees") | {"continue": "fresh"},
        ),
        (("account", ""), {}),
        (("account", "phone +49 1512 3456789"), {"do": "phone", "number": "+49 1512 3456789"}),
        (("account", "phone"), {"do": "phone", "number": ""}),
        (("account", "Phone Remove"), {"do": "remove"}),
        (("account", "code 123 456"), {"do": "code", "code": "123 456"}),
        (("account", "remember on"), {"do": "remember", "value": "on"}),
        (("account", "cancel 1a2b"), {"do": "cancel", "call": "1a2b"}),
        (("account", "delete me"), {"do": "delete me"}),
        (("troupe", "allowance"), {"do": "allowance"}),
        (
            ("troupe", "allowance mira minutes default calls 5"),
            {"do": "allowance", "whom": "mira", "minutes": "default", "calls": "5"},
        ),
        (("troupe", "allowance mira calls"), {"do": "allowance", "whom": "mira", "calls": "?"}),
        (("troupe", "allowance mira or ben"), {"do": "allowance", "whom": "mira", "rest": "or ben"}),
        (("troupe", "pause a storm"), {"do": "pause", "reason": "a storm"}),
        (("troupe", "block +49 1512 3456789"), {"do": "block", "whom": "+49 1512 3456789"}),
        (("troupe", "cost json"), {"do": "cost", "as": "json"}),
        (("troupe", "resume now"), {"do": "resume now"}),
        (("call", ""), {}),
        (("memory", "wizard"), {"character": "wizard"}),
        (("memory", "wizard about my sister"), {"character": "wizard", "topic": "my sister"}),
        (("memory", "Ambrose Pell topic:bees"), {"character": "Ambrose Pell", "topic": "bees"}),
        (("memory", "wizard continue fresh"), {"character": "wizard", "continue": "fresh"}),
        (
            ("memory", "wizard add I talk about bees"),
            {"character": "wizard", "do": "add", "text": "I talk about bees"},
        ),
        (("forget", "everything"), {"what": "everything"}),
        (("import", "past.json"), {"file": "past.json", "character": ""}),
        (("import", '"my past.json" wizard'), {"file": "my past.json", "character": "wizard"}),
        (("import", "“my past.json” Ambrose Pell"), {"file": "my past.json", "character": "Ambrose Pell"}),
    ],
)
def test_a_typed_command_becomes_its_arguments(line, arguments):
    assert parse_arguments(*line) == arguments


@pytest.mark.parametrize(
    "words", list(itertools.permutations(["by phone", "about the ring", "at Friday 18:30"]))
)
def test_way_topic_and_time_stand_in_any_order(words):
    line = f"wizard {' '.join(words)}"
    assert parse_arguments("call", line) == call("wizard", "phone", "the ring", "Friday 18:30")


def test_an_open_quotation_mark_is_answered_in_words():
    with pytest.raises(CallerError, match="quotation mark is left open"):
        parse_arguments("import", '"past.json')


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("link", {"do": "link", "code": ""}),
        ("LINK abcd efgh", {"do": "link", "code": "abcd efgh"}),
        ("share on", {"do": "share", "value": "on"}),
        ("unlink Mira on Slack", {"do": "unlink", "who": "Mira on Slack"}),
    ],
)
def test_other_accounts_are_linked_shared_with_and_unlinked(line, arguments):
    assert parse_arguments("account", line) == arguments


def completions(text):
    house = SimpleNamespace(cast=SimpleNamespace(all=tuple))
    completer = CommandCompleter(house, ["call", "account", "troupe"])
    return [one.text for one in completer.get_completions(Document(text), CompleteEvent())]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("/acc", ["/account"]),
        ("/account ph", ["phone", "phone remove"]),
        ("/account l", ["link"]),
        ("/account sh", ["share off", "share on"]),
        ("/account u", ["unlink"]),
        ("/troupe un", ["unblock"]),
        ("/call wizard ", ["about", "at", "by chat", "by link", "by phone"]),
        ("/call wizard by p", ["by phone"]),
        ("/call wizard by phone a", ["about", "at"]),
    ],
)
def test_the_tab_key_offers_what_may_stand_there(text, offered):
    assert completions(text) == offered


@given(
    st.sampled_from(["call", "import", "memory", "forget", "history", "account", "troupe", "x"]),
    st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join),
)
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


def test_what_is_for_a_program_is_shown_to_the_letter():
    data = '{"name": "' + "x" * 300 + '"}'
    assert data in shown(Reply(data, is_data=True))


def test_a_long_label_leaves_what_it_labels_room():
    told = "I am allergic to nuts, and to sesame as well."
    label = "1. 28 Nov 2026 · you added this · told to Merlin · pinned · for everyone"
    lines = [
        line.strip("│ ")
        for line in shown(Reply(cards=(Card("Facts", fields=((label, told),)),)), 80).split("\n")
    ]
    assert any(told in line for line in lines)


def test_choices_are_numbered_from_one():
    text = shown(Reply(choices=(Choice("Yes", "a"), Choice("No", "b"))))
    assert "1" in text.splitlines()[0]
    assert "No" in text.splitlines()[1]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(2, 10))
def test_a_bar_is_empty_only_for_nothing_and_full_only_for_all(part, whole, cells):
    shown = bar(part, whole, cells)
    assert len(shown) == cells
    assert ("▰" not in shown) == (part == 0 or whole == 0)
    assert ("▱" not in shown) == (part >= whole > 0)
