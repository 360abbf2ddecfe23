"""What people on the fake Discord see, and what its client does not let them do."""

from typing import Any

import pytest

from tests.fakes.discord import Asked, FakeDiscord, Inn, Person
from tests.fakes.wire import Ear, Wire

pytestmark = pytest.mark.anyio

SAYS = 4


async def says(wire: Wire, mira: Person, **body: Any) -> Asked:
    asked = await mira.types("call", waits=False)
    answer = await wire.calls_back(asked, SAYS, body)
    assert answer.status == 200, answer.body
    return asked


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def button(label: str, **parts: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": label, "custom_id": label, **parts}


async def test_all_that_can_be_read_is_text(wire: Wire, ear: Ear, mira: Person) -> None:
    card = {
        "author": {"name": "The cast"},
        "title": "Merlin",
        "description": "A wizard",
        "fields": [{"name": "Mood", "value": "fine"}],
        "footer": {"text": "Mind the tide"},
    }
    cast = {
        "type": 3,
        "custom_id": "s",
        "placeholder": "Whom?",
        "options": [{"label": "Ada", "value": "a", "description": "counts"}],
    }
    shown = await (
        await says(wire, mira, content="Hello", embeds=[card], components=[row(button("Go")), row(cast)])
    ).answer()
    card_reads = "The cast, Merlin, A wizard, Mood, fine, Mind the tide"
    assert shown.text.replace("\n", ", ") == f"Hello, {card_reads}, Go, Whom?, Ada, counts"
    assert (shown.content, shown.embeds, shown.buttons, shown.options) == ("Hello", [card], ["Go"], ["Ada"])


async def test_links_are_found_on_buttons_and_in_words(wire: Wire, ear: Ear, mira: Person) -> None:
    link = {"type": 2, "style": 5, "label": "Talk with Merlin", "url": "https://x.example/a"}
    shown = await (await says(wire, mira, content="x", components=[row(button("Go"), link)])).answer()
    assert shown.link() == shown.link("Talk") == "https://x.example/a"
    with pytest.raises(AssertionError, match="none of"):
        shown.link("Talk with Ada")
    masked = await (await says(wire, mira, content="[Talk with Ada](<https://x.example/b>)")).answer()
    assert masked.link("Talk with Ada") == "https://x.example/b"


async def test_what_is_told_counts_once_for_the_same_words(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    path = f"/channels/{mira.dm.id}/messages"
    said = (await wire.asks("POST", path, {"content": "Merlin waits at noon"})).body["id"]
    assert await mira.is_told("Merlin") == await mira.is_told("noon")
    with pytest.raises(AssertionError, match="was not told 'Merlin'"):
        await mira.is_told("Merlin", timeout=0.01)
    await wire.asks("PATCH", f"{path}/{said}", {"content": "Merlin waits no more"})
    assert (await mira.is_told("Merlin")).text == "Merlin waits no more"
    await wire.asks("POST", path, {"content": "Merlin is back"})
    assert (await mira.is_told("Merlin")).text == "Merlin is back"


async def test_private_answers_are_no_dms(wire: Wire, ear: Ear, mira: Person) -> None:
    asked = await says(wire, mira, content="Psst", flags=64)
    assert (await asked.answer()).is_private
    assert mira.dms == []
    await says(wire, mira, content="Hello")
    assert [shown.text for shown in mira.dms] == ["Hello"]


async def test_buttons_that_are_disabled_unclear_or_gone_cannot_be_pressed(
    wire: Wire, ear: Ear, mira: Person
) -> None:
    row_ = row(button("Yes, now"), button("Yes, later"), button("No", disabled=True))
    asked = await says(wire, mira, content="x", components=[row_])
    shown = await asked.answer()
    with pytest.raises(AssertionError, match="more than one"):
        await mira.presses(shown, "Yes")
    with pytest.raises(AssertionError, match="disabled"):
        await mira.presses(shown, "No")
    with pytest.raises(AssertionError, match="disabled"):
        await mira.presses(shown, custom_id="No")
    assert (await mira.presses(shown, "Yes, l", waits=False)).interaction.message is shown.message
    await wire.follows_up(asked, None, "DELETE", "@original")
    assert shown.is_deleted
    with pytest.raises(AssertionError, match="deleted"):
        await mira.presses(shown, "Yes, now")


async def test_as_many_are_picked_as_are_to_be(wire: Wire, ear: Ear, mira: Person) -> None:
    options = [{"label": name, "value": name.lower()} for name in ("Merlin", "Mirabel", "Ada")]
    select = {"type": 3, "custom_id": "s", "options": options, "min_values": 1, "max_values": 2}
    shown = await (await says(wire, mira, content="x", components=[row(select)])).answer()
    picked = await mira.picks(shown, "Mer", "A", waits=False)
    assert picked.interaction.payload["data"]["values"] == ["merlin", "ada"]
    assert picked.interaction.payload["data"]["component_type"] == 3
    for labels in (("M",), (), ("Merlin", "Mirabel", "Ada"), ("Zoe",)):
        with pytest.raises(AssertionError):
            await mira.picks(shown, *labels)


async def test_what_cannot_be_completed_is_told(wire: Wire, inn: Inn, ear: Ear, mira: Person) -> None:
    await wire.registers({"name": "call", "description": "Call"})
    with pytest.raises(AssertionError, match="no option"):
        await mira.completes("call", "who", "x")
    plain = {"type": 3, "name": "who", "description": "Who"}
    await wire.registers({"name": "call", "description": "Call", "options": [plain]})
    with pytest.raises(AssertionError, match="offers nothing"):
        await mira.completes("call", "who", "x")


async def test_a_failure_tells_the_story(wire: Wire, ear: Ear, mira: Person) -> None:
    asked = await mira.types("call", waits=False)
    await wire.calls_back(asked, SAYS, {"content": "x" * 2001})
    with pytest.raises(AssertionError, match="Must be 2000 or fewer in length"):
        await asked.answer(timeout=0.01)
    with pytest.raises(AssertionError, match="no modal opened"):
        _ = asked.modal
    await wire.calls_back(asked, 5)
    with pytest.raises(AssertionError, match="deferred publicly"):
        await asked.answer(timeout=0.01)
    for body in ({"content": "One"}, {"content": "Two"}):
        await wire.follows_up(asked, body)
    assert [shown.text for shown in await asked.answers_number(2)] == ["One", "Two"]


async def test_only_members_act_in_a_server(wire: Wire, inn: Inn, discord: FakeDiscord) -> None:
    ben = discord.adds_person("Ben")
    with pytest.raises(AssertionError, match="is not there"):
        await ben.writes("Hello", where=inn.channels["tavern"])
    inn.admits(ben)
    written = await ben.writes("Hello", where=inn.channels["tavern"])
    with pytest.raises(AssertionError, match="only who wrote"):
        await discord.adds_person("Eve").edits(written, "x")
    assert inn.channels["tavern"].posts == []
