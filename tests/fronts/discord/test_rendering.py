"""Any reply whatsoever is a message that Discord takes, and nothing of it is lost."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.reply import Card, Choice, Reply
from bot.domain.variables import strip_control
from bot.fronts.discord import limits
from bot.fronts.discord.rendering import DATA, IN_THE_FILE, WHOLE, Message
from tests.fronts.discord.reading import read
from tests.fronts.discord.showing import REPLIES, sent, shown

pytestmark = pytest.mark.anyio
SOME = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
FULL = Card(
    "t" * 300, "w" * 5_000, "#ffffff", (("n" * 300, "v" * 2_000),) * 30, "f" * 3_000, "b" * 300, "wizard"
)


@SOME
@given(REPLIES)
@example(Reply())
@example(Reply(" \n ", (Card(" ", " ", fields=((" ", " "),), footer=" ", byline="\u202e"),)))
@example(
    Reply("x" * 5_000, (FULL,) * 12, tuple(Choice("c" * 99, "call", {"at": str(n)}) for n in range(200)))
)
@example(Reply(cards=(replace(FULL, text=""), Card("", ""), Card("", "", picture="wizard"))))
def test_any_reply_is_a_message_that_discord_takes(reply: Reply) -> None:
    async def made() -> Message:
        message = await shown(reply)
        sent(message)
        assert set(message.to_edit()) == {"content", "embeds", "view", "attachments"}
        return message

    message = asyncio.run(made())
    assert len(message.embeds) <= limits.EMBEDS
    assert sum(len(embed) for embed in message.embeds) <= limits.ALL_EMBEDS


@SOME
@given(REPLIES)
def test_what_was_cut_stands_whole_in_the_file(reply: Reply) -> None:
    message = asyncio.run(shown(reply))
    said, plain = [message.content], []
    for embed in message.embeds:
        said += [embed.title, embed.description]
        said += [text for field in embed.fields for text in (field.name, field.value)]
        plain += [embed.author.name, embed.footer.text]
    seen = [*(read(text or "").shown for text in said), *(text or "" for text in plain)]
    shown_text = "".join("".join(seen).split())
    parts = [reply.text if not reply.is_data else ""]
    for card in reply.cards:
        parts += [card.title, card.text, card.footer, card.byline]
        parts += [text for pair in card.fields for text in pair]
    whole = message.files.get(WHOLE, b"").decode()
    for part in map(strip_control, parts):
        assert part in whole or _is_there(part, shown_text), part


def _is_there(part: str, shown_text: str) -> bool:
    """Whether words are seen, commands and names of roles aside, which are shown otherwise."""
    plain = "".join(part.replace("\u200b", "").split())
    return plain in shown_text or "/" in part or "discord" in part


async def test_long_text_is_cut_and_the_file_beside_it_is_named() -> None:
    message = await shown(Reply("word " * 600, (Card("Title", "Text"),)))
    assert message.content.endswith(f"…\n{IN_THE_FILE}") or message.content.endswith("…")
    assert message.files[WHOLE].decode().startswith("word " * 600)
    assert message.embeds[0].title == "Title"


async def test_a_picture_is_uploaded_once_and_stands_beside_each_of_its_cards() -> None:
    message = await shown(Reply(cards=(Card("A", picture="wizard"), Card("B", picture="wizard"))))
    assert list(message.files) == ["wizard.png"]
    assert [embed.thumbnail.url for embed in message.embeds] == ["attachment://wizard.png"] * 2
    gone = await shown(Reply(cards=(Card("A", picture="nobody"),)))
    assert gone.files == {}
    assert gone.embeds[0].thumbnail.url is None


async def test_a_row_without_a_name_goes_on_with_the_one_before_it() -> None:
    card = Card("T", fields=(("Calls", "3 left"), ("", "all back tomorrow"), ("Phone", "None")))
    fields = (await shown(Reply(cards=(card,)))).embeds[0].fields
    assert [(field.name, field.value) for field in fields] == [
        ("Calls", "3 left\nall back tomorrow"),
        ("Phone", "None"),
    ]


@pytest.mark.parametrize("length", [512, 513, 1_800])
async def test_a_link_is_a_button_or_else_stands_alone_masked_and_whole(length: int) -> None:
    url = f"https://troupe.example/{'a' * (length - 23)}"
    reply = Reply("Here it is.", (Card("Merlin is ready"),), (Choice("Talk with Merlin", url=url),))
    message = await shown(reply)
    if length == 512:
        assert message.content == "Here it is."
        assert [getattr(item, "url", None) for row in message.rows for item in row] == [url]
        return
    assert message.rows == []
    assert read(message.content).links == {"Talk with Merlin": url}
    assert [embed.description for embed in message.embeds] == ["Here it is.", None]
    assert message.embeds[1].title == "Merlin is ready"


async def test_links_that_do_not_fit_together_stand_whole_in_the_file() -> None:
    urls = [f"https://troupe.example/{letter * 1_500}" for letter in "abc"]
    message = await shown(Reply(choices=tuple(Choice(url[-1], url=url) for url in urls)))
    assert read(message.content).links == {"a": urls[0]}
    assert all(url in message.files[WHOLE].decode() for url in urls[1:])


async def test_data_for_a_program_is_a_file_to_the_letter() -> None:
    message = await shown(Reply('{"a": "*"}', is_data=True))
    assert message.files == {DATA: b'{"a": "*"}'}
    assert message.content == ""


async def test_nothing_to_say_is_said() -> None:
    assert (await shown(Reply())).content == "…"


@given(st.integers(0, 40))
def test_commands_with_what_they_do_are_lines_and_not_fields(count: int) -> None:
    rows = tuple((f"/call NAME{at}", "talk") for at in range(count))
    embeds = asyncio.run(shown(Reply(cards=(Card("Help", fields=rows),)))).embeds
    assert embeds[0].fields == []
    assert (embeds[0].description or "").count("</call:11> · talk") == count


async def test_one_more_field_than_fit_stands_in_the_file() -> None:
    card = Card("T", fields=tuple((f"call {at}", "x") for at in range(26)))
    message = await shown(Reply(cards=(card,)))
    assert len(message.embeds[0].fields) == 25
    assert "call 25: x" in message.files[WHOLE].decode()
