"""Making words that people, characters and files wrote harmless: they format nothing and reach nobody.

Source: Discord, "Message formatting": any sign that is not a letter, a digit or a space may be escaped.
"""

import re
from collections.abc import Callable

from bot.domain.variables import strip_control

_SIGNS = re.compile(r"[\\*_~|`\[\]<>]")
_LINE_SIGN = re.compile(r"(?<!\S)[#+-](?=[\s#-]|$)")
"""Headings, lists and small print: also in mid-line, since a text may be cut there and go on elsewhere."""
_EVERYBODY = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_ADDRESS = re.compile(r":(?=//)")
_TOKEN = re.compile(r"discord-(role|channel):([0-9]{15,20})|discord:([0-9]{15,20}):([0-9]{15,20})")
_MARK = {"role": "<@&{}>", "channel": "<#{}>"}
_NOWHERE = "\u200b"


def escape(text: str) -> str:
    """Return a text that Discord shows as it stands, makes no link of and calls nobody with."""
    plain = strip_control(text)
    plain = _SIGNS.sub(r"\\\g<0>", plain)
    plain = _LINE_SIGN.sub(r"\\\g<0>", plain)
    plain = _EVERYBODY.sub("@" + _NOWHERE, plain)
    return _ADDRESS.sub(r"\:", plain)


def mention(text: str) -> str:
    """Turn our names for roles, channels and accounts into what Discord shows as theirs."""

    def shown(found: re.Match[str]) -> str:
        if found[1]:
            return _MARK[found[1]].format(found[2])
        return f"<@{found[4]}>"

    return _TOKEN.sub(shown, text)


def name(text: str, name_of: Callable[[str, int], str]) -> str:
    """Do as ``mention``, where Discord shows no mentions; ``name_of`` knows kinds and ids."""

    def shown(found: re.Match[str]) -> str:
        return name_of(found[1], int(found[2])) if found[1] else name_of("account", int(found[4]))

    return _TOKEN.sub(shown, strip_control(text))
