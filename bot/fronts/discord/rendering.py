"""A Reply as one message of Discord's: content, embeds, rows of buttons, pictures, all within the limits."""

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
from bot.domain.reply import Card, Choice, Reply
from bot.fronts.discord import limits
from bot.fronts.discord.buttons import Owner, build_rows
from bot.fronts.discord.limits import clip, units
from bot.fronts.discord.speech import Speech
from bot.fronts.taking import fit
from bot.fronts.whole import as_text, joined

WHOLE = "whole.txt"
MOST_READ = 2 * limits.DESCRIPTION
"""More of a text than is ever shown is not even made harmless: that takes time."""
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
    cards, choices = list(reply.cards), reply.choices
    links = [choice for choice in choices if units(choice.url) > limits.LINK]
    text, lost = speech.markdown(reply.text).strip(), ""
    if reply.is_data:
        message.files[DATA] = _encoded(reply.text)
        text = ""
    if links:
        if text:
            cards.insert(0, Card("", reply.text))
        text, lost = _masked(links, speech)
        choices = tuple(choice for choice in choices if choice not in links)
    message.content = clip(text, limits.CONTENT)
    shown, was_cut = _add_embeds(message, cards, speech)
    message.rows = await build_rows(choices, owner, speech.plain, speech.plain(CHOOSE))
    _add_pictures(message, house, shown)
    if was_cut or lost or message.content != text:
        message.files[WHOLE] = _encoded(as_text(reply, speech.plain) + lost)
        note = speech.markdown(IN_THE_FILE)
        room = limits.CONTENT - units(note) - 1
        if not links or units(text) <= room:
            message.content = f"{clip(text, room)}\n{note}".strip()
    if reply.download is not None:
        attached = await fit(reply.download, limits.FILE_BYTES)
        message.files[attached.name] = attached.data
    if not (message.content or message.embeds or message.files):
        message.content = "…"
    return message


def _masked(links: Iterable[Choice], speech: Speech) -> tuple[str, str]:
    """Return links too long for buttons, never cut; and those that do not fit, for the file."""
    lines, lost = "", ""
    for one in links:
        line = f"[{speech.markdown(clip(one.label, limits.LABEL)) or '…'}](<{one.url}>)\n"
        if units(lines + line) <= limits.CONTENT:
            lines += line
        else:
            lost += f"\n{speech.plain(one.label)}: {one.url}\n"
    return lines.strip(), lost


def _add_embeds(message: Message, cards: Iterable[Card], speech: Speech) -> tuple[list[Card], bool]:
    """Add each card as an embed; return those that are shown, and whether anything had to be cut."""
    shown: list[Card] = []
    budget = _Budget(limits.ALL_EMBEDS)
    for card in cards:
        if len(shown) == limits.EMBEDS or budget.left < limits.TITLE:
            return shown, True
        embed = _embed(card, budget, speech)
        if len(embed):
            message.embeds.append(embed)
            shown.append(card)
    return shown, budget.was_cut


@dataclass(slots=True)
class _Budget:
    """What is left of the room that all embeds of a message have together."""

    left: int
    was_cut: bool = False

    def fit(self, text: str, most: int, instead: str = "") -> str:
        text = text.strip()
        shown = clip(text, min(most, self.left)) if self.left > 0 else ""
        self.was_cut = self.was_cut or shown != text
        shown = shown or instead
        self.left -= units(shown)
        return shown


def _embed(card: Card, budget: _Budget, speech: Speech) -> discord.Embed:
    shown = speech.verbatim if card.is_verbatim else speech.markdown
    shown_value = speech.verbatim if card.is_verbatim or card.has_verbatim_fields else speech.markdown
    embed = discord.Embed(color=int(card.color[1:], 16))
    named = speech.verbatim if card.has_verbatim_title else speech.title
    if title := budget.fit(named(card.title), limits.TITLE):
        embed.title = title
    if byline := budget.fit(speech.plain(card.byline), limits.AUTHOR):
        embed.set_author(name=byline)
    if footer := budget.fit(speech.plain(card.footer), limits.FOOTER):
        embed.set_footer(text=footer)
    rows, text = joined(card.fields), shown(card.text[:MOST_READ])
    if rows and all(name.startswith("/") for name, _ in rows):
        commands = [f"{speech.markdown(_command(name))} · {speech.markdown(does)}" for name, does in rows]
        text, rows = "\n".join([text, *commands]), []
    if text := budget.fit(text, limits.DESCRIPTION):
        embed.description = text
    for name, value in rows:
        if len(embed.fields) == limits.FIELDS or budget.left < limits.FIELD_NAME + len("–"):
            budget.was_cut = True
            break
        label = budget.fit(speech.title(name), limits.FIELD_NAME, "–")
        embed.add_field(
            name=label, value=budget.fit(shown_value(value), limits.FIELD_VALUE, "–"), inline=False
        )
    return embed


def _command(usage: str) -> str:
    """Return a command without what may follow it: Discord itself shows that while it is typed."""
    words = usage.removeprefix("/").split()
    return "/" + " ".join(takewhile(lambda word: word.isalpha() and word.islower(), words))


def _add_pictures(message: Message, house: Installation, cards: Iterable[Card]) -> None:
    """Upload each character's picture once, and show it beside its cards; other files have to fit too."""
    names: dict[str, str] = {}
    for card, embed in zip(cards, message.embeds, strict=True):
        if not card.picture:
            continue
        if card.picture not in names:
            data = _read_picture(house, card.picture)
            kind = picture_kind(data) if len(message.files) < limits.FILES - 1 else ""
            names[card.picture] = f"{card.picture}.{kind}" if kind else ""
            if kind:
                message.files[names[card.picture]] = data
        if names[card.picture]:
            embed.set_thumbnail(url=f"attachment://{names[card.picture]}")


def _read_picture(house: Installation, slug: str) -> bytes:
    try:
        persona = house.cast.of_slug(slug)
    except UnknownPersona:
        return b""
    return house.cast.read_picture(persona)


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")
