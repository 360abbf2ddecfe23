"""Replies of every kind, and what the strict fake says of the messages that are made of them."""

import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
from discord.http import handle_message_parameters
from hypothesis import strategies as st

from bot.cast import LiveCast
from bot.domain.reply import Card, Choice, Reply
from bot.fronts.commands import DOORS
from bot.fronts.discord.buttons import Owner
from bot.fronts.discord.rendering import Message, render
from bot.fronts.discord.speech import Speech
from bot.fronts.languages.catalogue import Catalogue
from tests.fakes.discord.message_rules import CREATE, CREATE_FLAGS, Upload, check_message
from tests.fakes.discord.refusals import Form
from tests.fronts.discord.hostile import long_texts, texts

PERSONAS = Path(__file__).parents[3] / "personas"
MIRA = "1234567890123456789"
MENTIONS = {"call": 11, "characters": 12, "account": 13, "memory": 14, "history": 15, "troupe here": 16}


@cache
def house() -> Any:
    """Return as much of an installation as showing needs."""
    return SimpleNamespace(cast=LiveCast(PERSONAS))


def speech(sentences: dict[str, str] | None = None) -> Speech:
    """Return how somebody is spoken with; in English if no other language's sentences are given."""
    return Speech(Catalogue(sentences or {}), lambda kind, found_id: f"{kind}-{found_id % 1000}", MENTIONS)


class Drawer:
    """Keeps what does not fit into an id."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def keep(self, text: str) -> str:
        key = f"{len(self.kept):032x}"
        self.kept[key] = text
        return key

    async def fetch(self, key: str) -> str | None:
        return self.kept.get(key)

    @property
    def owner(self) -> Owner:
        """The owner of buttons whose words are kept in this drawer."""
        return Owner(MIRA, self.keep)


async def shown(reply: Reply, how: Speech | None = None, drawer: Drawer | None = None) -> Message:
    """Render a reply for Mira."""
    return await render(house(), reply, how or speech(), (drawer or Drawer()).owner)


def sent(message: Message) -> dict[str, Any]:
    """Return what discord.py would send of a message. Raises what Discord would refuse it with."""
    with handle_message_parameters(
        **message.to_send(), allowed_mentions=discord.AllowedMentions.none()
    ) as made:
        parts = [part for part in made.multipart or () if part["name"] != "payload_json"]
        body = made.payload or json.loads(
            next(part["value"] for part in made.multipart or () if part["name"] == "payload_json")
        )
        uploads = {
            number: Upload(part["filename"], part["value"].read(), "") for number, part in enumerate(parts)
        }
    check_message(Form(body), uploads, CREATE, CREATE_FLAGS)
    assert body["allowed_mentions"] == {"parse": []}
    return body


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
)
ADDRESSES = st.integers(1, 1_900).map(lambda length: f"https://troupe.example/t/{'a' * length}")
LINKS = st.builds(Choice, LABELS, url=ADDRESSES, begins_row=st.booleans())
CHOICES = st.lists(PRESSED | LINKS, max_size=30) | PRESSED.flatmap(
    lambda one: st.integers(1, 140).map(
        lambda count: [
            Choice(f"{at} {one.label}", one.command, {**one.arguments, "call": str(at)})
            for at in range(count)
        ]
    )
)
CARDS = st.builds(
    Card,
    texts(4) | long_texts(400),
    texts() | long_texts(5_000),
    st.sampled_from(["#000000", "#5b3fd6", "#ffffff"]),
    (
        st.lists(st.tuples(texts(3), texts(4) | long_texts(3_000)), max_size=4)
        | st.tuples(st.integers(20, 30), texts(2), long_texts(400)).map(lambda row: [row[1:]] * row[0])
    ).map(tuple),
    texts(3) | long_texts(3_000),
    texts(3) | long_texts(400),
    st.sampled_from(["", "wizard", "captain", "coach", "detective", "tutor", "nobody"]),
    st.booleans(),
)
REPLIES = st.builds(
    Reply,
    texts() | long_texts(5_000),
    st.lists(CARDS, max_size=3).map(tuple) | CARDS.map(lambda card: (card,) * 12),
    CHOICES.map(tuple),
    is_data=st.booleans(),
)
