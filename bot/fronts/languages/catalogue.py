"""Our sentences in other languages: a template with holes here, the same with its holes there.

A language is a module of this room; ``CATALOGUES`` names it. A text is said as a whole, or else sentence by
sentence, but only where all of it is known: what has no translation stays English altogether. What people and
characters said stands in holes, or between quotation marks, and is never translated.

No platform is known here: commands stand in every language as they are typed in a terminal, ``/account phone
inbound on``, and a front says afterwards how they are typed where it is.
"""

import re
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache

from bot.fronts.languages.german import GERMAN
from bot.fronts.languages.holes import ANYTHING, Kinds, kind_of
from bot.fronts.languages.language import ENGLISH_WORDS, CommandWords, Grammar, Language

_BETWEEN = " · "
_HOLE = re.compile(r"\{(\w+)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[ ]+")
_WITHIN_A_SENTENCE = r"(?:(?![.!?…]\s)[^\n])+?"
_LONGEST_LINE, _SHORTEST_LINE = 1_200, 20
"""A longer line stays English: what it takes to look it up grows with its square, to 20 ms for this one.

Several lines are looked up if they take no longer together, where a short one counts as one of 20 characters.
"""
_MOST_SENTENCES = 12
_KEY = 4
"""How many characters of a template's beginning, or of its end, it is looked up by."""


class Catalogue:
    """One language: its sentences, and how what stands in their holes is said; without any it is English."""

    def __init__(
        self,
        sentences: Mapping[str, str],
        grammar: Grammar | None = None,
        commands: CommandWords = ENGLISH_WORDS,
    ) -> None:
        grammar = grammar or Grammar()
        self.commands = commands
        self._open_holes = grammar.open_holes
        self._lists = grammar.lists
        self._kinds = Kinds(grammar)
        self._phrases = {hole: _Shelf(known, self) for hole, known in grammar.phrases.items()}
        self._shelf = _Shelf(sentences, self)

    def say(self, text: str) -> str:
        """Return a text in this language, or as it is where it is not known."""
        said = self.find(text)
        return text if said is None else said

    def find(self, text: str) -> str | None:
        """Return a text in this language, None where any part of it is not known."""
        if not self._shelf.has_any or not text or _is_too_long(text) or _is_quoted(text):
            return None
        found = self._shelf.find(text, strictly=True, begun=True) or self._line(text)
        if found is None and "\n" in text:
            lines = [self._line(line) if line else "" for line in text.split("\n")]
            found = None if None in lines else "\n".join(line or "" for line in lines)
        return found or self._shelf.find(text, strictly=True) or self._shelf.find(text)

    def find_phrase(self, hole: str, text: str) -> str | None:
        """Return a part of a sentence in this language, None where it is not known."""
        return self._phrases[hole].find(text)

    def fill(self, hole: str, text: str) -> str:
        """Return what a hole holds in this language; somebody's words stay."""
        kind = kind_of(hole)
        if kind in self._lists:
            return _BETWEEN.join(self.fill(self._lists[kind], part) for part in text.split(_BETWEEN))
        if kind in self._phrases:
            said = self.find_phrase(kind, text)
            return text if said is None else said
        fill = self._kinds.fills.get(kind)
        return fill(text) if fill else text

    def is_ours(self, hole: str) -> bool:
        """Whether a hole holds words of ours, such as a date, and nobody else's."""
        return self.pattern_of(hole, "") != ""

    def pattern_of(self, hole: str, anything: str = ANYTHING) -> str:
        """Return the pattern of what a hole holds, without groups; ``anything`` for somebody's words."""
        kind = kind_of(hole)
        if kind in self._lists:
            part = self.pattern_of(self._lists[kind])
            return f"{part}(?:{_BETWEEN}{part})*"
        if kind in self._phrases and kind not in self._open_holes:
            return self._phrases[kind].pattern
        return self._kinds.patterns.get(kind, anything)

    def _line(self, line: str) -> str | None:
        """Say a line sentence by sentence, as short ones as are known; None where one is not."""
        ends = [gap.end() for gap in _SENTENCE_END.finditer(line)]
        if not 0 < len(ends) < _MOST_SENTENCES:
            return self._shelf.find(line) if not ends else None
        said: dict[int, str] = {len(line): ""}
        for start in reversed([0, *ends]):
            for end in (end for end in (*ends, len(line)) if end > start and end in said):
                found = self._shelf.find(line[start:end].rstrip(" "))
                if found is not None:
                    said[start] = f"{found} {said[end]}".rstrip(" ")
                    break
        return said.get(0)


class _Shelf:
    """Templates to be found by how a text begins, or else ends.

    Those that leave less room for somebody's words are tried first.
    """

    def __init__(self, known: Mapping[str, str], catalogue: Catalogue) -> None:
        self._known = known
        self.has_any = bool(known)
        self._catalogue = catalogue
        self._by_key: dict[str, list[_Template]] = {}
        self._fixed = {template: said for template, said in known.items() if not _HOLE.search(template)}
        for template, said in known.items():
            if template not in self._fixed:
                made = _Template(template, said, catalogue)
                self._by_key.setdefault(made.key, []).append(made)

    @cached_property
    def pattern(self) -> str:
        """The pattern of everything that stands here, without groups."""
        texts = sorted(self._known, key=lambda text: -len(text))
        return "(?:" + "|".join(_pattern(text, self._catalogue.pattern_of) for text in texts) + ")"

    def find(self, text: str, *, strictly: bool = False, begun: bool = False) -> str | None:
        """Return what is said; ``strictly`` where no sentence ends in somebody's words that come first.

        With ``begun`` it begins with words of ours, and not with somebody's.
        """
        if text in self._fixed:
            return self._fixed[text]
        keys = (f"^{text[:_KEY]}", f"{text[-_KEY:]}$", "")
        fitting = [one for key in keys for one in self._by_key.get(key, ()) if not (begun and one.rank[0])]
        for template in sorted(fitting, key=lambda one: one.rank):
            said = template.say(text, strictly=strictly)
            if said is not None:
                return said
        return None


class _Template:
    """A sentence with holes, and what is said for it."""

    def __init__(self, template: str, said: str, catalogue: Catalogue) -> None:
        self._template, self._said, self._catalogue = template, said, catalogue
        parts = _HOLE.split(template)
        self._needs = max(parts[::2], key=len)
        self.key = ""
        if len(parts[0]) >= _KEY:
            self.key = f"^{parts[0][:_KEY]}"
        elif len(parts[-1]) >= _KEY:
            self.key = f"{parts[-1][-_KEY:]}$"

    def say(self, text: str, *, strictly: bool) -> str | None:
        """Return what is said for a text, None where it is another one."""
        if self._needs not in text:
            return None
        found = (self._strict if strictly else self._loose).fullmatch(text)
        if found is None:
            return None
        filled = {hole: self._catalogue.fill(hole, held) for hole, held in found.groupdict().items()}
        return self._said.format_map(filled)

    @cached_property
    def rank(self) -> tuple[bool, int, int]:
        """How much room it leaves for somebody's words: for what they begin with, then in all."""
        parts = _HOLE.split(self._template)
        typed = [hole for hole in parts[1::2] if self._catalogue.is_ours(hole)]
        return not parts[0] and parts[1] not in typed, -len(typed), -sum(map(len, parts[::2]))

    @cached_property
    def _loose(self) -> re.Pattern[str]:
        return re.compile(_pattern(self._template, self._catalogue.pattern_of, has_groups=True))

    @cached_property
    def _strict(self) -> re.Pattern[str]:
        first = _HOLE.match(self._template)

        def pattern_of(hole: str) -> str:
            is_first = first is not None and hole == first[1]
            return self._catalogue.pattern_of(hole, _WITHIN_A_SENTENCE if is_first else ANYTHING)

        return re.compile(_pattern(self._template, pattern_of, has_groups=True))


def _pattern(template: str, pattern_of: Callable[[str], str], *, has_groups: bool = False) -> str:
    """Return what matches a template; a hole that comes again holds the same again."""
    made: list[str] = []
    seen: set[str] = set()
    for at, part in enumerate(_HOLE.split(template)):
        if at % 2 == 0:
            made.append(re.escape(part))
        elif not has_groups:
            made.append(f"(?:{pattern_of(part)})")
        else:
            made.append(f"(?P={part})" if part in seen else f"(?P<{part}>{pattern_of(part)})")
            seen.add(part)
    return "".join(made)


def _is_too_long(text: str) -> bool:
    most = _LONGEST_LINE**2
    lines = text.split("\n", most // _SHORTEST_LINE**2)
    return sum(max(len(line), _SHORTEST_LINE) ** 2 for line in lines) > most


def _is_quoted(text: str) -> bool:
    return text.startswith("“") and text.endswith("”")


CATALOGUES: Mapping[str, Language] = {"de": GERMAN}
"""Every language but English, by the beginning of the codes that platforms have for it."""


@lru_cache(maxsize=8)
def catalogue_of(language: str) -> Catalogue:
    """Return the catalogue of a language such as ``de``; one that changes nothing for all others."""
    known = CATALOGUES.get(language)
    return Catalogue(known.sentences, known.grammar, known.commands) if known else Catalogue({})


def catalogue_for(locale: str) -> Catalogue:
    """Return the catalogue for a locale as platforms write it: ``en-US``, ``de``, ``de-DE``."""
    language = locale.partition("-")[0].lower()
    return catalogue_of(language if language in CATALOGUES else "en")
