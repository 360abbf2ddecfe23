"""Filling in inputs: what a client lets somebody type and pick."""

from typing import Any

from tests.fakes.slack.shown import Modal, Surface, offered, one_of
from tests.fakes.slack.state import Account, Channel, File
from tests.fakes.slack.values import MANY, TEXTS, VALUE_KEYS, elements_of, value_of

Element = dict[str, Any]


def filled(element: Element, given: Any, choices: list[Element]) -> Element:
    """Return what is sent when something stands in an element."""
    kind = element["type"]
    key, _ = VALUE_KEYS[kind]
    if kind in TEXTS:
        return {"type": kind, key: _words(element, given)}
    if key in ("selected_option", "selected_options"):
        wanted = given if isinstance(given, list | tuple) else [given]
        picked = [pick(one, choices) for one in wanted if one is not None]
        if key == "selected_options":
            _check_count(element, len(picked), element.get("max_selected_items", len(choices)))
            return {"type": kind, key: picked}
        return {"type": kind, key: picked[0] if picked else None}
    if kind == "file_input":
        assert all(isinstance(one, File) for one in given), "files are uploaded first"
        _check_count(element, len(given), element.get("max_files", 10))
        from tests.fakes.slack.payloads import file

        return {"type": kind, key: [file(one) for one in given]}
    ids = [one.id if isinstance(one, Account | Channel) else one for one in _listed(given)]
    return {"type": kind, key: ids if key in MANY else (ids or [None])[0]}


def pick(label: Any, choices: list[Element]) -> Element:
    """Return the option that is meant, by its value, its label or the only beginning of that."""
    for option in choices:
        if option["value"] == label:
            return option
    names = [option["text"]["text"] for option in choices]
    return choices[names.index(one_of(str(label), names))]


def check_whole(modal: Modal) -> None:
    """Fail where a client would not let a modal be sent."""
    assert modal.view.body.get("submit"), "the modal has nothing to send it with"
    assert not modal.view.body.get("submit_disabled"), "the modal cannot be sent yet"
    for block, element in elements_of(modal.blocks):
        if element["type"] not in VALUE_KEYS or block["type"] != "input":
            continue
        value = value_of(block, element, modal.view.typed)[VALUE_KEYS[element["type"]][0]]
        name = block["label"]["text"]
        assert value or block.get("optional"), f"{name!r} must be filled in"
        if value and element["type"] == "plain_text_input":
            _words(element, value)


def choices_of(surface: Surface, element: Element) -> list[Element]:
    """Return what an element offers now, what was searched for included."""
    return [*offered(element), *surface.kept.offered.get(element["action_id"], ())]


def _words(element: Element, given: Any) -> str | None:
    name = element["action_id"]
    assert given is None or isinstance(given, str), f"{name!r} takes words"
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    assert not given or least <= len(given) <= most, f"{name!r} takes {least} to {most} letters"
    return given or None


def _check_count(element: Element, count: int, most: int) -> None:
    assert count <= most, f"{element['action_id']!r} takes up to {most}"


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [] if given is None else [given]
