"""A Reply as Slack's blocks, all within the limits; what does not fit stands in a file.

Source: Slack, "Block Kit reference" and "Block actions payload".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from bot.domain.reply import Card, Choice, Reply
from bot.domain.variables import strip_control
from bot.fronts.clipping import clip, split_speech, units
from bot.fronts.forms import form_for
from bot.fronts.menus import in_menus
from bot.fronts.presses import Keep, Wanted, pack
from bot.fronts.slack import limits
from bot.fronts.slack.cutting import clip_marked, split_marked
from bot.fronts.slack.speech import Speech, escape
from bot.fronts.whole import as_text

ANYBODY = "*"
PREFILL = "prefill"
"""The argument in which a form keeps what stands in it already."""
LONG_LABEL_CHARS = 60
LONGEST_TITLE = 1_000
FIRST = frozenset({"call", "answer", "keep"})
WHOLE = "whole.txt"
IN_THE_FILE = "All of it stands in the file in your direct messages."
GOES_ON = "It goes on. All of it can be taken along as a text file."
CHOOSE = "Choose …"
MOST_READ = 2 * limits.ALL_TEXT
"""More of a text than is ever shown is not even made harmless: that takes time."""

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose buttons these are, and where what is long or private is kept; nowhere for everybody's."""

    id: str
    keep: Keep | None


@dataclass(slots=True)
class Message:
    """What is sent: ``text`` is what a notification shows, ``whole`` all of it where that did not fit."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    whole: str = ""


async def render(
    reply: Reply, speech: Speech, owner: Owner, picture_of: Any, most_blocks: int = limits.BLOCKS
) -> Message:
    """Return a reply as a message; ``picture_of`` gives a public address for a slug, or nothing."""
    message = Message(text=clip_marked(_summary(reply, speech), limits.TEXT) or "…")
    links = [one for one in reply.choices if units(one.url) > limits.BUTTON_URL]
    choices = [one for one in reply.choices if one not in links]
    actions = (await _actions(choices, owner, speech))[: most_blocks - 2]
    while (left := limits.ALL_TEXT - _length(actions)) < 0:
        actions.pop()
    room = _Room(left, most_blocks - 1 - len(actions))
    texts = [reply.text, *(card.text for card in reply.cards)]
    room.was_cut = bool(links) or any(len(text) > MOST_READ for text in texts)
    said = _quoted(reply.text) if reply.is_data else _sections(speech.mrkdwn(reply.text[:MOST_READ]))
    room.add(message.blocks, said)
    for card in reply.cards:
        room.add(message.blocks, _card(card, speech, picture_of))
    message.blocks += actions
    if room.was_cut and reply.can_be_a_file:
        message.blocks.append(_context(speech.mrkdwn(GOES_ON)))
    elif room.was_cut:
        message.whole = _whole(reply, links, speech)
        message.blocks.append(_context(speech.mrkdwn(IN_THE_FILE)))
    return message


@dataclass(slots=True)
class _Room:
    letters: int
    blocks: int
    was_cut: bool = False

    def add(self, blocks: list[Block], more: Iterable[Block]) -> None:
        """Add blocks while there is room for them and their words."""
        for block in more:
            words = _length(block)
            if words > self.letters or not self.blocks:
                self.was_cut = True
                return
            self.letters -= words
            self.blocks -= 1
            blocks.append(block)


def _length(part: Any) -> int:
    """Return how many letters stand in blocks, labels of buttons and menus too."""
    if isinstance(part, list):
        return sum(map(_length, part))
    if not isinstance(part, dict):
        return 0
    text = part.get("text")
    return (units(text) if isinstance(text, str) else 0) + _length(list(part.values()))


def marked(text: str) -> Block:
    """Return a text that formats, but makes no links and names of words by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str) -> Block:
    """Return a text to the letter: ``:smile:`` too stands as it was written."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _sections(text: str) -> list[Block]:
    return [{"type": "section", "text": marked(part)} for part in split_marked(text, limits.SECTION) if part]


def _quoted(text: str) -> list[Block]:
    """Return somebody's words to the letter: nothing in them formats or links."""
    return [
        {"type": "section", "text": plain(part)}
        for part in split_speech(strip_control(text[:MOST_READ]), limits.SECTION)
        if part
    ]


def _card(card: Card, speech: Speech, picture_of: Any) -> list[Block]:
    named = escape if card.has_verbatim_title else speech.mrkdwn
    title, byline = _between("*", named(card.title)), _between("_", speech.mrkdwn(card.byline))
    ours = "" if card.is_verbatim else speech.mrkdwn(card.text[:MOST_READ])
    blocks = _together("\n".join(part for part in (title, byline) if part), ours)
    blocks += _quoted(card.text) if card.is_verbatim else []
    picture = picture_of(card.picture) if card.picture else ""
    if blocks and picture and blocks[0]["type"] == "section":
        title = strip_control(card.title) if card.has_verbatim_title else speech.plain(card.title)
        name = clip(title.strip() or card.picture, limits.PLACEHOLDER)
        blocks[0]["accessory"] = {"type": "image", "image_url": picture, "alt_text": name}
    for name, value in card.fields:
        label = _between("*", speech.mrkdwn(name))
        if card.is_verbatim or card.has_verbatim_fields:
            blocks += [*_sections(label), *_quoted(value)]
        else:
            blocks += _together(label, speech.mrkdwn(value))
    footers = split_marked(speech.mrkdwn(card.footer[:MOST_READ]), limits.CONTEXT)
    return [*blocks, *(_context(part) for part in footers if part)]


def _together(above: str, below: str) -> list[Block]:
    """Return two texts as one section, or each by itself where it would be cut within what formats."""
    both = "\n".join(part for part in (above, below) if part)
    return one if len(one := _sections(both)) <= 1 else [*_sections(above), *_sections(below)]


def _between(sign: str, text: str) -> str:
    """Return a line that is bold or slanted, where there is any and none of it is cut."""
    line = " ".join(text.split())
    return f"{sign}{line}{sign}" if 0 < units(line) <= LONGEST_TITLE else line


def _context(text: str) -> Block:
    return {"type": "context", "elements": [marked(text)]}


async def _actions(choices: Sequence[Choice], owner: Owner, speech: Speech) -> list[Block]:
    """Return buttons five in a row, and menus where there are many of one kind."""
    rows: list[list[Block]] = []
    at = 0
    for is_menu, group in groupby(in_menus(choices, LONG_LABEL_CHARS), key=lambda pair: pair[0]):
        chosen = [choice for _, choice in group]
        if is_menu:
            for start in range(0, len(chosen), limits.OPTIONS):
                part = chosen[start : start + limits.OPTIONS]
                rows.append([await _menu(part, owner, speech, at)])
                at += 1
            continue
        for choice in chosen:
            if not rows or choice.begins_row or len(rows[-1]) == 5 or rows[-1][0]["type"] != "button":
                rows.append([])
            rows[-1].append(await _button(choice, owner, speech, at))
            at += 1
    return [{"type": "actions", "block_id": f"row{at}", "elements": row} for at, row in enumerate(rows)]


async def _button(choice: Choice, owner: Owner, speech: Speech, at: int) -> Block:
    label = _label(choice, speech, limits.BUTTON)
    button: Block = {"type": "button", "text": plain(label)}
    if choice.url:
        return button | {"action_id": f"open|{at}", "url": choice.url}
    if choice.is_danger:
        button["style"] = "danger"
    elif at == 0 and choice.command in FIRST:
        button["style"] = "primary"
    what = await _pack(choice, owner, limits.BUTTON_VALUE - 60)
    flags = "r" if choice.replaces else ""
    return button | {"action_id": f"press|{at}|{flags}", "value": f"{owner.id}|{what}"}


def _label(choice: Choice, speech: Speech, most: int) -> str:
    return clip(_said(choice, speech).strip(), most) or "…"


def _said(choice: Choice, speech: Speech) -> str:
    return strip_control(choice.label) if choice.is_verbatim else speech.plain(choice.label)


async def _pack(choice: Choice, owner: Owner, room: int) -> str:
    """Return what stands for a choice; what stands in its form already is kept sealed with it."""
    wanted = Wanted(choice.command, choice.arguments)
    if choice.prefill and owner.keep is not None:
        wanted, room = Wanted(choice.command, {**choice.arguments, PREFILL: choice.prefill}), 0
    return await pack(wanted, owner.keep, room, asks=form_for(wanted) is not None)


async def _menu(group: Sequence[Choice], owner: Owner, speech: Speech, at: int) -> Block:
    options = {}
    for choice in group:
        what = await _pack(choice, owner, limits.OPTION_VALUE)
        label = _label(choice, speech, limits.OPTION)
        options[what] = {"text": plain(label), "value": what}
    flags = "r" if group[0].replaces else ""
    return {
        "type": "static_select",
        "action_id": f"pick|{at}|{flags}|{owner.id}",
        "placeholder": plain(clip(speech.plain(CHOOSE), limits.PLACEHOLDER)),
        "options": list(options.values()),
    }


def _summary(reply: Reply, speech: Speech) -> str:
    first = reply.cards[0] if reply.cards else Card("")
    texts = (
        (reply.text, reply.is_data),
        (first.title, first.has_verbatim_title),
        (first.text, first.is_verbatim),
    )
    text, is_verbatim = next(((one, as_is) for one, as_is in texts if one.strip()), ("", False))
    return (escape if is_verbatim else speech.mrkdwn)(text[:MOST_READ]).strip()


def _whole(reply: Reply, links: Iterable[Choice], speech: Speech) -> str:
    data = f"{reply.text}\n" if reply.is_data else ""
    lost = [f"{_said(one, speech)}: {one.url}\n" for one in links]
    return "\n".join([data + as_text(reply, speech.plain), *lost])
