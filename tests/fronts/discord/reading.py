"""A small reader of Discord's markdown: what people see of a text, and what in it does something.

Source: Discord, "Message formatting", and the escape rule of its clients: a sign that is not a letter, a
digit or a space is shown as it stands after a backslash.
"""

import re
from dataclasses import dataclass, field

NOWHERE = "\u200b"
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\])+)\]\(<?(https?://[^\s>)]+)>?\)")
_ANGLE = re.compile(
    r"<(@[!&]?[0-9]+|#[0-9]+|/[\w -]+:[0-9]+|a?:\w+:[0-9]+|t:-?[0-9]+(:\w)?|id:\w+|(https?|steam)://[^>\s]+)>"
)
_EVERYBODY = re.compile(r"@(everyone|here)")
_ADDRESS = re.compile(r"(https?|steam)://[^\s<]")
_LINE_START = re.compile(r"[^\S\n]*(#{1,3} |-# |[-+*] |>{1,3} )")
_SIGNS = "*_~|`"


@dataclass
class Read:
    """What stands in a text: the words as they are seen, and each thing that is live, by its kind."""

    shown: str = ""
    live: list[tuple[str, str]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)


def read(text: str) -> Read:
    """Read a text as Discord's clients do; where they would have to see a pair, one sign is enough here."""
    seen, shown, at = Read(), [], 0
    while at < len(text):
        if at == 0 or text[at - 1] == "\n":
            begun = _LINE_START.match(text, at)
            if begun:
                seen.live.append(("line", begun[1].strip()))
                shown.append(begun[0])
                at = begun.end()
                continue
        if escaped := _ESCAPED.match(text, at):
            shown.append(escaped[1])
            at = escaped.end()
        elif link := _LINK.match(text, at):
            label = read(link[1])
            seen.live += [("link", link[2]), *label.live]
            seen.links[label.shown] = link[2]
            shown.append(label.shown)
            at = link.end()
        elif angle := _ANGLE.match(text, at):
            seen.live.append(("angle", angle[1]))
            shown.append(angle[0])
            at = angle.end()
        else:
            if everybody := _EVERYBODY.match(text, at):
                seen.live.append(("everybody", everybody[0]))
            elif _ADDRESS.match(text, at):
                seen.live.append(("address", text[at : at + 40]))
            elif text[at] in _SIGNS:
                seen.live.append(("style", text[at]))
            if text[at] != NOWHERE:
                shown.append(text[at])
            at += 1
    seen.shown = "".join(shown)
    return seen
