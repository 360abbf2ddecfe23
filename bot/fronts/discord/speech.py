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
    (re.compile(r"/account phone (\+[0-9 ]+[0-9])"), r"/account phone:\1"),
    (re.compile(r"/account code ([0-9]{6})"), r"/account code:\1"),
    (
        re.compile(r"/account (phone|code) (?:and your number|and the six digits|[A-ZÄÖÜ]{3,})"),
        r"/account \1",
    ),
    (re.compile(r"/account remember (on|off)"), r"/account remember:\1"),
    (re.compile(r"/account recaps (full|brief|none)"), r"/account recaps:\1"),
    (re.compile(r"/account cancel [0-9a-z]+"), "/account"),
    (re.compile(r"/account (?:link|share|unlink)\b"), "/account"),
    (re.compile(r"/troupe here off"), "/troupe here switch:off"),
    (re.compile(r"/troupe allowance here minutes ([0-9]+)"), r"/troupe allowance here:True minutes:\1"),
    (
        re.compile(r"/troupe allowance WHO \[calls N\] \[minutes N\]"),
        "/troupe allowance member: calls: minutes:",
    ),
    (re.compile(r"/troupe (block|unblock) discord:123[\w ]*, \w+ \+[0-9 ]+"), r"/troupe \1"),
    (re.compile(r"/troupe cost json"), "/troupe cost as:json"),
    (re.compile(r"/import past\.json(?: wizard)?"), "/import file:"),
    (re.compile(r"/memory (?!can add)([\w-]+) (?:add|correct|delete)( [^.,;]*)?"), r"/memory character:\1"),
)
"""What is typed in a terminal, in any language, and how the same is said here."""

_QUOTED = re.compile(r"(„[^“]*“|“[^”]*”)")
"""Words in quotation marks are somebody's: no command or name is made of them."""
_COMMAND = re.compile(r"(?<![\w/:`<.])/((?:troupe )?[a-z]+)(?![\w/\\])(?! ?[a-z]+:)")
_FILLED = re.compile(r"(?<![\w/:`<.])/((?:troupe )?[a-z]+)((?: [a-z]+:[\w+-]*)+)")
_OPTION = re.compile(r" ([a-z]+):([\w+-]*)")
_NAMED = re.compile(r"(?<=/account )(phone|code)(?![\w:])")
"""Options that a sentence names without filling them."""


class Speech:
    """How we speak with one member; ``name_of`` knows roles, channels and accounts by kind and id.

    ``mentions`` are the ids of our commands, by their whole names.
    """

    def __init__(
        self, catalogue: Catalogue, name_of: Callable[[str, int], str], mentions: Mapping[str, int]
    ) -> None:
        self._catalogue = catalogue
        self._words = catalogue.commands
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
        return _outside_quotes(
            said, lambda ours: escaping.name(_COMMAND.sub(self._bare, ours), self._name_of)
        )

    def _said(self, text: str) -> str:
        return _outside_quotes(self._catalogue.say(text), self._in_our_grammar)

    def _in_our_grammar(self, text: str) -> str:
        if "/" in text:  # as every pattern begins; most texts of an answer have none
            for pattern, instead in _GRAMMAR:
                text = pattern.sub(instead, text)
            text = _NAMED.sub(lambda found: self._words.options.get(found[1], found[1]), text)
            text = _FILLED.sub(lambda found: f"/{self._called(found[1])}{self._filled(found[2])}", text)
        return text

    def _mention(self, found: re.Match[str]) -> str:
        whole = found[1]
        if whole not in self._mentions:
            whole = whole.partition(" ")[0]
        known = self._mentions.get(whole)
        rest = found[1][len(whole) :]
        return f"</{whole}:{known}>{rest}" if known else self._bare(found)

    def _bare(self, found: re.Match[str]) -> str:
        return f"/{self._called(found[1])}"

    def _called(self, command: str) -> str:
        """Return what a command is called in this language; Discord shows a pressed one so by itself."""
        return " ".join(self._words.commands.get(word, word) for word in command.split(" "))

    def _filled(self, options: str) -> str:
        def said(found: re.Match[str]) -> str:
            name, value = found[1], found[2]
            if name != "character" and value in self._words.choices:
                value = self._words.choices[value].lower()
            return f" {self._words.options.get(name, name)}:{value}"

        return _OPTION.sub(said, options)


def _outside_quotes(text: str, change: Callable[[str], str]) -> str:
    """Change what is ours of a text, and leave what is quoted."""
    return "".join(part if at % 2 else change(part) for at, part in enumerate(_QUOTED.split(text)))
