"""The values that stand in a surface's inputs, as Slack tells the app of them."""

from collections.abc import Iterator
from typing import Any

TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
VALUE_KEYS = {
    **dict.fromkeys(TEXTS, ("value", "initial_value")),
    **dict.fromkeys(
        ("static_select", "external_select", "radio_buttons"), ("selected_option", "initial_option")
    ),
    **dict.fromkeys(
        ("multi_static_select", "multi_external_select", "checkboxes"),
        ("selected_options", "initial_options"),
    ),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", "initial_files"),
}
"""For each element that holds a value: where it stands, and where the first one stood."""
MANY = ("selected_options", "selected_users", "selected_channels", "selected_conversations", "files")

Typed = dict[tuple[str, str], dict[str, Any]]


def elements_of(blocks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Walk through the elements of blocks, each with its block."""
    for block in blocks:
        elements = block.get("elements", []) if block["type"] in ("actions", "context") else []
        for element in (*elements, block.get("accessory"), block.get("element")):
            if element is not None:
                yield block, element


def value_of(block: dict[str, Any], element: dict[str, Any], typed: Typed) -> dict[str, Any]:
    """Return what stands in an element."""
    key, initial = VALUE_KEYS[element["type"]]
    spot = (block["block_id"], element["action_id"])
    if spot in typed and typed[spot]["type"] == element["type"]:
        return typed[spot]
    return {"type": element["type"], key: element.get(initial, [] if key in MANY else None)}


def values_of(blocks: list[dict[str, Any]], typed: Typed) -> dict[str, dict[str, Any]]:
    """Return all values by block and action."""
    found: dict[str, dict[str, Any]] = {}
    for block, element in elements_of(blocks):
        if element["type"] in VALUE_KEYS:
            value = value_of(block, element, typed)
            found.setdefault(block["block_id"], {})[element["action_id"]] = value
    return found
