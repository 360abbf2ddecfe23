"""Advice on one persona file: each piece of it at its line and column."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.cast.document import Document, Finding, line_and_column
from bot.domain.advising import Advice, advise_on_body, advise_on_greeting, advise_on_lore, advise_on_marks
from bot.domain.nearest import nearest
from bot.domain.persona import FrontMatter

_COMMENT = "YAML takes # and what follows it as a comment; put the whole text in quotes"
_PLAYS_AUDIO_TAGS = ("eleven_v3", "eleven_v4")


def advise_on_front_matter(document: Document, model: str) -> Iterator[Finding]:
    """Yield what would make greetings and lore better, also where other keys are wrong.

    ``model`` is the speech model of the character's voice, empty if that is not known.
    """
    takes_audio_tags = not model or model.startswith(_PLAYS_AUDIO_TAGS)
    for key in ("name", "tagline", "author", "greeting", "greeting_returning", "color"):
        text = document.data.get(key)
        if isinstance(text, str):
            yield from _at(document.spot([key]), advise_on_marks(text))
            if re.match(r"[^\"'|>].* #", document.rest_of_line([key])):
                yield Finding(*document.spot([key]), _COMMENT)
    for key in ("greeting", "greeting_returning"):
        text = document.data.get(key)
        if isinstance(text, str):
            advice = advise_on_greeting(text, takes_audio_tags=takes_audio_tags)
            yield from _at(document.spot([key]), advice)
    known = FrontMatter.model_fields
    meant = {nearest(key, known) for key in document.data if key not in known}
    if not meant & {"greeting_returning"} and _greets_as_strangers(document.data):
        yield Finding(
            *document.spot(["greeting"], of_key=True),
            "there is no 'greeting_returning', so whoever calls again is met like a stranger; add it, for "
            'example "Good to hear you again, {{user_name}}! {{last_call_hint}}"',
        )
    lore = document.data.get("lore")
    for number, entry in enumerate(lore if isinstance(lore, list) else []):
        if isinstance(entry, dict) and isinstance(entry.get("text"), str):
            yield from _at(document.spot(["lore", number, "text"]), advise_on_lore(entry["text"]))


def _greets_as_strangers(data: Mapping[str, Any]) -> bool:
    return "greeting_returning" not in data and data.get("memory") != "none"


def advise_on_text(body: str, body_line: int) -> Iterator[Finding]:
    """Yield what would make the prompt better; its first line is ``body_line`` of the file."""
    for offset, sentence in advise_on_body(body):
        line, column = line_and_column(body, offset)
        yield Finding(line + body_line - 1, column, sentence)


def _at(spot: tuple[int, int], advice: Iterator[Advice]) -> Iterator[Finding]:
    for _, sentence in advice:
        yield Finding(*spot, sentence)
