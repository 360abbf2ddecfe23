"""Buttons and menus: made of choices, and recognised again after any number of restarts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

import discord
from discord import ui

from bot.domain.reply import Choice
from bot.fronts.discord import limits, tags
from bot.fronts.discord.doors import Client, Prefills, Wanted
from bot.fronts.discord.forms import form_of
from bot.fronts.discord.limits import clip
from bot.fronts.discord.tags import Tag

MENU_FROM = 6
"""From how many choices of one command on they are a menu; fewer if their labels are long."""
LONG_LABEL_CHARS = 38
FIRST = frozenset({"call", "answer", "keep"})
"""Commands whose button, where it comes first, is the one that most people want."""

Say = Callable[[str], str]


class Press(ui.DynamicItem[ui.Button[Any]], template=tags.PATTERN.replace("[bsm]", "b")):
    """A button that asks something for whoever it belongs to."""

    @classmethod
    async def from_custom_id(cls, _it: Any, item: ui.Item[Any], _match: Any, /) -> "Press":
        """Make it anew from what the message shows."""
        return cls(cast("ui.Button[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the press."""
        await _pressed(interaction, self.custom_id, "")


class Pick(ui.DynamicItem[ui.Select[Any]], template=tags.PATTERN.replace("[bsm]", "s")):
    """A menu; each of its options asks something."""

    @classmethod
    async def from_custom_id(cls, _it: Any, item: ui.Item[Any], _match: Any, /) -> "Pick":
        """Make it anew from what the message shows."""
        return cls(cast("ui.Select[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the choice."""
        data = cast("dict[str, Any]", interaction.data or {})
        await _pressed(interaction, self.custom_id, str((data.get("values") or [""])[0]))


async def _pressed(it: discord.Interaction[Any], custom_id: str, value: str) -> None:
    """Take a press: it asks with a modal where something has to be written first, else it is answered."""
    client = cast("Client", it.client)
    desk = client.desk
    tag = tags.read_tag(custom_id)
    what = value or (tag.what if tag else "")
    is_theirs = tag is not None and tag.belongs_to(it.user.id)
    form = form_of(what) if is_theirs else None
    if form is not None:
        await desk.ask(it, form.build(what, it, client.prefills.get(custom_id)))
        return
    is_private = it.message is not None and it.message.flags.ephemeral

    async def want() -> Wanted:
        if tag is None:
            raise tags.too_old()
        if not is_theirs:
            raise tags.not_yours()
        return await desk.unpack(it, what)

    await desk.answer(it, want, in_place=bool(tag and tag.replaces and is_theirs and is_private))


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose buttons these are, and where what does not fit into an id is kept; nowhere for everybody's."""

    id: str
    keep: tags.Keep | None
    prefills: Prefills | None = None


async def build_rows(
    choices: Sequence[Choice], owner: Owner, say: Say, placeholder: str
) -> list[list[ui.Item[Any]]]:
    """Return the choices as rows of buttons and menus, five rows at most; what is beyond becomes a menu."""
    rows: list[list[ui.Item[Any]]] = []
    at = 0
    for is_menu, choice_group in groupby(_grouped(choices), key=lambda pair: pair[0]):
        group = [choice for _, choice in choice_group]
        if is_menu:
            for start in range(0, len(group), limits.OPTIONS):
                part = group[start : start + limits.OPTIONS]
                rows.append([await _menu(part, owner, say, placeholder, at)])
                at += 1
            continue
        for choice in group:
            if not rows or choice.begins_row or not _has_room(rows[-1]):
                rows.append([])
            rows[-1].append(await _button(choice, owner, say, at, is_first=at == 0))
            at += 1
    return rows[: limits.ROWS]


def _grouped(choices: Sequence[Choice]) -> list[tuple[bool, Choice]]:
    """Return each choice with whether it stands in a menu: one of many, or of some with long labels."""
    grouped = []
    for _, same in groupby(choices, key=lambda one: (one.command, bool(one.url), tuple(one.arguments))):
        group = list(same)
        is_long = any(len(one.label) > LONG_LABEL_CHARS for one in group)
        is_menu = not group[0].url and (len(group) >= MENU_FROM or (len(group) > 2 and is_long))
        grouped += [(is_menu and not any(one.begins_row for one in group), one) for one in group]
    return grouped


def _has_room(row: list[ui.Item[Any]]) -> bool:
    return len(row) < limits.ROW_BUTTONS and not isinstance(row[0], Pick)


async def _button(choice: Choice, owner: Owner, say: Say, at: int, *, is_first: bool) -> ui.Item[Any]:
    label = clip(say(choice.label), limits.LABEL) or "…"
    if choice.url:
        return ui.Button(label=label, url=choice.url)
    style = discord.ButtonStyle.secondary
    if choice.is_danger:
        style = discord.ButtonStyle.danger
    elif is_first and choice.command in FIRST:
        style = discord.ButtonStyle.primary
    what = await tags.pack(Wanted(choice.command, choice.arguments), owner.keep, tags.room_in_tag(owner.id))
    custom_id = Tag(owner.id, what, choice.replaces).write("b", at)
    if choice.prefill and owner.prefills is not None:
        owner.prefills.keep(custom_id, choice.prefill)
    return Press(ui.Button(label=label, style=style, custom_id=custom_id))


async def _menu(group: Sequence[Choice], owner: Owner, say: Say, placeholder: str, at: int) -> ui.Item[Any]:
    options = {}
    for choice in group:
        value = await tags.pack(Wanted(choice.command, choice.arguments), owner.keep, limits.OPTION_TEXT)
        options[value] = discord.SelectOption(
            label=clip(say(choice.label), limits.OPTION_TEXT) or "…", value=value
        )
    custom_id = Tag(owner.id, "", group[0].replaces).write("s", at)
    shown = clip(placeholder, limits.PLACEHOLDER)
    return Pick(ui.Select(custom_id=custom_id, placeholder=shown, options=list(options.values())))
