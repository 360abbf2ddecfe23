"""A Reply as one message of Discord's: content, embeds, rows of buttons, pictures, all within the limits."""

import asyncio
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import discord
from discord import ui

from bot.calls.installation import Installation
from bot.domain.errors import UnknownPersona
from bot.domain.picture import picture_kind
from bot.domain.reply import Card, Reply
from bot.fronts.discord import limits
from bot.fronts.discord.buttons import Owner, build_rows
from bot.fronts.discord.limits import clip, units
from bot.fronts.discord.speech import Speech

WHOLE = "whole.txt"
IN_THE_FILE = "All of it stands in the file."
CHOOSE = "Choose …"
DATA = "data.json"


@dataclass(slots=True)
class Message:
    """What is sent; views and files are made anew for each sending, since sending uses them up."""

    content: str = ""
    embeds: list[discord.Embed] = field(default_factory=list)
    rows: list[list[ui.Item[Any]]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def view(self) -> ui.View | None:
        """Return the buttons, each in its row."""
        if not self.rows:
            return None
        view = ui.View(timeout=None)
        for number, row in enumerate(self.rows):
            for item in row:
                item.row = number
                view.add_item(item)
        return view

    def to_edit(self) -> dict[str, Any]:
        """Return the arguments of an edit, which takes away what this message has not."""
        return {
            "content": self.content or None,
            "embeds": self.embeds,
            "view": self.view(),
            "attachments": self._files(),
        }

    def to_send(self) -> dict[str, Any]:
        """Return the arguments of a first sending."""
        given: dict[str, Any] = {"content": self.content or None, "embeds": self.embeds}
        if self.files:
            given["files"] = self._files()
        view = self.view()
        return given | ({"view": view} if view else {})

    def _files(self) -> list[discord.File]:
        return [discord.File(io.BytesIO(data), name) for name, data in self.files.items()]


async def render(house: Installation, reply: Reply, speech: Speech, owner: Owner) -> Message:
    """Return a reply as a message; what does not fit stands whole in a file beside it."""
    message = Message()
    choices = reply.choices
    links = [choice for choice in choices if units(choice.url) > limits.LINK]
    text = speech.markdown(reply.text)
    if reply.is_data:
        message.files[DATA] = reply.text.encode()
        text = ""
    cards = list(reply.cards)
    if links:
        if reply.text:
            cards.insert(0, Card("", reply.text))
        text = "\n".join(f"[{speech.markdown(one.label)}](<{one.url}>)" for one in links)
        choices = tuple(choice for choice in choices if choice not in links)
    message.content = clip(text, limits.CONTENT)
    overflows = message.content != text or _add_embeds(message, cards, speech)
    message.rows = await build_rows(choices, owner, speech.plain, speech.plain(CHOOSE))
    await _add_pictures(message, house, cards)
    if overflows:
        message.files[WHOLE] = _as_text(reply).encode()
        note = speech.markdown(IN_THE_FILE)
        if units(message.content) + len(note) < limits.CONTENT:
            message.content = f"{message.content}\n{note}".strip()
    if not (message.content or message.embeds or message.files):
        message.content = "…"
    return message


def _add_embeds(message: Message, cards: Iterable[Card], speech: Speech) -> bool:
    """Add each card as an embed; return whether anything had to be cut."""
    left, was_cut = limits.ALL_EMBEDS, False
    for card in cards:
        if len(message.embeds) == limits.EMBEDS or left < limits.TITLE:
            return True
        embed = discord.Embed(color=int(card.color[1:], 16))
        budget = _Budget(left)
        if card.title:
            embed.title = budget.fit(speech.title(card.title), limits.TITLE)
        if card.byline:
            embed.set_author(name=budget.fit(speech.plain(card.byline), limits.AUTHOR))
        footer = budget.fit(speech.plain(card.footer), limits.FOOTER) if card.footer else ""
        if footer:
            embed.set_footer(text=footer)
        rows = _joined(card.fields)
        shown = speech.verbatim if card.is_verbatim else speech.markdown
        text = shown(card.text)
        if rows and all(name.startswith("/") for name, _ in rows):
            commands = [f"{speech.markdown(_command(name))} · {speech.markdown(does)}" for name, does in rows]
            text, rows = "\n".join([text, *commands]).strip(), []
        if text:
            embed.description = budget.fit(text, limits.DESCRIPTION)
        for name, value in rows:
            if len(embed.fields) == limits.FIELDS or budget.left < len(name) + len(value) + 2:
                budget.was_cut = True
                break
            told = budget.fit(shown(value), limits.FIELD_VALUE) or "–"
            embed.add_field(
                name=budget.fit(speech.title(name), limits.FIELD_NAME) or "–", value=told, inline=False
            )
        message.embeds.append(embed)
        left, was_cut = budget.left, was_cut or budget.was_cut
    return was_cut


@dataclass(slots=True)
class _Budget:
    """What is left of the room that all embeds of a message have together."""

    left: int
    was_cut: bool = False

    def fit(self, text: str, most: int) -> str:
        shown = clip(text, min(most, max(self.left, 1)))
        self.was_cut = self.was_cut or shown != text
        self.left -= units(shown)
        return shown


def _command(usage: str) -> str:
    """Return a command without what may follow it: Discord itself shows that while it is typed."""
    words = usage.removeprefix("/").split()
    return "/" + " ".join(takewhile(lambda word: word.isalpha() and word.islower(), words))


def _joined(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the rows of a card; one without a name goes on with the row before it."""
    rows: list[tuple[str, str]] = []
    for name, value in fields:
        if not name.strip() and rows:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]}\n{value}")
        else:
            rows.append((name, value))
    return rows


async def _add_pictures(message: Message, house: Installation, cards: Iterable[Card]) -> None:
    """Upload each character's picture once, and show it beside its cards."""
    names: dict[str, str] = {}
    for card, embed in zip(cards, message.embeds, strict=False):
        if not card.picture:
            continue
        if card.picture not in names:
            data = await _read_picture(house, card.picture)
            kind = picture_kind(data)
            names[card.picture] = f"{card.picture}.{kind}" if kind else ""
            if kind:
                message.files[names[card.picture]] = data
        if names[card.picture]:
            embed.set_thumbnail(url=f"attachment://{names[card.picture]}")


async def _read_picture(house: Installation, slug: str) -> bytes:
    try:
        persona = house.cast.of_slug(slug)
    except UnknownPersona:
        return b""
    return await asyncio.to_thread(house.cast.read_picture, persona) if persona.picture else b""


def _as_text(reply: Reply) -> str:
    """Return all that a reply says, as a file that anybody can read."""
    parts = [reply.text]
    for card in reply.cards:
        rows = "\n".join(f"{name}: {value}" for name, value in _joined(card.fields))
        parts += ["\n".join(part for part in (card.title, card.byline, card.text, rows, card.footer) if part)]
    return "\n\n".join(part for part in parts if part) + "\n"
