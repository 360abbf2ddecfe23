"""How the fake Slack lets searches and modals be answered, by what comes with the acknowledgement."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.slack import Asked, Modal
from tests.fakes.slack.wire import Ear, Wire, open_wire

pytestmark = pytest.mark.anyio

Part = dict[str, Any]


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


@pytest.fixture
async def ear(wire: Wire) -> AsyncIterator[Ear]:
    async with wire.connects() as opened:
        yield opened


def plain(text: str = "x") -> Part:
    return {"type": "plain_text", "text": text}


SEARCH = {"type": "external_select", "action_id": "who", "min_query_length": 2}
MODAL = {
    "type": "modal",
    "title": plain("Call"),
    "submit": plain("Send"),
    "callback_id": "call",
    "blocks": [
        {"type": "input", "block_id": "who", "label": plain("Who"), "element": SEARCH, "optional": True},
        {"type": "input", "block_id": "what", "label": plain("What"),
         "element": {"type": "plain_text_input", "action_id": "words", "max_length": 5}},
    ],
}  # fmt: skip


async def opened(wire: Wire, **parts: Any) -> Modal:
    asked = await wire.mira.types("/ring", where=wire.general, waits=False)
    await wire.calls("views.open", trigger_id=asked.act.trigger_id, view=MODAL | parts)
    return asked.modal


async def acked(wire: Wire, ear: Ear, asked: Asked, payload: Any = None) -> Asked:
    """Acknowledge the last envelope, and wait until that arrived."""
    frame = await ear.hears("interactive")
    while frame["payload"] != asked.act.payload:
        frame = await ear.hears("interactive")
    before = len(wire.slack.door.acks)
    await ear.acks(frame, payload)
    await wire.slack.until(
        lambda: asked.acknowledged or asked.is_late or len(wire.slack.door.acks) > before, timeout=2
    )
    return asked


def option(value: str = "ada", **parts: Any) -> Part:
    return {"text": plain(value.title()), "value": value, **parts}


async def searched(wire: Wire, ear: Ear, payload: Any) -> Asked:
    modal = await opened(wire)
    act = wire.slack.client.suggestion(wire.mira, modal, ("who", "who"), "ad")
    wire.slack.client.send(act)
    return await acked(wire, ear, Asked(act, wire.slack.world, wire.slack.requests), payload)


@pytest.mark.parametrize(
    "payload",
    [
        {"options": []},
        {"options": [option(f"{number}") for number in range(100)]},
        {"option_groups": [{"label": plain(), "options": [option()]}]},
    ],
    ids=["none", "100", "a group"],
)
async def test_a_search_is_answered_with_options(wire: Wire, ear: Ear, payload: Part) -> None:
    asked = await searched(wire, ear, payload)
    assert asked.acknowledged == "options"
    assert asked.act.options is not None


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {"options": [option(f"{number}") for number in range(101)]},
        {"options": [option("x" * 76)]},
        {"options": [option(colour="red")]},
        {"options": None},
        {"text": "x"},
    ],
    ids=["nothing", "101", "a value of 76", "an unknown field", "null", "a text"],
)
async def test_a_search_is_refused_anything_else(wire: Wire, ear: Ear, payload: Any) -> None:
    asked = await searched(wire, ear, payload)
    assert (asked.acknowledged, asked.failure) == (None, "dispatch_failed")


async def test_a_modal_goes_out_with_what_was_filled_in(wire: Wire, ear: Ear) -> None:
    modal = await opened(wire, private_metadata="C1")
    modal.view.offered["who"] = [option()]
    await wire.mira.submits(modal, who="Ada", What="Hello", waits=False)
    told = (await ear.hears("interactive"))["payload"]
    assert told["view"]["state"]["values"] == {
        "who": {"who": {"type": "external_select", "selected_option": option()}},
        "what": {"words": {"type": "plain_text_input", "value": "Hello"}},
    }
    assert (told["view"]["private_metadata"], told["view"]["callback_id"]) == ("C1", "call")
    assert (told["response_urls"], "response_url" in told) == ([], False)


async def test_an_empty_input_is_sent_as_nothing(wire: Wire, ear: Ear) -> None:
    await wire.mira.submits(await opened(wire), what="Hello", waits=False)
    values = (await ear.hears("interactive"))["payload"]["view"]["state"]["values"]
    assert values["who"]["who"] == {"type": "external_select", "selected_option": None}


NEXT = MODAL | {"title": plain("Next"), "notify_on_close": True}


@pytest.mark.parametrize(
    ("payload", "told", "titles"),
    [
        (None, "bare", []),
        ({"response_action": "clear"}, "clear", []),
        ({"response_action": "errors", "errors": {"what": "No."}}, "errors", ["Call"]),
        ({"response_action": "update", "view": NEXT}, "update", ["Next"]),
        ({"response_action": "push", "view": NEXT}, "push", ["Call", "Next"]),
    ],
)
async def test_a_modal_is_answered(wire: Wire, ear: Ear, payload: Any, told: str, titles: list[str]) -> None:
    modal = await opened(wire)
    sent = await wire.mira.submits(modal, words="Hello", waits=False)
    await acked(wire, ear, sent, payload)
    assert sent.acknowledged == told
    views = wire.slack.world.views.values()
    assert [Modal(view).title for view in views if view.is_open] == titles
    assert sent.errors == modal.errors == ({"what": "No."} if told == "errors" else {})


@pytest.mark.parametrize(
    "payload",
    [
        {"response_action": "close"},
        {"text": "x"},
        {"response_action": "errors"},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"words": "No."}},
        {"response_action": "errors", "errors": {"what": ""}},
        {"response_action": "update"},
        {"response_action": "update", "view": {"type": "home", "blocks": []}},
        {"response_action": "push", "view": NEXT | {"title": plain("x" * 25)}},
        {"response_action": "clear", "view": NEXT},
    ],
    ids=str,
)
async def test_a_modal_cannot_be_answered_so(wire: Wire, ear: Ear, payload: Part) -> None:
    modal = await opened(wire)
    sent = await wire.mira.submits(modal, words="Hello", waits=False)
    await acked(wire, ear, sent, payload)
    assert (sent.acknowledged, sent.failure, modal.is_open) == (None, "dispatch_failed", True)
    assert [one.error for one in wire.slack.refused] == ["invalid_arguments"]


async def test_a_fourth_modal_is_not_pushed_by_an_acknowledgement(wire: Wire, ear: Ear) -> None:
    modal = await opened(wire)
    for told in ("push", "push", None):
        sent = await wire.mira.submits(modal, words="Hello", waits=False)
        await acked(wire, ear, sent, {"response_action": "push", "view": MODAL})
        assert sent.acknowledged == told
        modal = sent.modal if told else modal
    assert modal.view.depth == 3


async def test_closing_is_told_to_who_wants_to_know(wire: Wire, ear: Ear) -> None:
    modal = await opened(wire)
    assert await wire.mira.closes(modal) is None
    curious = await opened(wire, notify_on_close=True)
    closed = await wire.mira.closes(curious, waits=False)
    assert closed is not None
    told = (await ear.hears("interactive"))["payload"]
    assert (told["type"], told["is_cleared"], told["view"]["id"]) == ("view_closed", False, curious.view.id)
    assert "trigger_id" not in told
