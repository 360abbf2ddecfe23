"""What people on the fake Slack can do, and what their clients do not let them do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.slack import Home, Modal, Shown
from tests.fakes.slack.small_app import running_app
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


def options(*names: str) -> list[Part]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


def entry(label: str, kind: str, **element: Any) -> Part:
    inner = {"type": kind, "action_id": f"a-{label.lower()}", **element}
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": inner}


FORM = [
    entry("Words", "plain_text_input", min_length=2, max_length=5),
    entry("Who", "static_select", options=options("Merlin", "Mirabel", "Ada")) | {"optional": True},
    entry("Also", "multi_static_select", options=options("Sea", "Sky"), max_selected_items=1)
    | {"optional": True},
    entry("Via", "radio_buttons", options=options("Link", "Phone"), initial_option=options("Link")[0]),
    entry("Agrees", "checkboxes", options=options("Yes")) | {"optional": True},
    entry("Friend", "users_select") | {"optional": True},
    entry("Day", "datepicker") | {"optional": True},
    entry("Past", "file_input", max_files=1) | {"optional": True},
]
ROW = {"type": "actions", "block_id": "row", "elements": [
    {"type": "button", "text": plain("Call"), "action_id": "call"},
    {"type": "button", "text": plain("Call and remember"), "action_id": "call:remember"},
    {"type": "static_select", "action_id": "whom", "placeholder": plain("Whom?"),
     "options": options("Merlin", "Mirabel")},
    {"type": "overflow", "action_id": "more", "options": options("Forget", "Export")},
    {"type": "external_select", "action_id": "find", "placeholder": plain("Find")},
]}  # fmt: skip


async def shows(wire: Wire, *blocks: Part) -> Shown:
    await wire.says(text="x", blocks=list(blocks))
    return wire.general.posts[-1]


async def opened(wire: Wire, *blocks: Part, **parts: Any) -> Modal:
    asked = await wire.mira.types("/ring", waits=False)
    view = {"type": "modal", "title": plain("Form"), "submit": plain("Send"), "blocks": list(blocks)} | parts
    answer = await wire.calls("views.open", trigger_id=asked.act.trigger_id, view=view)
    assert answer.ok, answer.body
    return asked.modal


async def test_everything_that_can_be_read_is_text(wire: Wire) -> None:
    blocks = [
        {"type": "header", "text": plain("Gallery")},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Merlin*"},
         "fields": [{"type": "mrkdwn", "text": "Old"}, plain("Wise")]},
        {"type": "image", "image_url": "https://x.example/m.png", "alt_text": "Merlin", "title": plain("He")},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Mind"}]},
        {"type": "markdown", "text": "# Title"},
        ROW,
    ]  # fmt: skip
    shown = await shows(wire, *blocks)
    assert shown.text.split("\n") == [
        "Gallery", "*Merlin*", "Old", "Wise", "He", "Mind", "# Title", "Call", "Call and remember", "Whom?",
        "Merlin", "Mirabel", "Forget", "Export", "Find",
    ]  # fmt: skip
    assert shown.options == ["Merlin", "Mirabel", "Forget", "Export"]
    assert shown.pictures == {"Merlin": "https://x.example/m.png"}


async def test_a_modal_is_read_with_its_inputs(wire: Wire) -> None:
    modal = await opened(wire, entry("Words", "plain_text_input", initial_value="before"), close=plain("No"))
    assert modal.text == "Form\nWords\nbefore\nSend\nNo"
    (told,) = modal.inputs
    assert (told["label"], told["block_id"], told["action_id"]) == ("Words", "words", "a-words")


async def test_the_only_beginning_of_a_label_will_do(wire: Wire) -> None:
    shown = await shows(wire, ROW)
    pressed = await wire.mira.presses(shown, "call and", waits=False)
    assert pressed.act.payload["actions"][0]["action_id"] == "call:remember"
    exact = await wire.mira.presses(shown, "Call", waits=False)
    assert exact.act.payload["actions"][0]["action_id"] == "call"
    by_id = await wire.mira.presses(shown, action_id="call:remember", waits=False)
    assert by_id.act.payload["actions"][0]["action_id"] == "call:remember"
    for wrong in ("Ca", "Hang up"):
        with pytest.raises(AssertionError, match="of \\["):
            await wire.mira.presses(shown, wrong)


async def test_options_are_picked(wire: Wire) -> None:
    shown = await shows(wire, ROW)
    picked = await wire.mira.picks(shown, "Whom?", "Mir", waits=False)
    (action,) = picked.act.payload["actions"]
    assert action["selected_option"] == options("Mirabel")[0]
    values = picked.act.payload["state"]["values"]["row"]
    assert values["whom"]["selected_option"]["value"] == "mirabel"
    more = await wire.mira.picks(shown, "more", "Export", waits=False)
    assert more.act.payload["actions"][0]["selected_option"]["value"] == "export"
    for wrong in (("Ada",), ("M",), ("Merlin", "Mirabel")):
        with pytest.raises(AssertionError):
            await wire.mira.picks(shown, "whom", *wrong, waits=False)


async def test_what_stands_in_an_input_is_told_when_the_modal_is_sent(wire: Wire, ear: Ear) -> None:
    modal, mira = await opened(wire, *FORM), wire.mira
    with pytest.raises(AssertionError, match="tells nobody"):
        await mira.picks(modal, "Who", "Ada")
    file = wire.acme.uploads(mira, "past.json", b"{}")
    await mira.fills(modal, {"Words": "Hello", "a-who": "Ada"}, also=["Sea"], via="Phone", agrees=["Yes"])
    await mira.fills(modal, friend=mira, day="2026-01-01", past=[file])
    sent = await mira.submits(modal, waits=False)
    values = {block: next(iter(inner.values())) for block, inner in
              sent.act.payload["view"]["state"]["values"].items()}  # fmt: skip
    assert values["words"]["value"] == "Hello"
    assert values["who"]["selected_option"]["value"] == "ada"
    assert [one["value"] for one in values["also"]["selected_options"]] == ["sea"]
    assert values["via"]["selected_option"]["value"] == "phone"
    assert [one["value"] for one in values["agrees"]["selected_options"]] == ["yes"]
    assert (values["friend"]["selected_user"], values["day"]["selected_date"]) == (mira.id, "2026-01-01")
    assert values["past"]["files"][0]["id"] == file.id


UNSENDABLE = {
    "nothing": {},
    "too little": {"words": "x"},
    "too much": {"words": "xxxxxx"},
    "a number": {"words": 5},
    "who is not offered": {"words": "xx", "who": "Zoe"},
    "too many": {"words": "xx", "also": ["Sea", "Sky"]},
    "nothing chosen": {"words": "xx", "via": None},
    "an input that is not there": {"words": "xx", "nonsense": "x"},
    "a file that was not uploaded": {"words": "xx", "past": ["past.json"]},
}


@pytest.mark.parametrize("values", UNSENDABLE.values(), ids=UNSENDABLE)
async def test_nobody_can_send(wire: Wire, values: Part) -> None:
    modal = await opened(wire, *FORM)
    with pytest.raises(AssertionError):
        await wire.mira.submits(modal, values, waits=False)


async def test_a_modal_without_a_way_to_send_it_is_not_sent(wire: Wire) -> None:
    section = {"type": "section", "text": plain("Loading")}
    modal = await opened(wire, section, submit=None)
    with pytest.raises(AssertionError, match="nothing to send it with"):
        await wire.mira.submits(modal)
    ben = wire.acme.adds_person("Ben")
    with pytest.raises(AssertionError, match="before Mira"):
        await ben.submits(modal)


async def test_an_input_that_tells_at_once_is_told_at_once(wire: Wire, ear: Ear) -> None:
    dispatching = FORM[1] | {"dispatch_action": True}
    modal = await opened(wire, dispatching, FORM[0])
    wire.slack.sockets.lines.clear()
    (asked,) = await wire.mira.fills(modal, who="Ada", words="Hello")
    assert asked.act.payload["type"] == "block_actions"
    assert asked.act.payload["container"] == {"type": "view", "view_id": modal.view.id}
    assert "response_url" not in asked.act.payload


async def test_too_few_letters_are_not_searched_for(wire: Wire) -> None:
    shown = await shows(wire, ROW)
    with pytest.raises(AssertionError, match="at least 3 letters"):
        await wire.mira.searches(shown, "find", "me")
    with pytest.raises(AssertionError, match="loading options failed"):
        await wire.mira.searches(shown, "find", "mer")


async def test_commands_are_not_typed_in_threads_or_by_strangers(wire: Wire) -> None:
    written = await wire.mira.writes("Hello", where=wire.general)
    with pytest.raises(AssertionError, match="threads"):
        await wire.mira.types("/ring", thread=written)
    closed = wire.acme.adds_channel("closed", private=True)
    with pytest.raises(AssertionError, match="is not in closed"):
        await wire.mira.types("/ring", where=closed)
    with pytest.raises(AssertionError, match="no command"):
        await wire.mira.types("ring")


async def test_only_who_wrote_a_message_edits_it(wire: Wire) -> None:
    written = await wire.mira.writes("Hello", where=wire.general)
    ben = wire.acme.adds_person("Ben")
    for act in (ben.edits(written, "x"), ben.deletes(written)):
        with pytest.raises(AssertionError, match="only who wrote"):
            await act
    wire.slack.settings.messages_tab = False
    with pytest.raises(AssertionError, match="messages tab is off"):
        await ben.writes("Hello")


async def test_the_home_tab_is_waited_for(wire: Wire) -> None:
    with pytest.raises(AssertionError, match="no home tab was made for Mira"):
        await wire.mira.opens_home(timeout=0.01)
    async with running_app(wire.slack):
        home = await wire.mira.opens_home()
        assert isinstance(home, Home)
        assert (await wire.mira.opens_home()).view.revision == 2
        stranger = wire.acme.adds_person("Eve", guest=True)
        assert (await stranger.opens_home()).buttons == home.buttons
        with pytest.raises(AssertionError, match="before Mira"):
            await stranger.presses(home, "Call")
    assert wire.slack.events[-1].payload["event"]["type"] == "app_home_opened"


async def test_a_failure_tells_the_story(wire: Wire, ear: Ear) -> None:
    asked = await wire.mira.types("/ring ada", where=wire.general, waits=False)
    await wire.responds(asked, text="")
    for wait in (asked.answer(timeout=0.01), asked.acknowledges(timeout=0.01), asked.opens(timeout=0.01)):
        with pytest.raises(AssertionError, match="no_text"):
            await wait
    with pytest.raises(AssertionError, match="was not told 'Hello'"):
        await wire.mira.is_told("Hello", timeout=0.01)


async def test_modals_are_cleared_from_the_top(wire: Wire, ear: Ear) -> None:
    below = await opened(wire, FORM[0])
    sent = await wire.mira.submits(below, words="Hello", waits=False)
    view = {"type": "modal", "title": plain("Top"), "blocks": []}
    await wire.calls("views.push", trigger_id=sent.act.trigger_id, view=view)
    await wire.mira.closes(sent.modal, clear=True)
    assert [sent.modal.is_open, below.is_open] == [False, False]


async def test_a_button_in_a_thread_tells_so(wire: Wire) -> None:
    written = await wire.mira.writes("Hello", where=wire.general)
    await wire.says(text="x", blocks=[ROW], thread_ts=written.message.ts)
    pressed = await wire.mira.presses(written.replies[0], "Call", waits=False)
    assert pressed.act.payload["container"]["thread_ts"] == written.message.ts


async def test_a_link_in_a_text_is_followed(wire: Wire) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Go <https://x.example/a|there> now"}}
    shown = await shows(wire, section)
    assert (shown.text, shown.link("there")) == ("Go there now", "https://x.example/a")
    assert wire.slack.links == ["<https://x.example/a|there>"]


async def test_who_left_a_channel_neither_sees_nor_writes(wire: Wire) -> None:
    shown = await shows(wire, ROW)
    wire.general.loses(wire.mira)
    with pytest.raises(AssertionError, match="is not in general"):
        await wire.mira.presses(shown, "Call")
    with pytest.raises(AssertionError, match="is not in general"):
        await wire.mira.writes("Hello", where=wire.general)
