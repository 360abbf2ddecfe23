"""What the fake Slack takes as blocks of a message, and what it refuses."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.slack.parts import (
    URL,
    Part,
    actions,
    button,
    context,
    image,
    markdown,
    marked,
    plain,
    section,
    url,
)
from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


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
    "an image of 3000 and 2000": [image(image_url=url(3000), alt_text="x" * 2000, title=plain(2000))],
    "10 things in a context": [context(*[marked(), image()] * 5)],
    "rich text": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}],
    "an image of Slack's own": [{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "Merlin"}],
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
    "an image's address of 3001": ([image(image_url=url(3001))], "/blocks/0/image_url"),
    "an image on the disk": ([image(image_url="file:///a.png")], "/blocks/0/image_url"),
    "an image without words": ([{"type": "image", "image_url": URL}], "/blocks/0"),
    "an image's words of 2001": ([image(alt_text="x" * 2001)], "/blocks/0/alt_text"),
    "an image's title of 2001": ([image(title=plain(2001))], "/blocks/0/title/text"),
    "an input without label": ([{"type": "input", "element": {"type": "plain_text_input"}}], "/blocks/0"),
    "an input without element": ([{"type": "input", "label": plain()}], "/blocks/0"),
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
