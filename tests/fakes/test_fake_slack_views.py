"""What the fake Slack takes as modals and home tabs, and how they are opened and changed."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.slack import Asked, Modal
from tests.fakes.slack.wire import Answer, Wire, open_wire

pytestmark = pytest.mark.anyio

Part = dict[str, Any]


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


def plain(letters: int = 1) -> Part:
    return {"type": "plain_text", "text": "x" * letters}


def entry(block_id: str = "b", **element: Any) -> Part:
    inner = {"type": "plain_text_input", "action_id": "a", **element}
    return {"type": "input", "block_id": block_id, "label": plain(), "element": inner}


def modal(*blocks: Part, **parts: Any) -> Part:
    return {
        "type": "modal",
        "title": plain(),
        "submit": plain(),
        "blocks": list(blocks) or [entry()],
        **parts,
    }


def home(*blocks: Part, **parts: Any) -> Part:
    return {"type": "home", "blocks": list(blocks), **parts}


def section(letters: int = 1) -> Part:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * letters}}


def of_bytes(count: int) -> Part:
    """A modal that is so large."""
    view = modal(*[section(2445)] * 100, private_metadata="")
    view["blocks"][0] = section(1)
    missing = count - len(json.dumps(view))
    assert 0 <= missing <= 3000, missing
    return view | {"private_metadata": "x" * missing}


async def acts(wire: Wire) -> Asked:
    return await wire.mira.types("/ring", where=wire.general, waits=False)


async def opens(wire: Wire, view: Part) -> tuple[Asked, Answer]:
    asked = await acts(wire)
    answer = await wire.calls("views.open", trigger_id=asked.act.trigger_id, view=view)
    return asked, answer


async def opened(wire: Wire, view: Part | None = None) -> Modal:
    asked, answer = await opens(wire, view or modal())
    assert answer.ok, answer.body
    return asked.modal


TAKEN = {
    "24 letters each": modal(title=plain(24), submit=plain(24), close=plain(24)),
    "private metadata of 3000": modal(private_metadata="x" * 3000),
    "a callback id of 255": modal(callback_id="x" * 255, external_id="x" * 255),
    "100 blocks": modal(*[section()] * 100),
    "no inputs and no submit": {"type": "modal", "title": plain(), "blocks": [section()]},
    "250,000 bytes": of_bytes(250_000),
    "a file": modal(entry(type="file_input", max_files=10)),
    "flags": modal(clear_on_close=True, notify_on_close=True, submit_disabled=False),
}

REFUSED = {
    "a title of 25": (modal(title=plain(25)), "/view/title/text"),
    "no title": ({"type": "modal", "blocks": []}, "/view"),
    "a marked title": (modal(title={"type": "mrkdwn", "text": "x"}), "/view/title/type"),
    "a submit of 25": (modal(submit=plain(25)), "/view/submit/text"),
    "a close of 25": (modal(close=plain(25)), "/view/close/text"),
    "private metadata of 3001": (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    "private metadata that is no text": (modal(private_metadata={}), "/view/private_metadata"),
    "a callback id of 256": (modal(callback_id="x" * 256), "/view/callback_id"),
    "an external id of 256": (modal(external_id="x" * 256), "/view/external_id"),
    "101 blocks": (modal(*[section()] * 101), "/view/blocks"),
    "an input and no submit": ({"type": "modal", "title": plain(), "blocks": [entry()]}, "/view"),
    "a home tab": (home(section()), "/view/type"),
    "a field nobody knows": (modal(colour="red"), "/view"),
    "markdown": (modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    "11 files": (modal(entry(type="file_input", max_files=11)), "/view/blocks/0/element/max_files"),
    "a file of any kind": (
        modal(entry(type="file_input", filetypes="json")),
        "/view/blocks/0/element/filetypes",
    ),
    "a block id twice": (modal(entry(), entry()), "/view/blocks/1/block_id"),
    "a section of 3001": (modal(section(3001)), "/view/blocks/0/text/text"),
}


@pytest.mark.parametrize("view", TAKEN.values(), ids=TAKEN)
async def test_a_modal_opens(wire: Wire, view: Part) -> None:
    async with wire.connects():
        asked, answer = await opens(wire, view)
    assert answer.ok, answer.body
    assert asked.modal.view.id == answer.body["view"]["id"]
    assert answer.body["view"]["root_view_id"] == answer.body["view"]["id"]


@pytest.mark.parametrize(("view", "fault"), REFUSED.values(), ids=REFUSED)
async def test_a_modal_is_refused_and_the_spot_is_named(wire: Wire, view: Part, fault: str) -> None:
    async with wire.connects():
        asked, answer = await opens(wire, view)
    assert answer.error == "invalid_arguments"
    assert fault in answer.faults
    with pytest.raises(AssertionError, match="no modal opened"):
        _ = asked.modal


async def test_a_modal_of_250001_bytes_is_too_large(wire: Wire) -> None:
    assert (await opens(wire, of_bytes(250_001)))[1].error == "view_too_large"


async def test_a_trigger_opens_one_modal_within_three_seconds(wire: Wire) -> None:
    asked = await acts(wire)
    trigger = asked.act.trigger_id
    wire.slack.moves_clock(seconds=2.5)
    assert (await wire.calls("views.open", trigger_id=trigger, view=modal())).ok
    again = await wire.calls("views.open", trigger_id=trigger, view=modal())
    assert again.error == "exchanged_trigger_id"
    late = await acts(wire)
    wire.slack.moves_clock(seconds=3.1)
    answer = await wire.calls("views.open", trigger_id=late.act.trigger_id, view=modal())
    assert answer.error == "expired_trigger_id"
    unknown = await wire.calls("views.open", trigger_id="1.2.x", view=modal())
    assert unknown.error == "invalid_trigger_id"
    other = wire.slack.adds_workspace("Other")
    theirs = await acts(wire)
    answer = await wire.calls(
        "views.open", token=other.bot_token, trigger_id=theirs.act.trigger_id, view=modal()
    )
    assert answer.error == "invalid_trigger_id"
    assert (await wire.calls("views.open", view=modal())).error == "invalid_arguments"


async def test_a_refused_modal_does_not_use_the_trigger_up(wire: Wire) -> None:
    asked, answer = await opens(wire, modal(title=plain(25)))
    assert not answer.ok
    assert (await wire.calls("views.open", trigger_id=asked.act.trigger_id, view=modal())).ok


async def test_three_modals_may_be_stacked(wire: Wire) -> None:
    first = top = await opened(wire)
    for depth in (2, 3, 4):
        asked = await wire.mira.submits(top, a="x", waits=False)
        answer = await wire.calls("views.push", trigger_id=asked.act.trigger_id, view=modal())
        assert answer.error == ("push_limit_reached" if depth == 4 else "")
        if depth < 4:
            assert answer.body["view"]["previous_view_id"] == top.view.id
            top = asked.modal
    assert top.view.root is first.view
    from_outside = await acts(wire)
    pushed = await wire.calls("views.push", trigger_id=from_outside.act.trigger_id, view=modal())
    assert pushed.error == "not_found"


async def test_a_modal_changes_before_the_eyes_of_who_looks_at_it(wire: Wire) -> None:
    shown = await opened(wire, modal(section(), external_id="mine"))
    before = shown.view.hash
    changed = modal(entry(), title=plain(7), external_id="mine")
    assert (await wire.calls("views.update", view_id=shown.view.id, hash=before, view=changed)).ok
    assert shown.title == "x" * 7
    stale = await wire.calls("views.update", view_id=shown.view.id, hash=before, view=changed)
    assert stale.error == "hash_conflict"
    assert (await wire.calls("views.update", external_id="mine", view=changed)).ok
    twin = (await opens(wire, modal(external_id="mine")))[1]
    assert twin.error == "duplicate_external_id"
    assert (await wire.calls("views.update", view_id="V1", view=changed)).error == "not_found"
    await wire.mira.closes(shown)
    assert (await wire.calls("views.update", view_id=shown.view.id, view=changed)).error == "not_found"
    with pytest.raises(AssertionError, match="closed"):
        await wire.mira.submits(shown, a="x")


async def test_what_was_typed_outlives_an_update_of_the_same_input(wire: Wire) -> None:
    shown = await opened(wire, modal(entry("one"), entry("two")))
    await wire.mira.fills(shown, one="kept", two="lost")
    changed = modal(entry("one"), entry("three"))
    answer = await wire.calls("views.update", view_id=shown.view.id, view=changed)
    values = answer.body["view"]["state"]["values"]
    assert {block: inputs["a"]["value"] for block, inputs in values.items()} == {"one": "kept", "three": None}


async def test_a_home_tab_is_published_for_somebody(wire: Wire) -> None:
    mira = wire.mira
    args = {"user_id": mira.id, "view": home(section(), *[section(3000)] * 4)}
    answer = await wire.calls("views.publish", **args)
    assert answer.ok
    again = await wire.calls("views.publish", **args, hash=answer.body["view"]["hash"])
    assert again.body["view"]["id"] == answer.body["view"]["id"]
    stale = await wire.calls("views.publish", **args, hash=answer.body["view"]["hash"])
    assert stale.error == "hash_conflict"
    assert mira.home.text.startswith("x\n")
    assert (await wire.calls("views.publish", user_id="U1", view=home())).error == "user_not_found"
    for wrong in (modal(), home(title=plain()), home(*[section()] * 101)):
        assert (await wire.calls("views.publish", user_id=mira.id, view=wrong)).error == "invalid_arguments"
    wire.slack.settings.home_tab = False
    assert (await wire.calls("views.publish", **args)).error == "not_enabled"


async def test_a_view_comes_as_a_form_too(wire: Wire) -> None:
    url = f"{wire.slack.api_url}views.publish"
    data = {"token": wire.acme.bot_token, "user_id": wire.mira.id, "view": json.dumps(home(section()))}
    async with wire.http.post(url, data=data) as answer:
        assert (await answer.json())["ok"]
    async with wire.http.post(url, data=data | {"view": "{"}) as answer:
        assert (await answer.json())["error"] == "invalid_arguments"
