"""What a person sees: messages, and modals."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord import component_rules as kinds
from tests.fakes.discord import modal_rules
from tests.fakes.discord.state import Account, Channel, Message

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


@dataclass(frozen=True)
class Shown:
    """A message as it stands now, edits applied."""

    message: Message

    def __repr__(self) -> str:
        return f"<Shown {self.text!r}>"

    @property
    def content(self) -> str:
        return self.message.content

    @property
    def embeds(self) -> list[dict[str, Any]]:
        return self.message.embeds

    @property
    def text(self) -> str:
        """All that a person reads."""
        lines = [self.content]
        for embed in self.embeds:
            lines += [embed.get("author", {}).get("name"), embed.get("title"), embed.get("description")]
            for part in embed.get("fields", ()):
                lines += [part["name"], part["value"]]
            lines.append(embed.get("footer", {}).get("text"))
        for part in components_of(self.message.components):
            lines += [part.get("content"), part.get("label"), part.get("placeholder")]
            for option in part.get("options", ()):
                lines += [option["label"], option.get("description")]
        return "\n".join(line for line in lines if line)

    @property
    def is_private(self) -> bool:
        return self.message.is_ephemeral

    @property
    def is_loading(self) -> bool:
        return self.message.is_loading

    @property
    def is_deleted(self) -> bool:
        return self.message.is_deleted

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons, those that link too."""
        return [_label(part) for part in self._buttons()]

    @property
    def options(self) -> list[str]:
        """The labels of what can be picked."""
        return [option["label"] for select in self.selects() for option in select.get("options", ())]

    @property
    def files(self) -> dict[str, bytes]:
        """The files that hang on the message."""
        return {file.filename: file.data for file in self.message.attachments}

    @property
    def pictures(self) -> dict[str, bytes]:
        """Those files that are pictures."""
        return {name: data for name, data in self.files.items() if name.lower().endswith(PICTURES)}

    def link(self, label: str = "") -> str:
        """Return where a button, or else a masked link, leads."""
        links = {_label(part): part["url"] for part in self._buttons() if part["style"] == kinds.LINK}
        links = links or dict(re.findall(r"\[([^\]]+)\]\(<?(https?://[^)>]+)>?\)", self.text))
        return links[one_of(label, list(links))]

    def button(self, label: str) -> dict[str, Any]:
        """Return a button that can be pressed, by its label or the only beginning."""
        pressable = [part for part in self._buttons() if part["style"] != kinds.LINK]
        found = pressable[_index(label, [_label(part) for part in pressable])]
        assert not found.get("disabled"), f"{label!r} is disabled"
        return found

    def component(self, custom_id: str) -> dict[str, Any] | None:
        """Return the component with this id, if there is one."""
        parts = components_of(self.message.components)
        return next((part for part in parts if part.get("custom_id") == custom_id), None)

    def selects(self) -> list[dict[str, Any]]:
        """Return the selects."""
        return [part for part in components_of(self.message.components) if part["type"] in kinds.SELECTS]

    def _buttons(self) -> list[dict[str, Any]]:
        return [part for part in components_of(self.message.components) if part["type"] == kinds.BUTTON]


@dataclass(frozen=True)
class Modal:
    """A modal as it was opened: plain data, to be filled in whenever."""

    title: str
    custom_id: str
    components: list[dict[str, Any]]
    person: Account
    channel: Channel = field(repr=False)
    owners: dict[str, str]
    message: Message | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """All that a person reads."""
        lines = [self.title]
        for part in components_of(self.components):
            lines += [
                part.get("content"),
                part.get("label"),
                part.get("description"),
                part.get("placeholder"),
            ]
            lines += [part.get("value")]
            for option in part.get("options", ()):
                lines += [option["label"], option.get("description")]
        return "\n".join(line for line in lines if line)

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """The components that take a value, each with the label above it."""
        found = []
        for part in self.components:
            if part["type"] == modal_rules.LABEL:
                found.append({**part["component"], "label": part["label"]})
            elif part["type"] == kinds.ROW:
                found += part["components"]
        return found


def components_of(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Walk through components, outer ones first."""
    for part in parts:
        yield part
        yield from components_of(part.get("components", []))
        yield from components_of([part[key] for key in ("accessory", "component") if key in part])


def number(components: list[dict[str, Any]]) -> None:
    """Give each component the id that Discord gives it."""
    every = list(components_of(components))
    taken = {part["id"] for part in every if part.get("id")}
    fresh = (number for number in range(1, 1000) if number not in taken)
    for part in every:
        part["id"] = part.get("id") or next(fresh)


def one_of(beginning: str, names: list[str]) -> str:
    """Return the name that is meant: the very same, or the only one that begins so."""
    return names[_index(beginning, names)]


def _index(beginning: str, names: list[str]) -> int:
    exact = [index for index, name in enumerate(names) if name == beginning]
    begun = exact or [index for index, name in enumerate(names) if name.startswith(beginning)]
    assert len(begun) == 1, f"{beginning!r} is {'more than one' if begun else 'none'} of {names}"
    return begun[0]


def _label(button: dict[str, Any]) -> str:
    return button.get("label") or (button.get("emoji") or {}).get("name") or ""
