"""What a person sees: messages, modals, and home tabs."""

import html
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.reading import lines_of, raw_texts, read
from tests.fakes.slack.state import Message, Team, View
from tests.fakes.slack.text_rules import LINK
from tests.fakes.slack.values import VALUE_KEYS, elements_of


class Surface:
    """Blocks that somebody looks at."""

    @property
    def kept(self) -> Message | View:
        """What the blocks stand in, with what was typed there."""
        raise NotImplementedError

    @property
    def blocks(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    @property
    def team(self) -> Team:
        raise NotImplementedError

    @property
    def text(self) -> str:
        """All that a person reads."""
        return "\n".join(line for line in self._lines() if line)

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons, those that link too."""
        return [part["text"]["text"] for part in self._buttons()]

    @property
    def options(self) -> list[str]:
        """The labels of what can be picked."""
        found = []
        for _, element in elements_of(self.blocks):
            found += [option["text"]["text"] for option in offered(element)]
        return found

    @property
    def pictures(self) -> dict[str, str]:
        """Where the pictures are, by the words that stand for them."""
        parts = [*self.blocks, *(element for _, element in elements_of(self.blocks))]
        return {part["alt_text"]: part["image_url"] for part in parts if part["type"] == "image"}

    @property
    def inputs(self) -> list[dict[str, Any]]:
        """The elements that take a value, each with the label above it."""
        return [
            {"block_id": block["block_id"], "label": block.get("label", {}).get("text", ""), **element}
            for block, element in elements_of(self.blocks)
            if element["type"] in VALUE_KEYS
        ]

    def link(self, label: str = "") -> str:
        """Return where a button, or else a link in a text, leads."""
        links = {part["text"]["text"]: part["url"] for part in self._buttons() if "url" in part}
        links = links or {found[2] or found[1]: html.unescape(found[1]) for found in LINK.finditer(self.raw)}
        return links[one_of(label, list(links))]

    def element(self, which: str, kinds: tuple[str, ...] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return an element with its block, by its id or the only beginning of what stands on or above it."""
        found = [
            (block, element)
            for block, element in elements_of(self.blocks)
            if "action_id" in element and (not kinds or element["type"] in kinds)
        ]
        exact = [one for one in found if which in (one[1]["action_id"], one[0]["block_id"])]
        if len(exact) == 1:
            return exact[0]
        return found[_index(which, [_label(*one) for one in found])]

    @property
    def raw(self) -> str:
        """The texts as they were sent."""
        return "\n".join(str(text) for block in self.blocks for text in raw_texts(block))

    def _buttons(self) -> list[dict[str, Any]]:
        return [element for _, element in elements_of(self.blocks) if element["type"] == "button"]

    def _lines(self) -> list[str]:
        return [line for block in self.blocks for line in lines_of(block, self.team)]


@dataclass(frozen=True)
class Shown(Surface):
    """A message as it stands now, edits applied."""

    message: Message

    def __repr__(self) -> str:
        return f"<Shown {self.text!r}>"

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return self.message.blocks

    @property
    def team(self) -> Team:
        return self.message.channel.team

    @property
    def kept(self) -> Message:
        return self.message

    @property
    def replies(self) -> "list[Shown]":
        """What stands in the thread below, in order."""
        return [
            Shown(one)
            for one in self.message.channel.messages
            if one.thread_ts == self.message.ts and one is not self.message and not one.is_deleted
        ]

    @property
    def notification(self) -> str:
        """What a notification reads, or a client that shows no blocks."""
        return read(self.message.text, self.team)

    @property
    def raw(self) -> str:
        return super().raw if self.blocks else self.message.text

    @property
    def is_private(self) -> bool:
        return self.message.is_ephemeral

    @property
    def is_deleted(self) -> bool:
        return self.message.is_deleted

    @property
    def files(self) -> dict[str, bytes]:
        """The files that hang on the message."""
        return {file.name: file.data for file in self.message.files}

    def _lines(self) -> list[str]:
        return super()._lines() if self.blocks else [self.notification]


@dataclass(frozen=True)
class Modal(Surface):
    """A modal as it stands now, or a home tab."""

    view: View

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.text!r}>"

    @property
    def blocks(self) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = self.view.body["blocks"]
        return blocks

    @property
    def team(self) -> Team:
        return self.view.person.team

    @property
    def kept(self) -> View:
        return self.view

    @property
    def title(self) -> str:
        return str(self.view.body.get("title", {}).get("text", ""))

    @property
    def private_metadata(self) -> str:
        return str(self.view.body.get("private_metadata", ""))

    @property
    def is_open(self) -> bool:
        return self.view.is_open

    @property
    def errors(self) -> dict[str, str]:
        """What stands below inputs that were not taken, by block."""
        return self.view.errors

    def _lines(self) -> list[str]:
        sides = [self.view.body[key]["text"] for key in ("submit", "close") if self.view.body.get(key)]
        return [self.title, *super()._lines(), *sides, *self.errors.values()]


class Home(Modal):
    """The home tab that the app made for somebody."""


def offered(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what an element offers, groups apart."""
    groups = [option for group in element.get("option_groups", ()) for option in group["options"]]
    return [*element.get("options", ()), *groups]


def one_of(beginning: str, names: list[str]) -> str:
    """Return the name that is meant: the very same, or the only one that begins so."""
    return names[_index(beginning, names)]


def _index(beginning: str, names: list[str]) -> int:
    wanted = beginning.lower().replace("_", " ")
    exact = [index for index, name in enumerate(names) if name.lower() == wanted or name == beginning]
    begun = exact or [index for index, name in enumerate(names) if name.lower().startswith(wanted)]
    assert len(begun) == 1, f"{beginning!r} is {'more than one' if begun else 'none'} of {names}"
    return begun[0]


def _label(block: dict[str, Any], element: dict[str, Any]) -> str:
    for words in (element.get("text"), block.get("label"), element.get("placeholder")):
        if words:
            return str(words["text"])
    above = block.get("text") or {}
    return str(above.get("text") or element["action_id"])
