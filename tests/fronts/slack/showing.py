"""Replies of every kind, and what the strict fake says of the messages that are made of them."""

import json
from typing import Any

from hypothesis import strategies as st

from bot.domain.reply import Card, Choice, Reply
from bot.fronts.commands import DOORS
from bot.fronts.languages.catalogue import Catalogue
from bot.fronts.slack.blocks import Message, Owner, render
from bot.fronts.slack.speech import Speech
from bot.fronts.slack.surfaces import QUIET
from tests.fakes.slack.message_rules import RESPONSE, check_message
from tests.fronts.discord.showing import Drawer
from tests.fronts.slack.hostile import long_texts, texts

MIRA = "U7654321"


def speech(sentences: dict[str, str] | None = None) -> Speech:
    """Return how somebody is spoken with; in English if no other language's sentences are given."""
    return Speech(Catalogue(sentences or {}), "/ring", lambda kind, found_id: f"{kind}-{found_id}")


def picture_of(slug: str) -> str:
    """Return where a picture lies; nobody has none."""
    return "" if slug == "nobody" else f"https://troupe.example/pictures/{slug}.png"


async def shown(reply: Reply, how: Speech | None = None, most: int = 50) -> Message:
    """Render a reply for Mira."""
    return await render(reply, how or speech(), Owner(MIRA, Drawer().keep), picture_of, most)


def sent(message: Message) -> dict[str, Any]:
    """Return what is sent of a message. Raises what Slack would refuse it with."""
    body = {"response_type": "ephemeral", "text": message.text, "blocks": message.blocks, **QUIET}
    json.dumps(body, ensure_ascii=False).encode()
    check_message(body, RESPONSE)
    return body


def words_of(part: Any, kind: str) -> list[str]:
    """Return every text of one kind: what formats, or what does not."""
    if isinstance(part, list):
        return [text for inner in part for text in words_of(inner, kind)]
    if not isinstance(part, dict):
        return []
    if part.get("type") == kind:
        return [part["text"]]
    return [text for inner in part.values() for text in words_of(inner, kind)]


LABELS = texts(4)
ARGUMENTS = st.dictionaries(
    st.sampled_from(["character", "topic", "do", "call", "page", "search", "sure", "fact"]),
    st.sampled_from(["wizard", "add", "change", "yes", "x" * 32, "a" * 300]) | texts(3),
    max_size=4,
)
PRESSED = st.builds(
    Choice,
    LABELS,
    st.sampled_from(sorted(DOORS)),
    ARGUMENTS,
    replaces=st.booleans(),
    begins_row=st.booleans(),
    is_danger=st.booleans(),
    prefill=texts(2),
    is_verbatim=st.booleans(),
)
ADDRESSES = st.integers(1, 3_200).map(lambda length: f"https://troupe.example/t/{'a' * length}")
LINKS = st.builds(Choice, LABELS, url=ADDRESSES, begins_row=st.booleans())
CHOICES = st.lists(PRESSED | LINKS, max_size=30) | PRESSED.flatmap(
    lambda one: st.integers(1, 140).map(
        lambda count: [
            Choice(
                f"{at} {one.label}", one.command, {**one.arguments, "call": str(at)}, begins_row=at % 2 > 0
            )
            for at in range(count)
        ]
    )
)
CARDS = st.builds(
    Card,
    texts(4) | long_texts(400),
    texts() | long_texts(30_000),
    st.just("#5b3fd6"),
    (
        st.lists(st.tuples(texts(3), texts(4) | long_texts(4_000)), max_size=4)
        | st.tuples(st.integers(20, 70), texts(2), long_texts(400)).map(lambda row: [row[1:]] * row[0])
    ).map(tuple),
    texts(3) | long_texts(3_000),
    texts(3) | long_texts(400),
    st.sampled_from(["", "wizard", "nobody"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
REPLIES = st.builds(
    Reply,
    texts() | long_texts(30_000),
    st.lists(CARDS, max_size=3).map(tuple) | CARDS.map(lambda card: (card,) * 12),
    CHOICES.map(tuple),
    is_data=st.booleans(),
)
