"""When and how the fake Discord lets an interaction be answered."""

from typing import Any

import pytest

from tests.fakes.discord import Asked, FakeDiscord, Inn, Modal, Person, Shown
from tests.fakes.wire import Ear, Wire

pytestmark = pytest.mark.anyio

BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
INPUT = {"type": 4, "custom_id": "words", "style": 1}
MODAL = {
    "title": "Words",
    "custom_id": "m",
    "components": [{"type": 18, "label": "Words", "component": INPUT}],
}
SAYS, DEFERS, DEFERS_UPDATE, UPDATES, OFFERS, OPENS_MODAL = 4, 5, 6, 7, 8, 9
PRIVATE = 64


async def types(mira: Person, **more: Any) -> Asked:
    return await mira.types("call", waits=False, **more)


async def shown_button(wire: Wire, mira: Person, flags: int = 0) -> Shown:
    asked = await types(mira)
    await wire.calls_back(asked, SAYS, {"content": "Well?", "components": [BUTTON], "flags": flags})
    return await asked.answer()


async def presses(wire: Wire, mira: Person) -> Asked:
    return await mira.presses(await shown_button(wire, mira), "Go", waits=False)


async def opened_modal(wire: Wire, asked: Asked) -> Modal:
    assert (await wire.calls_back(asked, OPENS_MODAL, MODAL)).status == 200
    return asked.modal


async def test_it_is_answered_once(wire: Wire, ear: Ear, mira: Person) -> None:
    asked = await types(mira)
    answer = await wire.calls_back(asked, SAYS, {"content": "Hello"})
    assert answer.status == 200
    assert answer.body["interaction"]["id"] == asked.interaction.id
    assert answer.body["resource"]["message"]["content"] == "Hello"
    again = await wire.calls_back(asked, DEFERS)
    assert (again.status, again.code) == (400, 40060)
    assert [shown.text for shown in asked.answers] == ["Hello"]


async def test_it_is_answered_within_three_seconds(
    wire: Wire, discord: FakeDiscord, ear: Ear, mira: Person
) -> None:
    asked = await types(mira)
    discord.moves_clock(seconds=2.5)
    assert (await wire.calls_back(asked, DEFERS)).status == 200
    assert 2.5 <= asked.acknowledged_after < 3
    late = await types(mira)
    discord.moves_clock(seconds=3.1)
    answer = await wire.calls_back(late, DEFERS)
    assert (answer.status, answer.code) == (404, 10062)
    assert late.acknowledged is None


async def test_a_token_lives_for_fifteen_minutes(
    wire: Wire, discord: FakeDiscord, ear: Ear, mira: Person
) -> None:
    asked = await types(mira)
    await wire.calls_back(asked, DEFERS)
    discord.moves_clock(minutes=14.9)
    assert (await wire.follows_up(asked, {"content": "There"}, "PATCH", "@original")).status == 200
    discord.moves_clock(minutes=0.2)
    for method, message in (
        ("POST", ""),
        ("PATCH", "@original"),
        ("GET", "@original"),
        ("DELETE", "@original"),
    ):
        answer = await wire.follows_up(asked, {"content": "x"}, method, message)
        assert (answer.status, answer.code) == (401, 50027)


async def test_nothing_follows_up_before_the_first_answer(wire: Wire, ear: Ear, mira: Person) -> None:
    asked = await types(mira)
    edit = await wire.follows_up(asked, {"content": "x"}, "PATCH", "@original")
    assert (edit.status, edit.code) == (404, 10015)
    assert (await wire.follows_up(asked, {"content": "x"})).code == 10015


async def test_an_unknown_token_is_refused(wire: Wire, ear: Ear, mira: Person) -> None:
    asked = await types(mira)
    other = await types(mira)
    path = f"/interactions/{other.interaction.id}/{asked.interaction.token}/callback"
    assert (await wire.asks("POST", path, {"type": DEFERS})).code == 10062
    assert (await wire.asks("POST", "/interactions/1/x/callback", {"type": DEFERS})).code == 10062


@pytest.mark.parametrize("flags", [0, 64, None])
async def test_a_defer_carries_privacy(wire: Wire, ear: Ear, mira: Person, flags: int | None) -> None:
    asked = await types(mira)
    assert (
        await wire.calls_back(asked, DEFERS, {"flags": flags} if flags is not None else None)
    ).status == 200
    assert asked.acknowledged == ("deferred privately" if flags else "deferred publicly")
    (shown,) = asked.answers
    assert shown.is_loading
    assert shown.is_private is bool(flags)


@pytest.mark.parametrize(
    "data", [{"flags": 4}, {"flags": 68}, {"content": "x"}, {"flags": 64, "content": "x"}]
)
async def test_a_defer_carries_nothing_else(wire: Wire, ear: Ear, mira: Person, data: dict[str, Any]) -> None:
    asked = await types(mira)
    answer = await wire.calls_back(asked, DEFERS, data)
    assert (answer.status, answer.code) == (400, 50035)
    assert asked.acknowledged is None


async def test_the_first_follow_up_takes_the_place_of_the_placeholder(
    wire: Wire, ear: Ear, mira: Person
) -> None:
    asked = await types(mira)
    await wire.calls_back(asked, DEFERS)
    first = await wire.follows_up(asked, {"content": "One", "flags": PRIVATE})
    second = await wire.follows_up(asked, {"content": "Two", "flags": PRIVATE})
    assert first.body["id"] == asked.answers[0].message.id
    assert second.body["id"] != first.body["id"]
    assert [(shown.text, shown.is_private) for shown in asked.answers] == [("One", False), ("Two", True)]


async def test_privacy_cannot_be_edited(wire: Wire, ear: Ear, mira: Person) -> None:
    for data, flags in (({}, PRIVATE), ({"flags": PRIVATE}, 0)):
        asked = await types(mira)
        await wire.calls_back(asked, DEFERS, data)
        answer = await wire.follows_up(asked, {"content": "x", "flags": flags}, "PATCH", "@original")
        assert (answer.code, answer.faults) == (50035, ["flags"])


async def test_a_private_answer_is_not_found_by_its_id(
    wire: Wire, inn: Inn, ear: Ear, mira: Person, discord: FakeDiscord
) -> None:
    tavern = inn.channels["tavern"]
    asked = await types(mira, where=tavern)
    await wire.calls_back(asked, SAYS, {"content": "Psst", "flags": PRIVATE})
    (shown,) = asked.answers
    path = f"/channels/{tavern.id}/messages/{shown.message.id}"
    for method, body in (("GET", None), ("PATCH", {"content": "x"}), ("DELETE", None)):
        answer = await wire.asks(method, path, body)
        assert (answer.status, answer.code) == (404, 10008)
    assert (await wire.asks("GET", f"/channels/{tavern.id}/messages")).body == []
    assert (await wire.follows_up(asked, None, "GET", "@original")).body["content"] == "Psst"
    ben = discord.adds_person("Ben")
    inn.admits(ben)
    with pytest.raises(AssertionError, match="Ben does not see"):
        await ben.presses(shown, "Go")


async def test_answers_can_be_edited_and_deleted_by_their_ids(wire: Wire, ear: Ear, mira: Person) -> None:
    asked = await types(mira)
    await wire.calls_back(asked, SAYS, {"content": "One"})
    second = (await wire.follows_up(asked, {"content": "Two"})).body["id"]
    assert (await wire.follows_up(asked, {"content": "Zwei"}, "PATCH", second)).status == 200
    assert [shown.text for shown in asked.answers] == ["One", "Zwei"]
    assert (await wire.follows_up(asked, None, "DELETE", "@original")).status == 204
    assert [shown.text for shown in asked.answers] == ["Zwei"]
    assert (await wire.follows_up(asked, {"content": "x"}, "PATCH", "@original")).code == 10008
    other = await types(mira)
    await wire.calls_back(other, DEFERS)
    assert (await wire.follows_up(other, {"content": "x"}, "PATCH", second)).code == 10008


@pytest.mark.parametrize("kind", [DEFERS_UPDATE, UPDATES, OFFERS, 1, 12, None])
async def test_a_command_cannot_be_answered_so(wire: Wire, ear: Ear, mira: Person, kind: int) -> None:
    answer = await wire.calls_back(await types(mira), kind, {})
    assert (answer.code, answer.faults) == (50035, ["type"])


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (SAYS, {"content": "x"}, "message"),
        (DEFERS, {"flags": PRIVATE}, "deferred privately"),
        (DEFERS_UPDATE, None, "deferred update"),
        (UPDATES, {"content": "Done", "components": []}, "update"),
        (OPENS_MODAL, MODAL, "modal"),
    ],
)
async def test_a_button_is_answered(
    wire: Wire, ear: Ear, mira: Person, kind: int, data: dict[str, Any], told: str
) -> None:
    pressed = await presses(wire, mira)
    assert (await wire.calls_back(pressed, kind, data)).status == 200
    assert pressed.acknowledged == told


async def test_an_update_edits_the_message_with_the_button(wire: Wire, ear: Ear, mira: Person) -> None:
    pressed = await presses(wire, mira)
    await wire.calls_back(pressed, DEFERS_UPDATE)
    assert pressed.answers == []
    assert mira.dms[0].text == "Well?\nGo"
    await wire.follows_up(pressed, {"content": "Done", "components": []}, "PATCH", "@original")
    assert (await pressed.answer()).text == mira.dms[0].text == "Done"


async def test_a_modal_cannot_follow_a_modal_or_a_defer(wire: Wire, ear: Ear, mira: Person) -> None:
    asked = await types(mira)
    sent = await mira.submits(await opened_modal(wire, asked), words="x", waits=False)
    for kind in (OPENS_MODAL, DEFERS_UPDATE, UPDATES, OFFERS):
        assert (await wire.calls_back(sent, kind, MODAL)).faults == ["type"]
    assert (await wire.calls_back(sent, SAYS, {"content": "x"})).status == 200
    deferred = await types(mira)
    await wire.calls_back(deferred, DEFERS)
    assert (await wire.calls_back(deferred, OPENS_MODAL, MODAL)).code == 40060


async def test_a_modal_that_came_from_a_button_updates_its_message(
    wire: Wire, ear: Ear, mira: Person
) -> None:
    pressed = await presses(wire, mira)
    sent = await mira.submits(await opened_modal(wire, pressed), {"Words": "Hello"}, waits=False)
    assert sent.interaction.payload["message"]["id"] == mira.dms[0].message.id
    assert (await wire.calls_back(sent, UPDATES, {"content": "Hello", "components": []})).status == 200
    assert mira.dms[0].text == "Hello"


async def test_an_update_that_breaks_a_limit_is_refused(wire: Wire, ear: Ear, mira: Person) -> None:
    pressed = await presses(wire, mira)
    answer = await wire.calls_back(pressed, UPDATES, {"embeds": [{"title": "x" * 257}]})
    assert answer.faults == ["data.embeds.0.title"]
    assert mira.dms[0].text == "Well?\nGo"


async def test_the_same_act_is_delivered_twice(wire: Wire, ear: Ear, mira: Person) -> None:
    asked = await types(mira, twice=True)
    first, second = await ear.hears("INTERACTION_CREATE"), await ear.hears("INTERACTION_CREATE")
    assert first == second
    assert first["id"] == asked.interaction.id


async def test_a_file_comes_with_an_answer(wire: Wire, ear: Ear, mira: Person) -> None:
    asked = await types(mira)
    await wire.calls_back(asked, SAYS, {"content": "x", "flags": PRIVATE}, files={"a.png": b"one"})
    await wire.follows_up(asked, {"content": "y"}, files={"b.json": b"{}"})
    assert asked.answers[0].pictures == {"a.png": b"one"}
    assert asked.answers[1].files == {"b.json": b"{}"}
