"""Modals: what has to be written before it can be asked, built from memory.

Source: Discord, "Modal": a modal can only be a first answer. A submit is recognised by its id alone, so that
a modal from before a restart is answered as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import discord
from discord import ui

from bot.fronts.discord import limits, tags
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.presses import Wanted, read_written, seen_of

OPEN_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Form:
    """One thing to be written: the argument that it becomes, and what its writer reads."""

    argument: str
    title: str
    label: str
    placeholder: str
    most_chars: int
    is_long: bool = False
    is_required: bool = True

    def build(self, what: str, it: discord.Interaction[Any], prefill: str = "") -> ui.Modal:
        """Return the modal for whoever pressed; ``what`` is asked once it is written."""
        say = catalogue_for(str(it.locale)).say
        custom_id = tags.Tag(str(it.user.id), what).write("m", 0)
        modal = ui.Modal(
            title=limits.clip(say(self.title), limits.MODAL_TITLE), timeout=OPEN_SECONDS, custom_id=custom_id
        )
        style = discord.TextStyle.paragraph if self.is_long else discord.TextStyle.short
        field: ui.TextInput[Any] = ui.TextInput(
            custom_id=self.argument,
            style=style,
            placeholder=limits.clip(say(self.placeholder), limits.INPUT_PLACEHOLDER),
            default=limits.clip(prefill, self.most_chars) or None,
            max_length=self.most_chars,
            required=self.is_required,
        )
        modal.add_item(ui.Label(text=limits.clip(say(self.label), limits.INPUT_LABEL), component=field))
        return modal


FORMS: Mapping[tuple[str, str], Form] = {
    ("account", "phone"): Form(
        "number", "Add a phone", "Your number, with + and country code", "+49 1512 3456789", 40
    ),
    ("account", "code"): Form("code", "The code that was read to you", "Six digits", "123456", 20),
    ("memory", "add"): Form(
        "text",
        "What shall be remembered?",
        "One sentence about you",
        "I am allergic to nuts.",
        300,
        is_long=True,
    ),
    ("memory", "change"): Form(
        "text",
        "Correct what is remembered",
        "How it should be; empty deletes it",
        "Leave it empty to delete it.",
        300,
        is_long=True,
        is_required=False,
    ),
    ("characters", "search"): Form("search", "Search the characters", "Words", "riddles, sea, German", 60),
}
"""By command and ``do``: what has to be written where the argument is not there yet."""


def form_of(what: str) -> Form | None:
    """Return the form that has to be filled before this can be asked; None where nothing is missing."""
    return form_for(read_written(seen_of(what)))


def form_for(wanted: Wanted) -> Form | None:
    """Do as ``form_of`` for a command that is read already."""
    form = FORMS.get((wanted.command, wanted.arguments.get("do", "")))
    return form if form is not None and form.argument not in wanted.arguments else None


def read_submit(it: discord.Interaction[Any]) -> tuple[tags.Tag | None, dict[str, str]]:
    """Return whose submit this is and what was written, by argument."""
    data = cast("Mapping[str, Any]", it.data or {})
    written = {}
    for part in data.get("components", []):
        for field in [part.get("component"), *part.get("components", [])]:
            if field:
                written[str(field.get("custom_id", ""))] = str(field.get("value", ""))
    return tags.read_tag(str(data.get("custom_id", ""))), written


def with_written(wanted: Wanted, written: Mapping[str, str]) -> Wanted:
    """Return what is wanted now that it is written."""
    form = form_for(wanted)
    if form is None:
        return wanted
    return Wanted(wanted.command, {**wanted.arguments, form.argument: written.get(form.argument, "")})
