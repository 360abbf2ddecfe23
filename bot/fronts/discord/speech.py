"""Our sentences as Discord's members read them: in their language, with commands as they are typed here."""

import re
from collections.abc import Callable, Mapping

from bot.domain.variables import strip_control
from bot.fronts.discord import escaping
from bot.fronts.languages.catalogue import Catalogue

_GRAMMAR = (
    (re.compile(r"/call ([\w-]+) by (phone|chat|link)"), r"/call character:\1 via:\2"),
    (re.compile(r"/call ([\w-]+)(?= ·)"), r"/call character:\1"),
    (re.compile(r"/account phone inbound (on|off)"), r"/account inbound:\1"),
    (re.compile(r"/account phone and your number"), "/account phone"),
    (re.compile(r"/account phone (\+[0-9 ]+[0-9])"), r"/account phone:\1"),
    (re.compile(r"/account code and the six digits"), "/account code"),
    (re.compile(r"/account code ([0-9]{6})"), r"/account code:\1"),
    (re.compile(r"/account remember (on|off)"), r"/account remember:\1"),
    (re.compile(r"/account cancel [0-9a-z]+"), "/account"),
    (re.compile(r"/troupe here off"), "/troupe here switch:off"),
    (re.compile(r"/troupe allowance here minutes ([0-9]+)"), r"/troupe allowance here:True minutes:\1"),
    (re.compile(r"/troupe allowance WHO"), "/troupe allowance member:"),
    (
        re.compile(r"/troupe (block|unblock) discord:123 for an account, or (\+[0-9 ]+)"),
        r"/troupe \1 and who",
    ),
    (re.compile(r"/troupe cost json"), "/troupe cost as:json"),
    (re.compile(r"/import past\.json, or /import past\.json wizard for one character"), "/import file:"),
    (re.compile(r"/memory ([\w-]+) (add|correct|delete)( [^.,;]*)?"), r"/memory character:\1"),
)
"""What is typed in a terminal, and how the same is said here."""

_QUOTED = re.compile(r"(„[^“]*“|“[^”]*”)")
"""Words in quotation marks are somebody's: no command or name is made of them."""
_COMMAND = re.compile(r"(?<![\w/:`<.])/((?:troupe )?[a-z]+)(?![\w/\\])(?! ?[a-z]+:)")


class Speech:
    """How we speak with one member; ``name_of`` knows roles, channels and accounts by kind and id.

    ``mentions`` are the ids of our commands, by their whole names.
    """

    def __init__(
        self, catalogue: Catalogue, name_of: Callable[[str, int], str], mentions: Mapping[str, int]
    ) -> None:
        self._catalogue = catalogue
        self._name_of = name_of
        self._mentions = mentions

    def markdown(self, text: str) -> str:
        """Return a text for where Discord formats: harmless, commands and names to be pressed."""
        said = escaping.escape(self._said(text))
        return _outside_quotes(said, lambda ours: escaping.mention(_COMMAND.sub(self._mention, ours)))

    def verbatim(self, text: str) -> str:
        """Return somebody's words to the letter, harmless."""
        return escaping.escape(text)

    def title(self, text: str) -> str:
        """Return a text for where Discord formats, but shows no mentions: titles and names of fields."""
        return escaping.escape(self._named(text))

    def plain(self, text: str) -> str:
        """Return a text for where Discord formats nothing: labels, authors, footers."""
        return self._named(text)

    def _named(self, text: str) -> str:
        said = strip_control(self._said(text))
        return _outside_quotes(said, lambda ours: escaping.name(ours, self._name_of))

    def _said(self, text: str) -> str:
        return self._catalogue.say(_outside_quotes(text, _in_our_grammar))

    def _mention(self, found: re.Match[str]) -> str:
        whole = found[1]
        if whole not in self._mentions:
            whole = whole.partition(" ")[0]
        known = self._mentions.get(whole)
        rest = found[1][len(whole) :]
        return f"</{whole}:{known}>{rest}" if known else found[0]


def _in_our_grammar(text: str) -> str:
    if "/" in text:  # as every pattern begins; most texts of an answer have none
        for pattern, instead in _GRAMMAR:
            text = pattern.sub(instead, text)
    return text


def _outside_quotes(text: str, change: Callable[[str], str]) -> str:
    """Change what is ours of a text, and leave what is quoted."""
    return "".join(part if at % 2 else change(part) for at, part in enumerate(_QUOTED.split(text)))
