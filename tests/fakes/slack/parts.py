"""Parts of messages, as tests word them."""

from typing import Any

Part = dict[str, Any]
URL = "https://troupe.example/"


def url(length: int) -> str:
    """Return an address that is so long."""
    return URL + "x" * (length - len(URL))


def plain(letters: int = 1, **parts: Any) -> Part:
    """Return a plain text."""
    return {"type": "plain_text", "text": "x" * letters, **parts}


def marked(letters: int = 1, **parts: Any) -> Part:
    """Return a marked text."""
    return {"type": "mrkdwn", "text": "x" * letters, **parts}


def section(**parts: Any) -> Part:
    """Return a section."""
    return {"type": "section", **({} if "fields" in parts else {"text": marked()}), **parts}


def button(**parts: Any) -> Part:
    """Return a button."""
    return {"type": "button", "text": plain(), **parts}


def actions(*elements: Part, **parts: Any) -> Part:
    """Return a block of elements to use."""
    return {"type": "actions", "elements": list(elements), **parts}


def buttons(count: int) -> list[Part]:
    """Return so many buttons."""
    return [button(action_id=f"b{number}") for number in range(count)]


def options(count: int, **parts: Any) -> list[Part]:
    """Return so many options."""
    return [{"text": plain(), "value": f"{number}", **parts} for number in range(count)]


def select(**parts: Any) -> Part:
    """Return a select."""
    return {"type": "static_select", "options": options(2), **parts}


def grouped(groups: int, each: int = 1, **parts: Any) -> Part:
    """Return a select whose options are in groups."""
    offered = [{"label": plain(), "options": options(each), **parts} for _ in range(groups)]
    return {"type": "static_select", "option_groups": offered}


def external(**parts: Any) -> Part:
    """Return a select that is searched."""
    return {"type": "external_select", **parts}


def confirm(**parts: Any) -> Part:
    """Return a button that asks first."""
    asked = {"title": plain(), "text": marked(), "confirm": plain(), "deny": plain(), **parts}
    return actions(button(confirm=asked))


def image(**parts: Any) -> Part:
    """Return an image."""
    return {"type": "image", "image_url": URL, "alt_text": "Merlin", **parts}


def entry(element: Part | None = None, **parts: Any) -> Part:
    """Return an input."""
    return {"type": "input", "label": plain(), "element": element or {"type": "plain_text_input"}, **parts}


def typed(**parts: Any) -> Part:
    """Return an input that is typed into."""
    return entry({"type": "plain_text_input", **parts})


def radio(**parts: Any) -> Part:
    """Return options of which one is chosen."""
    return {"type": "radio_buttons", "options": options(2), **parts}


def overflow(count: int) -> Part:
    """Return a menu of so many options."""
    return actions({"type": "overflow", "options": options(count)})


def context(*elements: Part) -> Part:
    """Return a context."""
    return {"type": "context", "elements": list(elements)}


def markdown(letters: int) -> Part:
    """Return a block of markdown."""
    return {"type": "markdown", "text": "x" * letters}
