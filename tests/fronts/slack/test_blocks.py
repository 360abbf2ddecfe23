"""Any reply whatsoever is a message that Slack takes, and nothing of it is lost."""

import asyncio
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from bot.domain.reply import Card, Choice, Reply
from bot.domain.variables import strip_control
from bot.fronts.slack.blocks import IN_THE_FILE, Message, Owner, render
from bot.fronts.slack.cutting import clip_marked, split_marked
from bot.fronts.slack.speech import escape
from tests.fronts.discord.showing import Drawer
from tests.fronts.slack.hostile import PIECES, long_texts
from tests.fronts.slack.showing import MIRA, REPLIES, picture_of, sent, shown, speech, words_of

pytestmark = pytest.mark.anyio
SOME = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
FULL = Card(
    "t" * 300, "&" * 30_000, "#ffffff", (("n" * 300, "v" * 4_000),) * 70, "<" * 3_000, "b" * 300, "wizard"
)
MANY = tuple(Choice("c" * 99, "call", {"at": str(at)}, begins_row=True) for at in range(200))
HALF = re.compile(r"&(?!amp;|lt;|gt;)|<(?![@#][A-Z0-9]{5,24}>)|(?<![A-Z0-9])>")
"""What stands only where an escape or a mention was cut, or where nothing escaped it."""


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
    assert all(HALF.search(text) is None for text in [message.text, *words_of(message.blocks, "mrkdwn")])


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
    return "".join(text.replace("\u200b", "").replace("*", "").replace("_", "").split())


@SOME
@given(REPLIES)
def test_a_part_of_the_home_tab_keeps_to_its_share(reply: Reply) -> None:
    assert len(asyncio.run(shown(reply, most=33)).blocks) <= 33


@SOME
@given(long_texts(20_000).map(escape))
@example("&amp;" * 3_000)
@example("x" * 2_958 + "<@U0123456>" * 400)
def test_escapes_and_mentions_are_never_cut_in_half(text: str) -> None:
    pieces = split_marked(text, 3_000)
    assert all(len(piece) <= 3_000 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(HALF.search(piece) is None for piece in [*pieces, clip_marked(text, 100)])
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
