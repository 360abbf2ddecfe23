"""What Slack lets into the small parts of blocks: texts, options, and questions that confirm."""

import re
from dataclasses import dataclass, field

from tests.fakes.slack.refusals import Part

PLAIN, MRKDWN = ("plain_text",), ("mrkdwn",)
EITHER = PLAIN + MRKDWN
LINK_SCHEMES = ("http", "https", "mailto", "slack")
OPTION_TEXT = OPTION_VALUE = 75
EVERYBODY = re.compile(r"<!(?:channel|here|everyone|group|subteam\^\w+)(?:\|[^<>]*)?>")
SOMEBODY = re.compile(r"<[@#][A-Z0-9]+(?:\|[^<>]*)?>")
LINK = re.compile(r"<((?:https?|mailto|slack):[^<>|\s]+)(?:\|([^<>]*))?>")


@dataclass
class Sheet:
    """What stands on one surface so far."""

    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    letters: int = 0
    markdown: int = 0
    inputs: int = 0
    focused: int = 0


def check_text(
    part: Part, key: str, most: int, kinds: tuple[str, ...], sheet: Sheet, *, required: bool = True
) -> None:
    """Check a text object in a field, which must be of one of these kinds."""
    if key in part or (required and part.needs(key)):
        check_words(part[key], most, kinds, sheet)


def check_words(text: Part, most: int, kinds: tuple[str, ...], sheet: Sheet) -> None:
    """Check a text object by itself."""
    if not text.is_object():
        return
    text.one_of("type", kinds, required=True)
    text.knows("type text emoji" if text["type"].body == "plain_text" else "type text verbatim")
    text.flag("emoji", "verbatim")
    words = text.string("text", most, 1, required=True)
    sheet.letters += len(words or "")


def check_options(
    part: Part,
    key: str,
    most: int,
    sheet: Sheet,
    *,
    kinds: tuple[str, ...] = PLAIN,
    linked: bool = False,
    least: int = 1,
) -> None:
    """Check a list of options to choose from."""
    for option in part.parts(key, most, least):
        check_option(option, sheet, kinds=kinds, linked=linked)


def check_option(option: Part, sheet: Sheet, *, kinds: tuple[str, ...] = PLAIN, linked: bool = False) -> None:
    """Check one option."""
    option.knows("text value description url" if linked else "text value description")
    check_text(option, "text", OPTION_TEXT, kinds, sheet)
    option.string("value", OPTION_VALUE, 1, required=True)
    check_text(option, "description", 75, kinds, sheet, required=False)
    if linked:
        option.url("url", LINK_SCHEMES)


def check_offered(part: Part, sheet: Sheet, *, least: int = 1) -> None:
    """Check what a select offers: options, or groups of them, but not both."""
    if "options" in part and "option_groups" in part:
        part.refuse("only one of options and option_groups allowed")
    elif "option_groups" in part:
        for group in part.parts("option_groups", 100, least):
            group.knows("label options")
            check_text(group, "label", 75, PLAIN, sheet)
            check_options(group, "options", 100, sheet, least=least)
    else:
        check_options(part, "options", 100, sheet, least=least)


def check_initial(part: Part, sheet: Sheet, *, kinds: tuple[str, ...] = PLAIN, is_open: bool = False) -> None:
    """Check that what is chosen at first is offered, where that is not ``open``."""
    groups = Part({"options": part.listed("option_groups")}).parts("options", 100)
    offered = [*part.listed("options"), *(option for group in groups for option in group.listed("options"))]
    chosen = [part["initial_option"]] if "initial_option" in part else []
    chosen += part.parts("initial_options", 100, 1, required=False)
    for option in chosen:
        if not option.is_object():
            continue
        if is_open:
            check_option(option, sheet, kinds=kinds)
        elif option.body not in offered:
            option.refuse("initial option must match an option that is offered")


def check_confirm(part: Part, sheet: Sheet) -> None:
    """Check the question that is asked before something is done."""
    if "confirm" not in part or not part["confirm"].is_object():
        return
    confirm = part["confirm"]
    confirm.knows("title text confirm deny style")
    check_text(confirm, "title", 100, PLAIN, sheet)
    check_text(confirm, "text", 300, EITHER, sheet)
    check_text(confirm, "confirm", 30, PLAIN, sheet)
    check_text(confirm, "deny", 30, PLAIN, sheet)
    confirm.one_of("style", ("primary", "danger"))
