"""Buttons and menus: made of choices, and recognised again after any number of restarts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, cast

import discord
from discord import ui

from bot.domain.reply import Choice
from bot.domain.variables import strip_control
from bot.fronts.discord import limits, tags
from bot.fronts.discord.doors import Client, It, Prefills, answers, answers_in_place, asks
from bot.fronts.discord.forms import build_modal
from bot.fronts.discord.limits import clip
from bot.fronts.discord.tags import Tag
from bot.fronts.forms import Form, form_for, form_of
from bot.fronts.menus import in_menus
from bot.fronts.presses import Keep, Wanted, not_yours, pack, too_old

LONG_LABEL_CHARS = 38
FIRST = frozenset({"call", "answer", "keep"})
"""Commands whose button, where it comes first, is the one that most people want."""

Say = Callable[[str], str]


async def stands_for(it: It, tag: Tag | None, what: str) -> Wanted:
    """Return what a press asks for. Raises CallerError for another's button, and for one of another time."""
    if tag is None:
        raise too_old()
    if not tag.belongs_to(it.user.id):
        raise not_yours()
    return await cast("Client", it.client).desk.unpack(it, what)


press = answers(stands_for)
press_in_place = answers_in_place(stands_for)


@asks
def write_first(it: It, form: Form, what: str) -> ui.Modal:
    """Ask for what has to be written before it can be asked."""
    return build_modal(form, what, it, cast("Client", it.client).prefills.get(str(it.user.id), what))


DOORS = (press, press_in_place, write_first)
"""Every way in through a button or a menu."""


class Press(ui.DynamicItem[ui.Button[Any]], template=tags.PATTERN.replace("[bsm]", "b")):
    """A button that asks something for whoever it belongs to."""

    @classmethod
    async def from_custom_id(cls, _it: Any, item: ui.Item[Any], _match: Any, /) -> "Press":
        """Make it anew from what the message shows."""
        return cls(cast("ui.Button[Any]", item))

    async def callback(self, interaction: It) -> None:
        """Answer the press."""
        await take_press(interaction, self.custom_id)


class Pick(ui.DynamicItem[ui.Select[Any]], template=tags.PATTERN.replace("[bsm]", "s")):
    """A menu; each of its options asks something."""

    @classmethod
    async def from_custom_id(cls, _it: Any, item: ui.Item[Any], _match: Any, /) -> "Pick":
        """Make it anew from what the message shows."""
        return cls(cast("ui.Select[Any]", item))

    async def callback(self, interaction: It) -> None:
        """Answer the choice."""
        data = cast("dict[str, Any]", interaction.data or {})
        await take_press(interaction, self.custom_id, str((data.get("values") or [""])[0]))


async def take_press(it: It, custom_id: str, value: str = "") -> None:
    """Lead a press to its door: one that asks where something has to be written, else one that answers."""
    tag = tags.read_tag(custom_id)
    what = value or (tag.what if tag else "")
    is_theirs = tag is not None and tag.belongs_to(it.user.id)
    form = form_of(what) if is_theirs else None
    if form is not None:
        await write_first(it, form, what)
        return
    is_private = it.message is not None and it.message.flags.ephemeral
    door = press_in_place if tag and tag.replaces and is_theirs and is_private else press
    await door(it, tag, what)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose buttons these are, and where what does not fit into an id is kept; nowhere for everybody's."""

    id: str
    keep: Keep | None
    prefills: Prefills | None = None


async def build_rows(
    choices: Sequence[Choice], owner: Owner, say: Say, placeholder: str
) -> list[list[ui.Item[Any]]]:
    """Return the choices as rows of buttons and menus; where five rows do not hold them, menus alone do."""
    rows: list[list[ui.Item[Any]]] = []
    at = 0
    for planned in _plan(choices)[: limits.ROWS]:
        row: list[ui.Item[Any]] = []
        if planned.is_menu:
            row.append(await _menu(planned.choices, owner, say, placeholder, at))
        else:
            for choice in planned.choices:
                row.append(await _button(choice, owner, say, at + len(row), is_first=at + len(row) == 0))
        at += len(row)
        rows.append(row)
    return rows


@dataclass(frozen=True, slots=True)
class _Row:
    """The choices of one row: up to five buttons, or one menu."""

    is_menu: bool
    choices: list[Choice]

    def has_room(self) -> bool:
        return not self.is_menu and len(self.choices) < limits.ROW_BUTTONS


def _plan(choices: Sequence[Choice]) -> list[_Row]:
    """Return the rows as they are wished for; where they are too many, as few as can be."""
    wished = _rows(in_menus(choices, LONG_LABEL_CHARS))
    if len(wished) <= limits.ROWS:
        return wished
    close = [replace(one, begins_row=False) for one in choices]
    fewer = _rows(in_menus(close, LONG_LABEL_CHARS))
    if len(fewer) <= limits.ROWS:
        return fewer
    order = sorted(close, key=lambda one: (not one.url, one.replaces))
    return _rows([(not one.url, one) for one in order])


def _rows(grouped: Iterable[tuple[bool, Choice]]) -> list[_Row]:
    rows: list[_Row] = []
    for (is_menu, _), same in groupby(grouped, key=lambda pair: (pair[0], pair[0] and pair[1].replaces)):
        group = [choice for _, choice in same]
        if is_menu:
            starts = range(0, len(group), limits.OPTIONS)
            rows += [_Row(True, group[start : start + limits.OPTIONS]) for start in starts]
            continue
        for choice in group:
            if not rows or choice.begins_row or not rows[-1].has_room():
                rows.append(_Row(False, []))
            rows[-1].choices.append(choice)
    return rows


async def _button(choice: Choice, owner: Owner, say: Say, at: int, *, is_first: bool) -> ui.Item[Any]:
    label = _label(choice, say, limits.LABEL)
    if choice.url:
        return ui.Button(label=label, url=choice.url)
    style = discord.ButtonStyle.secondary
    if choice.is_danger:
        style = discord.ButtonStyle.danger
    elif is_first and choice.command in FIRST:
        style = discord.ButtonStyle.primary
    what = await _pack(choice, owner, tags.room_in_tag(owner.id))
    return Press(
        ui.Button(label=label, style=style, custom_id=Tag(owner.id, what, choice.replaces).write("b", at))
    )


async def _menu(group: Sequence[Choice], owner: Owner, say: Say, placeholder: str, at: int) -> ui.Item[Any]:
    options = {}
    for choice in group:
        value = await _pack(choice, owner, limits.OPTION_TEXT)
        options[value] = discord.SelectOption(label=_label(choice, say, limits.OPTION_TEXT), value=value)
    custom_id = Tag(owner.id, "", group[0].replaces).write("s", at)
    shown = clip(placeholder, limits.PLACEHOLDER)
    return Pick(ui.Select(custom_id=custom_id, placeholder=shown, options=list(options.values())))


def _label(choice: Choice, say: Say, most: int) -> str:
    said = strip_control(choice.label) if choice.is_verbatim else say(choice.label)
    return clip(said.strip(), most) or "…"


async def _pack(choice: Choice, owner: Owner, room: int) -> str:
    """Return what stands for a choice; that of a modal has to fit into the modal's id as well."""
    wanted = Wanted(choice.command, choice.arguments)
    if form_for(wanted) is None:
        return await pack(wanted, owner.keep, room)
    what = await pack(wanted, owner.keep, tags.room_in_tag(owner.id), asks=True)
    if choice.prefill and owner.prefills is not None:
        owner.prefills.keep(owner.id, what, choice.prefill)
    return what
