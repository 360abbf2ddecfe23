"""What the fake Discord takes as a modal, and what it refuses."""

from typing import Any

import pytest

from tests.fakes.discord import FakeDiscord, Person
from tests.fakes.wire import Wire

pytestmark = pytest.mark.anyio

Part = dict[str, Any]


def text_input(**parts: Any) -> Part:
    return {"type": 4, "custom_id": "words", "style": 1, **parts}


def label(component: Part | None = None, **parts: Any) -> Part:
    return {"type": 18, "label": "Words", "component": component or text_input(), **parts}


def modal(*components: Part, **parts: Any) -> Part:
    return {"title": "Words", "custom_id": "m", "components": list(components) or [label()], **parts}


def of(**parts: Any) -> Part:
    return modal(label(text_input(**parts)))


def options(count: int) -> list[Part]:
    return [{"label": f"Nr. {number}", "value": str(number)} for number in range(count)]


TAKEN = {
    "a title of 45": modal(title="x" * 45),
    "a custom id of 100": modal(custom_id="x" * 100),
    "5 components": modal(*(label(text_input(custom_id=f"i{number}")) for number in range(5))),
    "a label of 45": modal(label(label="x" * 45, description="x" * 100)),
    "a value of 4000": of(value="x" * 4000, max_length=4000, min_length=4000),
    "a placeholder of 100": of(placeholder="x" * 100),
    "an input in a row": modal({"type": 1, "components": [text_input(label="Words")]}),
    "a text": modal({"type": 10, "content": "Mind"}, label()),
    "a select": modal(label({"type": 3, "custom_id": "s", "options": options(25)})),
    "10 to choose one from": modal(label({"type": 21, "custom_id": "r", "options": options(10)})),
    "boxes and a file": modal(
        label({"type": 22, "custom_id": "g", "options": options(1)}),
        label({"type": 23, "custom_id": "b"}),
        label({"type": 19, "custom_id": "f", "max_values": 10}),
    ),
}

REFUSED = {
    "a title of 46": (modal(title="x" * 46), "title"),
    "no title": (modal(title=""), "title"),
    "a custom id of 101": (modal(custom_id="x" * 101), "custom_id"),
    "nothing": ({"title": "x", "custom_id": "x", "components": []}, "components"),
    "6 components": (
        modal(*(label(text_input(custom_id=f"i{number}")) for number in range(6))),
        "components",
    ),
    "an input twice": (modal(label(), label()), "components.1.component.custom_id"),
    "a bare input": (modal(text_input()), "components.0.type"),
    "a label of 46": (modal(label(label="x" * 46)), "components.0.label"),
    "a label of nothing": (modal(label(label="")), "components.0.label"),
    "a description of 101": (modal(label(description="x" * 101)), "components.0.description"),
    "a label around two": (modal(label(components=[text_input()])), "components.0.components"),
    "a label around a button": (
        modal(label({"type": 2, "style": 1, "label": "x", "custom_id": "x"})),
        "components.0.component.type",
    ),
    "a label around a label": (modal(label(label())), "components.0.component.type"),
    "a label in a label": (of(label="x"), "components.0.component.label"),
    "two inputs in a row": (
        modal({"type": 1, "components": [text_input(label="x"), text_input(label="x", custom_id="b")]}),
        "components.0.components",
    ),
    "a button in a row": (
        modal({"type": 1, "components": [{"type": 2, "label": "x"}]}),
        "components.0.components.0.type",
    ),
    "a style nobody knows": (of(style=3), "components.0.component.style"),
    "a value of 4001": (of(value="x" * 4001), "components.0.component.value"),
    "a value beyond its length": (of(value="xxx", max_length=2), "components.0.component.value"),
    "a placeholder of 101": (of(placeholder="x" * 101), "components.0.component.placeholder"),
    "at least 4001 letters": (of(min_length=4001), "components.0.component.min_length"),
    "at most 0 letters": (of(max_length=0), "components.0.component.max_length"),
    "at most 4001 letters": (of(max_length=4001), "components.0.component.max_length"),
    "at least 3 of at most 2": (of(min_length=3, max_length=2), "components.0.component.min_length"),
    "a row's label of 46": (
        modal({"type": 1, "components": [text_input(label="x" * 46)]}),
        "components.0.components.0.label",
    ),
    "11 to choose one from": (
        modal(label({"type": 21, "custom_id": "r", "options": options(11)})),
        "components.0.component.options",
    ),
    "at least 11 files": (
        modal(label({"type": 19, "custom_id": "f", "min_values": 11, "max_values": 10})),
        "components.0.component.min_values",
    ),
    "1 to choose from": (
        modal(label({"type": 21, "custom_id": "r", "options": options(1)})),
        "components.0.component.options",
    ),
    "11 boxes": (
        modal(label({"type": 22, "custom_id": "g", "options": options(11)})),
        "components.0.component.options",
    ),
    "11 files": (
        modal(label({"type": 19, "custom_id": "f", "max_values": 11})),
        "components.0.component.max_values",
    ),
}


@pytest.mark.parametrize("body", TAKEN.values(), ids=TAKEN)
async def test_a_modal_opens(wire: Wire, discord: FakeDiscord, mira: Person, body: Part) -> None:
    async with wire.identified():
        await discord.is_ready()
        await wire.registers({"name": "call", "description": "Call"})
        asked = await mira.types("call", waits=False)
        answer = await wire.calls_back(asked, 9, body)
    assert answer.status == 200, answer.body
    assert asked.modal.title == body["title"]


@pytest.mark.parametrize(("body", "field"), REFUSED.values(), ids=REFUSED)
async def test_a_modal_is_refused_and_the_field_is_named(
    wire: Wire, discord: FakeDiscord, mira: Person, body: Part, field: str
) -> None:
    async with wire.identified():
        await discord.is_ready()
        await wire.registers({"name": "call", "description": "Call"})
        asked = await mira.types("call", waits=False)
        answer = await wire.calls_back(asked, 9, body)
    assert (answer.status, answer.code, answer.faults) == (400, 50035, [f"data.{field}"])
    assert asked.acknowledged is None


async def test_a_modal_is_sent_as_it_was_filled_in(wire: Wire, discord: FakeDiscord, mira: Person) -> None:
    body = modal(
        {"type": 10, "content": "Mind"},
        label(text_input(required=False, value="before")),
        label({"type": 3, "custom_id": "s", "options": options(3)}, label="Which"),
        label({"type": 23, "custom_id": "b"}, label="Sure"),
        label({"type": 19, "custom_id": "f"}, label="Your file"),
    )
    async with wire.identified() as ear:
        await discord.is_ready()
        await wire.registers({"name": "call", "description": "Call"})
        asked = await mira.types("call", waits=False)
        await wire.calls_back(asked, 9, body)
        file = discord.uploads("a.json", b"{}")
        await mira.submits(asked.modal, {"Which": ["2"], "your file": [file]}, b=True, waits=False)
        await ear.hears("INTERACTION_CREATE")
        data = (await ear.hears("INTERACTION_CREATE"))["data"]
    assert data["custom_id"] == "m"
    inner = [part.get("component", {}) for part in data["components"]]
    assert [part.get("value", part.get("values")) for part in inner] == [
        None,
        "before",
        ["2"],
        True,
        [file.id],
    ]
    assert data["resolved"]["attachments"][file.id]["filename"] == "a.json"
    for wrong in ({"Which": ["9"]}, {"Which": []}, {"nonsense": "x"}):
        with pytest.raises(AssertionError):
            await mira.submits(asked.modal, {"Which": ["2"], "f": [file], **wrong})
