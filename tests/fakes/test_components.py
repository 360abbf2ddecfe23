"""What the fake Discord takes as buttons and selects, and what it refuses."""

from typing import Any

import pytest

from tests.fakes.discord import Inn
from tests.fakes.wire import Wire

pytestmark = pytest.mark.anyio

Part = dict[str, Any]
V2 = 1 << 15


def row(*parts: Part) -> Part:
    return {"type": 1, "components": list(parts)}


def button(number: int = 0, **parts: Any) -> Part:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": f"go:{number}", **parts}


def link(url: str, **parts: Any) -> Part:
    return {"type": 2, "style": 5, "label": "Talk", "url": url, **parts}


def options(count: int) -> list[Part]:
    return [{"label": f"Nr. {number}", "value": str(number)} for number in range(count)]


def select(**parts: Any) -> Part:
    return {"type": 3, "custom_id": "pick", "options": options(2), **parts}


def option(**parts: Any) -> Part:
    return select(options=[{"label": "Ada", "value": "ada", **parts}])


def text(content: str = "x") -> Part:
    return {"type": 10, "content": content}


def url(length: int) -> str:
    return "https://x.example/".ljust(length, "x")


TAKEN = {
    "5 rows of 5 buttons": [row(*(button(5 * y + x) for x in range(5))) for y in range(5)],
    "a select in a row": [row(select())],
    "a label of 80": [row(button(label="x" * 80))],
    "an emoji for a label": [row(button(label=None, emoji={"name": "🎭"}))],
    "a custom id of 100": [row(button(custom_id="x" * 100))],
    "an address of 512": [row(link(url(512)))],
    "an address within Discord": [row(link("discord://app"))],
    "25 options": [row(select(options=options(25), min_values=0, max_values=25))],
    "an option of 100s": [row(option(label="x" * 100, value="x" * 100, description="x" * 100))],
    "a placeholder of 150": [row(select(placeholder="x" * 150))],
    "a select of people": [row({"type": 5, "custom_id": "who"})],
}

REFUSED = {
    "6 rows": ([row(button(number)) for number in range(6)], "components"),
    "6 buttons in a row": ([row(*(button(x) for x in range(6)))], "components.0.components"),
    "an empty row": ([row()], "components.0.components"),
    "2 selects in a row": ([row(select(), select(custom_id="b"))], "components.0.components"),
    "a select beside a button": ([row(select(), button())], "components.0.components"),
    "a button without a row": ([button()], "components.0.type"),
    "a component nobody knows": ([row({"type": 99})], "components.0.components.0.type"),
    "a text input in a message": ([row({"type": 4})], "components.0.components.0.type"),
    "a part of the second version": ([text()], "components.0.type"),
    "a label of 81": ([row(button(label="x" * 81))], "components.0.components.0.label"),
    "no label": ([row(button(label=" "))], "components.0.components.0.label"),
    "a style nobody knows": ([row(button(style=7))], "components.0.components.0.style"),
    "no custom id": ([row(button(custom_id=""))], "components.0.components.0.custom_id"),
    "a custom id of 101": ([row(button(custom_id="x" * 101))], "components.0.components.0.custom_id"),
    "a custom id twice": ([row(button()), row(button())], "components.1.components.0.custom_id"),
    "a field nobody knows": ([row(button(colour=1))], "components.0.components.0.colour"),
    "an address of 513": ([row(link(url(513)))], "components.0.components.0.url"),
    "an address of another scheme": ([row(link("tel:+49"))], "components.0.components.0.url"),
    "a link without an address": ([row(link(""))], "components.0.components.0.url"),
    "a link with a custom id": ([row(link(url(20), custom_id="x"))], "components.0.components.0.custom_id"),
    "an address on a button": ([row(button(url=url(20)))], "components.0.components.0.url"),
    "no options": ([row(select(options=[]))], "components.0.components.0.options"),
    "26 options": ([row(select(options=options(26)))], "components.0.components.0.options"),
    "an option's label of 101": (
        [row(option(label="x" * 101))],
        "components.0.components.0.options.0.label",
    ),
    "an option without label": ([row(option(label=""))], "components.0.components.0.options.0.label"),
    "an option's value of 101": (
        [row(option(value="x" * 101))],
        "components.0.components.0.options.0.value",
    ),
    "an option without value": ([row(option(value=""))], "components.0.components.0.options.0.value"),
    "an option's description of 101": (
        [row(option(description="x" * 101))],
        "components.0.components.0.options.0.description",
    ),
    "a value twice": (
        [row(select(options=[*options(1), *options(1)]))],
        "components.0.components.0.options.1.value",
    ),
    "a placeholder of 151": ([row(select(placeholder="x" * 151))], "components.0.components.0.placeholder"),
    "at least 26 values": (
        [row(select(min_values=26, max_values=25))],
        "components.0.components.0.min_values",
    ),
    "at most 0 values": ([row(select(max_values=0))], "components.0.components.0.max_values"),
    "at most 26 values": ([row(select(max_values=26))], "components.0.components.0.max_values"),
    "at least 2 of at most 1": ([row(select(min_values=2))], "components.0.components.0.min_values"),
    "options to pick people from": (
        [row({"type": 5, "custom_id": "who", "options": options(1)})],
        "components.0.components.0.options",
    ),
}

LAYOUTS = {
    "40 components": [text() for _ in range(40)],
    "4000 letters": [text("x" * 3999), text()],
    "a section": [{"type": 9, "components": [text()] * 3, "accessory": button()}],
    "a gallery": [{"type": 12, "items": [{"media": {"url": url(20)}, "description": "x" * 1024}] * 10}],
    "a container": [{"type": 17, "accent_color": 1, "components": [row(button()), {"type": 14}, text()]}],
}

REFUSED_LAYOUTS = {
    "41 components": ([row(button(number)) for number in range(20)] + [text()], "components"),
    "4001 letters": ([text("x" * 3999), text("xx")], "components"),
    "an empty text": ([text("")], "components.0.content"),
    "a section of 4": (
        [{"type": 9, "components": [text()] * 4, "accessory": button()}],
        "components.0.components",
    ),
    "a section without accessory": ([{"type": 9, "components": [text()]}], "components.0.accessory.type"),
    "a gallery of 11": ([{"type": 12, "items": [{"media": {"url": url(20)}}] * 11}], "components.0.items"),
    "a picture described in 1025": (
        [{"type": 12, "items": [{"media": {"url": url(20)}, "description": "x" * 1025}]}],
        "components.0.items.0.description",
    ),
    "a file that is not attached": (
        [{"type": 13, "file": {"url": "attachment://a.txt"}}],
        "components.0.file.url",
    ),
    "a container in a container": (
        [{"type": 17, "components": [{"type": 17, "components": [text()]}]}],
        "components.0.components.0.type",
    ),
}


@pytest.mark.parametrize("components", TAKEN.values(), ids=TAKEN)
async def test_components_are_taken(wire: Wire, inn: Inn, components: list[Part]) -> None:
    tavern = inn.channels["tavern"]
    answer = await wire.asks(
        "POST", f"/channels/{tavern.id}/messages", {"content": "x", "components": components}
    )
    assert answer.status == 200, answer.body
    assert len(tavern.posts) == 1


@pytest.mark.parametrize(("components", "field"), REFUSED.values(), ids=REFUSED)
async def test_components_are_refused_and_the_field_is_named(
    wire: Wire, inn: Inn, components: list[Part], field: str
) -> None:
    tavern = inn.channels["tavern"]
    answer = await wire.asks(
        "POST", f"/channels/{tavern.id}/messages", {"content": "x", "components": components}
    )
    assert (answer.status, answer.code, answer.faults) == (400, 50035, [field])
    assert tavern.posts == []


@pytest.mark.parametrize("components", LAYOUTS.values(), ids=LAYOUTS)
async def test_a_layout_is_taken(wire: Wire, inn: Inn, components: list[Part]) -> None:
    tavern = inn.channels["tavern"]
    body = {"flags": V2, "components": components}
    answer = await wire.asks("POST", f"/channels/{tavern.id}/messages", body)
    assert answer.status == 200, answer.body


@pytest.mark.parametrize(("components", "field"), REFUSED_LAYOUTS.values(), ids=REFUSED_LAYOUTS)
async def test_a_layout_is_refused_and_the_field_is_named(
    wire: Wire, inn: Inn, components: list[Part], field: str
) -> None:
    tavern = inn.channels["tavern"]
    body = {"flags": V2, "components": components}
    answer = await wire.asks("POST", f"/channels/{tavern.id}/messages", body)
    assert (answer.status, answer.code, answer.faults) == (400, 50035, [field])


async def test_a_layout_has_no_content_and_stays_one(wire: Wire, inn: Inn) -> None:
    path = f"/channels/{inn.channels['tavern'].id}/messages"
    both = await wire.asks("POST", path, {"flags": V2, "components": [text()], "content": "x"})
    assert both.faults == [""]
    said = await wire.asks("POST", path, {"flags": V2, "components": [text()]})
    for edit in ({"content": "x"}, {"embeds": [{"title": "x"}]}, {"flags": 0}):
        assert (await wire.asks("PATCH", f"{path}/{said.body['id']}", edit)).code == 50035
    edit = {"components": [text("y")]}
    assert (await wire.asks("PATCH", f"{path}/{said.body['id']}", edit)).status == 200


async def test_every_component_gets_an_id(wire: Wire, inn: Inn) -> None:
    path = f"/channels/{inn.channels['tavern'].id}/messages"
    body = {"components": [row(button(1, id=3), button(2)), row(select())]}
    (first, second) = (await wire.asks("POST", path, body)).body["components"]
    assert [first["id"], *(part["id"] for part in first["components"])] == [1, 3, 2]
    assert second["components"][0]["id"] == 5
