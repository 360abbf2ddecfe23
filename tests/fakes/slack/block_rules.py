"""What Slack lets into blocks, on a message, in a modal and on a home tab."""

from collections.abc import Callable

from tests.fakes.slack.element_rules import ACCESSORIES, IN_ACTIONS, IN_INPUT, check_element, check_picture
from tests.fakes.slack.refusals import Part, Refusal
from tests.fakes.slack.text_rules import EITHER, PLAIN, Sheet, check_text, check_words

MESSAGE, MODAL, HOME = "message", "modal", "home"
MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
MARKDOWN_LETTERS = 12_000
BLOCK_LETTERS = 13_200
"""Where the sum of all texts of a message was seen to be too much."""
ONLY = {"markdown": (MESSAGE,)}
INSIDE_RICH_TEXT = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")


def check_blocks(part: Part, surface: str) -> Sheet:
    """Check the blocks of a surface and return what stands on it."""
    sheet = Sheet()
    for block in part.parts("blocks", MOST_BLOCKS[surface]):
        _check_block(block, surface, sheet)
    return sheet


def check_length(sheet: Sheet) -> None:
    """Refuse a message whose blocks say too much."""
    if sheet.letters > BLOCK_LETTERS:
        raise Refusal("msg_blocks_too_long")


def _check_block(block: Part, surface: str, sheet: Sheet) -> None:
    if not block.needs("type"):
        return
    kind = block["type"].body
    if not isinstance(kind, str) or kind not in _CHECKS or surface not in ONLY.get(kind, (surface,)):
        block["type"].refuse(f"unsupported type: {kind}")
        return
    block_id = block.string("block_id", 255, 1)
    if block_id is not None and block_id in sheet.block_ids:
        block["block_id"].refuse(f"`block_id` {block_id!r} already exists")
    sheet.block_ids.add(block_id or "")
    sheet.action_ids.clear()
    fields = _CHECKS[kind](block, surface, sheet)
    block.knows(f"type block_id {fields}")


def _section(block: Part, surface: str, sheet: Sheet) -> str:
    if "text" not in block and "fields" not in block:
        block.refuse("missing required field: text or fields")
    check_text(block, "text", 3000, EITHER, sheet, required=False)
    for field in block.parts("fields", 10, 1, required=False):
        check_words(field, 2000, EITHER, sheet)
    if "accessory" in block:
        check_element(block["accessory"], ACCESSORIES, sheet)
    block.flag("expand")
    return "text fields accessory expand"


def _header(block: Part, surface: str, sheet: Sheet) -> str:
    check_text(block, "text", 150, PLAIN, sheet)
    return "text"


def _divider(block: Part, surface: str, sheet: Sheet) -> str:
    return ""


def _markdown(block: Part, surface: str, sheet: Sheet) -> str:
    words = block.string("text", MARKDOWN_LETTERS, 1, required=True)
    sheet.markdown += len(words or "")
    sheet.letters += len(words or "")
    if sheet.markdown > MARKDOWN_LETTERS >= len(words or ""):
        block["text"].refuse(f"all markdown blocks must be less than {MARKDOWN_LETTERS + 1} characters")
    return "text"


def _image(block: Part, surface: str, sheet: Sheet) -> str:
    check_picture(block, sheet)
    check_text(block, "title", 2000, PLAIN, sheet, required=False)
    return "image_url slack_file alt_text title"


def _actions(block: Part, surface: str, sheet: Sheet) -> str:
    for element in block.parts("elements", 25, 1):
        check_element(element, IN_ACTIONS, sheet)
    return "elements"


def _context(block: Part, surface: str, sheet: Sheet) -> str:
    for element in block.parts("elements", 10, 1):
        if element["type"].body == "image":
            check_element(element, ("image",), sheet)
        elif element["type"].body in EITHER:
            check_words(element, 3000, EITHER, sheet)
        else:
            element["type"].refuse(f"unsupported type: {element['type'].body}")
    return "elements"


def _input(block: Part, surface: str, sheet: Sheet) -> str:
    sheet.inputs += 1
    check_text(block, "label", 2000, PLAIN, sheet)
    check_text(block, "hint", 2000, PLAIN, sheet, required=False)
    block.flag("optional", "dispatch_action")
    if block.needs("element"):
        check_element(block["element"], IN_INPUT, sheet)
        if surface != MODAL and block["element"]["type"].body == "file_input":
            block["element"]["type"].refuse("unsupported type: file_input")
    return "label hint optional dispatch_action element"


def _rich_text(block: Part, surface: str, sheet: Sheet) -> str:
    for element in block.parts("elements", 100, 1):
        element.one_of("type", INSIDE_RICH_TEXT, required=True)
        sheet.letters += sum(len(str(one["text"].body or "")) for one in element.parts("elements", 1000))
    return "elements"


_CHECKS: dict[str, Callable[[Part, str, Sheet], str]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "markdown": _markdown,
    "image": _image,
    "actions": _actions,
    "context": _context,
    "input": _input,
    "rich_text": _rich_text,
}
