"""Any reply whatsoever is a message that Slack takes, and nothing of it is lost."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from bot.domain.reply import Card, Choice, Reply
from bot.domain.variables import strip_control
from bot.fronts.slack.blocks import IN_THE_FILE, Message, Owner, render
from bot.fronts.slack.cutting import clip_marked, split_marked
from bot.fronts.slack.speech import SILENT, escape
from tests.fronts.discord.showing import Drawer
from tests.fronts.slack.hostile import PIECES, long_texts
from tests.fronts.slack.reading import live, within_ours
from tests.fronts.slack.showing import MIRA, REPLIES, picture_of, sent, shown, speech, words_of

pytestmark = pytest.mark.anyio
MENTION = re.compile(r"<[@#][A-Z0-9]{5,24}>")
"""A person or a channel that a sentence of ours names."""
SOME = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
FULL = Card(
    "t" * 300, "&" * 30_000, "#ffffff", (("n" * 300, "v" * 4_000),) * 70, "<" * 3_000, "b" * 300, "wizard"
)
MANY = tuple(Choice("c" * 99, "call", {"at": str(at)}, begins_row=True) for at in range(200))


def elements(message: Message) -> list[dict[str, Any]]:
    return [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]


@SOME
@given(REPLIES)
@example(Reply())
@example(Reply(" \n ", (Card(" ", " ", fields=((" ", " "),), footer=" ", byline="\u202e"),)))
@example(Reply("&" * 30_000, (FULL,) * 12, MANY))
@example(Reply(cards=(Card("", footer="only this", picture="wizard"),)))
@example(Reply("x", choices=(Choice("long", url=f"https://troupe.example/{'a' * 3_000}"),)))
def test_any_reply_is_a_message_that_slack_takes(reply: Reply) -> None:
    message = asyncio.run(shown(reply))
    sent(message)
    ids = [one["action_id"] for one in elements(message)]
    assert len(set(ids)) == len(ids)
    for text in [message.text, *words_of(message.blocks, "mrkdwn")]:
        assert [one for one in live(within_ours(text)) if not MENTION.fullmatch(one)] == []


@SOME
@given(REPLIES)
@example(Reply(" " * 24_001 + "last words"))
@example(Reply("x", (Card("T", "\x00" * 30_000 + "last words"),)))
@example(Reply("x", (Card("T", fields=(("n", "v"),) * 60),), MANY))
def test_what_was_cut_stands_in_the_file(reply: Reply) -> None:
    message = asyncio.run(shown(reply))
    formatted = "".join(words_of(message.blocks, "mrkdwn"))
    formatted = formatted.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    seen = _bare(formatted + "".join(words_of(message.blocks, "plain_text")))
    parts = [reply.text]
    for card in reply.cards:
        parts += [card.title, card.text, card.footer, card.byline]
        parts += [text for pair in card.fields for text in pair]
    whole = _bare(strip_control(message.whole))
    for part in map(strip_control, parts):
        ours = "/" in part or "slack" in part  # commands and names are shown otherwise
        assert _bare(part) in whole or _bare(part) in seen or ours, part
    assert not message.whole or IN_THE_FILE in words_of(message.blocks, "mrkdwn")
    for choice in reply.choices:
        if choice.url:
            assert choice.url in message.whole or choice.url in str(message.blocks)


def _bare(text: str) -> str:
    return "".join(text.replace(SILENT, "").replace("*", "").replace("_", "").split())


@SOME
@given(REPLIES)
def test_a_part_of_the_home_tab_keeps_to_its_share(reply: Reply) -> None:
    assert len(asyncio.run(shown(reply, most=33)).blocks) <= 33


@SOME
@given(long_texts(20_000).map(escape))
@example("&amp;" * 3_000)
@example("x" * 2_958 + "<@U0123456>" * 400)
@example(escape("*" * 8_000))
@example(escape("x" + "*" * 8_000))
@example(escape("xx" + "*" * 8_000))
@example(escape("a. > b " * 2_000))
def test_escapes_and_mentions_are_never_cut_in_half(text: str) -> None:
    pieces = split_marked(text, 3_000)
    assert all(len(piece) <= 3_000 for piece in pieces)
    assert _bare("".join(pieces)) == _bare(text)
    for piece in [*pieces, *(clip_marked(text, most) for most in range(100, 112))]:
        assert [one for one in live(piece) if not MENTION.fullmatch(one)] == []
    assert len(clip_marked(text, 100)) <= 100


async def test_buttons_stay_where_a_text_fills_the_message() -> None:
    message = await shown(Reply("word " * 9_000, choices=(Choice("Call", "call", {"character": "wizard"}),)))
    assert [one["text"]["text"] for one in elements(message)] == ["Call"]
    assert message.whole.startswith("word word")


async def test_words_of_members_are_shown_to_the_letter_and_never_translated() -> None:
    words = " ".join(one for one in PIECES if one.isprintable())
    german = speech({words: "übersetzt", "Merlin": "übersetzt"})
    card = Card("Merlin", words, fields=(("Said", words),), is_verbatim=True, has_verbatim_title=True)
    message = await shown(Reply(cards=(card,), choices=(Choice("Merlin", "help", is_verbatim=True),)), german)
    assert words_of(message.blocks, "plain_text")[:2] == [words, words]
    assert "übersetzt" not in str(message)


async def test_names_stand_to_the_letter_wherever_they_stand() -> None:
    german = speech({"Search": "Suchen"})
    link = Choice("Search", url=f"https://troupe.example/{'a' * 3_000}", is_verbatim=True)
    many = tuple(Choice("Search", "call", {"character": f"c{at}"}, is_verbatim=True) for at in range(9))
    card = Card("Search", "Search", picture="wizard", is_verbatim=True, has_verbatim_title=True)
    for reply in (Reply(cards=(card,), choices=(link, *many)), Reply(cards=(replace(card, title=""),))):
        message = await shown(reply, german)
        assert message.text == "Search"
        assert "Suchen" not in f"{message}"
    ours = Card("Search", "Search", picture="wizard")
    message = await shown(Reply(cards=(ours,), choices=(replace(link, is_verbatim=False),)), german)
    assert message.text == "Suchen"
    assert message.blocks[0]["accessory"]["alt_text"] == "Suchen"
    assert "Suchen: https://troupe.example/" in message.whole


async def test_nothing_becomes_a_link_a_name_or_a_picture_by_itself() -> None:
    choices = tuple(Choice(f"Call {at} :smile:", "call", {"character": f"c{at}"}) for at in range(9))
    card = Card(":smile:", "@channel", fields=(("#general", "x"),), footer="https://evil.example")
    message = await shown(Reply("www.evil.example", (card,), (*choices, Choice(":smile:", "help"))))
    parts = parts_of(message.blocks)
    assert all(one["verbatim"] for one in parts if one["type"] == "mrkdwn")
    assert all(one["emoji"] is False for one in parts if one["type"] == "plain_text")
    assert {one["type"] for one in parts} == {"mrkdwn", "plain_text"}


def parts_of(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [one for inner in part for one in parts_of(inner)]
    if not isinstance(part, dict):
        return []
    own = [part] if part.get("type") in {"mrkdwn", "plain_text"} else []
    return own + [one for inner in part.values() for one in parts_of(inner)]


async def test_a_title_that_is_cut_is_not_bold() -> None:
    for length in (10, 990, 2_990, 9_000):
        message = await shown(Reply(cards=(Card("t " * (length // 2), "word " * 600, byline="b" * 10),)))
        said = "".join(words_of(message.blocks, "mrkdwn"))
        assert said.startswith("*t ") == (length < 1_000)
        assert said.count("*") == 2 * (length < 1_000)


async def test_data_for_a_program_is_shown_to_the_letter() -> None:
    message = await shown(Reply('{"a_b": "*<&>"}', is_data=True))
    assert words_of(message.blocks, "plain_text") == ['{"a_b": "*<&>"}']


async def test_many_of_one_kind_are_a_menu_and_few_are_buttons() -> None:
    many = tuple(Choice(f"Call {at}", "history", {"call": f"{at:032x}"}) for at in range(9))
    (menu,) = elements(await shown(Reply("x", choices=many)))
    assert (menu["type"], len(menu["options"])) == ("static_select", 9)
    assert [one["type"] for one in elements(await shown(Reply("x", choices=many[:3])))] == ["button"] * 3


async def test_what_is_asked_in_somebodys_words_does_not_stand_in_a_button() -> None:
    drawer, secret = Drawer(), "my secret"
    choice = Choice("Call again", "call", {"character": "wizard", "topic": secret})
    message = await render(Reply("x", choices=(choice,)), speech(), Owner(MIRA, drawer.keep), picture_of)
    assert elements(message)[0]["value"].startswith(f"{MIRA}|+")
    assert "secret" not in str(message.blocks)
    assert len(drawer.kept) == 1


async def test_a_picture_stands_beside_the_first_words_of_its_card() -> None:
    first = (await shown(Reply(cards=(Card("Merlin", picture="wizard"),)))).blocks[0]
    assert first["accessory"]["image_url"] == picture_of("wizard")
    assert first["accessory"]["alt_text"] == "Merlin"
    assert "accessory" not in (await shown(Reply(cards=(Card("Merlin", picture="nobody"),)))).blocks[0]
