"""What the fake Slack takes as blocks of a message, and what it refuses."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio

Part = dict[str, Any]
URL = "https://troupe.example/"


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


def url(length: int) -> str:
    return URL + "x" * (length - len(URL))


def plain(letters: int = 1, **parts: Any) -> Part:
    return {"type": "plain_text", "text": "x" * letters, **parts}


def marked(letters: int = 1, **parts: Any) -> Part:
    return {"type": "mrkdwn", "text": "x" * letters, **parts}


def section(**parts: Any) -> Part:
    return {"type": "section", **({} if "fields" in parts else {"text": marked()}), **parts}


def button(**parts: Any) -> Part:
    return {"type": "button", "text": plain(), **parts}


def actions(*elements: Part, **parts: Any) -> Part:
    return {"type": "actions", "elements": list(elements), **parts}


def buttons(count: int) -> list[Part]:
    return [button(action_id=f"b{number}") for number in range(count)]


def options(count: int, **parts: Any) -> list[Part]:
    return [{"text": plain(), "value": f"{number}", **parts} for number in range(count)]


def select(**parts: Any) -> Part:
    return {"type": "static_select", "options": options(2), **parts}


def grouped(groups: int, each: int = 1, **parts: Any) -> Part:
    offered = [{"label": plain(), "options": options(each), **parts} for _ in range(groups)]
    return {"type": "static_select", "option_groups": offered}


def external(**parts: Any) -> Part:
    return {"type": "external_select", **parts}


def confirm(**parts: Any) -> Part:
    asked = {"title": plain(), "text": marked(), "confirm": plain(), "deny": plain(), **parts}
    return actions(button(confirm=asked))


def image(**parts: Any) -> Part:
    return {"type": "image", "image_url": URL, "alt_text": "Merlin", **parts}


def entry(element: Part | None = None, **parts: Any) -> Part:
    return {"type": "input", "label": plain(), "element": element or {"type": "plain_text_input"}, **parts}


def typed(**parts: Any) -> Part:
    return entry({"type": "plain_text_input", **parts})


def radio(**parts: Any) -> Part:
    return {"type": "radio_buttons", "options": options(2), **parts}


def overflow(count: int) -> Part:
    return actions({"type": "overflow", "options": options(count)})


def context(*elements: Part) -> Part:
    return {"type": "context", "elements": list(elements)}


def markdown(letters: int) -> Part:
    return {"type": "markdown", "text": "x" * letters}


TAKEN = {
    "50 blocks": [{"type": "divider"}] * 50,
    "a block id of 255": [section(block_id="x" * 255)],
    "a section of 3000": [section(text=marked(3000))],
    "a plain section": [section(text=plain(emoji=True))],
    "10 fields of 1000": [section(fields=[marked(1000)] * 10)],
    "a field of 2000": [section(fields=[plain(2000)])],
    "a header of 150": [{"type": "header", "text": plain(150)}],
    "markdown of 12,000": [markdown(12_000)],
    "13,200 letters": [section(text=marked(3000))] * 4 + [section(text=marked(1200))],
    "25 elements": [actions(*buttons(25))],
    "a button of 75": [actions(button(text=plain(75), accessibility_label="x" * 75))],
    "a value of 2000": [actions(button(value="x" * 2000))],
    "an address of 3000": [actions(button(url=url(3000)))],
    "an action id of 255": [actions(button(action_id="x" * 255))],
    "a primary button": [actions(button(style="primary"))],
    "one action id in two blocks": [actions(button(action_id="a")), actions(button(action_id="a"))],
    "a question of 100, 300 and 30": [
        confirm(title=plain(100), text=marked(300), confirm=plain(30), deny=plain(30), style="danger")
    ],
    "100 options": [actions(select(options=options(100)))],
    "an option of 75s": [
        actions(select(options=[{"text": plain(75), "value": "x" * 75, "description": plain(75)}]))
    ],
    "100 groups": [actions(grouped(100))],
    "a group of 75 and 100": [actions(grouped(1, 100, label=plain(75)))],
    "a placeholder of 150": [actions(select(placeholder=plain(150)))],
    "an option that is offered": [actions(select(initial_option=options(2)[1]))],
    "a select that is searched": [actions(external(min_query_length=0, initial_option=options(1)[0]))],
    "10 to choose one from": [actions(radio(options=options(10)))],
    "marked options to choose from": [actions(radio(options=options(1, text=marked())))],
    "boxes": [actions({"type": "checkboxes", "options": options(10), "initial_options": options(2)})],
    "a menu of 5": [overflow(5)],
    "many in a section": [section(accessory={"type": "multi_static_select", "options": options(1)})],
    "an image of 3000 and 2000": [image(image_url=url(3000), alt_text="x" * 2000, title=plain(2000))],
    "an image beside a section": [section(accessory=image())],
    "10 things in a context": [context(*[marked(), image()] * 5)],
    "an input in a message": [typed()],
    "an input of 3000": [typed(initial_value="x" * 3000, min_length=3000, max_length=3000)],
    "a label and a hint of 2000": [entry(label=plain(2000), hint=plain(2000))],
    "rich text": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}],
    "pickers": [actions({"type": "datepicker", "initial_date": "2026-01-01"}, {"type": "timepicker"})],
    "lists": [actions({"type": "users_select"}, {"type": "conversations_select"})],
}

REFUSED = {
    "51 blocks": ([{"type": "divider"}] * 51, "/blocks"),
    "a block of no type": ([{"text": plain()}], "/blocks/0"),
    "a block that is no object": (["x"], "/blocks/0"),
    "a block nobody knows": ([{"type": "carousel"}], "/blocks/0/type"),
    "a field nobody knows": ([section(colour="red")], "/blocks/0"),
    "a block id of 256": ([section(block_id="x" * 256)], "/blocks/0/block_id"),
    "a block id twice": ([section(block_id="a"), section(block_id="a")], "/blocks/1/block_id"),
    "an empty section": ([{"type": "section"}], "/blocks/0"),
    "a section of 3001": ([section(text=marked(3001))], "/blocks/0/text/text"),
    "a section of nothing": ([section(text=marked(0))], "/blocks/0/text/text"),
    "a section of bare words": ([section(text="x")], "/blocks/0/text"),
    "a text of no type": ([section(text={"text": "x"})], "/blocks/0/text"),
    "a text of another type": ([section(text={"type": "html", "text": "x"})], "/blocks/0/text/type"),
    "an emoji in marked text": ([section(text=marked(emoji=True))], "/blocks/0/text"),
    "11 fields": ([section(fields=[marked()] * 11)], "/blocks/0/fields"),
    "a field of 2001": ([section(fields=[marked(2001)])], "/blocks/0/fields/0/text"),
    "a header of 151": ([{"type": "header", "text": plain(151)}], "/blocks/0/text/text"),
    "a marked header": ([{"type": "header", "text": marked()}], "/blocks/0/text/type"),
    "markdown of 12,001": ([markdown(12_001)], "/blocks/0/text"),
    "12,001 in two markdown blocks": ([markdown(6000), markdown(6001)], "/blocks/1/text"),
    "26 elements": ([actions(*buttons(26))], "/blocks/0/elements"),
    "no elements": ([actions()], "/blocks/0/elements"),
    "an element nobody knows": ([actions({"type": "slider"})], "/blocks/0/elements/0/type"),
    "a typed field in actions": (
        [actions({"type": "plain_text_input"})],
        "/blocks/0/elements/0/type",
    ),
    "many in actions": (
        [actions({"type": "multi_static_select", "options": options(1)})],
        "/blocks/0/elements/0/type",
    ),
    "an action id twice in a block": (
        [actions(button(action_id="a"), button(action_id="a"))],
        "/blocks/0/elements/1/action_id",
    ),
    "an action id of 256": ([actions(button(action_id="x" * 256))], "/blocks/0/elements/0/action_id"),
    "a button of 76": ([actions(button(text=plain(76)))], "/blocks/0/elements/0/text/text"),
    "a marked button": ([actions(button(text=marked()))], "/blocks/0/elements/0/text/type"),
    "a button without words": ([actions({"type": "button"})], "/blocks/0/elements/0"),
    "a button's unknown field": ([actions(button(label="x"))], "/blocks/0/elements/0"),
    "a button's unknown style": ([actions(button(style="link"))], "/blocks/0/elements/0/style"),
    "a value of 2001": ([actions(button(value="x" * 2001))], "/blocks/0/elements/0/value"),
    "a value that is a number": ([actions(button(value=5))], "/blocks/0/elements/0/value"),
    "an address of 3001": ([actions(button(url=url(3001)))], "/blocks/0/elements/0/url"),
    "an address that leads nowhere": ([actions(button(url="https://"))], "/blocks/0/elements/0/url"),
    "an address of another scheme": ([actions(button(url="javascript:x"))], "/blocks/0/elements/0/url"),
    "a title of 101": ([confirm(title=plain(101))], "/blocks/0/elements/0/confirm/title/text"),
    "a question of 301": ([confirm(text=marked(301))], "/blocks/0/elements/0/confirm/text/text"),
    "a yes of 31": ([confirm(confirm=plain(31))], "/blocks/0/elements/0/confirm/confirm/text"),
    "a no of 31": ([confirm(deny=plain(31))], "/blocks/0/elements/0/confirm/deny/text"),
    "101 options": ([actions(select(options=options(101)))], "/blocks/0/elements/0/options"),
    "no options": ([actions(select(options=[]))], "/blocks/0/elements/0/options"),
    "an option of 76": (
        [actions(select(options=options(1, text=plain(76))))],
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "a marked option": (
        [actions(select(options=options(1, text=marked())))],
        "/blocks/0/elements/0/options/0/text/type",
    ),
    "an option's value of 76": (
        [actions(select(options=options(1, value="x" * 76)))],
        "/blocks/0/elements/0/options/0/value",
    ),
    "an option's description of 76": (
        [actions(select(options=options(1, description=plain(76))))],
        "/blocks/0/elements/0/options/0/description/text",
    ),
    "101 groups": ([actions(grouped(101))], "/blocks/0/elements/0/option_groups"),
    "a group of 101": ([actions(grouped(1, 101))], "/blocks/0/elements/0/option_groups/0/options"),
    "a group's label of 76": (
        [actions(grouped(1, label=plain(76)))],
        "/blocks/0/elements/0/option_groups/0/label/text",
    ),
    "options and groups": ([actions(grouped(1) | {"options": options(1)})], "/blocks/0/elements/0"),
    "a placeholder of 151": (
        [actions(select(placeholder=plain(151)))],
        "/blocks/0/elements/0/placeholder/text",
    ),
    "an option that is not offered": (
        [actions(select(initial_option=options(3)[2]))],
        "/blocks/0/elements/0/initial_option",
    ),
    "an option that is offered otherwise": (
        [actions(select(initial_option={"text": plain(2), "value": "0"}))],
        "/blocks/0/elements/0/initial_option",
    ),
    "options that are searched and given": (
        [actions(external(options=options(1)))],
        "/blocks/0/elements/0",
    ),
    "11 to choose one from": ([actions(radio(options=options(11)))], "/blocks/0/elements/0/options"),
    "11 boxes": (
        [actions({"type": "checkboxes", "options": options(11)})],
        "/blocks/0/elements/0/options",
    ),
    "a menu of 6": ([overflow(6)], "/blocks/0/elements/0/options"),
    "an image's address of 3001": ([image(image_url=url(3001))], "/blocks/0/image_url"),
    "an image on the disk": ([image(image_url="file:///a.png")], "/blocks/0/image_url"),
    "an image without words": ([{"type": "image", "image_url": URL}], "/blocks/0"),
    "an image's words of 2001": ([image(alt_text="x" * 2001)], "/blocks/0/alt_text"),
    "an image's title of 2001": ([image(title=plain(2001))], "/blocks/0/title/text"),
    "11 things in a context": ([context(*[marked()] * 11)], "/blocks/0/elements"),
    "a button in a context": ([context(button())], "/blocks/0/elements/0/type"),
    "a button in an input": ([entry(button())], "/blocks/0/element/type"),
    "a file for a message": ([entry({"type": "file_input"})], "/blocks/0/element/type"),
    "an input without label": ([{"type": "input", "element": {"type": "plain_text_input"}}], "/blocks/0"),
    "an input without element": ([{"type": "input", "label": plain()}], "/blocks/0"),
    "a label of 2001": ([entry(label=plain(2001))], "/blocks/0/label/text"),
    "a marked label": ([entry(label=marked())], "/blocks/0/label/type"),
    "a hint of 2001": ([entry(hint=plain(2001))], "/blocks/0/hint/text"),
    "an input of 3001": ([typed(initial_value="x" * 3001)], "/blocks/0/element/initial_value"),
    "at least 3001 letters": ([typed(min_length=3001)], "/blocks/0/element/min_length"),
    "at most 3001 letters": ([typed(max_length=3001)], "/blocks/0/element/max_length"),
    "at least 3 of at most 2": ([typed(min_length=3, max_length=2)], "/blocks/0/element/min_length"),
    "an input beyond its length": (
        [typed(initial_value="xxx", max_length=2)],
        "/blocks/0/element/initial_value",
    ),
    "a number of no kind": ([entry({"type": "number_input"})], "/blocks/0/element"),
}


@pytest.mark.parametrize("blocks", TAKEN.values(), ids=TAKEN)
async def test_blocks_are_taken(wire: Wire, blocks: list[Part]) -> None:
    answer = await wire.says(text="x", blocks=blocks)
    assert answer.ok, answer.body
    assert [shown.message.ts for shown in wire.general.posts] == [answer.body["ts"]]
    assert wire.slack.refused == []


@pytest.mark.parametrize(("blocks", "fault"), REFUSED.values(), ids=REFUSED)
async def test_blocks_are_refused_and_the_spot_is_named(wire: Wire, blocks: list[Any], fault: str) -> None:
    answer = await wire.says(text="x", blocks=blocks)
    assert (answer.status, answer.error, answer.faults) == (200, "invalid_blocks", [fault])
    assert wire.general.posts == []
    assert [one.error for one in wire.slack.refused] == ["invalid_blocks"]


async def test_blocks_that_say_too_much_together_are_refused(wire: Wire) -> None:
    blocks = [section(text=marked(3000))] * 4 + [section(text=marked(1201))]
    assert (await wire.says(text="x", blocks=blocks)).error == "msg_blocks_too_long"


async def test_blocks_that_are_no_list_are_refused(wire: Wire) -> None:
    for blocks in ({"type": "divider"}, "[{]"):
        assert (await wire.says(text="x", blocks=blocks)).error == "invalid_blocks_format"


async def test_every_block_and_element_gets_an_id(wire: Wire) -> None:
    blocks = [section(), actions(button(), button(action_id="mine"), block_id="own")]
    told = (await wire.says(text="x", blocks=blocks)).body["message"]["blocks"]
    assert [block["block_id"] for block in told] == ["b0", "own"]
    assert [element["action_id"] for element in told[1]["elements"]] == ["a1.0", "mine"]
