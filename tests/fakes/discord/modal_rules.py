"""What Discord lets into a modal."""

from tests.fakes.discord.component_rules import (
    ROW,
    SELECTS,
    TEXT,
    TEXT_INPUT,
    Ids,
    check_options,
    check_select,
    check_text,
)
from tests.fakes.discord.refusals import Form

LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23


def check_modal(modal: Form) -> None:
    """Check a modal."""
    if not modal.is_object():
        return
    modal.knows("title custom_id components")
    modal.text("title", 45, 1, required=True)
    modal.text("custom_id", 100, 1, required=True)
    ids = Ids()
    for part in modal.parts("components", 5, 1):
        kind = part["type"].body
        if kind == LABEL:
            _check_label(part, ids)
        elif kind == ROW:
            for inner in part.parts("components", 1, 1):
                inner.text("label", 45, 1, required=True)
                _check_input(inner, ids)
        elif kind == TEXT:
            check_text(part, [])
        else:
            part["type"].refuse("BASE_TYPE_CHOICES", f"Value must be one of {(ROW, TEXT, LABEL)}.")


def _check_label(label: Form, ids: Ids) -> None:
    label.knows("type id label description component")
    label.text("label", 45, 1, required=True)
    label.text("description", 100)
    inner = label["component"]
    if not inner.is_object():
        return
    kind = inner["type"].body
    if kind == TEXT_INPUT:
        if "label" in inner:
            inner["label"].refuse("UNKNOWN_FIELD", "An input within a label has no label of its own.")
        _check_input(inner, ids)
    elif kind in SELECTS:
        check_select(inner, ids)
        if inner["disabled"].body:
            inner["disabled"].refuse("UNKNOWN_FIELD", "A select in a modal cannot be disabled.")
    elif kind == FILE_UPLOAD:
        _check_many(inner, ids, 10)
    elif kind == RADIO_GROUP:
        ids.check(inner)
        check_options(inner, 2, 10)
    elif kind == CHECKBOX_GROUP:
        _check_many(inner, ids, 10)
        check_options(inner, 1, 10)
    elif kind == CHECKBOX:
        ids.check(inner)
    else:
        inner["type"].refuse("BASE_TYPE_CHOICES", "No such component may stand in a label.")


def _check_many(form: Form, ids: Ids, most: int) -> None:
    ids.check(form)
    form.number("min_values", 0, most)
    form.number("max_values", 1, most)


def _check_input(form: Form, ids: Ids) -> None:
    if form["type"].body != TEXT_INPUT:
        form["type"].refuse("BASE_TYPE_CHOICES", f"Value must be one of {{{TEXT_INPUT}}}.")
        return
    form.knows("type id custom_id style label min_length max_length required value placeholder")
    ids.check(form)
    form.one_of("style", (1, 2))
    form.text("placeholder", 100)
    form.text("value", 4000)
    form.number("min_length", 0, 4000)
    form.number("max_length", 1, 4000)
    least, most = form["min_length"].body or 0, form["max_length"].body or 4000
    if isinstance(least, int) and isinstance(most, int):
        if least > most:
            form["min_length"].refuse("TEXT_INPUT_COMPONENT_MIN_OVER_MAX", "min_length exceeds max_length.")
        if isinstance(form["value"].body, str) and len(form["value"].body) > most:
            form["value"].refuse("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
