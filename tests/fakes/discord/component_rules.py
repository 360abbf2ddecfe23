"""What Discord lets into a message's components."""

from collections.abc import Collection

from tests.fakes.discord.refusals import Form

ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = (3, 5, 6, 7, 8)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LINK, PREMIUM = 5, 6
LINK_SCHEMES = ("http", "https", "discord")
EVERY_V2, ALL_TEXT = 40, 4000
SELECT_FIELDS = (
    "type id custom_id options placeholder min_values max_values disabled required channel_types "
    "default_values"
)


class Ids:
    """The custom ids of one message or modal, each of which may stand there once."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def check(self, form: Form) -> None:
        """Check a custom id."""
        form.text("custom_id", 100, 1, required=True)
        value = form["custom_id"].body
        if isinstance(value, str) and value in self._seen:
            form["custom_id"].refuse(
                "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        self._seen.add(str(value))


def check_components(form: Form, attached: Collection[str], *, v2: bool) -> None:
    """Check a message's components, classic or of the second version."""
    ids = Ids()
    if v2:
        _check_layout(form, ids, attached)
        return
    for row in form.parts("components", 5):
        if row["type"].body != ROW:
            row["type"].refuse("BASE_TYPE_CHOICES", f"Value must be one of {{{ROW}}}.")
        else:
            check_row(row, ids)


def check_row(row: Form, ids: Ids) -> None:
    """Check a row: five buttons, or one select."""
    row.knows("type id components")
    parts = row.parts("components", 5, 1)
    for part in parts:
        if part["type"].body == BUTTON:
            check_button(part, ids)
        elif part["type"].body in SELECTS:
            check_select(part, ids)
            if len(parts) > 1:
                row["components"].refuse(
                    "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
                )
        else:
            part["type"].refuse("BASE_TYPE_CHOICES", f"Value must be one of {(BUTTON, *SELECTS)}.")


def check_button(button: Form, ids: Ids) -> None:
    """Check a button: one that links has an address, every other an id."""
    button.knows("type id style label emoji custom_id sku_id url disabled")
    button.one_of("style", range(1, 7))
    button.text("label", 80)
    button.flag("disabled")
    style, label = button["style"].body, button["label"].body
    if style == LINK:
        button.url("url", LINK_SCHEMES, 512, required=True)
    elif style != PREMIUM:
        ids.check(button)
    if style == PREMIUM and "sku_id" not in button:
        button["sku_id"].refuse("BASE_TYPE_REQUIRED", "This field is required")
    if style != PREMIUM and not (isinstance(label, str) and label.strip()) and "emoji" not in button:
        button["label"].refuse("BUTTON_COMPONENT_INVALID_LABEL", "A button needs a label or an emoji")
    for key in ("custom_id",) if style == LINK else ("url",):
        if key in button:
            button[key].refuse(
                "BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE", "url and custom_id exclude each other"
            )


def check_select(select: Form, ids: Ids) -> None:
    """Check a select and its options."""
    select.knows(SELECT_FIELDS)
    ids.check(select)
    select.text("placeholder", 150)
    select.number("min_values", 0, 25)
    select.number("max_values", 1, 25)
    least, most = select["min_values"].body, select["max_values"].body
    if isinstance(least, int) and least > (most if isinstance(most, int) else 1):
        select["min_values"].refuse("SELECT_COMPONENT_MIN_OVER_MAX", "min_values exceeds max_values.")
    if select["type"].body == SELECT:
        check_options(select, 1, 25)
    elif select["options"].body:
        select["options"].refuse("UNKNOWN_FIELD", "Only a string select has options.")


def check_options(form: Form, least: int, most: int) -> None:
    """Check the options to choose from: no value may stand there twice."""
    values: set[str] = set()
    for option in form.parts("options", most, least):
        option.knows("label value description emoji default")
        option.text("label", 100, 1, required=True)
        option.text("value", 100, 1, required=True)
        option.text("description", 100)
        if (value := str(option["value"].body)) in values:
            option["value"].refuse(
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
            )
        values.add(value)


def _check_layout(form: Form, ids: Ids, attached: Collection[str]) -> None:
    parts = form.parts("components", EVERY_V2)
    texts: list[str] = []
    count = sum(_check_part(part, ids, attached, texts, inside=False) for part in parts)
    if count > EVERY_V2:
        form["components"].refuse("COMPONENT_MAX_TOTAL_COMPONENTS_REACHED", f"At most {EVERY_V2} components.")
    if sum(map(len, texts)) > ALL_TEXT:
        form["components"].refuse("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"At most {ALL_TEXT} letters.")


def _check_part(part: Form, ids: Ids, attached: Collection[str], texts: list[str], *, inside: bool) -> int:
    """Check one part of a layout and return how many components it is."""
    kind, within = part["type"].body, 0
    if kind == ROW:
        check_row(part, ids)
        within = len(part["components"].body or ())
    elif kind == TEXT:
        check_text(part, texts)
    elif kind == SECTION:
        for text in part.parts("components", 3, 1):
            check_text(text, texts)
        within = len(part["components"].body or ()) + _check_accessory(part["accessory"], ids, attached)
    elif kind == GALLERY:
        for item in part.parts("items", 10, 1):
            _check_media(item["media"], attached)
            item.text("description", 1024)
    elif kind == FILE:
        _check_media(part["file"], attached, schemes=("attachment",))
    elif kind == SEPARATOR:
        part.one_of("spacing", (1, 2), required=False)
    elif kind == CONTAINER and not inside:
        part.number("accent_color", 0, 0xFFFFFF)
        inner = part.parts("components", EVERY_V2, 1)
        within = sum(_check_part(one, ids, attached, texts, inside=True) for one in inner)
    else:
        part["type"].refuse("BASE_TYPE_CHOICES", "No such component may stand here.")
    return 1 + within


def check_text(part: Form, texts: list[str]) -> None:
    """Check a text that is shown."""
    if part["type"].body != TEXT:
        part["type"].refuse("BASE_TYPE_CHOICES", f"Value must be one of {{{TEXT}}}.")
    part.text("content", ALL_TEXT, 1, required=True)
    texts.append(str(part["content"].body or ""))


def _check_accessory(accessory: Form, ids: Ids, attached: Collection[str]) -> int:
    if accessory["type"].body == BUTTON:
        check_button(accessory, ids)
    elif accessory["type"].body == THUMBNAIL:
        _check_media(accessory["media"], attached)
    else:
        accessory["type"].refuse("BASE_TYPE_CHOICES", "A section needs a button or a thumbnail.")
    return 1


def _check_media(form: Form, attached: Collection[str], schemes: tuple[str, ...] = ()) -> None:
    form.url("url", schemes or ("http", "https", "attachment"), required=True)
    address = str(form["url"].body or "")
    if address.startswith("attachment://") and address.removeprefix("attachment://") not in attached:
        form["url"].refuse("URL_TYPE_INVALID_URL", "No such file is attached to this message.")
