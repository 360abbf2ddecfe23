"""Whether a character's text pretends to be another part of the prompt, or cancels the house rules.

The house rules stand first in every prompt and say that nothing below changes them, so this is a second lock,
and one that speaks to honest authors: plain sentences in English and German alone, and no guesses.
"""

import re
from collections.abc import Iterator

from bot.domain.lookalikes import fold

_TITLES = (
    r"(?:end of |end |begin |beginning of |start of |new |updated )?(?:the )?(?:house rules?|hausregeln)"
    r"(?: (?:end|ends?|end here|are over|begin|v?\d+|revised|updated|neu))?"
    r"|(?:end of |begin |start of |new )?(?:the )?system"
    r"(?: (?:prompt|message|instructions?|override|rules?))?"
    r"|(?:end of|end) (?:the )?(?:system )?(?:rules|prompt|instructions)|rules end(?: here)?"
    r"|(?:developer|operator|admin(?:istrator)?) (?:message|instructions?|override|mode|rules?)"
)
_LINE = re.compile(
    r"^[^\S\n]{0,20}(?P<mark>[#*_=\-~<\[(|`>/\\]{0,20})[^\S\n]{0,20}(?P<core>[^\n]{1,60}?)(?P<end>[^\w\n]{0,20})$",
    re.MULTILINE,
)
_MARK = re.compile(
    r"<\|[a-z][a-z_]{1,30}\|>|\[/?inst\]|<</?sys>>"
    r"|</?(?:system|assistant|developer|instructions?|prompt|house_rules?)(?:\s[^<>\n]{0,60})?>"
)
"""Marks with which the parts of a prompt are set apart for language models."""
_IS_A_MARK = "is a mark that language models take for a new part of the prompt; remove it"
_TITLE = re.compile(rf"(?:{_TITLES})")
_POINTED = (
    r"(?:house rules?|(?:above|previous|prior|preceding|earlier) (?:rules?|instructions?|prompts?|guidelines)"
    r"|system prompt|(?:rules?|instructions?|guidelines|prompt|everything|anything|all) "
    r"(?:above|before this|that (?:stand|came|come) (?:above|before|first)))\b"
)
_CANCELLED = re.compile(
    r"(?:ignore|disregard|forget|override|overrule|bypass|cancel|suspend|void|drop|discard|break|violate|outrank"
    r"|replace|supersede|(?:do not|don't|no longer|stop|never) (?:follow|obey|apply)(?:ing)?)\b"
    rf"(?:[^.!?\n]{{0,40}}?\b)?{_POINTED}"
    rf"|{_POINTED} (?:\w+ ){{0,2}}?(?:void|cancell?ed|suspended|lifted|revoked|overruled|replaced|obsolete"
    r"|no longer (?:apply|hold|count|bind\w*)|(?:do|does)(?: not|n't) (?:apply|hold|count|bind))\b"
    r"|(?:ignorier\w*|vergiss|missacht\w*|umgeh\w*|uberschreib\w*|befolge nicht)\b[^.!?\n]{0,40}?\b"
    r"(?:hausregeln|(?:obig|vorherig|bisherig)\w* (?:regeln|anweisungen)"
    r"|(?:regeln|anweisungen|alles) (?:oben|davor|daruber))\b"
    r"|(?:hausregeln|regeln (?:oben|daruber)|obigen regeln) "
    r"(?:(?:gelten|zahlen) (?:\w+ )?(?:nicht|nie)|sind (?:\w+ )?(?:aufgehoben|ungultig|hinfallig))\b",
)
_DENIED = re.compile(
    r"(?:\b(?:never|not|nobody|no one|cannot|without|nie|niemals|nicht)|n't) (?:[\w']+,? ){0,3}$"
)
"""What stands before words that forbid it instead: "never break the house rules"."""
_NEAR = 80
_APOSTROPHES = str.maketrans("’‘", "''")


def find_overruling(text: str) -> Iterator[tuple[int, str]]:
    """Yield the offset of each place that pretends or cancels, and what to do there."""
    folded = fold(text).translate(_APOSTROPHES)
    titles: list[tuple[int, int]] = []
    for line in _LINE.finditer(folded):
        core = re.sub(r"[\W_]+", " ", line["core"]).strip()
        if (line["mark"] or line["end"].strip().startswith((":", "#"))) and _TITLE.fullmatch(core):
            shown = text[line.start("core") : line.end("core")].strip()
            titles.append(line.span())
            yield (
                line.start("core"),
                f"“{shown}” looks like a part of what stands above every character; rename it",
            )
    for mark in _MARK.finditer(folded):
        if not any(start <= mark.start() < end for start, end in titles):
            shown = text[mark.start() : mark.end()]
            yield mark.start(), f"{shown} {_IS_A_MARK}"
    flat = re.sub(r"\s", " ", folded)
    for found in _CANCELLED.finditer(flat):
        before = flat[max(0, found.start() - _NEAR) : found.start()]
        if not before[-1:].isalnum() and not _DENIED.search(before):
            yield found.start(), "nothing in a character's file cancels the house rules; take this out"
