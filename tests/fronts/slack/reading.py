"""What of a marked text would do something on Slack: notify, link, quote or format.

Source: Slack, "Formatting text". A sign formats between a blank and a word; what is escaped as ``&gt;``
quotes all the same at the beginning of a line.
"""

import re

from bot.fronts.slack.speech import SILENT
from tests.fakes.slack.text_rules import EVERYBODY, LINK, SOMEBODY

_SIGN = re.compile(rf"(?<!{SILENT})[*_~`]|[*_~`](?!{SILENT})")
_QUOTE = re.compile(r"^[^\S\n]*(?:>|&gt;)", re.MULTILINE)
_BROKEN = re.compile(r"&(?!amp;|lt;|gt;)|<(?![@#][A-Z0-9]{5,24}>)|(?<![A-Z0-9])>")
"""What stands only where an escape or a mention was cut, or where nothing escaped it."""
_OURS = re.compile(r"^([*_])(?=\S)(.*\S)\1$", re.MULTILINE)


def live(text: str) -> list[str]:
    """Return everything in a text that does something."""
    signs = (EVERYBODY, SOMEBODY, LINK, _SIGN, _QUOTE, _BROKEN)
    return [found[0] for sign in signs for found in sign.finditer(text)]


def within_ours(text: str) -> str:
    """Return a text without the signs that make a whole line of ours bold or slanted."""
    return _OURS.sub(r"\2", text)
