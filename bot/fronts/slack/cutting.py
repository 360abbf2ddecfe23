"""Cutting what is escaped for Slack: between its signs and mentions, never within one."""

import re

from bot.fronts.clipping import clip, split_speech
from bot.fronts.slack.speech import SILENT

_LONGEST = 40
_HALF = re.compile(rf"(?:&[a-z]{{0,3}}|<[^<>]{{0,{_LONGEST}}}|(?<![*_~`]){SILENT}[*_~`]?)$")


def clip_marked(text: str, most: int) -> str:
    """Return a text of at most ``most`` units; what was cut ends in …"""
    cut = clip(text, most)
    return cut if cut == text else f"{_HALF.sub('', cut.removesuffix('…'))}…"


def split_marked(text: str, most: int) -> list[str]:
    """Return a long text in pieces that each fit."""
    pieces = split_speech(text, most - _LONGEST)
    for at in range(len(pieces) - 1):
        if half := _HALF.search(pieces[at]):
            pieces[at] = pieces[at][: half.start()]
            pieces[at + 1] = half[0] + pieces[at + 1]
    return [f"{SILENT}{one}" if one.startswith("&gt;") else one for one in pieces]
