"""Our sentences as Slack's members read them: in their language, with the one command that we have there.

Source: Slack, "Formatting text": exactly ``&``, ``<`` and ``>`` are escaped; signs that format do so between
a blank and a word, and an escaped ``>`` at the beginning of a line still quotes it.
"""

import re
from collections.abc import Callable

from bot.domain.variables import strip_control
from bot.fronts.languages.catalogue import Catalogue

_OURS = re.compile(
    r"(?<![\w/])/(call|characters|history|memory|import|forget|whisper|hangup|account|help|troupe)(?![\w/])"
)
_ANY_ACCOUNT = re.compile(r"(?<![\w:])discord:123(?![\w:])")
"""What stands for any account where one has to be typed; here they are mentioned."""
_QUOTED = re.compile(r"(„[^“]*“|“[^”]*”)")
_TOKEN = re.compile(r"slack-(group|channel):([A-Z0-9]{5,24})|slack:[A-Z0-9]{5,24}:([A-Z0-9]{5,24})")
_SIGNS = re.compile(r"[*_~`]")
SILENT = "\u200b"
"""What has no width, and parts a sign from its word, or a quotation mark from the beginning of its line."""
_QUOTING = re.compile(r"^(?=[^\S\n]*&gt;)", re.MULTILINE)


def escape(text: str) -> str:
    """Return a text that Slack shows as it stands; the signs that format are kept apart from their words."""
    plain = strip_control(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _QUOTING.sub(SILENT, _SIGNS.sub(rf"{SILENT}\g<0>{SILENT}", plain))


class Speech:
    """How we speak with one member; ``command`` is ours, such as ``/ring``, ``name_of`` knows ids."""

    def __init__(self, catalogue: Catalogue, command: str, name_of: Callable[[str, str], str]) -> None:
        self._catalogue = catalogue
        self._command = command
        self._name_of = name_of

    def mrkdwn(self, text: str) -> str:
        """Return a text for where Slack formats: harmless, channels and people to be pressed."""
        return _outside_quotes(escape(self._said(text)), lambda ours: _TOKEN.sub(self._mention, ours))

    def plain(self, text: str) -> str:
        """Return a text for where Slack formats nothing: labels, titles, options."""
        said = strip_control(self._said(text))
        return _outside_quotes(said, lambda ours: _TOKEN.sub(self._name, ours))

    def _said(self, text: str) -> str:
        said = self._catalogue.say(text)
        return _outside_quotes(said, self._in_our_grammar)

    def _in_our_grammar(self, text: str) -> str:
        return _ANY_ACCOUNT.sub("@mira", _OURS.sub(self._command_of, text))

    def _command_of(self, found: re.Match[str]) -> str:
        word = {"call": "", "troupe": " admin"}.get(found[1], f" {found[1]}")
        return f"{self._command}{word}"

    def _mention(self, found: re.Match[str]) -> str:
        if found[1] == "channel":
            return f"<#{found[2]}>"
        return f"<@{found[3]}>" if found[3] else escape(self._name_of("group", found[2]))

    def _name(self, found: re.Match[str]) -> str:
        return self._name_of(found[1] or "account", found[2] or found[3])


def _outside_quotes(text: str, change: Callable[[str], str]) -> str:
    """Change what is ours of a text, and leave what is quoted."""
    return "".join(part if at % 2 else change(part) for at, part in enumerate(_QUOTED.split(text)))
