"""Modals: a form as Discord shows it, built from memory.

Source: Discord, "Modal": a modal can only be a first answer. A submit is recognised by its id alone, so that
a modal from before a restart is answered as well.
"""

from collections.abc import Mapping
from typing import Any, cast

import discord
from discord import ui

from bot.fronts.discord import limits, tags
from bot.fronts.forms import Form
from bot.fronts.languages.catalogue import catalogue_for

OPEN_SECONDS = 900.0


def build_modal(form: Form, what: str, it: discord.Interaction[Any], prefill: str = "") -> ui.Modal:
    """Return the modal for whoever pressed; ``what`` is asked once it is written."""
    say = catalogue_for(str(it.locale)).say
    custom_id = tags.Tag(str(it.user.id), what).write("m", 0)
    modal = ui.Modal(
        title=limits.clip(say(form.title), limits.MODAL_TITLE), timeout=OPEN_SECONDS, custom_id=custom_id
    )
    style = discord.TextStyle.paragraph if form.is_long else discord.TextStyle.short
    field: ui.TextInput[Any] = ui.TextInput(
        custom_id=form.argument,
        style=style,
        placeholder=limits.clip(say(form.placeholder), limits.INPUT_PLACEHOLDER),
        default=limits.clip(prefill, form.most_chars) or None,
        max_length=form.most_chars,
        required=form.is_required,
    )
    modal.add_item(ui.Label(text=limits.clip(say(form.label), limits.INPUT_LABEL), component=field))
    return modal


def read_submit(it: discord.Interaction[Any]) -> tuple[tags.Tag | None, dict[str, str]]:
    """Return whose submit this is and what was written, by argument."""
    data = cast("Mapping[str, Any]", it.data or {})
    written = {}
    for part in data.get("components", []):
        for field in [part.get("component"), *part.get("components", [])]:
            if field:
                written[str(field.get("custom_id", ""))] = str(field.get("value", ""))
    return tags.read_tag(str(data.get("custom_id", ""))), written
