"""Filling in a modal: what a client lets somebody send."""

from typing import Any

from tests.fakes.discord import component_rules as kinds
from tests.fakes.discord import modal_rules
from tests.fakes.discord.shown import Modal
from tests.fakes.discord.state import Attachment

MANY = (*kinds.SELECTS, modal_rules.CHECKBOX_GROUP, modal_rules.FILE_UPLOAD)


def fill_in(modal: Modal, given: dict[str, Any]) -> dict[str, Any]:
    """Return what is sent when these values stand in a modal, by custom id or label."""
    values: dict[str, Any] = {}
    left = dict(given)
    for part in modal.inputs:
        key = next((name for name in left if _is_meant(name, part)), None)
        value = left.pop(key) if key is not None else _preset(part)
        _check(part, value)
        values[part["custom_id"]] = value
    assert not left, f"the modal has no {list(left)}, only {[part['custom_id'] for part in modal.inputs]}"
    resolved: dict[str, Any] = {}
    parts = [_sent(part, values, resolved) for part in modal.components]
    data = {"custom_id": modal.custom_id, "components": parts}
    return data | {"resolved": resolved} if resolved else data


def _is_meant(name: str, part: dict[str, Any]) -> bool:
    label = (part.get("label") or "").lower()
    return name == part["custom_id"] or name.lower() == label or name.replace("_", " ").lower() == label


def _preset(part: dict[str, Any]) -> Any:
    kind = part["type"]
    if kind == kinds.TEXT_INPUT:
        return part.get("value") or ""
    if kind == modal_rules.CHECKBOX:
        return bool(part.get("default"))
    chosen = [option["value"] for option in part.get("options", ()) if option.get("default")]
    return chosen if kind in MANY else (chosen or [None])[0]


def _check(part: dict[str, Any], value: Any) -> None:
    name, required = part["custom_id"], part.get("required", True)
    if part["type"] == kinds.TEXT_INPUT:
        assert isinstance(value, str), f"{name!r} takes words"
        assert value or not required, f"{name!r} must be filled in"
        least, most = part.get("min_length", 0), part.get("max_length", 4000)
        assert not value or least <= len(value) <= most, f"{name!r} takes {least} to {most} letters"
    elif part["type"] in MANY:
        least, most = part.get("min_values", 1), part.get("max_values", 1)
        if value or required:
            assert least <= len(value) <= most, f"{name!r} takes {least} to {most} values"
    elif part["type"] == modal_rules.RADIO_GROUP:
        assert value is not None or not required, f"{name!r} must be chosen"
    options = [option["value"] for option in part.get("options", ())]
    chosen = value if isinstance(value, list) else [value]
    assert not options or all(one in options or one is None for one in chosen), (
        f"{name!r} is one of {options}"
    )


def _sent(part: dict[str, Any], values: dict[str, Any], resolved: dict[str, Any]) -> dict[str, Any]:
    sent = {"type": part["type"], "id": part["id"]}
    if "component" in part:
        return sent | {"component": _sent(part["component"], values, resolved)}
    if "components" in part:
        return sent | {"components": [_sent(inner, values, resolved) for inner in part["components"]]}
    if "custom_id" not in part:
        return sent
    value = values[part["custom_id"]]
    sent["custom_id"] = part["custom_id"]
    if part["type"] not in MANY:
        return sent | {"value": value}
    if part["type"] == modal_rules.FILE_UPLOAD:
        from tests.fakes.discord import payloads

        files: list[Attachment] = value
        resolved.setdefault("attachments", {}).update({file.id: payloads.attachment(file) for file in files})
        value = [file.id for file in files]
    return sent | {"values": value}
