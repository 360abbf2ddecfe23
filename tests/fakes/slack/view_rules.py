"""What Slack lets into a view: a modal, or a home tab."""

import json
from typing import Any

from tests.fakes.slack.block_rules import HOME, MODAL, check_blocks
from tests.fakes.slack.refusals import Part, Refusal
from tests.fakes.slack.text_rules import PLAIN, check_text

VIEW_BYTES = 250_000
KEPT = "type blocks private_metadata callback_id external_id"
ONLY_MODALS = "title submit close clear_on_close notify_on_close submit_disabled"


def check_view(body: Any, kind: str, path: str = "/view") -> None:
    """Refuse a view that Slack would refuse where one of this kind is due."""
    view = Part(body, path)
    if not view.is_object():
        view.settle("invalid_arguments")
    if len(json.dumps(body).encode()) > VIEW_BYTES:
        raise Refusal("view_too_large")
    if view["type"].body != kind:
        view["type"].refuse(f"must be {kind}")
    view.knows(f"{KEPT} {ONLY_MODALS}" if kind == MODAL else KEPT)
    view.string("private_metadata", 3000)
    view.string("callback_id", 255)
    view.string("external_id", 255)
    sheet = check_blocks(view, kind)
    if kind == MODAL:
        check_text(view, "title", 24, PLAIN, sheet)
        check_text(view, "submit", 24, PLAIN, sheet, required=False)
        check_text(view, "close", 24, PLAIN, sheet, required=False)
        view.flag("clear_on_close", "notify_on_close", "submit_disabled")
        if sheet.inputs and "submit" not in view:
            view.refuse("missing required field: submit, which a modal with inputs needs")
    view.settle("invalid_arguments")


def check_errors(body: Any, blocks: list[dict[str, Any]]) -> None:
    """Refuse errors that name something other than the inputs of a modal."""
    inputs = {block.get("block_id") for block in blocks if block["type"] == "input"}
    errors = Part(body, "/errors")
    if errors.is_object():
        if not body:
            errors.refuse("must have at least one error")
        for block_id, words in body.items():
            if block_id not in inputs:
                errors.refuse(f"no input block has the block_id {block_id!r}")
            elif not isinstance(words, str) or not words:
                errors[block_id].refuse("must provide a string")
    errors.settle("invalid_arguments")


__all__ = ["HOME", "MODAL", "check_errors", "check_view"]
