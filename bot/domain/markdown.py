"""Other people's words inside Markdown that a hosting site renders: as words, whatever they hold.

Rules: CommonMark, "Backslash escapes" and "Fenced code blocks"; GitHub Flavored Markdown, "Autolinks
(extension)". What a site does to the finished text, such as telling somebody whose name follows an @, is kept
from happening by a zero-width space.
"""

import re

from bot.domain.variables import strip_control

APART = "\u200b"
"""A zero-width space: nobody sees it, and no name, number or address goes on behind it."""

_MARKUP = re.compile(r"[!#$%&()*+\-./:<=>@\[\\\]^_`{|}~]")
_CALLS = re.compile(r"[@#:]|(?i:www)(?=\.)")
_BACKTICKS = re.compile(r"`+")


def escape_markdown(text: str) -> str:
    """Return a text as one line of words: no markup, HTML, link, picture, mention or reference."""
    line = " ".join(strip_control(text).split())
    return _MARKUP.sub(r"\\\g<0>", _CALLS.sub(rf"\g<0>{APART}", line))


def fenced(text: str, language: str = "") -> str:
    """Return a text as a code block that no line of it can close, and in which nothing is markup."""
    text = strip_control(text)
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
