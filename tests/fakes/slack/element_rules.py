"""What Slack lets into the elements of blocks, and which element may stand where."""

from collections.abc import Callable

from tests.fakes.slack.refusals import Part
from tests.fakes.slack.text_rules import (
    EITHER,
    LINK_SCHEMES,
    PLAIN,
    Sheet,
    check_confirm,
    check_initial,
    check_offered,
    check_options,
    check_text,
)

LISTS = ("users_select", "conversations_select", "channels_select")
SELECTS = ("static_select", "external_select", *LISTS)
MULTI_SELECTS = tuple(f"multi_{kind}" for kind in SELECTS)
PICKERS = ("datepicker", "timepicker", "datetimepicker")
CHOICES = ("radio_buttons", "checkboxes")
TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input")
ACCESSORIES = ("button", "overflow", "image", "datepicker", "timepicker", *CHOICES, *SELECTS, *MULTI_SELECTS)
IN_ACTIONS = ("button", "overflow", *PICKERS, *CHOICES, *SELECTS)
IN_INPUT = (*PICKERS, *CHOICES, *SELECTS, *MULTI_SELECTS, *TYPED, "file_input")
DISPATCHES = ("on_enter_pressed", "on_character_entered")
INPUT_LETTERS = 3000


def check_element(element: Part, allowed: tuple[str, ...], sheet: Sheet) -> None:
    """Check an element where only some kinds may stand."""
    if not element.is_object() or not element.needs("type"):
        return
    kind = element["type"].body
    if kind not in allowed:
        element["type"].refuse(f"unsupported type: {kind}")
        return
    if kind == "image":
        check_picture(element, sheet)
        element.knows("type image_url slack_file alt_text")
        return
    action_id = element.string("action_id", 255, 1)
    if action_id is not None and action_id in sheet.action_ids:
        element["action_id"].refuse(f"`action_id` {action_id!r} already exists")
    sheet.action_ids.add(action_id or "")
    check_confirm(element, sheet)
    element.flag("focus_on_load")
    sheet.focused += bool(element["focus_on_load"].body)
    if sheet.focused > 1:
        element.refuse("only one element can have focus_on_load set to true")
    fields = _CHECKS[kind](element, sheet)
    element.knows(f"type action_id {fields}")


def check_picture(part: Part, sheet: Sheet) -> None:
    """Check a picture: where it is, and the words that stand for it."""
    if "slack_file" in part:
        part["slack_file"].is_object()
    else:
        part.url("image_url", required=True)
    words = part.string("alt_text", 2000, 1, required=True)
    sheet.letters += len(words or "")


def _button(button: Part, sheet: Sheet) -> str:
    check_text(button, "text", 75, PLAIN, sheet)
    button.string("value", 2000)
    button.url("url", LINK_SCHEMES)
    button.one_of("style", ("primary", "danger"))
    button.string("accessibility_label", 75)
    return "text value url style confirm accessibility_label"


def _placeholder(element: Part, sheet: Sheet) -> None:
    check_text(element, "placeholder", 150, PLAIN, sheet, required=False)


def _static(select: Part, sheet: Sheet) -> str:
    _placeholder(select, sheet)
    check_offered(select, sheet)
    check_initial(select, sheet)
    return "placeholder options option_groups confirm focus_on_load " + _many(select)


def _external(select: Part, sheet: Sheet) -> str:
    _placeholder(select, sheet)
    select.number("min_query_length", 0, 100)
    check_initial(select, sheet, is_open=True)
    return "placeholder min_query_length confirm focus_on_load " + _many(select)


def _many(select: Part) -> str:
    if not str(select["type"].body).startswith("multi_"):
        return "initial_option"
    select.number("max_selected_items", 1, 100)
    return "initial_options max_selected_items"


def _list(select: Part, sheet: Sheet) -> str:
    _placeholder(select, sheet)
    kind = str(select["type"].body).removeprefix("multi_").removesuffix("s_select")
    fields = f"placeholder confirm focus_on_load initial_{kind} initial_{kind}s max_selected_items"
    if kind == "conversation":
        fields += " default_to_current_conversation filter"
    if kind != "user":
        fields += " response_url_enabled"
    select.flag("response_url_enabled", "default_to_current_conversation")
    return fields


def _overflow(menu: Part, sheet: Sheet) -> str:
    check_options(menu, "options", 5, sheet, linked=True)
    return "options confirm"


def _choices(choices: Part, sheet: Sheet) -> str:
    check_options(choices, "options", 10, sheet, kinds=EITHER)
    check_initial(choices, sheet, kinds=EITHER)
    initial = "initial_option" if choices["type"].body == "radio_buttons" else "initial_options"
    return f"options confirm focus_on_load {initial}"


def _picker(picker: Part, sheet: Sheet) -> str:
    _placeholder(picker, sheet)
    kind = str(picker["type"].body)
    if kind == "datetimepicker":
        picker.number("initial_date_time", 1_000_000_000, 9_999_999_999)
        return "initial_date_time confirm focus_on_load"
    named = kind.removesuffix("picker")
    picker.string(f"initial_{named}", 10, 5)
    return f"initial_{named} placeholder confirm focus_on_load timezone"


def _typed(field: Part, sheet: Sheet) -> str:
    _placeholder(field, sheet)
    fields = "placeholder focus_on_load dispatch_action_config "
    config = field["dispatch_action_config"]
    if config.body is not None and config.is_object():
        config.knows("trigger_actions_on")
        for action in config.listed("trigger_actions_on"):
            if action not in DISPATCHES:
                config["trigger_actions_on"].refuse(f"must be one of: {', '.join(DISPATCHES)}")
    if field["type"].body == "number_input":
        field.flag("is_decimal_allowed")
        if field["is_decimal_allowed"].body is None:
            field.refuse("missing required field: is_decimal_allowed")
        return fields + "is_decimal_allowed initial_value min_value max_value"
    if field["type"].body == "rich_text_input":
        return fields + "initial_value"
    initial = field.string("initial_value", INPUT_LETTERS)
    if field["type"].body != "plain_text_input":
        return fields + "initial_value"
    field.flag("multiline")
    field.number("min_length", 0, INPUT_LETTERS)
    field.number("max_length", 1, INPUT_LETTERS)
    most = field["max_length"].body
    if isinstance(most, int):
        if isinstance(field["min_length"].body, int) and field["min_length"].body > most:
            field["min_length"].refuse("min_length must not exceed max_length")
        if initial and len(initial) > most:
            field["initial_value"].refuse(f"must be less than {most + 1} characters")
    return fields + "initial_value multiline min_length max_length"


def _files(field: Part, sheet: Sheet) -> str:
    field.number("max_files", 1, 10)
    if not isinstance(field["filetypes"].body, list | None):
        field["filetypes"].refuse("must provide an array")
    return "max_files filetypes"


_CHECKS: dict[str, Callable[[Part, Sheet], str]] = {
    "button": _button,
    "overflow": _overflow,
    "static_select": _static,
    "multi_static_select": _static,
    "external_select": _external,
    "multi_external_select": _external,
    "file_input": _files,
    **dict.fromkeys(CHOICES, _choices),
    **dict.fromkeys(PICKERS, _picker),
    **dict.fromkeys(TYPED, _typed),
    **dict.fromkeys((*LISTS, *(f"multi_{kind}" for kind in LISTS)), _list),
}
