"""What Discord lets be registered as application commands, and be offered while somebody types."""

import re
from collections.abc import Iterable
from typing import Any

from tests.fakes.discord.refusals import Form

NAME = re.compile(r"[-_'\w]{1,32}")
LOCALES = (
    "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk "
    "hi th zh-CN ja zh-TW ko"
)
CHAT_INPUT, USER, MESSAGE, ENTRY_POINT = 1, 2, 3, 4
SUB_COMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, A_USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
WHOLE_COMMAND = 8000
MOST = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15, ENTRY_POINT: 1}
COMMAND = (
    "id type name name_localizations description description_localizations options nsfw handler "
    "contexts default_member_permissions dm_permission default_permission integration_types"
)
OPTION = (
    "type name name_localizations description description_localizations required choices options "
    "channel_types min_value max_value min_length max_length autocomplete file_types"
)
BOUNDS = 2**53


def check_commands(whole: Form) -> None:
    """Check all the commands that are to replace those registered so far."""
    seen: dict[int, list[str]] = {}
    for index, command in enumerate(whole.body):
        if whole[index].is_object():
            _check_command(whole[index])
            kind, name = command.get("type") or CHAT_INPUT, command.get("name")
            if name in seen.setdefault(kind, []):
                whole[index]["name"].refuse(
                    "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
                )
            seen[kind].append(name)
    for kind, names in seen.items():
        if len(names) > (most := MOST.get(kind, len(names))):
            whole.refuse("APPLICATION_COMMANDS_MAX", f"At most {most} commands of type {kind}.")


def _check_command(command: Form) -> None:
    command.knows(COMMAND)
    command.one_of("type", MOST, required=False)
    command.flag("nsfw")
    command.flag("dm_permission")
    for key, allowed in (("integration_types", {0, 1}), ("contexts", {0, 1, 2})):
        if not set(command[key].body or ()) <= allowed or command[key].body == []:
            command[key].refuse("BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")
    if (bits := command["default_member_permissions"].body) is not None and not str(bits).isdigit():
        command["default_member_permissions"].refuse("NUMBER_TYPE_COERCE", "Value is not a bit set.")
    kind = command["type"].body or CHAT_INPUT
    if kind == CHAT_INPUT:
        _check_words(command)
        _check_options(command, (SUB_COMMAND, GROUP, *range(STRING, ATTACHMENT + 1)))
    elif kind in MOST:
        command.text("name", 32, 1, required=True)
        for key in ("description", "options"):
            if command[key].body:
                command[key].refuse("APPLICATION_COMMAND_CONTEXT_MENU", f"A context menu has no {key}.")
    if (size := _size(command.body)) > WHOLE_COMMAND:
        command.refuse(
            "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({size} > {WHOLE_COMMAND})"
        )


def _check_words(form: Form) -> None:
    _check_name(form["name"], form["name"].body)
    form.text("description", 100, 1, required=True)
    for locale, name in _localized(form["name_localizations"]):
        _check_name(form["name_localizations"][locale], name)
    for locale, _ in _localized(form["description_localizations"]):
        form["description_localizations"].text(locale, 100, 1, required=True)


def _localized(form: Form) -> list[tuple[str, Any]]:
    for locale in set(form.body or ()) - set(LOCALES.split()):
        form[locale].refuse("BASE_TYPE_CHOICES", f"{locale!r} is no locale of Discord.")
    return list((form.body or {}).items())


def _check_name(form: Form, name: Any) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name) or name != name.lower():
        form.refuse("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_options(form: Form, kinds: Iterable[int]) -> None:
    names: set[str] = set()
    options, optional_seen = form.parts("options", 25), False
    inner_kinds = {option["type"].body in (SUB_COMMAND, GROUP) for option in options}
    if len(inner_kinds) > 1:
        form["options"].refuse(
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command options and others cannot be mixed"
        )
    for option in options:
        option.knows(OPTION)
        option.one_of("type", kinds)
        _check_words(option)
        if (name := str(option["name"].body)) in names:
            option["name"].refuse("APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", "Option names must be unique")
        names.add(name)
        if option["required"].body and optional_seen:
            form["options"].refuse(
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen |= not option["required"].body
        if option["type"].body == GROUP:
            _check_options(option, (SUB_COMMAND,))
        elif option["type"].body == SUB_COMMAND:
            _check_options(option, range(STRING, ATTACHMENT + 1))
        else:
            _check_value(option)


def _check_value(option: Form) -> None:
    kind = option["type"].body
    option.flag("required")
    option.flag("autocomplete")
    option.number("min_length", 0, 6000)
    option.number("max_length", 1, 6000)
    option.number("min_value", -BOUNDS, BOUNDS, whole=kind == INTEGER)
    option.number("max_value", -BOUNDS, BOUNDS, whole=kind == INTEGER)
    check_choices(option, kind)
    names = [str(choice.get("name")) for choice in option["choices"].body or () if isinstance(choice, dict)]
    if len(names) > len(set(names)):
        option["choices"].refuse(
            "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_DUPLICATE", "Choice names must differ"
        )
    if option["autocomplete"].body and option["choices"].body:
        option["autocomplete"].refuse(
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", "autocomplete and choices exclude each other"
        )
    for key, allowed in (
        ("min_length", {STRING}),
        ("max_length", {STRING}),
        ("min_value", {INTEGER, NUMBER}),
        ("max_value", {INTEGER, NUMBER}),
        ("choices", {STRING, INTEGER, NUMBER}),
        ("autocomplete", {STRING, INTEGER, NUMBER}),
        ("channel_types", {CHANNEL}),
        ("file_types", {ATTACHMENT}),
    ):
        if option[key].body and kind not in allowed:
            option[key].refuse(
                "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", f"An option of type {kind} has no {key}."
            )


def check_choices(form: Form, kind: int) -> None:
    """Check what can be chosen for an option, or is offered while somebody types."""
    for choice in form.parts("choices", 25):
        choice.knows("name name_localizations value")
        choice.text("name", 100, 1, required=True)
        for locale, _ in _localized(choice["name_localizations"]):
            choice["name_localizations"].text(locale, 100, 1, required=True)
        if kind == STRING:
            choice.text("value", 100, 1, required=True)
        elif "value" not in choice:
            choice["value"].refuse("BASE_TYPE_REQUIRED", "This field is required")
        else:
            choice.number("value", -BOUNDS, BOUNDS, whole=kind == INTEGER)


def _size(part: dict[str, Any]) -> int:
    """Return the letters of a command: names, descriptions and values, each in its longest language."""
    total = 0
    for key in ("name", "description"):
        words = [part.get(key), *(part.get(f"{key}_localizations") or {}).values()]
        total += max((len(word) for word in words if isinstance(word, str)), default=0)
    value = part.get("value")
    total += len(value) if isinstance(value, str) else 0
    return total + sum(
        _size(one) for key in ("options", "choices") for one in part.get(key) or () if isinstance(one, dict)
    )
