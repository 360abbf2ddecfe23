"""Our sentences as Slack's members read them: one command of ours, others' words unchanged and harmless."""

import pytest
from hypothesis import given

from bot.domain.variables import strip_control
from bot.fronts.commands import HELP
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.slack.speech import Speech, escape
from tests.fakes.slack.text_rules import SOMEBODY
from tests.fronts.slack.hostile import PIECES, texts
from tests.fronts.slack.reading import live
from tests.fronts.slack.showing import speech

SAID = {
    "/call wizard by phone rings it.": "/ring wizard by phone rings it.",
    "/help lists all of them.": "/ring help lists all of them.",
    "Write /memory wizard add I sing.": "Write /ring memory wizard add I sing.",
    "/troupe here off": "/ring admin here off",
    "(/account)": "(/ring account)",
    "https://troupe.example/call/memory": "https://troupe.example/call/memory",
    "and/or": "and/or",
    "/callers and /tmp/history": "/callers and /tmp/history",
    "You said “/history”.": "You said “/history”.",
}


@pytest.mark.parametrize(("text", "said"), SAID.items())
def test_commands_are_said_as_they_are_typed_here(text: str, said: str) -> None:
    assert speech().plain(text) == said
    assert speech().mrkdwn(text) == said


@pytest.mark.parametrize("usage", [usage for usage, _ in HELP])
def test_each_command_is_said_as_a_word_after_ours(usage: str) -> None:
    name = usage.split(maxsplit=1)[0]
    said = {"/call": "/ring", "/troupe": "/ring admin"}.get(name, f"/ring {name.removeprefix('/')}")
    assert speech().plain(usage).startswith(said)


def test_commands_are_said_so_in_other_languages_too() -> None:
    german = Speech(catalogue_for("de"), "/talk", lambda *_: "")
    said = german.plain("Write /account remember on, or /account remember off.")
    assert said.count("/talk account") == 2


def test_channels_people_and_groups_are_named() -> None:
    text = "slack-channel:C0123456, slack:T0123456:U0123456 and slack-group:S0123456"
    assert speech().mrkdwn(text) == "<#C0123456>, <@U0123456> and group-S0123456"
    assert speech().plain(text) == "channel-C0123456, account-U0123456 and group-S0123456"


def test_names_in_quotation_marks_are_somebodys_words() -> None:
    text = "You said “slack:T0123456:U0123456 /history”."
    assert speech().mrkdwn(text) == text


@given(texts())
def test_nothing_that_somebody_wrote_formats_links_or_mentions(text: str) -> None:
    said = escape(text)
    assert live(said) == []
    assert "<" not in said
    assert ">" not in said
    shown = said.replace("\u200b", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown == strip_control(text).replace("\u200b", "")


@given(texts())
def test_a_sentence_notifies_nobody_but_whom_we_name(text: str) -> None:
    said = speech().mrkdwn(text)
    assert [one for one in live(said) if not SOMEBODY.fullmatch(one)] == []
    assert len(SOMEBODY.findall(said)) == said.count("<") <= text.count("slack")


@pytest.mark.parametrize("piece", PIECES)
def test_no_hostile_piece_is_live_wherever_it_stands(piece: str) -> None:
    for around in ("{}", "a {} b", "\n{}\n", "{0}{0}", "x\n  {}", "{0} {0}"):
        assert live(escape(around.format(piece))) == []


def test_the_reader_that_proves_it_sees_what_is_live() -> None:
    harmless = [piece for piece in PIECES if not live(piece)]
    assert len(harmless) == 25
    assert not any(sign in piece for piece in harmless for sign in "<>*_~`")


@pytest.mark.parametrize("piece", PIECES)
def test_a_plain_text_is_said_without_escapes(piece: str) -> None:
    if "/" not in piece and "slack" not in piece:
        assert speech().plain(piece) == strip_control(piece)
