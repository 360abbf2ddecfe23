"""When and how the fake Slack lets an act be acknowledged and answered."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.slack import Asked, Shown
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


BUTTON = {"type": "actions", "block_id": "row", "elements": [
    {"type": "button", "text": plain("Go"), "action_id": "go", "value": "1"},
]}  # fmt: skip


async def types(wire: Wire, line: str = "/ring") -> Asked:
    return await wire.mira.types(line, where=wire.general, waits=False)


async def acked(wire: Wire, ear: Ear, asked: Asked, payload: Any = None) -> Asked:
    """Acknowledge the last envelope, and wait until that arrived."""
    kind = "slash_commands" if asked.act.kind == "command" else "interactive"
    frame = await ear.hears(kind)
    while frame["payload"] != asked.act.payload:
        frame = await ear.hears(kind)
    before = len(wire.slack.door.acks)
    await ear.acks(frame, payload)
    await wire.slack.until(
        lambda: asked.acknowledged or asked.is_late or len(wire.slack.door.acks) > before, timeout=2
    )
    return asked


async def shown_button(wire: Wire, *, private: bool) -> Shown:
    asked = await types(wire)
    kind = "ephemeral" if private else "in_channel"
    await wire.responds(asked, text="Well?", blocks=[BUTTON], response_type=kind)
    return asked.answers[0]


async def test_a_command_goes_out_as_it_was_typed(wire: Wire, ear: Ear) -> None:
    ben = wire.acme.adds_person("Ben")
    knights = wire.acme.adds_group("knights", ben)
    asked = await types(wire, "/ring  “Merlin” & <Ada>  with @Ben in #general for @knights ")
    told = (await ear.hears("slash_commands"))["payload"]
    assert told == asked.act.payload
    assert told["command"] == "/ring"
    assert told["text"] == (
        f"“Merlin” &amp; &lt;Ada&gt;  with <@{ben.id}|ben> in <#{wire.general.id}|general> "
        f"for <!subteam^{knights.id}|@knights>"
    )
    assert (told["user_id"], told["team_id"]) == (wire.mira.id, wire.acme.id)
    assert told["channel_name"] == "general"
    wire.slack.settings.escapes = False
    assert (await types(wire, "/ring @Ben")).act.payload["text"] == "@Ben"
    assert (await wire.mira.types("/ring", waits=False)).act.payload["channel_name"] == "directmessage"


async def test_it_is_acknowledged_within_three_seconds(wire: Wire, ear: Ear) -> None:
    asked = await types(wire)
    wire.slack.moves_clock(seconds=2.5)
    await acked(wire, ear, asked)
    assert asked.acknowledged == "bare"
    assert 2.5 <= asked.acknowledged_after < 3
    assert asked.failure is None
    late = await types(wire)
    wire.slack.moves_clock(seconds=3.1)
    await acked(wire, ear, late, {"text": "x"})
    assert (late.acknowledged, late.failure, late.is_late) == (None, "operation_timeout", True)
    assert late.answers == []


async def test_who_is_not_there_is_told_nothing(wire: Wire) -> None:
    asked = await wire.mira.types("/ring", where=wire.general)
    assert (asked.acknowledged, asked.failure, asked.act.sent_at) == (None, "dispatch_failed", None)


@pytest.mark.parametrize("kind", ["ephemeral", "in_channel", None])
async def test_an_acknowledgement_may_hold_a_message(wire: Wire, ear: Ear, kind: str | None) -> None:
    payload = {"text": "Hello"} | ({"response_type": kind} if kind else {})
    asked = await acked(wire, ear, await types(wire), payload)
    assert asked.acknowledged == "message"
    assert (await asked.answer()).is_private is (kind != "in_channel")


async def test_an_acknowledgement_that_breaks_a_limit_is_none(wire: Wire, ear: Ear) -> None:
    asked = await acked(wire, ear, await types(wire), {"text": "x", "blocks": [{"type": "carousel"}]})
    assert (asked.acknowledged, asked.failure, asked.answers) == (None, "dispatch_failed", [])
    assert [(one.method, one.error) for one in wire.slack.refused] == [("ACK", "invalid_blocks")]


async def test_an_address_takes_five_answers(wire: Wire, ear: Ear) -> None:
    asked = await types(wire)
    for number in range(5):
        assert (await wire.responds(asked, text=f"{number}")).ok
    sixth = await wire.responds(asked, text="5")
    assert (sixth.status, sixth.error) == (404, "used_url")
    assert [shown.text for shown in asked.answers] == ["0", "1", "2", "3", "4"]


async def test_an_address_lives_for_half_an_hour(wire: Wire, ear: Ear) -> None:
    asked = await types(wire)
    wire.slack.moves_clock(minutes=29)
    assert (await wire.responds(asked, text="x")).ok
    wire.slack.moves_clock(minutes=2)
    late = await wire.responds(asked, text="x")
    assert (late.status, late.error) == (404, "expired_url")
    asked.act.payload["response_url"] += "x"
    assert (await wire.responds(asked, text="x")).error == "invalid_url"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "no_text"),
        ({"text": "x", "response_type": "public"}, "invalid_arguments"),
        ({"text": "x", "channel": "C1"}, "invalid_arguments"),
        ({"text": "x", "blocks": [{"type": "carousel"}]}, "invalid_blocks"),
        ({"blocks": [BUTTON]}, "no_text"),
        ({"text": "x", "replace_original": True}, "message_not_found"),
        ({"delete_original": True}, "message_not_found"),
    ],
)
async def test_an_address_refuses_what_breaks_a_rule(wire: Wire, ear: Ear, body: Part, error: str) -> None:
    asked = await types(wire)
    answer = await wire.responds(asked, **body)
    assert (answer.status, answer.error) == (400, error)
    assert (asked.answers, asked.act.responses) == ([], 0)


async def test_an_address_works_where_the_bot_is_not(wire: Wire, ear: Ear) -> None:
    channel = wire.acme.adds_channel("closed", private=True, members=(wire.mira,))
    asked = await wire.mira.types("/ring", where=channel, waits=False)
    assert (await wire.responds(asked, text="Psst")).ok
    assert wire.mira.whispers == asked.answers


@pytest.mark.parametrize("private", [True, False])
async def test_a_button_goes_out_with_where_it_stands(wire: Wire, ear: Ear, private: bool) -> None:
    shown = await shown_button(wire, private=private)
    pressed = await wire.mira.presses(shown, "Go", waits=False)
    told = (await ear.hears("interactive"))["payload"]
    (action,) = told["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("go", "row", "1")
    assert told["container"]["is_ephemeral"] is private
    assert ("message" in told) is not private
    assert told["channel"] == {"id": wire.general.id, "name": "general"}
    assert (await wire.responds(pressed, text="Done", replace_original=True)).ok
    assert pressed.answers == [shown]
    assert (shown.text, shown.is_private) == ("Done", private)
    assert (await wire.responds(pressed, text="And", response_type="ephemeral")).ok
    assert (await wire.responds(pressed, delete_original=True)).ok
    assert shown.is_deleted
    assert [one.text for one in pressed.answers] == ["And"]
    assert (await wire.responds(pressed, text="x", replace_original=True)).error == "message_not_found"
    with pytest.raises(AssertionError, match="deleted"):
        await wire.mira.presses(shown, "Go")


async def test_nothing_comes_with_the_acknowledgement_of_a_button(wire: Wire, ear: Ear) -> None:
    pressed = await wire.mira.presses(await shown_button(wire, private=True), "Go", waits=False)
    await acked(wire, ear, pressed, {"text": "x"})
    assert (pressed.acknowledged, pressed.failure) == (None, "dispatch_failed")
    again = await wire.mira.presses(wire.mira.whispers[0], "Go", waits=False)
    assert (await acked(wire, ear, again)).acknowledged == "bare"


async def test_a_forged_press_is_one_that_no_client_would_send(wire: Wire, ear: Ear) -> None:
    shown = await shown_button(wire, private=True)
    ben = wire.acme.adds_person("Ben")
    await ben.presses(shown, action_id="admin:forget", value="9", forged=True, waits=False)
    told = (await ear.hears("interactive"))["payload"]
    assert (told["user"]["id"], told["actions"][0]["action_id"]) == (ben.id, "admin:forget")


async def test_the_same_act_is_delivered_twice(wire: Wire, ear: Ear) -> None:
    asked = await wire.mira.types("/ring", where=wire.general, twice=True, waits=False)
    first, second = await ear.hears("slash_commands"), await ear.hears("slash_commands")
    assert first["payload"] == second["payload"] == asked.act.payload
    assert first["envelope_id"] != second["envelope_id"]


async def test_shortcuts_are_used_anywhere_or_on_a_message(wire: Wire, ear: Ear) -> None:
    await wire.mira.uses_shortcut("open_call", waits=False)
    told = (await ear.hears("interactive"))["payload"]
    assert (told["type"], told["callback_id"]) == ("shortcut", "open_call")
    assert "channel" not in told
    assert "response_url" not in told
    written = await wire.mira.writes("Hello", where=wire.general)
    asked = await wire.mira.uses_shortcut("ask_about", on=written, waits=False)
    told = (await ear.hears("interactive"))["payload"]
    assert (told["type"], told["message"]["text"]) == ("message_action", "Hello")
    assert (await wire.responds(asked, text="x")).ok
