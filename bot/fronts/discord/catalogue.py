"""Our sentences in other languages: a template with holes here, the same with its holes there.

A language is a module of this room with ``SENTENCES``; ``CATALOGUES`` names it. What has no translation is
said in English.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from bot.fronts.discord import german

_HOLE = re.compile(r"\{(\w+)\}")
_PIECES = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[^;]); | · ")
_LONGEST = 4_000


class Catalogue:
    """One language; templates are matched as a whole, then sentence by sentence."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self._fixed = {known: said for known, said in sentences.items() if not _HOLE.search(known)}
        self._open = [
            (known.partition("{")[0], _pattern(known), said)
            for known, said in sorted(sentences.items(), key=lambda pair: -len(pair[0]))
            if _HOLE.search(known)
        ]

    def say(self, text: str) -> str:
        """Return a text in this language, as much of it as is known."""
        if not self._fixed or not text or len(text) > _LONGEST:
            return text
        whole = self._find(text)
        if whole is not None:
            return whole
        said, at = [], 0
        for gap in _PIECES.finditer(text):
            said += [self._piece(text[at : gap.start()]), gap[0]]
            at = gap.end()
        if not said:
            return text
        return "".join([*said, self._piece(text[at:])])

    def _piece(self, text: str) -> str:
        found = self._find(text)
        return text if found is None else found

    def _find(self, text: str) -> str | None:
        if text in self._fixed:
            return self._fixed[text]
        for beginning, pattern, said in self._open:
            if text.startswith(beginning) and (found := pattern.fullmatch(text)):
                return said.format(**{name: self._piece(value) for name, value in found.groupdict().items()})
        return None


def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches a template; a hole holds one line without the end of a sentence in it."""
    parts = _HOLE.split(template)
    regex = "".join(
        re.escape(part) if at % 2 == 0 else f"(?P<{part}>[^\\n]+?)" for at, part in enumerate(parts)
    )
    return re.compile(regex)


CATALOGUES: Mapping[str, Mapping[str, str]] = {"de": german.SENTENCES}
"""Every language, by the beginning of Discord's locale codes."""


@lru_cache(maxsize=8)
def catalogue_of(language: str) -> Catalogue:
    """Return the catalogue of a language such as ``de``; an empty one for English and what is not known."""
    return Catalogue(CATALOGUES.get(language, {}))


def catalogue_for(locale: str) -> Catalogue:
    """Return the catalogue for one of Discord's locales, such as ``en-US`` or ``de``."""
    language = locale.partition("-")[0].lower()
    return catalogue_of(language if language in CATALOGUES else "en")
