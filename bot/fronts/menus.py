"""Which choices stand in a menu instead of as buttons, the same on every front that has menus."""

from collections.abc import Iterable
from itertools import groupby

from bot.domain.reply import Choice

MENU_FROM = 6
"""So many choices of one kind no longer stand as buttons."""


def in_menus(choices: Iterable[Choice], long_label_chars: int) -> list[tuple[bool, Choice]]:
    """Return each choice with whether it stands in a menu: one of many, or of some with long labels."""
    grouped = []
    for _, same in groupby(choices, key=lambda one: (one.command, bool(one.url), tuple(one.arguments))):
        group = list(same)
        is_long = any(len(one.label) > long_label_chars for one in group)
        is_menu = not group[0].url and (len(group) >= MENU_FROM or (len(group) > 2 and is_long))
        grouped += [(is_menu and not any(one.begins_row for one in group), one) for one in group]
    return grouped
