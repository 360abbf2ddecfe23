"""What the fake Slack takes as elements of blocks, and what it refuses."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.slack.parts import (
    URL,
    Part,
    actions,
    button,
    buttons,
    confirm,
    context,
    entry,
    external,
    grouped,
    image,
    marked,
    options,
    overflow,
    plain,
    radio,
    section,
    select,
    typed,
    url,
)
from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


TAKEN = {
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
    "an image beside a section": [section(accessory=image())],
    "an input in a message": [typed()],
    "an input of 3000": [typed(initial_value="x" * 3000, min_length=3000, max_length=3000)],
    "a label and a hint of 2000": [entry(label=plain(2000), hint=plain(2000))],
    "a moment": [actions({"type": "datetimepicker", "initial_date_time": 1_800_000_000})],
    "an input that tells at once": [
        typed(dispatch_action_config={"trigger_actions_on": ["on_character_entered"]})
    ],
    "typed fields": [
        entry({"type": "number_input", "is_decimal_allowed": False}),
        entry({"type": "url_text_input", "initial_value": URL}),
        entry({"type": "rich_text_input"}),
    ],
    "pickers": [actions({"type": "datepicker", "initial_date": "2026-01-01"}, {"type": "timepicker"})],
    "lists": [actions({"type": "users_select"}, {"type": "conversations_select"})],
}

REFUSED = {
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
    "11 things in a context": ([context(*[marked()] * 11)], "/blocks/0/elements"),
    "a button in a context": ([context(button())], "/blocks/0/elements/0/type"),
    "a button in an input": ([entry(button())], "/blocks/0/element/type"),
    "a file for a message": ([entry({"type": "file_input"})], "/blocks/0/element/type"),
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
    "two inputs in focus": (
        [typed(focus_on_load=True), typed(focus_on_load=True)],
        "/blocks/1/element",
    ),
    "an input that tells when it likes": (
        [typed(dispatch_action_config={"trigger_actions_on": ["on_blur"]})],
        "/blocks/0/element/dispatch_action_config/trigger_actions_on",
    ),
    "a flag that is a word": ([entry(optional="yes")], "/blocks/0/optional"),
    "an address that is none": ([actions(button(url="https://["))], "/blocks/0/elements/0/url"),
    "a moment of long ago": (
        [actions({"type": "datetimepicker", "initial_date_time": 1})],
        "/blocks/0/elements/0/initial_date_time",
    ),
    "a number of no kind": ([entry({"type": "number_input"})], "/blocks/0/element"),
}


@pytest.mark.parametrize("blocks", TAKEN.values(), ids=TAKEN)
async def test_elements_are_taken(wire: Wire, blocks: list[Part]) -> None:
    answer = await wire.says(text="x", blocks=blocks)
    assert answer.ok, answer.body
    assert [shown.message.ts for shown in wire.general.posts] == [answer.body["ts"]]
    assert wire.slack.refused == []


@pytest.mark.parametrize(("blocks", "fault"), REFUSED.values(), ids=REFUSED)
async def test_elements_are_refused_and_the_spot_is_named(wire: Wire, blocks: list[Any], fault: str) -> None:
    answer = await wire.says(text="x", blocks=blocks)
    assert (answer.status, answer.error, answer.faults) == (200, "invalid_blocks", [fault])
    assert wire.general.posts == []
    assert [one.error for one in wire.slack.refused] == ["invalid_blocks"]
